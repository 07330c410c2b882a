// Messages of the user channel, as `crates/protocol/src/user_channel.rs` has them.

import type { CallType, ParticipantId, Problem, RecordingMode, RoomId } from '../../view';

export type UserClientMessage =
  | { type: 'hello'; token: string }
  | { type: 'renew'; token: string }
  | { type: 'answer'; call_id: number }
  | { type: 'decline'; call_id: number; busy: boolean }
  | { type: 'ping' };

export type UserServerMessage =
  | {
      type: 'welcome';
      user_id: string;
      expires_in_s: number;
      online: string[];
      calls: IncomingCall[];
    }
  | { type: 'presence'; user_id: string; online: boolean }
  | { type: 'incoming_call'; call: IncomingCall }
  | { type: 'call_over'; call_id: number; reason: CallOver }
  | { type: 'call_answered'; call_id: number; url: string }
  | { type: 'token_expiring'; expires_in_s: number }
  | { type: 'renewed'; expires_in_s: number }
  | { type: 'closed'; reason: 'token_expired' | 'flooding' | 'server_stopping' }
  | { type: 'refused'; error: Problem }
  | { type: 'pong' };

/** A room that rings for somebody. */
export interface IncomingCall {
  call_id: number;
  room_id: RoomId;
  participant_id: ParticipantId;
  title: string | null;
  call_type: CallType;
  recording: RecordingMode;
  /** None when the API calls. */
  caller_name: string | null;
  rings_for_s: number;
}

/** Why a call does not ring any more. */
export type CallOver = 'answered_elsewhere' | 'declined_elsewhere' | 'no_answer' | 'cancelled';
