import { useEffect, useState } from 'react';
import { useEngine } from '../../engine/context';
import { usePast } from '../../engine/past';
import type { AfterView, PastSessionView } from '../../engine/view';
import { sessionOf } from './derive';

/** Asked for again after so long, while it is not in the list: the server may still be writing it down. */
const AGAIN_MS = [1_500, 5_000];

/** For whoever led a call: the session that it was part of, where it is one of their own rooms'. */
export function useSessionOf(after: AfterView): PastSessionView | undefined {
  const { past: commands } = useEngine();
  const wanted = after.was_admin === true && !after.is_test_call;
  const past = usePast(wanted);
  const [now] = useState(() => Date.now());
  const [tries, setTries] = useState(0);
  const found = past && sessionOf(past.sessions, { ...after, report: after.report ?? null }, now);
  const wait = wanted && past && !past.loading && !found ? AGAIN_MS[tries] : undefined;
  useEffect(() => {
    if (wait === undefined) return;
    const timer = setTimeout(() => {
      setTries((before) => before + 1);
      void commands?.act({ do: 'refresh' });
    }, wait);
    return () => clearTimeout(timer);
  }, [wait, commands]);
  return found;
}
