// From a place on the page to a spot of a picture, and back. A spot is told in 65535ths of the picture itself: people see it
// in tiles of other shapes, with other edges cut off.

import { type Fitted, pictureIn } from '../../engine/frames/fit';

/** The far end of a picture. */
const END = 65_535;

export interface At {
  x: number;
  y: number;
}

/**
 * The spot under a place of the box; nothing beside the picture, where the box is filled up. `mirrored` is one's own picture
 * as one knows oneself: what lies left is right in what the others see.
 */
export function spotAt(at: At, fitted: Fitted, mirrored = false): At | undefined {
  const picture = pictureIn(fitted);
  if (!picture) return undefined;
  const across = (at.x - picture.x) / picture.width;
  const down = (at.y - picture.y) / picture.height;
  if (!(across >= 0 && across <= 1 && down >= 0 && down <= 1)) return undefined;
  return { x: Math.round((mirrored ? 1 - across : across) * END), y: Math.round(down * END) };
}

/** A spot's place in the box. Where an edge is cut off with it, it is held at that edge and `cut`. */
export function placeOf(spot: At, fitted: Fitted, mirrored = false): (At & { cut: boolean }) | undefined {
  const picture = pictureIn(fitted);
  if (!picture) return undefined;
  const across = spot.x / END;
  const x = picture.x + (mirrored ? 1 - across : across) * picture.width;
  const y = picture.y + (spot.y / END) * picture.height;
  const inside = { x: within(x, fitted.box.width), y: within(y, fitted.box.height) };
  return { ...inside, cut: Math.abs(inside.x - x) > 1 || Math.abs(inside.y - y) > 1 };
}

function within(value: number, end: number): number {
  return Math.min(end, Math.max(0, value));
}
