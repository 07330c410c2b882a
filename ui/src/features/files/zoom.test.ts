import { describe, expect, it } from 'vitest';
import { LEAST, MOST, scaleOf, scrolled, zoomed } from './zoom';

const PAGE = { width: 800, height: 1200 };
const WIDE = { width: 1000, height: 600 };

describe('the size', () => {
  it('is that at which all is seen', () => {
    expect(scaleOf('fit', PAGE, WIDE)).toBe(0.5);
    expect(scaleOf('fit', { width: 2000, height: 300 }, WIDE)).toBe(0.5);
    // A small picture does not fill the window.
    expect(scaleOf('fit', { width: 10, height: 10 }, WIDE)).toBe(3);
  });

  it('is that at which it can be read', () => {
    expect(scaleOf('read', PAGE, WIDE)).toBe(1.25);
    expect(scaleOf('read', PAGE, { width: 400, height: 600 })).toBe(0.5);
    // What is seen whole is not made smaller than that.
    expect(scaleOf('read', { width: 300, height: 200 }, WIDE)).toBe(3);
  });

  it('is its own where there is no room known', () => {
    for (const zoom of ['fit', 'read'] as const) expect(scaleOf(zoom, PAGE, { width: 0, height: 0 })).toBe(1);
    expect(scaleOf(2.5, PAGE, WIDE)).toBe(2.5);
  });

  it('grows and shrinks within bounds, and finds its own again', () => {
    expect(zoomed(0.5, 1.25)).toBe(0.625);
    expect(zoomed(0.9, 1.25)).toBe(1);
    expect(zoomed(1.1, 0.8)).toBe(1);
    // A pinch comes in steps of any size, and gets away from there.
    expect(zoomed(1, 1.01)).toBe(1.01);
    expect(zoomed(7, 1.25)).toBe(MOST);
    expect(zoomed(0.11, 0.5)).toBe(LEAST);
  });
});

describe('what was under the pointer', () => {
  /** Where a share of the whole lies in the room. */
  const place = (share: number, scroll: number, room: number, length: number) =>
    share * length + Math.max(0, (room - length) / 2) - scroll;

  it('stays there while the size changes', () => {
    const room = 600;
    for (const [before, after, scroll, at] of [
      [1200, 2400, 300, 100],
      [1200, 800, 500, 100],
      // It was smaller than the room, and becomes larger.
      [400, 1600, 0, 400],
    ] as const) {
      const share = (scroll + at - Math.max(0, (room - before) / 2)) / before;
      const to = scrolled(at, scroll, room, before, after);
      expect(place(share, to, room, after)).toBeCloseTo(at);
    }
  });

  it('does not scroll beyond the beginning', () => {
    expect(scrolled(0, 0, 600, 1200, 700)).toBe(0);
  });
});
