import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useSeconds } from './useSeconds';

describe('seconds that go on', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));

  it('count on from what was told, wherever they are shown', () => {
    const since = performance.now();
    const first = renderHook(() => useSeconds(100, true, 1, since));
    pass(700);
    const second = renderHook(() => useSeconds(100, true, 1, since));
    pass(400);
    expect([first.result.current, second.result.current]).toEqual([101, 101]);
    pass(2000);
    expect([first.result.current, second.result.current]).toEqual([103, 103]);
  });

  it('stand while nothing runs, and never go below nothing', () => {
    const since = performance.now();
    const stands = renderHook(() => useSeconds(5, false, -1, since));
    const ends = renderHook(() => useSeconds(2, true, -1, since));
    pass(9000);
    expect([stands.result.current, ends.result.current]).toEqual([5, 0]);
  });

  it('begin anew with each figure', () => {
    const shown = renderHook(({ base, since }) => useSeconds(base, true, -1, since), {
      initialProps: { base: 60, since: performance.now() },
    });
    pass(3100);
    expect(shown.result.current).toBe(57);
    shown.rerender({ base: 600, since: performance.now() });
    expect(shown.result.current).toBe(600);
  });
});
