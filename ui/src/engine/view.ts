// What the page draws: the generated types, with what the back end is still to tell beside them. A field that is optional
// here and missing in the bindings is not told yet; whatever it stands for is then not drawn.

import type * as rust from '../ipc/bindings';

export type {
  BuiltInServerView,
  CallType,
  DeviceChoice,
  DeviceState,
  DevicesView,
  DeviceView,
  ErrorCode,
  FramesEndpoint,
  JoinPreview,
  Language,
  LeaveReason,
  Levels,
  NetworkCheck,
  ParticipantId,
  Problem,
  RecordingMode,
  RoomId,
  ShownSize,
  StreamSource,
  StreamView,
  Theme,
  Tools,
} from '../ipc/bindings';

type ParticipantId = rust.ParticipantId;

// ------------------------------------------------------------------------------------------------- the application

export type AppView = Omit<rust.AppView, 'screen' | 'settings' | 'notice'> & {
  screen: ScreenView;
  settings: Settings;
  notice: NoticeView | null;
} & AppMore;

interface AppMore {
  /** The person's own rooms; absent where there is no list. */
  rooms?: RoomsView;
  /** Who the person is to the servers. */
  account?: AccountView;
  /** Whether people on this network may join the rooms of this computer. */
  network?: NetworkSwitchView;
  /** A room that is being made, or was made just now. */
  new_room?: NewRoomView | null;
  /** A call that rings. */
  incoming?: IncomingCallView | null;
  /** Version and figures, for support. */
  about?: AboutView;
}

export type ScreenView =
  | Extract<rust.ScreenView, { kind: 'home' } | { kind: 'opening' }>
  | ({ kind: 'lobby' } & LobbyView)
  | ({ kind: 'waiting' } & WaitingView)
  | ({ kind: 'call' } & CallView)
  | ({ kind: 'after' } & AfterView);

/** What a notice is about. */
export type NoticeCode =
  | rust.NoticeCode
  | 'hand_raised'
  | 'doorbell'
  | 'note'
  | 'asked_to_unmute'
  | 'muted_by_admin'
  | 'released_by_admin'
  | 'rights_changed'
  | 'five_minutes_left'
  | 'half_minute_left'
  | 'recording_started'
  | 'recording_stopped'
  | 'share_ended'
  | 'refused'
  | 'connection_lost'
  | 'connection_back';

export type NoticeView = Omit<rust.NoticeView, 'code'> & { code: NoticeCode };

/** `unstable`: in, but the line is weak, or a part of it is being made again. */
export type ConnectionView = rust.ConnectionView | { state: 'unstable' };

// ------------------------------------------------------------------------------------------------- lobby and waiting

export type LobbyView = rust.LobbyView & {
  /** My answer to being recorded, where the room records from its start. */
  consent?: ConsentAnswer;
  /** The room opens at this time, Unix seconds; joining before leads to the waiting page. */
  starts_at?: number | null;
};

/** Where an answer to being recorded stands. */
export type ConsentAnswer = 'not_asked' | 'asked' | 'yes' | 'no';

/** Before an admin lets one in, or before the room opens. */
export interface WaitingView {
  /** Name of the company that hosts it. */
  company: string;
  title: string | null;
  /** The host's name, while the host is in. */
  host_name: string | null;
  display_name: string;
  /** 1 is next; none before the room opens. */
  place: number | null;
  /** When the room opens, Unix seconds; none once it is open. */
  starts_at: number | null;
  notes: NoteView[];
  /** Until when another ring at the door has no effect, seconds. */
  knock_again_s: number | null;
  microphone: rust.DeviceState;
  camera: rust.DeviceState;
  speaker: rust.DeviceState;
  connection: ConnectionView;
}

/** A note between a waiting guest and the host. */
export interface NoteView {
  id: number;
  from_name: string;
  /** I wrote it. */
  mine: boolean;
  text: string;
  /** Unix time in milliseconds. */
  at_ms: number;
}

// ------------------------------------------------------------------------------------------------- the call

export type CallView = Omit<rust.CallView, 'me' | 'people' | 'connection' | 'recording_state'> & {
  connection: ConnectionView;
  me: MeView;
  people: PersonView[];
} & CallMore;

interface CallMore {
  /** Speakers and audience. */
  webinar?: boolean;
  /** Only those with a link of their own come in. */
  invited_only?: boolean;
  /** Whether the time that is left is being counted down. */
  clock_runs?: boolean;
  recording_state?: RecordingState;
  /** Guests wait until an admin lets them in. */
  waiting_room?: boolean;
  /** Who waits to be let in, the next one first; admins only. */
  waiting?: WaitingPersonView[];
  /** Who was put out and may be let come again; admins only. */
  removed?: RemovedPersonView[];
  /** Answers to being recorded; admins only. */
  consents?: ConsentView[];
  /** An admin asks me to switch something on. */
  asked_to_unmute?: { by_name: string; source: MediaSource } | null;
  /** What I show. */
  share?: ShareView | null;
  /** What could be shown, while the picker is open. */
  share_sources?: ShareSourcesView;
  /** Reactions of the last seconds. */
  reactions?: ReactionView[];
  /** Who is being rung. */
  rings?: RingView[];
}

export type MeView = rust.MeView &
  SeatMore & {
    /** I talk while my microphone is off. */
    talking_while_muted?: boolean;
    /** My answer to being recorded. */
    consent?: ConsentAnswer;
  };

export type PersonView = rust.PersonView &
  SeatMore & {
    /** What they may use. */
    tools?: rust.Tools;
  };

interface SeatMore {
  /** What an admin has taken the right to send of. */
  muted_by_admin?: MutedSources;
  /** On stage or in the audience of a webinar. */
  role?: StageRole;
  /** The raised hand: the smallest number was first; none is down. */
  hand?: number | null;
}

export interface MutedSources {
  microphone: boolean;
  camera: boolean;
  screen: boolean;
}
export type MediaSource = keyof MutedSources;
export type StageRole = 'speaker' | 'audience';

export type RecordingState =
  | { state: 'off' }
  /** Answers are awaited. */
  | { state: 'asking'; agreed: number; of: number }
  | { state: 'on'; elapsed_s: number }
  /** It ended by itself. */
  | { state: 'stopped'; reason: 'disk_full' | 'failed' };

export interface WaitingPersonView {
  participant_id: ParticipantId;
  display_name: string;
  waited_s: number;
  /** Their line is up. */
  connected: boolean;
  notes?: NoteView[];
}

export interface RemovedPersonView {
  participant_id: ParticipantId;
  display_name: string;
}

export interface ConsentView {
  participant_id: ParticipantId;
  display_name: string;
  /** None while it is awaited. */
  answer: boolean | null;
  /** Unix time in milliseconds. */
  at_ms: number | null;
}

export interface ShareView {
  kind: 'screen' | 'window';
  /** What it is called, as the picker said. */
  label: string;
  paused: boolean;
  /** It as a local stream, where it can be shown without showing itself. */
  stream_id: number | null;
}

export type ShareSourcesView =
  | { state: 'loading' }
  /** The system asks by itself: it has a picker of its own. */
  | { state: 'by_system' }
  | { state: 'ready'; sources: ShareSourceView[] }
  | { state: 'failed'; problem: rust.Problem };

export interface ShareSourceView {
  id: string;
  kind: 'screen' | 'window';
  label: string;
  /** A small picture as a `data:` URL. */
  preview: string | null;
}

export const REACTIONS = ['thumbs_up', 'heart', 'laugh', 'celebrate', 'question'] as const;
export type Reaction = (typeof REACTIONS)[number];

export interface ReactionView {
  id: number;
  participant_id: ParticipantId;
  reaction: Reaction;
}

export interface RingView {
  participant_id: ParticipantId;
  display_name: string;
  state: 'ringing' | 'answered' | 'declined' | 'busy' | 'no_answer' | 'cancelled';
}

// ------------------------------------------------------------------------------------------------- after the call

export type AfterView = rust.AfterView & {
  /** Name of the company that hosted it. */
  company?: string;
  /** With whom. */
  with_names?: string[];
  /** Until when the link is good, Unix seconds. */
  good_until?: number | null;
  /** The room asks how it was. */
  asks_rating?: boolean;
  rating?: { state: 'sending' | 'sent' } | { state: 'failed'; problem: rust.Problem };
  report?: QualityReport;
};

/** How a call went, for the person and for support. */
export interface QualityReport {
  /** Unix seconds. */
  started_at: number;
  ended_at: number;
  /** My line, 0 to 5, in equal steps of time. */
  quality: number[];
  /** Seconds in which sound had gaps. */
  sound_gaps_s: number;
  /** Seconds in which the picture was made smaller. */
  picture_reduced_s: number;
  /** How often the line was lost, and for how long in all. */
  lost_times: number;
  lost_s: number;
  microphone: 'good' | 'quiet' | 'loud' | 'none';
  /** Where it was saved, once it was. */
  saved_to: string | null;
}

// ------------------------------------------------------------------------------------------------- rooms

export type RoomsView =
  | { state: 'loading' }
  | { state: 'ready'; rooms: RoomCardView[] }
  | { state: 'failed'; problem: rust.Problem };

export interface RoomCardView {
  room_id: rust.RoomId;
  title: string | null;
  preset: Preset;
  /** Names of those with a seat, without mine. */
  people: string[];
  /** Unix seconds; a room without a schedule is always open. */
  starts_at: number | null;
  ends_at: number | null;
  /** How many are in. */
  people_in: number;
  /** How many wait. */
  waiting: number;
}

export const PRESETS = ['visit', 'team', 'webinar', 'audio', 'interview'] as const;
export type Preset = (typeof PRESETS)[number];

/** One seat of a room to be made. */
export interface SeatDraft {
  display_name: string;
  role: 'basic' | 'plus';
  is_admin: boolean;
  tools: Required<rust.Tools>;
  /** It is mine. */
  me: boolean;
}

/** A room to be made. */
export interface RoomDraft {
  preset: Preset;
  title: string;
  seats: SeatDraft[];
  call_type: rust.CallType;
  recording: rust.RecordingMode;
  waiting_room: boolean;
  /** Rings for me when somebody uses a link. */
  ring: boolean;
  /** Unix seconds. */
  starts_at: number | null;
  ends_at: number | null;
  /** Effective call time, seconds; none is unlimited. */
  duration_s: number | null;
}

export type NewRoomView =
  | { state: 'making' }
  | { state: 'refused'; problem: rust.Problem }
  | ({ state: 'made' } & MadeRoomView);

export interface MadeRoomView {
  room_id: rust.RoomId;
  title: string | null;
  links: SeatLinkView[];
  good_until: number | null;
  /** How far the links reach. */
  reach: 'computer' | 'network' | 'anywhere';
}

export interface SeatLinkView {
  participant_id: ParticipantId;
  display_name: string;
  is_admin: boolean;
  me: boolean;
  url: string;
}

/** Whether rooms can be recorded by the server that makes them. */
export interface NetworkSwitchView {
  on: boolean;
  /** The address others on this network would use, once it is on. */
  url: string | null;
  /** It could not be switched. */
  problem: rust.Problem | null;
}

export type AccountView =
  /** The host of this computer's own rooms. */
  | { state: 'local'; can_record: boolean }
  | { state: 'signing_in'; server: string }
  | { state: 'signed_in'; server: string; user_id: string; role: 'basic' | 'plus'; can_record: boolean }
  /** Its time is over; a new sign-in link or token is needed. */
  | { state: 'expired'; server: string }
  | { state: 'refused'; server: string; problem: rust.Problem };

export interface IncomingCallView {
  call_id: number;
  title: string | null;
  caller_name: string | null;
  call_type: rust.CallType;
  recording: rust.RecordingMode;
  /** Unix time in milliseconds at which it stops. */
  rings_until_ms: number;
}

export interface AboutView {
  version: string;
  /** Where logs and rooms lie. */
  data_folder: string;
  system: string;
  /** Secrets are in the system's keyring, or in a file. */
  keyring: 'system' | 'file';
}

// ------------------------------------------------------------------------------------------------- settings

export type Settings = rust.Settings & SettingsMore;
export type SettingsPatch = rust.SettingsPatch & {
  [K in keyof SettingsMore]?: SettingsMore[K] | null;
};

interface SettingsMore {
  echo_cancellation?: boolean;
  noise_suppression?: boolean;
  automatic_gain?: boolean;
  /** Own picture as in a mirror. */
  mirror?: boolean;
  /** Say so when I talk while muted. */
  talking_while_muted?: boolean;
  /** A soft sound when somebody waits. */
  doorbell?: boolean;
  notifications?: boolean;
  start_at_login?: boolean;
  shortcuts?: Shortcuts;
}

export const SHORTCUTS = ['toggle_mute', 'hold_to_talk', 'hold_to_mute'] as const;
export type ShortcutName = (typeof SHORTCUTS)[number];
/** Keys such as `Control+Shift+M`; none is off. */
export type Shortcuts = Record<ShortcutName, string | null>;
