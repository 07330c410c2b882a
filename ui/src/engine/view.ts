// What the page draws: the generated types, with what the back end is still to tell beside them. A field that is optional
// here and missing in the bindings is not told yet; whatever it stands for is then not drawn.

import type * as rust from '../ipc/bindings';

export type {
  AskedToUnmuteView,
  BuiltInServerView,
  CallType,
  ConnectionView,
  ConsentAnswer,
  ConsentView,
  DeviceChoice,
  DeviceState,
  DevicesView,
  DeviceView,
  ErrorCode,
  FramesEndpoint,
  Language,
  LeaveReason,
  Levels,
  MediaSource,
  MeView,
  MutedSources,
  NetworkCheck,
  NoteView,
  NoticeCode,
  NoticeView,
  ParticipantId,
  PersonView,
  Problem,
  RecordingMode,
  RemovedPerson,
  RingView,
  RoomId,
  SendingView,
  ShareView,
  ShownSize,
  StageRole,
  StreamSource,
  StreamView,
  Theme,
  Tools,
  WaitingPersonView,
  WaitingView,
} from '../ipc/bindings';

type ParticipantId = rust.ParticipantId;

// ------------------------------------------------------------------------------------------------- the application

export type AppView = Omit<rust.AppView, 'screen' | 'settings'> & {
  screen: ScreenView;
  settings: Settings;
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
  /** The devices while they are tried in the settings. */
  device_check?: { camera: rust.DeviceState; microphone: rust.DeviceState; speaker: rust.DeviceState } | null;
  /** Version and places, for support. */
  about?: AboutView;
}

export type ScreenView =
  | Extract<rust.ScreenView, { kind: 'home' } | { kind: 'opening' } | { kind: 'waiting' }>
  | ({ kind: 'lobby' } & LobbyView)
  | ({ kind: 'call' } & CallView)
  | ({ kind: 'after' } & AfterView);

// ------------------------------------------------------------------------------------------------- lobby and waiting

export type LobbyView = Omit<rust.LobbyView, 'preview'> & {
  preview: JoinPreview;
  /** My answer to being recorded, where the room records from its start. */
  consent?: rust.ConsentAnswer;
};

export type JoinPreview = Omit<rust.JoinPreview, keyof PreviewMore> & PreviewMore;

interface PreviewMore {
  /** When the visit starts, Unix seconds; none means at any time. */
  starts_at?: number | null;
  /** From when on the link lets people in, Unix seconds; none means now. */
  opens_at?: number | null;
  /** An admin has to let this seat in. */
  waiting_room?: boolean;
  /** The person is asked about recording before going in. */
  asks_consent?: boolean;
}

// ------------------------------------------------------------------------------------------------- the call

export type CallView = Omit<rust.CallView, 'recording_state'> & CallMore;

interface CallMore {
  recording_state: RecordingState;
  /** Only those with a link of their own come in. */
  invited_only?: boolean;
  /** Guests wait until an admin lets them in. */
  waiting_room?: boolean;
  /** What could be shown, while the picker is open. */
  share_sources?: ShareSourcesView;
  /** Reactions of the last seconds. */
  reactions?: ReactionView[];
}

export type RecordingState =
  | rust.RecordingState
  /** Answers are awaited. */
  | { state: 'asking'; agreed: number; of: number }
  /** It ended by itself. */
  | { state: 'stopped'; reason: 'disk_full' | 'failed' };

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

// ------------------------------------------------------------------------------------------------- after the call

export type AfterView = rust.AfterView & {
  /** Name of the company that hosted it. */
  company?: string;
  /** With whom. */
  with_names?: string[];
  /** Until when the link is good, Unix seconds. */
  good_until?: number | null;
  /** I led it. */
  was_admin?: boolean;
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

/** Whether people on this network may join the rooms of this computer. */
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

/** Figures of the last call. */
export type DiagnosticsView = rust.Diagnostics;

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
  /** Large text and few buttons in visits that somebody else leads. */
  simple_for_guests?: boolean;
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
