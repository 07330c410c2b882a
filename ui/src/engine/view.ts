// What the page draws: the generated types. What is optional here a back end may lack (a browser has no tray); whatever it
// stands for is then not drawn.

import type * as rust from '../ipc/bindings';

export type {
  AboutView,
  AccountView,
  AskedToUnmuteView,
  BoardAction,
  BoardNews,
  BoardRights,
  BuiltInServerView,
  CallType,
  ChatMessageView,
  ChatTick,
  ChatView,
  Colour,
  ConnectionView,
  ConsentAnswer,
  ConsentView,
  CursorView,
  DeviceChoice,
  DeviceState,
  DevicesView,
  DeviceView,
  Edge,
  ErrorCode,
  FileInfo,
  FileState,
  FileView,
  FramesEndpoint,
  IncomingCallView,
  ItemView,
  KeptBoardView,
  KeptView,
  Language,
  LeaveReason,
  Levels,
  MadeRoomView,
  MediaSource,
  MeView,
  MutedSources,
  NetworkCheck,
  NetworkSwitchView,
  NewRoomView,
  NoteView,
  NoticeCode,
  NoticeView,
  Outline,
  ParticipantId,
  PastAction,
  PastSessionView,
  PastView,
  PersonView,
  Point,
  PointerView,
  PointTarget,
  Preset,
  Problem,
  QualityReport,
  Reaction,
  ReactionView,
  RecorderTrouble,
  RecordingFormat,
  RecordingLayout,
  RecordingMode,
  RecordingState,
  RecordingStop,
  RecordingView,
  RemovedPerson,
  ReplyView,
  RingView,
  RoomCardView,
  RoomId,
  RoomsView,
  SavingView,
  SeatLinkView,
  SendingView,
  Shape,
  ShareSourcesView,
  ShareSourceView,
  ShareView,
  Shortcuts,
  ShownSize,
  SignInAskedView,
  SignInRefusedView,
  SnapshotView,
  Spot,
  StageRole,
  StreamSource,
  StreamView,
  Theme,
  Tools,
  ToolsNews,
  WaitingPersonView,
  WaitingView,
  WhiteboardState,
} from '../ipc/bindings';

/** A type of which some fields may be missing. */
type Lacking<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;

// ------------------------------------------------------------------------------------------------- the application

export type AppView = Lacking<
  Omit<rust.AppView, 'screen' | 'settings'>,
  'account' | 'rooms' | 'sign_in_asked' | 'network' | 'new_room' | 'incoming' | 'device_check' | 'about'
> & {
  screen: ScreenView;
  settings: Settings;
};

export type ScreenView =
  | Extract<rust.ScreenView, { kind: 'home' } | { kind: 'opening' } | { kind: 'waiting' }>
  | ({ kind: 'lobby' } & LobbyView)
  | ({ kind: 'call' } & CallView)
  | ({ kind: 'after' } & AfterView);

// ------------------------------------------------------------------------------------------------- lobby and waiting

export type LobbyView = Lacking<Omit<rust.LobbyView, 'preview'>, 'consent'> & {
  preview: JoinPreview;
  /** A link was opened in a browser: whether to go on here or in the app is not said yet. */
  invite?: boolean;
};

export type JoinPreview = Lacking<
  rust.JoinPreview,
  'starts_at' | 'opens_at' | 'waiting_room' | 'asks_consent'
>;

// ------------------------------------------------------------------------------------------------- the call

export type CallView = Lacking<rust.CallView, 'waiting_room' | 'share_sources' | 'reactions'> & {
  /** Only those with a link of their own come in. */
  invited_only?: boolean;
  /** The browser keeps the others silent until something is pressed. */
  sound_refused?: boolean;
};

export const RECORDING_LAYOUTS = [
  'grid',
  'speaker',
  'grid_and_chat',
] as const satisfies rust.RecordingLayout[];

export const REACTIONS = [
  'thumbs_up',
  'heart',
  'laugh',
  'celebrate',
  'question',
] as const satisfies rust.Reaction[];

// ------------------------------------------------------------------------------------------------- after the call

export type AfterView = Lacking<
  rust.AfterView,
  'company' | 'with_names' | 'good_until' | 'was_admin' | 'asks_rating' | 'rating' | 'report'
>;

// ------------------------------------------------------------------------------------------------- rooms

export const PRESETS = ['visit', 'team', 'webinar', 'audio', 'interview'] as const satisfies rust.Preset[];

/** One seat of a room to be made: each tool is chosen. */
export type SeatDraft = Omit<rust.SeatDraft, 'tools'> & { tools: Required<rust.Tools> };

/** A room to be made. */
export type RoomDraft = Omit<rust.RoomDraft, 'seats'> & { seats: SeatDraft[] };

/** Figures of the last call. */
export type DiagnosticsView = rust.Diagnostics;

// ------------------------------------------------------------------------------------------------- settings

type Wishes =
  | 'simple_for_guests'
  | 'echo_cancellation'
  | 'noise_suppression'
  | 'automatic_gain'
  | 'mirror'
  | 'talking_while_muted'
  | 'doorbell'
  | 'notifications'
  | 'start_at_login'
  | 'shortcuts';

export type Settings = Lacking<rust.Settings, Wishes>;
export type SettingsPatch = rust.SettingsPatch;

export const SHORTCUTS = [
  'toggle_mute',
  'hold_to_talk',
  'hold_to_mute',
] as const satisfies (keyof rust.Shortcuts)[];
export type ShortcutName = (typeof SHORTCUTS)[number];
