// What the waiting room says.

import type { WaitingView } from '../../engine/view';

/** Before the room opens, next, or later; in a moment, while an open room has not said yet. */
export function whatNow(
  { place, starts_at }: Pick<WaitingView, 'place' | 'starts_at'>,
  nowMs: number,
): 'early' | 'moment' | 'next' | 'later' {
  if (place === null) return starts_at !== null && starts_at * 1000 > nowMs ? 'early' : 'moment';
  return place <= 1 ? 'next' : 'later';
}

/** The places that are drawn up to one's own: at most five, the first always; 0 stands for those left out. */
export function places(place: number): number[] {
  const all = Array.from({ length: Math.max(1, place) }, (_, n) => n + 1);
  return all.length <= 5 ? all : [1, 2, 0, place - 1, place];
}
