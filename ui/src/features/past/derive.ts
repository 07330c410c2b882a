// Past sessions as they are drawn: by day, how long they took, what a player marks, and what of a problem is worth saying.

import type {
  AfterView,
  ConsentView,
  ErrorCode,
  PastSessionView,
  RecordingView,
  SavingView,
  SnapshotView,
} from '../../engine/view';

/** One day, with its sessions. */
export interface Day {
  key: string;
  at: number;
  sessions: PastSessionView[];
}

/** As they come, the latest first. */
export function byDay(sessions: readonly PastSessionView[]): Day[] {
  const days: Day[] = [];
  for (const session of sessions) {
    const at = session.started_at_ms ?? 0;
    const key = new Date(at).toDateString();
    const day = days.at(-1);
    if (day?.key === key) day.sessions.push(session);
    else days.push({ key, at, sessions: [session] });
  }
  return days;
}

/** How long it took, in whole minutes; nothing while it runs. */
export function minutes({
  started_at_ms: from,
  ended_at_ms: to,
}: Pick<PastSessionView, 'started_at_ms' | 'ended_at_ms'>): number | undefined {
  return to === null ? undefined : Math.round(Math.max(0, to - (from ?? 0)) / 60_000);
}

/** Who is in a recording, and who was left out of it: whoever said no, or nothing. */
export function agreement(consents: readonly ConsentView[]): { agreed: number; out: number } {
  const agreed = consents.filter(({ answer }) => answer === true).length;
  return { agreed, out: consents.length - agreed };
}

/** Where in a recording something was, in seconds. */
export interface Mark {
  id: string;
  at: number;
  snapshot: SnapshotView;
}

/** Snapshots that were taken while it was recorded. */
export function marks(
  { started_at_ms: from, duration_s: length }: Pick<RecordingView, 'started_at_ms' | 'duration_s'>,
  snapshots: readonly SnapshotView[],
): Mark[] {
  if (from === null || length === null) return [];
  return snapshots.flatMap((snapshot) => {
    if (snapshot.at_ms === null) return [];
    const at = (snapshot.at_ms - from) / 1000;
    return at >= 0 && at <= length ? [{ id: snapshot.file.info.file_id, at, snapshot }] : [];
  });
}

/** How far something is on its way here, 0 to 1; nothing where nothing moves. */
export function share(saving: SavingView | null): number | undefined {
  if (saving?.state !== 'making' && saving?.state !== 'fetching') return undefined;
  return Math.min(1, Math.max(0, saving.done ?? 0));
}

/** What a problem is to somebody who looks at what was kept. */
export function wrong(code: ErrorCode) {
  switch (code) {
    case 'server_unreachable':
    case 'server_not_understood':
      return 'line';
    case 'not_found':
    case 'room_not_found':
    case 'room_ended':
      return 'gone';
    case 'unauthorized':
    case 'forbidden':
    case 'token_expired':
    case 'server_not_allowed':
      return 'refused';
    case 'conflict':
      return 'busy';
    default:
      return 'other';
  }
}

/** A clock may differ a little from the server's. */
const NEAR_MS = 2 * 60_000;

/** The session that a call was part of: the one that shares the most time with it; nothing where none does. */
export function sessionOf(
  sessions: readonly PastSessionView[],
  { report, seconds }: Pick<AfterView, 'report' | 'seconds'>,
  now: number,
): PastSessionView | undefined {
  const from = report ? report.started_at * 1000 : now - seconds * 1000;
  const to = report ? report.ended_at * 1000 : now;
  let best: { session: PastSessionView; shared: number } | undefined;
  for (const session of sessions) {
    const begun = (session.started_at_ms ?? 0) - NEAR_MS;
    const over = (session.ended_at_ms ?? now) + NEAR_MS;
    const shared = Math.min(over, to) - Math.max(begun, from);
    if (shared >= 0 && (!best || shared > best.shared)) best = { session, shared };
  }
  return best?.session;
}
