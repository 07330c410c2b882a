import { describe, expect, it } from 'vitest';
import type { Shape } from '../../engine/view';
import { arrowHead, bounds, fitted, frame, hits, holds, meet, moved, straight, union } from './geometry';
import { pinched, showing, toBoard, toScreen, zoomed } from './viewport';

const figure = (outline: 'line' | 'arrow' | 'rectangle' | 'ellipse', filled = false): Shape => ({
  kind: 'figure',
  outline,
  from: { x: 100, y: 100 },
  to: { x: 300, y: 200 },
  colour: 'teal',
  width: 4,
  filled,
});
const pen: Shape = {
  kind: 'pen',
  points: [
    { x: 0, y: 0 },
    { x: 100, y: 0 },
    { x: 100, y: 100 },
  ],
  colour: 'ink',
  width: 6,
};
const text: Shape = { kind: 'text', at: { x: 10, y: 20 }, text: 'one\ntwo', colour: 'ink', size: 40 };
const picture: Shape = { kind: 'picture', at: { x: 0, y: 0 }, size: { x: 400, y: 300 }, file_id: 'f' };

describe('what is touched', () => {
  it('is the line of a stroke, not what lies between', () => {
    expect(hits(pen, { x: 50, y: 5 }, 4)).toBe(true);
    expect(hits(pen, { x: 50, y: 50 }, 4)).toBe(false);
    expect(hits({ ...pen, points: [{ x: 5, y: 5 }] }, { x: 7, y: 7 }, 4)).toBe(true);
  });

  it('is the edge of a figure, and its inside when it is filled', () => {
    for (const outline of ['rectangle', 'ellipse'] as const) {
      expect(hits(figure(outline), { x: 200, y: 101 }, 2), outline).toBe(true);
      expect(hits(figure(outline), { x: 200, y: 150 }, 2), outline).toBe(false);
      expect(hits(figure(outline, true), { x: 200, y: 150 }, 2), outline).toBe(true);
    }
    expect(hits(figure('ellipse', true), { x: 104, y: 104 }, 2)).toBe(false);
    expect(hits(figure('arrow'), { x: 200, y: 150 }, 2)).toBe(true);
    expect(hits(figure('line'), { x: 200, y: 110 }, 2)).toBe(false);
  });

  it('is anywhere on words and pictures', () => {
    expect(hits(text, { x: 20, y: 30 }, 0)).toBe(true);
    expect(hits(picture, { x: 200, y: 299 }, 0)).toBe(true);
    expect(hits(picture, { x: 200, y: 310 }, 0)).toBe(false);
  });
});

describe('a shape', () => {
  it('covers its line and head, too', () => {
    expect(bounds(pen)).toEqual({ x: -6, y: -6, width: 112, height: 112 });
    expect(holds(bounds(figure('arrow')), bounds(figure('line')))).toBe(true);
    expect(frame(text).height).toBe(104);
  });

  it('of words on a note covers the note, and its shadow', () => {
    const note: Shape = { ...text, ground: 'ochre' };
    const words = frame(text);
    expect(frame(note)).toEqual({ x: -14, y: -4, width: words.width + 48, height: 152 });
    expect(bounds(note).y + bounds(note).height).toBe(156);
    expect(hits(note, { x: -10, y: 0 }, 0)).toBe(true);
    expect(hits(text, { x: -10, y: 0 }, 0)).toBe(false);
  });

  it('moves with all its points', () => {
    expect(frame(moved(pen, 5, -3))).toEqual({ x: 5, y: -3, width: 100, height: 100 });
    expect(moved(picture, 1, 2)).toMatchObject({ at: { x: 1, y: 2 }, size: { x: 400, y: 300 } });
    expect(moved(text, 1e9, 0)).toMatchObject({ at: { x: 1_000_000, y: 20 } });
  });

  it('grows with the box around it', () => {
    const from = frame(picture);
    const to = { x: 100, y: 100, width: 800, height: 600 };
    expect(fitted(picture, from, to)).toMatchObject({ at: { x: 100, y: 100 }, size: { x: 800, y: 600 } });
    expect(frame(fitted(pen, frame(pen), { x: 0, y: 0, width: 50, height: 200 }))).toEqual({
      x: 0,
      y: 0,
      width: 50,
      height: 200,
    });
    expect(fitted(text, { x: 0, y: 0, width: 10, height: 10 }, to)).toMatchObject({ size: 400 });
    // A line that lies flat has no height to grow by.
    const flat: Shape = { ...pen, points: [pen.points[0], pen.points[1]].filter((p) => p !== undefined) };
    expect(frame(fitted(flat, frame(flat), { ...to, height: 0 }))).toMatchObject({ width: 800, height: 0 });
  });

  it('is held straight', () => {
    const from = { x: 0, y: 0 };
    const to = straight('line', from, { x: 100, y: 8 });
    expect(Math.round(to.y)).toBe(0);
    expect(straight('rectangle', from, { x: -30, y: 80 })).toEqual({ x: -80, y: 80 });
  });

  it('has a head that points to where it ends', () => {
    const [a, b] = arrowHead({ x: 0, y: 0 }, { x: 100, y: 0 }, 4);
    expect(a.x).toBeCloseTo(b.x);
    expect(a.y).toBeCloseTo(-b.y);
    expect(a.x).toBeLessThan(100);
  });

  it('meets what it overlaps', () => {
    expect(meet(bounds(pen), bounds(picture))).toBe(true);
    expect(meet(bounds(pen), { x: 500, y: 500, width: 10, height: 10 })).toBe(false);
    expect(union([])).toBeUndefined();
    expect(union([frame(pen), frame(figure('line'))])).toEqual({ x: 0, y: 0, width: 300, height: 200 });
  });
});

describe('what is seen', () => {
  const none = { top: 0, right: 0, bottom: 0, left: 0 };

  it('fits the page between what lies over it', () => {
    const page = { x: 0, y: 0, width: 1600, height: 1000 };
    const view = showing(page, 900, 700, { ...none, left: 100, bottom: 200 });
    expect(view.scale).toBe(0.5);
    expect(toScreen(view, { x: 800, y: 500 })).toEqual({ x: 500, y: 250 });
  });

  it('grows around the point that is under the pointer', () => {
    const view = { x: 10, y: 20, scale: 0.5 };
    const at = { x: 300, y: 200 };
    const next = zoomed(view, 2, at);
    expect(next.scale).toBe(1);
    expect(toBoard(next, at)).toEqual(toBoard(view, at));
    expect(zoomed(view, 1e9, at).scale).toBe(8);
  });

  it('follows two fingers', () => {
    const view = { x: 0, y: 0, scale: 1 };
    const next = pinched(
      view,
      [
        { x: 0, y: 0 },
        { x: 100, y: 0 },
      ],
      [
        { x: 50, y: 50 },
        { x: 250, y: 50 },
      ],
    );
    expect(next.scale).toBe(2);
    expect(toScreen(next, { x: 100, y: 0 })).toEqual({ x: 250, y: 50 });
  });
});
