// What the screen after a call says.

import type { AfterView } from '../../engine/view';

/** Time as a person would say it. */
export interface Spell {
  unit: 'minutes' | 'seconds';
  count: number;
}

export function spell(seconds: number): Spell {
  if (seconds < 60) return { unit: 'seconds', count: Math.max(0, Math.floor(seconds)) };
  return { unit: 'minutes', count: Math.round(seconds / 60) };
}

/** Whether how long it took is worth a line: a call that never came about has no length. */
export function saysTime({ seconds }: Pick<AfterView, 'seconds'>): boolean {
  return seconds >= 1;
}
