import { describe, expect, it } from 'vitest';
import { REPORT } from '../../engine/fake/samples';
import { asksRating, bars, overall, saysTime, spell, weakest } from './derive';

describe('after a call', () => {
  it('says time as people do', () => {
    expect(spell(40)).toEqual({ unit: 'seconds', count: 40 });
    expect(spell(1560)).toEqual({ unit: 'minutes', count: 26 });
    expect(saysTime({ seconds: 0 })).toBe(false);
  });

  it('asks how it was, but not whoever was put out', () => {
    const after = { asks_rating: true, is_test_call: false, reason: 'left' } as const;
    expect(asksRating(after)).toBe(true);
    expect(asksRating({ ...after, is_test_call: true })).toBe(false);
    expect(asksRating({ ...after, reason: 'removed' })).toBe(false);
    expect(asksRating({ ...after, asks_rating: false })).toBe(false);
  });
});

describe('the report', () => {
  it('has its line in few bars, the worst of several', () => {
    const long = { quality: Array.from({ length: 200 }, (_, n) => (n === 77 ? 1 : 5)) };
    const drawn = bars(long);
    expect(drawn).toHaveLength(26);
    expect(drawn.filter(({ value }) => value === 1)).toHaveLength(1);
    expect(bars({ quality: [3, 4] }).map(({ value }) => value)).toEqual([3, 4]);
    expect(bars({ quality: [] })).toEqual([]);
  });

  it('knows the weakest stretch', () => {
    expect(overall(REPORT)).toBe(5);
    // 26 minutes in 26 steps; the tenth was weak.
    expect(weakest(REPORT)).toEqual({ at: REPORT.started_at + 600, seconds: 60 });
    expect(weakest({ ...REPORT, quality: [5, 2, 2, 5, 1, 5] })?.seconds).toBe(520);
    expect(weakest({ ...REPORT, quality: [5, 5] })).toBeUndefined();
    expect(overall({ quality: [] })).toBe(0);
  });
});
