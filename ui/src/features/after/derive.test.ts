import { describe, expect, it } from 'vitest';
import { saysTime, spell } from './derive';

describe('after a call', () => {
  it('time is told in words of people', () => {
    expect(spell(0)).toEqual({ unit: 'seconds', count: 0 });
    expect(spell(59)).toEqual({ unit: 'seconds', count: 59 });
    expect(spell(60)).toEqual({ unit: 'minutes', count: 1 });
    expect(spell(26 * 60 + 40)).toEqual({ unit: 'minutes', count: 27 });
    expect(saysTime({ seconds: 0 })).toBe(false);
    expect(saysTime({ seconds: 1 })).toBe(true);
  });
});
