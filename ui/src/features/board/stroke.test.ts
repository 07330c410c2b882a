import { describe, expect, it } from 'vitest';
import { outline, parts, trace } from './stroke';

const line = (count: number) => Array.from({ length: count }, (_, n) => ({ x: n * 4, y: 50 }));

describe('a stroke', () => {
  it('is as wide as its pen, about', () => {
    const ys = outline(line(40), 12).map(([, y]) => y);
    const wide = Math.max(...ys) - Math.min(...ys);
    expect(wide).toBeGreaterThan(8);
    expect(wide).toBeLessThan(16);
  });

  it('is a dot of one point', () => {
    expect(outline(line(1), 12).length).toBeGreaterThan(3);
  });

  it('is one closed path', () => {
    const written: string[] = [];
    const note = (name: string) => () => void written.push(name);
    trace(outline(line(10), 8), {
      moveTo: note('move'),
      quadraticCurveTo: note('curve'),
      closePath: note('close'),
    });
    expect([written[0], written[written.length - 1]]).toEqual(['move', 'close']);
    expect(new Set(written)).toEqual(new Set(['move', 'curve', 'close']));
  });

  it('that grows is computed anew only at its end', () => {
    expect(parts(100)).toEqual({ done: [], from: 0 });
    const long = parts(5_000);
    expect(5_000 - long.from).toBeLessThan(200);
    // Each part reaches into the next.
    for (const [n, [from, to]] of long.done.entries()) {
      const next = long.done[n + 1]?.[0] ?? long.from;
      expect(from).toBeLessThan(next);
      expect(to).toBeGreaterThan(next);
    }
    // What is done stays so.
    expect(parts(5_100).done.slice(0, long.done.length)).toEqual(long.done);
  });
});
