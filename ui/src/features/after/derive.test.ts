import { describe, expect, it } from 'vitest';
import { REPORT } from '../../engine/fake/samples';
import { asksRating, bars, faults, network, overall, saysTime, spell, weakest } from './derive';

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
    // 26 minutes in 26 steps; the tenth was weak.
    expect(weakest(REPORT)).toEqual({ at: REPORT.started_at + 600, seconds: 60 });
    expect(weakest({ ...REPORT, quality: [5, 2, 2, 5, 1, 5] })?.seconds).toBe(520);
    expect(weakest({ ...REPORT, quality: [5, 5] })).toBeUndefined();
  });

  it('is never better than what was heard', () => {
    const clear = { ...REPORT, lost_s: 0 };
    expect(overall(clear, 'left')).toBe(5);
    expect(overall({ ...clear, sound_gaps_s: 2 }, 'left')).toBe(4);
    expect(overall({ ...clear, sound_gaps_s: 40 }, 'left')).toBe(3);
    expect(overall({ ...clear, sound_gaps_s: 200, lost_s: 100 }, 'left')).toBe(1);
    expect(overall({ ...clear, quality: [2, 2], sound_gaps_s: 2 }, 'left')).toBe(2);
    expect(overall({ ...clear, quality: [] }, 'left')).toBe(0);
    expect(overall(clear, 'connection_lost')).toBe(2);
  });

  it('is weak at worst for gaps alone, and says what made it so', () => {
    const clear = { ...REPORT, lost_s: 0 };
    const gaps = { ...clear, sound_gaps_s: 900 };
    expect([overall(gaps, 'left'), faults(gaps, 'left')]).toEqual([2, { sound: true, network: false }]);
    const lost = { ...clear, lost_s: 300 };
    expect([overall(lost, 'left'), faults(lost, 'left')]).toEqual([1, { sound: false, network: true }]);
    expect(faults({ ...clear, sound_gaps_s: 40 }, 'left')).toEqual({ sound: false, network: false });
    expect(faults(clear, 'connection_lost')).toEqual({ sound: false, network: true });
  });

  it('says of a line that it came back only where it did', () => {
    expect(network({ lost_times: 0 }, 'left')).toBe('steady');
    expect(network({ lost_times: 1 }, 'left')).toBe('back');
    expect(network({ lost_times: 3 }, 'session_ended')).toBe('times');
    expect(network({ lost_times: 1 }, 'connection_lost')).toBe('gone');
    expect(network({ lost_times: 0 }, 'connection_lost')).toBe('gone');
  });
});
