import { describe, expect, it } from 'vitest';
import { LIFE, Traces } from './traces';

const HERE = { x: 0, y: 0, scale: 1 };
const at = (x: number, y: number) => ({ x, y });

/** A hand that goes to the right for so long, told 30 times a second. */
function drawn(traces: Traces, ms: number, who = 'anna') {
  for (let now = 0; now <= ms; now += 33) traces.add(who, '#123456', 0, at(now, 50), now);
}
const wide = (corners: [number, number][]) => {
  const xs = corners.map(([x]) => x);
  return [Math.min(...xs), Math.max(...xs)] as const;
};

describe('the trace of a laser', () => {
  it('goes from where it is now to where it was within a second', () => {
    const traces = new Traces();
    drawn(traces, 3000);
    traces.tidy(3000);
    const [seen] = traces.seen(0, HERE, 3000, false);
    const [from, to] = wide(seen?.corners ?? []);
    expect(seen?.colour).toBe('#123456');
    expect(to).toBeGreaterThan(2940);
    expect(from).toBeGreaterThan(3000 - LIFE - 40);
    expect(LIFE).toBeLessThan(1000);
  });

  it('is thinner where it is older', () => {
    const traces = new Traces();
    drawn(traces, 800);
    const [seen] = traces.seen(0, HERE, 800, false);
    const height = (x: number) => {
      const near = (seen?.corners ?? []).filter(([corner]) => Math.abs(corner - x) < 40).map(([, y]) => y);
      return Math.max(...near) - Math.min(...near);
    };
    expect(height(100)).toBeLessThan(height(400));
    expect(height(400)).toBeLessThan(height(700));
  });

  it('fades when the hand rests, and is gone within a second', () => {
    const traces = new Traces();
    drawn(traces, 500);
    const opacity = (now: number) => {
      traces.tidy(now);
      return traces.seen(0, HERE, now, false)[0]?.opacity ?? 0;
    };
    expect(opacity(520)).toBe(1);
    const later = [900, 1100, 1300].map(opacity);
    expect(later).toEqual([...later].sort((a, b) => b - a));
    expect(later[1]).toBeLessThan(1);
    expect(traces.tidy(500 + LIFE)).toBe(false);
    expect(traces.seen(0, HERE, 500 + LIFE, false)).toEqual([]);
  });

  it('does not fade for whom nothing shall move; it is there, then gone', () => {
    const traces = new Traces();
    drawn(traces, 500);
    expect(traces.seen(0, HERE, 1200, true)[0]?.opacity).toBe(1);
    expect(traces.tidy(1500)).toBe(false);
  });

  it('is of its page, and begins anew on another', () => {
    const traces = new Traces();
    drawn(traces, 300);
    expect(traces.seen(1, HERE, 300, false)).toEqual([]);
    traces.add('anna', '#123456', 1, at(10, 10), 310);
    traces.add('anna', '#123456', 1, at(30, 10), 340);
    expect(traces.seen(0, HERE, 340, false)).toEqual([]);
    expect(traces.seen(1, HERE, 340, false)).toHaveLength(1);
  });

  it('is no line from where it left to where it came back', () => {
    const traces = new Traces();
    drawn(traces, 300);
    traces.add('anna', '#123456', 0, at(2000, 50), 800);
    traces.add('anna', '#123456', 0, at(2020, 50), 833);
    const [seen] = traces.seen(0, HERE, 833, false);
    expect(wide(seen?.corners ?? [])[0]).toBeGreaterThan(1900);
  });

  it('lies where the board is seen, one for each hand', () => {
    const traces = new Traces();
    drawn(traces, 400);
    drawn(traces, 400, 'kenji');
    const [first, second] = traces.seen(0, { x: 1000, y: 0, scale: 0.5 }, 400, false);
    expect(wide(first?.corners ?? [])[1]).toBeGreaterThan(1180);
    expect(wide(first?.corners ?? [])[1]).toBeLessThan(1210);
    expect(second).toBeTruthy();
  });
});
