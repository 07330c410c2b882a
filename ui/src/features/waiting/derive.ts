// What the waiting room says.

import type { WaitingView } from '../../engine/view';

/** Before the room opens, next, or later. */
export function whatNow({ place }: Pick<WaitingView, 'place'>): 'early' | 'next' | 'later' {
  if (place === null) return 'early';
  return place <= 1 ? 'next' : 'later';
}

/** The places that are drawn up to one's own: at most five, the first always; 0 stands for those left out. */
export function places(place: number): number[] {
  const all = Array.from({ length: Math.max(1, place) }, (_, n) => n + 1);
  return all.length <= 5 ? all : [1, 2, 0, place - 1, place];
}
