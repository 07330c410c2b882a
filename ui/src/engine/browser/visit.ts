// From where a page that is loaded anew in a visit goes on: how long somebody was in, and what they have saved. It lies in the
// tab's own memory, without anybody's name, and is gone with the visit.

import { keep, kept } from './settings';

const TIME = 'visita.visit-time';
const SAVED = 'visita.visit-saved';

/** For how long somebody was in. */
export interface TimeIn {
  withOthersMs: number;
  inMs: number;
}

export function timeBefore(): TimeIn {
  const { withOthersMs, inMs } = parsed(TIME) as Partial<TimeIn>;
  const time = (ms: unknown) => (typeof ms === 'number' && ms > 0 ? ms : 0);
  return { withOthersMs: time(withOthersMs), inMs: time(inMs) };
}

export function keepTime({ withOthersMs, inMs }: TimeIn): void {
  keep('sessionStorage', TIME, JSON.stringify({ withOthersMs, inMs }));
}

/** Files that are in the downloads already. */
export function savedBefore(): string[] {
  const ids = parsed(SAVED);
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
}

export function keepSaved(fileId: string): void {
  keep('sessionStorage', SAVED, JSON.stringify([...new Set([...savedBefore(), fileId])]));
}

/** The visit is over, or another begins. */
export function forgetVisit(): void {
  keep('sessionStorage', TIME, null);
  keep('sessionStorage', SAVED, null);
}

function parsed(key: string): object {
  try {
    const value: unknown = JSON.parse(kept('sessionStorage', key) ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
