import { describe, expect, it } from 'vitest';
import { places, whatNow } from './derive';

describe('the waiting room', () => {
  it('knows early, next and later', () => {
    const at = (place: number | null, starts_at: number | null) => whatNow({ place, starts_at }, 60_000);
    expect([at(null, 61), at(1, null), at(2, 61)]).toEqual(['early', 'next', 'later']);
    // An open room that has not said a place yet, or not again.
    expect([at(null, null), at(null, 59)]).toEqual(['moment', 'moment']);
  });

  it('draws a long queue short', () => {
    expect(places(1)).toEqual([1]);
    expect(places(5)).toEqual([1, 2, 3, 4, 5]);
    expect(places(30)).toEqual([1, 2, 0, 29, 30]);
  });
});
