// Where shapes are, what is touched, and how they are moved and sized; all in units of the board.

import type { Point, Shape } from '../../engine/view';
import { textSize } from './text';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** How far a note goes beyond its words, and how round it is, in letters' heights. */
export const NOTE = { around: 0.6, corner: 0.3 };

/** The head of an arrow, seen from its tip. */
const HEAD_ANGLE = 0.48;

/** The box of a shape's points, without the width of its line; of words on a note, all of that. */
export function frame(shape: Shape): Box {
  switch (shape.kind) {
    case 'pen':
      return around(shape.points);
    case 'figure':
      return around([shape.from, shape.to]);
    case 'text':
      return grown(
        { ...shape.at, ...textSize(shape.text, shape.size) },
        shape.ground ? shape.size * NOTE.around : 0,
      );
    case 'picture':
      return { ...shape.at, width: shape.size.x, height: shape.size.y };
  }
}

/** All that a shape covers. */
export function bounds(shape: Shape): Box {
  switch (shape.kind) {
    case 'pen':
      return grown(frame(shape), shape.width);
    case 'figure': {
      const head = shape.outline === 'arrow' ? headLength(shape.width) : 0;
      return grown(frame(shape), shape.width + head);
    }
    case 'text':
      return grown(frame(shape), shape.size * 0.2);
    case 'picture':
      return frame(shape);
  }
}

export function grown({ x, y, width, height }: Box, by: number): Box {
  return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by };
}

/** The box around all of them; nothing of nothing. */
export function union(boxes: Iterable<Box>): Box | undefined {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width, height } of boxes) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return left > right ? undefined : { x: left, y: top, width: right - left, height: bottom - top };
}

export function meet(a: Box, b: Box): boolean {
  return a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height;
}

export function holds(outer: Box, inner: Box): boolean {
  return (
    outer.x <= inner.x &&
    outer.y <= inner.y &&
    outer.x + outer.width >= inner.x + inner.width &&
    outer.y + outer.height >= inner.y + inner.height
  );
}

/** The box between two corners. */
export function between(a: Point, b: Point): Box {
  return around([a, b]);
}

export function isIn({ x, y }: Point, box: Box): boolean {
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}

/** Whether a shape is touched there, or as near as `reach`. */
export function hits(shape: Shape, at: Point, reach: number): boolean {
  if (!isIn(at, grown(bounds(shape), reach))) return false;
  switch (shape.kind) {
    case 'text':
    case 'picture':
      return isIn(at, grown(frame(shape), reach));
    case 'pen': {
      const near = reach + shape.width / 2;
      const [first, ...rest] = shape.points;
      if (!first) return false;
      if (rest.length === 0) return Math.hypot(at.x - first.x, at.y - first.y) <= near;
      return rest.some((point, n) => distance(at, shape.points[n] ?? first, point) <= near);
    }
    case 'figure':
      return hitsFigure(shape, at, reach + shape.width / 2);
  }
}

function hitsFigure(shape: Extract<Shape, { kind: 'figure' }>, at: Point, near: number): boolean {
  const { x, y, width, height } = frame(shape);
  switch (shape.outline) {
    case 'line':
    case 'arrow':
      return distance(at, shape.from, shape.to) <= near;
    case 'rectangle':
      if (shape.filled) return true;
      return !isIn(at, { x: x + near, y: y + near, width: width - 2 * near, height: height - 2 * near });
    case 'ellipse': {
      const within = (by: number) => {
        const [a, b] = [width / 2 + by, height / 2 + by];
        if (a <= 0 || b <= 0) return false;
        return ((at.x - x - width / 2) / a) ** 2 + ((at.y - y - height / 2) / b) ** 2 <= 1;
      };
      return within(near) && (shape.filled || !within(-near));
    }
  }
}

/** The same, elsewhere. */
export function moved(shape: Shape, dx: number, dy: number): Shape {
  return placed(shape, ({ x, y }) => ({ x: Math.round(x + dx), y: Math.round(y + dy) }));
}

/** The same, as the box around it becomes another. */
export function fitted(shape: Shape, from: Box, to: Box): Shape {
  const across = from.width > 0 ? to.width / from.width : 1;
  const down = from.height > 0 ? to.height / from.height : 1;
  const next = placed(shape, ({ x, y }) => ({
    x: Math.round(to.x + (x - from.x) * across),
    y: Math.round(to.y + (y - from.y) * down),
  }));
  if (next.kind === 'text') next.size = clamp(Math.round(next.size * Math.min(across, down)), 8, MOST_WIDE);
  if (next.kind === 'picture') {
    next.size = {
      x: Math.max(1, Math.round(next.size.x * across)),
      y: Math.max(1, Math.round(next.size.y * down)),
    };
  }
  return next;
}

/** No point lies further out. */
const FAR = 1_000_000;
/** Widest line, and largest letter. */
export const MOST_WIDE = 400;

export function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** A point as a board keeps it. */
export function rounded({ x, y }: Point): Point {
  return { x: clamp(Math.round(x), -FAR, FAR), y: clamp(Math.round(y), -FAR, FAR) };
}

function placed(shape: Shape, move: (point: Point) => Point): Shape {
  const put = (point: Point) => rounded(move(point));
  switch (shape.kind) {
    case 'pen':
      return { ...shape, points: shape.points.map(put) };
    case 'figure':
      return { ...shape, from: put(shape.from), to: put(shape.to) };
    case 'text':
    case 'picture':
      return { ...shape, at: put(shape.at) };
  }
}

/** Where a figure ends while it is drawn; held straight, a line goes by eighths of a turn and a figure is as high as wide. */
export function straight(outline: 'line' | 'arrow' | 'rectangle' | 'ellipse', from: Point, to: Point): Point {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  if (outline === 'line' || outline === 'arrow') {
    const turn = (Math.round(Math.atan2(dy, dx) / (Math.PI / 4)) * Math.PI) / 4;
    const long = Math.hypot(dx, dy);
    return { x: from.x + Math.cos(turn) * long, y: from.y + Math.sin(turn) * long };
  }
  const side = Math.max(Math.abs(dx), Math.abs(dy));
  return { x: from.x + Math.sign(dx || 1) * side, y: from.y + Math.sign(dy || 1) * side };
}

/** The two ends of an arrow's head, beside its tip. */
export function arrowHead(from: Point, to: Point, width: number): [Point, Point] {
  const long = Math.min(headLength(width), Math.max(Math.hypot(to.x - from.x, to.y - from.y), 1));
  const turn = Math.atan2(to.y - from.y, to.x - from.x);
  const end = (by: number) => ({
    x: to.x - Math.cos(turn + by) * long,
    y: to.y - Math.sin(turn + by) * long,
  });
  return [end(HEAD_ANGLE), end(-HEAD_ANGLE)];
}

const headLength = (width: number) => 10 + width * 3;

function around(points: readonly Point[]): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  if (left > right) return { x: 0, y: 0, width: 0, height: 0 };
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** From a point to the line between two others. */
function distance(at: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const along = dx * dx + dy * dy;
  const share = along === 0 ? 0 : clamp(((at.x - a.x) * dx + (at.y - a.y) * dy) / along, 0, 1);
  return Math.hypot(at.x - a.x - share * dx, at.y - a.y - share * dy);
}
