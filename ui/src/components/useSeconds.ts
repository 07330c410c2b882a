import { useEffect, useState } from 'react';

/**
 * A number of seconds that goes on by itself between two views: `by` a second while `runs`. Each new `base` is taken over,
 * so it never strays far from what the back end says.
 */
export function useSeconds(base: number, runs: boolean, by: 1 | -1): number {
  const [passed, setPassed] = useState({ base, seconds: 0 });
  useEffect(() => {
    setPassed({ base, seconds: 0 });
    if (!runs) return;
    const since = performance.now();
    const timer = setInterval(
      () => setPassed({ base, seconds: Math.floor((performance.now() - since) / 1000) }),
      1000,
    );
    return () => clearInterval(timer);
  }, [base, runs]);
  return Math.max(0, base + (passed.base === base ? by * passed.seconds : 0));
}
