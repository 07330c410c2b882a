import { useEffect, useState } from 'react';

/**
 * A number of seconds that goes on by itself between two views: `by` a second while `runs`, from `since` on
 * (`performance.now()`), when the view came that said `base`. Whoever shows the same figure hands in the same moment, and
 * all of them change at once.
 */
export function useSeconds(base: number, runs: boolean, by: 1 | -1, since: number): number {
  const [passed, setPassed] = useState(0);
  useEffect(() => {
    if (!runs) return;
    let timer: ReturnType<typeof setTimeout>;
    const tick = () => {
      const ms = Math.max(0, performance.now() - since);
      setPassed(Math.floor(ms / 1000));
      // A little after the full second: a timer may fire early.
      timer = setTimeout(tick, 1005 - (ms % 1000));
    };
    tick();
    return () => clearTimeout(timer);
  }, [runs, since]);
  return runs ? Math.max(0, base + by * passed) : base;
}
