// Messages of the room channel, as PROTOCOL.md tells them; what `crates/protocol` calls `ClientMessage` and
// `ServerMessage`. What the page draws too is of the generated types.

import type {
  CallType,
  FileInfo,
  LeaveReason,
  MediaSource,
  MutedSources,
  ParticipantId,
  Point,
  Problem,
  Reaction,
  RecordingLayout,
  RecordingMode,
  RecordingState,
  RemovedPerson,
  RoomId,
  Spot,
  StageRole,
  Tools,
} from '../../view';
import type { BoardOp, BoardPart, Item } from '../board/ops';

/** What somebody sends. */
export interface MediaState {
  microphone: boolean;
  camera: boolean;
}

/** Somebody who is in. */
export interface ParticipantState {
  participant_id: ParticipantId;
  display_name: string;
  is_admin: boolean;
  media: MediaState;
  muted_by_admin?: MutedSources;
  tools?: Tools;
  role?: StageRole;
  hand?: number | null;
}

/** An answer to being recorded. */
export interface Consent {
  participant_id: ParticipantId;
  answer: boolean;
  text_version: string;
  /** Unix time in milliseconds. */
  at_ms: number;
}

export interface Ring {
  participant_id: ParticipantId;
  display_name?: string | null;
  state: 'ringing' | 'answered' | 'declined' | 'busy' | 'no_answer' | 'cancelled';
}

export interface ClockState {
  seconds_left: number;
  runs: boolean;
}

/** The room as a client holds it. */
export interface RoomState {
  room_id: RoomId;
  session_id: string;
  title: string | null;
  call_type: CallType;
  recording: RecordingMode;
  tools: Tools;
  participants: ParticipantState[];
  seconds_left: number | null;
  clock_runs?: boolean;
  webinar?: boolean;
  waiting_room?: boolean;
  whiteboard?: { shown: boolean; by: ParticipantId | null; page: number };
  recording_state?: RecordingState;
  consent?: Consent | null;
  rings?: Ring[];
  presenter?: ParticipantId | null;
}

export interface WaitingPerson {
  participant_id: ParticipantId;
  display_name: string;
  /** Seconds. */
  waited_s: number;
  connected: boolean;
}

/** What only admins see. */
export interface AdminState {
  waiting: WaitingPerson[];
  removed: RemovedPerson[];
  consents: Consent[];
}

/** A note between a waiting guest and the host. */
export interface WaitingNote {
  id: number;
  guest: ParticipantId;
  from: ParticipantId;
  from_name: string;
  text: string;
  /** Unix time in milliseconds. */
  at_ms: number;
}

/** What somebody in the waiting room knows of the room. */
export interface WaitingRoom {
  room_id: RoomId;
  title: string | null;
  call_type: CallType;
  recording: RecordingMode;
  host_name: string | null;
  place: number;
  notes: WaitingNote[];
}

export interface ChatMessage {
  id: number;
  key: string;
  session_id: string;
  from: ParticipantId;
  from_name: string;
  /** Unix time in milliseconds. */
  at_ms: number;
  text: string;
  reply_to?: number | null;
  file?: FileInfo | null;
}

export interface ChatMark {
  participant_id: ParticipantId;
  received: number;
  seen: number;
}

export type ClientMessage =
  | {
      type: 'hello';
      token: string;
      last_seen?: number;
      session_id?: string;
      chat_after?: number;
    }
  | { type: 'set_media'; media: MediaState }
  | { type: 'raise_hand'; raised: boolean }
  | { type: 'react'; reaction: Reaction }
  | { type: 'consent'; answer: boolean; text_version: string }
  | { type: 'chat'; key: string; text: string; reply_to?: number | null }
  | { type: 'chat_mark'; received: number; seen: number }
  | { type: 'typing'; typing: boolean }
  | { type: 'point'; spot: Spot | null }
  | { type: 'present'; presenting: boolean }
  | { type: 'open_board'; board: string; since: number; aside: boolean }
  | { type: 'close_board'; board: string }
  | { type: 'board'; board: string; ops: BoardOp[] }
  | { type: 'board_cursor'; board: string; page: number; at: Point | null; laser: boolean }
  | { type: 'note'; to?: ParticipantId; text: string }
  | { type: 'knock' | 'admit_all' | 'stop_recording' | 'leave' | 'end_session' | 'ping' }
  | {
      type: 'admit' | 'refuse' | 'send_back' | 'remove' | 'readmit' | 'lower_hand';
      participant_id: ParticipantId;
    }
  | { type: 'mute' | 'release' | 'ask_to_unmute'; participant_id: ParticipantId; source: MediaSource }
  | { type: 'set_tools'; participant_id: ParticipantId; tools: Tools }
  | { type: 'set_role'; participant_id: ParticipantId; role: StageRole }
  | { type: 'show_whiteboard'; shown: boolean; page: number }
  | { type: 'grant_drawing'; participant_id: ParticipantId; granted: boolean }
  | { type: 'start_recording'; layout: RecordingLayout | null }
  | { type: 'extend'; seconds: number }
  | { type: 'ring'; participant_id?: ParticipantId };

export type ServerMessage =
  | { type: 'welcome'; seq: number; you: ParticipantId; room: RoomState }
  | { type: 'resumed'; seq: number }
  | { type: 'waiting'; you: ParticipantId; room: WaitingRoom }
  | { type: 'waiting_place'; place: number }
  | { type: 'media_token'; livekit_url: string; livekit_token: string }
  | { type: 'joined'; seq: number; participant: ParticipantState }
  | { type: 'left'; seq: number; participant_id: ParticipantId; reason: LeaveReason }
  | {
      type: 'media_changed';
      seq: number;
      participant_id: ParticipantId;
      media: MediaState;
      muted_by_admin?: MutedSources;
    }
  | {
      type: 'hand_changed';
      seq: number;
      participant_id: ParticipantId;
      hand: number | null;
      by?: ParticipantId | null;
    }
  | { type: 'rights_changed'; seq: number; participant_id: ParticipantId; tools: Tools; role: StageRole }
  | {
      type: 'whiteboard_changed';
      seq: number;
      whiteboard: { shown: boolean; by: ParticipantId | null; page: number };
    }
  | { type: 'recording_changed'; seq: number; recording: RecordingState }
  | { type: 'ring_changed'; seq: number; ring: Ring }
  | { type: 'presenter_changed'; seq: number; presenter: ParticipantId | null }
  | { type: 'clock'; clock: ClockState }
  | { type: 'time_warning'; seconds_left: number }
  | { type: 'admin'; state: AdminState }
  | { type: 'doorbell'; participant_id: ParticipantId }
  | { type: 'reacted'; participant_id: ParticipantId; reaction: Reaction }
  | { type: 'chat_history'; messages: ChatMessage[]; marks: ChatMark[] }
  | { type: 'chat'; message: ChatMessage }
  | { type: 'chat_marked'; mark: ChatMark }
  | { type: 'typing'; participant_id: ParticipantId; typing: boolean }
  | { type: 'file_deleted'; file_id: string }
  | { type: 'pointed'; participant_id: ParticipantId; spot: Spot | null }
  | { type: 'board_state'; part: BoardPart }
  | { type: 'board'; board: string; version: number; ops: BoardOp[] }
  | { type: 'board_refused'; board: string; id: string; item: Item | null; error: Problem }
  | {
      type: 'board_cursor';
      board: string;
      participant_id: ParticipantId;
      page: number;
      at: Point | null;
      laser?: boolean;
    }
  | { type: 'board_viewers'; board: string; participants: ParticipantId[] }
  | { type: 'note'; note: WaitingNote }
  | { type: 'asked_to_unmute'; by: ParticipantId; source: MediaSource }
  | { type: 'consent_kept'; consent: Consent }
  | { type: 'closed'; reason: LeaveReason }
  | { type: 'refused'; error: Problem; key?: string | null }
  | { type: 'pong' };

/** The sequence number of a message that changes what everybody sees, or of a whole state. */
export function seqOf(message: ServerMessage): number | undefined {
  // What was missed is still to come.
  return 'seq' in message && message.type !== 'resumed' ? message.seq : undefined;
}
