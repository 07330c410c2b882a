// One's own raised hand: whoever takes it down oneself needs not be told.

import { useState } from 'react';
import type { Engine } from '../../engine/engine';
import type { CallView } from '../../engine/view';

/** What one does oneself comes back within so many milliseconds. */
const COMES_BACK_MS = 5_000;

type Seat = NonNullable<Engine['seat']>;

/** When a hand was last taken down by its owner. */
const lowered = new WeakMap<Seat, number>();

export function raiseHand(seat: Seat | undefined, raised: boolean): void {
  if (!seat) return;
  if (!raised) lowered.set(seat, performance.now());
  void seat.raiseHand(raised);
}

/** My hand was taken down by somebody else. */
export interface HandLowered {
  /** Who may have been but one; else it is not known. */
  by: string | undefined;
  /** Which time that is. */
  nth: number;
}

export function useHandLowered(call: CallView, seat: Seat | undefined): HandLowered | undefined {
  const { hand } = call.me;
  const [before, setBefore] = useState(hand);
  const [told, setTold] = useState<HandLowered>();
  if (hand !== before) {
    setBefore(hand);
    const mine =
      seat !== undefined && performance.now() - (lowered.get(seat) ?? -COMES_BACK_MS) < COMES_BACK_MS;
    const isDown = before !== null && hand === null;
    if (isDown && !mine) setTold({ by: onlyAdmin(call), nth: (told?.nth ?? 0) + 1 });
    else if (hand !== null) setTold(undefined);
  }
  return told;
}

function onlyAdmin({ people }: CallView): string | undefined {
  const [admin, ...others] = people.filter(({ is_admin }) => is_admin);
  return others.length === 0 ? admin?.display_name : undefined;
}
