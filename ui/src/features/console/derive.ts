// What the console tells, as it is drawn.

import type { ErrorCode } from '../../engine/view';
import type { AuditEntry, Participant, Room, SessionDetails } from './api';

export type RoomState = 'live' | 'scheduled' | 'active' | 'used_up' | 'ended' | 'disabled';

/** How a room stands, in one word. */
export function roomState(room: Room, now: number): RoomState {
  if (room.now) return 'live';
  if (room.status === 'disabled') return 'disabled';
  if (room.status === 'ended') return usedUp(room) ? 'used_up' : 'ended';
  return room.starts_at && Date.parse(room.starts_at) > now ? 'scheduled' : 'active';
}

function usedUp({ duration, duration_used }: Room): boolean {
  return duration != null && (duration_used ?? 0) >= duration;
}

/** How many may be in at once. */
export function seats({ kind, capacity, user_urls }: Room): number {
  return kind === 'open' ? (capacity ?? user_urls.length) : user_urls.length;
}

/** Whole minutes that are left of the time, and that are used; nothing without a limit. */
export function time({
  duration,
  duration_used,
}: Pick<Room, 'duration' | 'duration_used'>): { left: number; used: number; all: number } | undefined {
  if (duration == null) return undefined;
  const used = Math.min(duration, duration_used ?? 0);
  return {
    left: Math.ceil((duration - used) / 60),
    used: Math.floor(used / 60),
    all: Math.round(duration / 60),
  };
}

/** One line of what happened in a room. */
export interface Happening {
  key: string;
  at: number;
  what: 'session_started' | 'joined' | 'left' | 'agreed' | 'declined' | 'action';
  /** Whom it is about. */
  name?: string | undefined;
  /** What the audit log calls it. */
  action?: string;
  /** Who did it: by name, or a kind of caller. */
  by?: string | undefined;
  kind?: AuditEntry['actor_kind'];
}

/** Looking is in the audit log too; it changes nothing in a room. */
const LOOKING = /_(viewed|downloaded)$/;

/** What was done to a room, and who came, went and answered in the session that runs; the latest first. */
export function happenings(
  audit: readonly AuditEntry[],
  session: SessionDetails | undefined,
  people: readonly Pick<Participant, 'participant_id' | 'user_id' | 'display_name'>[],
): Happening[] {
  const seatName = (id: string) => {
    const person = people.find(({ participant_id }) => participant_id === id);
    return person ? (person.display_name ?? person.user_id) : id;
  };
  const userName = (id: string) => people.find(({ user_id }) => user_id === id)?.display_name ?? id;
  const all: Happening[] = audit
    .filter(({ action }) => !LOOKING.test(action))
    .map((entry, n) => ({
      key: `audit-${audit.length - n}-${entry.at}`,
      at: Date.parse(entry.at),
      what: 'action',
      action: entry.action,
      kind: entry.actor_kind,
      by: entry.actor ? userName(entry.actor) : undefined,
      name: entry.participant_id ? seatName(entry.participant_id) : (entry.subject ?? undefined),
    }));
  if (session) {
    all.push({ key: 'session', at: Date.parse(session.started_at), what: 'session_started' });
    for (const [n, connection] of session.connections.entries()) {
      // The line of media comes and goes with that of the room.
      if (connection.kind !== 'channel') continue;
      const name = seatName(connection.participant_id);
      all.push({ key: `joined-${n}`, at: Date.parse(connection.connected_at), what: 'joined', name });
      if (connection.disconnected_at)
        all.push({ key: `left-${n}`, at: Date.parse(connection.disconnected_at), what: 'left', name });
    }
    for (const [n, { participant_id, answer, at }] of (session.consents ?? []).entries()) {
      const what = answer ? 'agreed' : 'declined';
      all.push({ key: `consent-${n}`, at: Date.parse(at), what, name: seatName(participant_id) });
    }
  }
  return all.sort((a, b) => b.at - a.at);
}

/** Actions of the audit log that there are words for. */
export const ACTIONS = [
  'api_key_deleted',
  'api_key_made',
  'audit_viewed',
  'background_uploaded',
  'boards_viewed',
  'chat_viewed',
  'company_changed',
  'duration_extended',
  'egress_token_made',
  'file_deleted',
  'file_downloaded',
  'hidden_participant_admitted',
  'link_renewed',
  'participant_readmitted',
  'participant_removed',
  'participants_muted',
  'participants_removed',
  'recording_deleted',
  'recording_downloaded',
  'recording_link_made',
  'recording_started',
  'recording_stopped',
  'recording_viewed',
  'room_changed',
  'room_deleted',
  'room_disabled',
  'room_enabled',
  'room_extended',
  'room_rung',
  'room_started',
  'session_ended',
  'session_exported',
  'session_viewed',
  'sign_in_link_made',
  'signed_in',
  'user_changed',
  'user_deleted',
  'user_made',
  'webhook_changed',
  'webhook_deleted',
  'webhook_made',
  'webhook_tested',
] as const;

export type Action = (typeof ACTIONS)[number];

/** Servers that are newer than this page know more. */
export function knownAction(action: string): Action | undefined {
  return ACTIONS.find((known) => known === action);
}

/** What a refusal is to an operator. */
export function wrong(code: ErrorCode) {
  switch (code) {
    case 'server_unreachable':
    case 'server_not_understood':
    case 'media_unreachable':
      return 'line';
    case 'not_found':
    case 'room_not_found':
      return 'gone';
    case 'unauthorized':
    case 'forbidden':
    case 'token_expired':
    case 'server_not_allowed':
      return 'refused';
    case 'conflict':
      return 'conflict';
    case 'invalid':
      return 'invalid';
    case 'rate_limited':
      return 'limited';
    case 'room_disabled':
    case 'room_ended':
      return 'closed';
    case 'room_empty':
      return 'empty';
    default:
      return 'other';
  }
}

/** The numbers of a page: `1 to 25 of 412`. */
export function pageOf(offset: number, shown: number, total: number): { from: number; to: number } {
  return { from: Math.min(total, offset + 1), to: Math.min(total, offset + shown) };
}
