// Which part of a board is seen, and how large.

import type { Point } from '../../engine/view';
import { type Box, clamp } from './geometry';

/** A point of the board is drawn at `offset + point * scale`. */
export interface Viewport {
  x: number;
  y: number;
  scale: number;
}

/** What lies over the drawing at each side. */
export interface Insets {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

export const LEAST_SCALE = 0.05;
export const MOST_SCALE = 8;

export function toBoard({ x, y, scale }: Viewport, at: Point): Point {
  return { x: (at.x - x) / scale, y: (at.y - y) / scale };
}

export function toScreen({ x, y, scale }: Viewport, at: Point): Point {
  return { x: x + at.x * scale, y: y + at.y * scale };
}

/** The part of the board that a box of the screen shows. */
export function seen(viewport: Viewport, width: number, height: number): Box {
  const { x, y } = toBoard(viewport, { x: 0, y: 0 });
  return { x, y, width: width / viewport.scale, height: height / viewport.scale };
}

/** All of a box, in the middle of what nothing lies over. */
export function showing(box: Box, width: number, height: number, insets: Insets): Viewport {
  const across = Math.max(50, width - insets.left - insets.right);
  const down = Math.max(50, height - insets.top - insets.bottom);
  const scale = clamp(
    Math.min(across / Math.max(1, box.width), down / Math.max(1, box.height)),
    LEAST_SCALE,
    2,
  );
  return {
    scale,
    x: insets.left + (across - box.width * scale) / 2 - box.x * scale,
    y: insets.top + (down - box.height * scale) / 2 - box.y * scale,
  };
}

/** So many times as large, while what is under a point of the screen stays there. */
export function zoomed(viewport: Viewport, factor: number, at: Point): Viewport {
  const scale = clamp(viewport.scale * factor, LEAST_SCALE, MOST_SCALE);
  const under = toBoard(viewport, at);
  return { scale, x: at.x - under.x * scale, y: at.y - under.y * scale };
}

/** How two fingers move it: what was under them stays under them. */
export function pinched(
  viewport: Viewport,
  before: readonly [Point, Point],
  now: readonly [Point, Point],
): Viewport {
  const middle = ([a, b]: readonly [Point, Point]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const apart = ([a, b]: readonly [Point, Point]) => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
  const [from, to] = [middle(before), middle(now)];
  const grown = zoomed(viewport, apart(now) / apart(before), from);
  return { ...grown, x: grown.x + to.x - from.x, y: grown.y + to.y - from.y };
}
