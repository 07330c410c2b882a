// What the screen after a call says.

import type { AfterView } from '../../ipc/bindings';

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

/** Whether the person wanted the end; otherwise the way back is what they look for. */
export function wanted({ reason }: Pick<AfterView, 'reason'>): boolean {
  return reason !== 'connection_lost' && reason !== 'server_stopping';
}
