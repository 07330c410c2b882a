// Where pictures and pages of documents come to lie on a board.

import type { Point, Shape } from '../../../engine/view';
import { type Box, bounds, grown, meet, moved, rounded, union } from '../geometry';

/** Between pictures that came together. */
const GAP = 24;

/** So many pages of a document lie beside each other over a snapshot. */
const BESIDE = 3;

/** What was sent up, with its size in pixels. */
export interface Picture {
  file_id: string;
  width: number;
  height: number;
}

/** Where a page of a document is to go. */
export interface DocumentPlace {
  /** Which it is of those that were chosen, from 0. */
  nth: number;
  count: number;
  /** The page of the board on which the one before it lies. */
  after: number | undefined;
  /** The item that the first of them is. */
  first?: string | undefined;
  /** The board has pages. */
  paged: boolean;
  /** Of what is seen. */
  middle: Point;
}

/** What there is of a board. */
interface Room {
  size: { width: number; height: number };
  /** Units of the board of one step. */
  unit: number;
  /** The one that is seen. */
  page: number;
  pages: number;
  mostPages: number;
  isEmpty: (page: number) => boolean;
}

/** A point at which no picture has its middle: one after the other they lie in steps, as windows do. */
export function notOver(shapes: readonly Shape[], at: Point, unit: number): Point {
  const step = GAP * unit;
  const middles = shapes.flatMap((shape) =>
    shape.kind === 'picture' ? [{ x: shape.at.x + shape.size.x / 2, y: shape.at.y + shape.size.y / 2 }] : [],
  );
  let point = at;
  const isTaken = ({ x, y }: Point) => Math.hypot(x - point.x, y - point.y) < step / 2;
  while (middles.some(isTaken)) point = { x: point.x + step, y: point.y + step };
  return point;
}

/** So many places in each direction are tried for one that is free. */
const TRIES = 24;

/** Shapes as they are, moved to the nearest place on the paper where they lie over nothing; nothing where all is taken. */
export function inFreePlace(
  shapes: readonly Shape[],
  taken: readonly Shape[],
  { width, height }: Room['size'],
  unit: number,
): Shape[] | undefined {
  const box = union(shapes.map(bounds));
  if (!box) return [];
  const others = taken.map((shape) => grown(bounds(shape), (GAP * unit) / 2));
  const isFree = (place: Box) => !others.some((other) => meet(other, place));
  if (isFree(box)) return [...shapes];
  const places: { dx: number; dy: number }[] = [];
  for (let column = 0; column <= TRIES; column += 1) {
    for (let row = 0; row <= TRIES; row += 1) {
      const dx = ((width - box.width) * column) / TRIES - box.x;
      const dy = ((height - box.height) * row) / TRIES - box.y;
      places.push({ dx, dy });
    }
  }
  places.sort((a, b) => Math.hypot(a.dx, a.dy) - Math.hypot(b.dx, b.dy));
  const free = places.find(({ dx, dy }) => isFree({ ...box, x: box.x + dx, y: box.y + dy }));
  return free && shapes.map((shape) => moved(shape, Math.round(free.dx), Math.round(free.dy)));
}

/** Pictures that came together lie beside each other, around a point. */
export function besideEachOther(
  pictures: readonly Picture[],
  size: Room['size'],
  unit: number,
  middle: Point,
): Shape[] {
  const columns = Math.ceil(Math.sqrt(pictures.length));
  const rows = Math.ceil(pictures.length / Math.max(1, columns));
  const gap = GAP * unit;
  // All of them have the place of one, and a little more each time there are more.
  const share = columns === 1 ? { x: 0.5, y: 0.6 } : { x: 0.8, y: 0.8 };
  const most = { x: (size.width * share.x) / columns, y: (size.height * share.y) / rows };
  return pictures.map((picture, n) => {
    const [column, row] = [n % columns, Math.floor(n / columns)];
    return pictureIn(picture, most, {
      x: middle.x + (column - (columns - 1) / 2) * (most.x + gap),
      y: middle.y + (row - (rows - 1) / 2) * (most.y + gap),
    });
  });
}

/**
 * A page of a document, and on which page of the board it lies, which may be one that is still to come: the first here where
 * that is empty, each of the others on one of its own, as large as that is. Over a snapshot there are no pages: there they lie
 * beside each other.
 */
export function ofDocument(
  picture: Picture,
  { nth, count, after, paged, middle }: DocumentPlace,
  { size, unit, page, pages, mostPages, isEmpty }: Room,
): { page: number; shape: Shape } {
  const on = (there: number, most: Point, at: Point) => ({
    page: there,
    shape: pictureIn(picture, most, at),
  });
  const part = { x: size.width * 0.5, y: size.height * 0.6 };
  if (!paged && count > 1) {
    const column = nth % BESIDE;
    const row = Math.floor(nth / BESIDE) * GAP * unit;
    const at = { x: (size.width * (column + 0.5)) / BESIDE + row, y: size.height / 2 + row };
    return on(page, { x: (size.width * 0.94) / BESIDE, y: part.y }, at);
  }
  const whole = { x: size.width * 0.96, y: size.height * 0.96 };
  const centre = { x: size.width / 2, y: size.height / 2 };
  if (!paged) return on(page, part, middle);
  const first = nth === 0 || after === undefined;
  let next = first ? page : after + 1;
  while (next < pages && !isEmpty(next)) next += 1;
  if (next < mostPages) return on(next, whole, centre);
  // There is no room for more pages: it lies on one that is there.
  return first ? on(page, part, middle) : on(after, part, centre);
}

/** A picture around a point, no larger than it is, nor than `most`. */
function pictureIn({ file_id, width, height }: Picture, most: Point, middle: Point): Shape {
  const scale = Math.min(1, most.x / width, most.y / height);
  const size = {
    x: Math.max(1, Math.round(width * scale)),
    y: Math.max(1, Math.round(height * scale)),
  };
  const at = rounded({ x: middle.x - size.x / 2, y: middle.y - size.y / 2 });
  return { kind: 'picture', at, size, file_id };
}
