// A service that cannot be reached is tried again by itself.

import { useCallback, useEffect, useState } from 'react';
import { useEngine } from '../../engine/context';
import type { Problem, ScreenView } from '../../engine/view';

/**
 * Seconds before each try. After the last one a person has to: a lobby opens the camera, and nobody is to come back after
 * lunch and find it open.
 */
export const WAITS = [8, 8, 15, 30, 30, 60, 60, 60, 60, 60];

/** How long a try is shown that fails before the screen could change, in milliseconds. */
const SHOWN = 1000;

export interface Retry {
  /** What is said while it is tried once more, instead of another screen and back. */
  held: Problem | null;
  /** Which try comes next; each has its own count-down. */
  turn: number;
  /** Seconds before it; nothing when none comes by itself. */
  wait: number | undefined;
  now: () => void;
  /** The person does something else. */
  stop: () => void;
}

/** `open` opens the link again; `itself` where it is surely that link which did not open. */
export function useRetry(screen: ScreenView, open: () => void, itself: boolean): Retry {
  const engine = useEngine();
  const [held, setHeld] = useState<Problem | null>(null);
  const [turn, setTurn] = useState(0);
  const [stopped, setStopped] = useState(false);
  const problem =
    screen.kind === 'home' && screen.problem?.code === 'server_unreachable' ? screen.problem : null;
  const opens = screen.kind === 'opening';
  const holds = held !== null;

  // It was answered: by another screen, or by the same problem.
  useEffect(() => {
    if (!holds || opens) return;
    const timer = setTimeout(() => setHeld(null), SHOWN);
    return () => clearTimeout(timer);
  }, [holds, opens]);
  const answered = !opens && problem === null;
  useEffect(() => {
    if (answered) setHeld(null);
  }, [answered]);
  // What comes after anything else is another matter.
  const over = answered || (opens && !holds);
  useEffect(() => {
    if (!over) return;
    setTurn(0);
    setStopped(false);
  }, [over]);

  return {
    held,
    turn,
    wait: stopped || !itself ? undefined : WAITS[turn],
    now: () => {
      if (holds || !problem) return;
      setHeld(problem);
      setStopped(false);
      setTurn(turn in WAITS ? turn + 1 : 0);
      open();
    },
    stop: useCallback(() => {
      if (over) return;
      setStopped(true);
      if (holds) void engine.goHome();
    }, [engine, holds, over]),
  };
}
