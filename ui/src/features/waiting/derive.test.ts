import { describe, expect, it } from 'vitest';
import { places, whatNow } from './derive';

describe('the waiting room', () => {
  it('knows early, next and later', () => {
    expect([null, 1, 2].map((place) => whatNow({ place }))).toEqual(['early', 'next', 'later']);
  });

  it('draws a long queue short', () => {
    expect(places(1)).toEqual([1]);
    expect(places(5)).toEqual([1, 2, 3, 4, 5]);
    expect(places(30)).toEqual([1, 2, 0, 29, 30]);
  });
});
