// Where tiles lie: chosen by who is there and by the room there is, never by hand.

import type { CallView, PersonView, StreamView } from '../../ipc/bindings';

/** From this many others on, one's own picture is a tile like the rest. */
const OWN_TILE_FROM = 3;

/** What lies on the stage. */
export type Layout =
  | { kind: 'joining' }
  | { kind: 'alone' }
  /** One person fills the stage, one's own picture floats. */
  | { kind: 'single'; person: PersonView }
  /** Everybody alike; with one's own tile first, or with it floating. */
  | { kind: 'grid'; people: PersonView[]; ownTile: boolean }
  /** A screen that somebody shows, and a strip of people. */
  | { kind: 'shared'; owner: PersonView; stream: StreamView; people: PersonView[] };

export function layout({ connection, people }: Pick<CallView, 'connection' | 'people'>): Layout {
  if (connection.state === 'connecting' && people.length === 0) return { kind: 'joining' };
  for (const owner of people) {
    const stream = owner.streams.find(({ source }) => source === 'screen');
    if (stream) return { kind: 'shared', owner, stream, people };
  }
  const [first] = people;
  if (!first) return { kind: 'alone' };
  if (people.length === 1) return { kind: 'single', person: first };
  return { kind: 'grid', people, ownTile: people.length >= OWN_TILE_FROM };
}

/** A tile is between these, so that a picture of 16:9 fills it and loses little. */
const NARROWEST = 1.5;
const WIDEST = 2.1;

export interface Arrangement {
  columns: number;
  rows: number;
  /** Of each tile, in pixels. */
  width: number;
  height: number;
}

/** The columns that give the largest tiles for so many people in such a box. */
export function arrange(count: number, width: number, height: number, gap: number): Arrangement {
  let best: Arrangement = { columns: 1, rows: Math.max(1, count), width: 0, height: 0 };
  for (let columns = 1; columns <= Math.max(1, count); columns += 1) {
    const rows = Math.ceil(Math.max(1, count) / columns);
    const across = (width - gap * (columns - 1)) / columns;
    const down = (height - gap * (rows - 1)) / rows;
    if (across <= 0 || down <= 0) continue;
    const tileWidth = Math.min(across, down * WIDEST);
    const tileHeight = Math.min(down, tileWidth / NARROWEST);
    if (tileWidth * tileHeight > best.width * best.height) {
      best = { columns, rows, width: Math.floor(tileWidth), height: Math.floor(tileHeight) };
    }
  }
  return best;
}

/** More tiles than this are small: less space between them, smaller labels. */
export const CROWD = 12;

/** Space between tiles. */
export function gapFor(count: number): number {
  return count > CROWD ? 8 : 12;
}

/** A corner of the stage. */
export type Corner = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right';

/** The corner nearest to a place in a box. */
export function nearestCorner(x: number, y: number, width: number, height: number): Corner {
  return `${y < height / 2 ? 'top' : 'bottom'}-${x < width / 2 ? 'left' : 'right'}`;
}

/** The corner to which an arrow key moves. */
export function cornerTowards(corner: Corner, key: string): Corner {
  const [vertical, horizontal] = corner.split('-');
  switch (key) {
    case 'ArrowUp':
      return `top-${horizontal}` as Corner;
    case 'ArrowDown':
      return `bottom-${horizontal}` as Corner;
    case 'ArrowLeft':
      return `${vertical}-left` as Corner;
    case 'ArrowRight':
      return `${vertical}-right` as Corner;
    default:
      return corner;
  }
}
