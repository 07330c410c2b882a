// How large a picture or a page is shown, and where it is looked at.

import type { Size } from '../../engine/frames/fit';

/** All of it; as wide as there is room, to be read; or so many times its own size. */
export type Zoom = 'fit' | 'read' | number;

export const LEAST = 0.1;
export const MOST = 8;
/** What fits is not made larger than this: a small picture stays a picture. */
const MOST_TO_FIT = 3;
/** What is read is not made larger than this by itself. */
const MOST_TO_READ = 1.25;
/** One press of larger or smaller. */
export const STEP = 1.25;

/** How many times its own size it is shown. */
export function scaleOf(zoom: Zoom, own: Size, room: Size): number {
  if (typeof zoom === 'number') return zoom;
  const across = room.width / own.width;
  const whole = Math.min(across, room.height / own.height, MOST_TO_FIT);
  const scale = zoom === 'fit' ? whole : Math.max(whole, Math.min(across, MOST_TO_READ));
  // Before anything is laid out.
  return Number.isFinite(scale) && scale > 0 ? scale : 1;
}

/** So many times as large as now. On the way past its own size it stops there, so that that is found again. */
export function zoomed(scale: number, factor: number): number {
  const next = Math.min(MOST, Math.max(LEAST, scale * factor));
  return (scale - 1) * (next - 1) < 0 ? 1 : next;
}

/**
 * Where to scroll on one axis so that what was under `at` is there again. `at` is from the edge of the room; what is smaller
 * than the room lies in its middle.
 */
export function scrolled(at: number, scroll: number, room: number, before: number, after: number): number {
  const margin = (length: number) => Math.max(0, (room - length) / 2);
  const share = (scroll + at - margin(before)) / Math.max(1, before);
  return Math.max(0, share * after + margin(after) - at);
}
