import { createContext, type ReactNode, use, useEffect, useMemo, useRef, useState } from 'react';
import { useEngine } from '../../engine/context';
import type { Spot } from '../../engine/view';
import { PointedFiles } from './PointedFiles';

/** At most 30 times a second. */
const EVERY_MS = 34;
/** A pointer that rests is told again: the others drop one that is not, after 8 seconds, as if its owner were gone. */
const RESTING_MS = 3000;

interface Pointing {
  /** I may. */
  allowed: boolean;
  /** What I point at is shown to everybody. */
  on: boolean;
  set: (on: boolean) => void;
  /** Where I point; nowhere any more. */
  point: (spot: Spot | null) => void;
}

const PointingContext = createContext<Pointing>({
  allowed: false,
  on: false,
  set: () => {},
  point: () => {},
});

export function usePointing(): Pointing {
  return use(PointingContext);
}

/** Sends where one points while it is on, no more often than the others can follow; and knows who points at which file. */
export function PointingProvider({ allowed, children }: { allowed: boolean; children: ReactNode }) {
  const { tools: commands } = useEngine();
  const [wanted, setWanted] = useState(false);
  const on = wanted && allowed;
  const sent = useRef<{ at: number; spot: Spot | null }>({ at: 0, spot: null });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const pointing = useMemo(() => {
    const send = (spot: Spot | null) => {
      clearTimeout(timer.current);
      timer.current = undefined;
      if (spot === null && sent.current.spot === null) return;
      sent.current = { at: performance.now(), spot };
      void commands?.point(spot);
      if (spot) timer.current = setTimeout(() => send(spot), RESTING_MS);
    };
    const point = (spot: Spot | null) => {
      const wait = sent.current.at + EVERY_MS - performance.now();
      // That it left is told at once, so that no pointer stays behind.
      if (spot === null || wait <= 0) return send(spot);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => send(spot), wait);
    };
    return { allowed: allowed && commands !== undefined, on, set: setWanted, point };
  }, [allowed, on, commands]);
  const { point } = pointing;
  // Off, or out of the call: no pointer stays behind.
  useEffect(() => {
    if (on) return () => point(null);
  }, [on, point]);
  return (
    <PointingContext value={pointing}>
      <PointedFiles>{children}</PointedFiles>
    </PointingContext>
  );
}
