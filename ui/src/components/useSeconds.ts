import { useEffect, useState } from 'react';

/**
 * A number of seconds that goes on by itself between two views: `by` a second while `runs`, from `since` on
 * (`performance.now()`), when the view came that said `base`. Whoever shows the same figure hands in the same moment.
 */
export function useSeconds(base: number, runs: boolean, by: 1 | -1, since: number): number {
  const [now, setNow] = useState(since);
  useEffect(() => {
    if (!runs) return;
    const tick = () => setNow(performance.now());
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [runs]);
  if (!runs) return base;
  return Math.max(0, base + by * Math.max(0, Math.floor((now - since) / 1000)));
}
