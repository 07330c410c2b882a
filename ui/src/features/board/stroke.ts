// The outline of a stroke of the pen, and its path on a canvas.

import getStroke from 'perfect-freehand';
import type { Point } from '../../engine/view';

type Corner = readonly [number, number];

/** What a path is written into. */
export interface Trace {
  moveTo(x: number, y: number): void;
  quadraticCurveTo(cx: number, cy: number, x: number, y: number): void;
  closePath(): void;
}

export function outline(points: readonly Point[], width: number): Corner[] {
  return getStroke([...points], {
    size: width,
    // A little, as of a felt pen: more of it, and a stroke would change where its parts are put together.
    thinning: 0.15,
    smoothing: 0.5,
    streamline: 0.35,
    last: true,
  });
}

/** Writes an outline as one smooth closed path. */
export function trace(corners: readonly Corner[], into: Trace): void {
  const [first, second] = corners;
  const last = corners[corners.length - 1];
  if (!first || !second || !last) return;
  into.moveTo((last[0] + first[0]) / 2, (last[1] + first[1]) / 2);
  corners.forEach(([x, y], n) => {
    const [nextX, nextY] = corners[n + 1] ?? first;
    into.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  });
  into.closePath();
}

/** So many points are one part. */
const PART = 160;
/** So many of the part before belong to the next too, for both to be smooth where they meet. */
const SEAM = 12;

/** Which points to draw as parts that do not change any more, and from where on the end is drawn anew. */
export function parts(count: number): { done: [from: number, to: number][]; from: number } {
  const done: [number, number][] = [];
  let from = 0;
  while (count - from > PART + SEAM) {
    done.push([from, from + PART + SEAM]);
    from += PART;
  }
  return { done, from };
}

/** A stroke while it is drawn: however long it is, only its end is computed again. */
export class GrowingPath {
  private readonly done = new Path2D();
  private parts = 0;
  private count = -1;
  private path = new Path2D();

  of(points: readonly Point[], width: number): Path2D {
    if (points.length === this.count) return this.path;
    this.count = points.length;
    const { done, from } = parts(points.length);
    for (const [start, end] of done.slice(this.parts)) {
      trace(outline(points.slice(start, end), width), this.done);
    }
    this.parts = done.length;
    this.path = new Path2D(this.done);
    trace(outline(points.slice(from), width), this.path);
    return this.path;
  }
}

export function wholePath(points: readonly Point[], width: number): Path2D {
  const path = new Path2D();
  trace(outline(points, width), path);
  return path;
}
