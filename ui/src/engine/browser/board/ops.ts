// What lies on a whiteboard and what is done to it, as the room channel tells it (`crates/protocol/src/board.rs`).

import type { ParticipantId, Point, Shape } from '../../view';

/** When something was done: the greater clock is later, and of the same clock the greater author. */
export interface Stamp {
  clock: number;
  by: ParticipantId;
}

export interface Item {
  id: string;
  author: ParticipantId;
  page: number;
  /** The greater lies over the smaller; of the same, by id. */
  z: number;
  shape: Shape;
  stamp: Stamp;
}

export type BoardOp =
  | { op: 'put'; item: Item }
  | { op: 'extend'; id: string; of: Stamp; from: number; points: Point[] }
  | { op: 'remove'; id: string; stamp: Stamp }
  | { op: 'pages'; count: number };

/** A board as far as it was asked for. */
export interface BoardPart {
  board: string;
  pages: number;
  items: Item[];
  removed: [string, Stamp][];
  version: number;
  more: boolean;
}

/** Most operations in one message. */
export const MAX_OPS = 256;

/** Negative where `a` was earlier than `b`, 0 where they are the same. */
export function compareStamps(a: Stamp, b: Stamp): number {
  if (a.clock !== b.clock) return a.clock - b.clock;
  return a.by < b.by ? -1 : a.by > b.by ? 1 : 0;
}

/** Negative where `a` lies under `b`. */
export function compareItems(a: Item, b: Item): number {
  return a.z - b.z || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** What an operation is about; nothing where it is about the whole board. */
export function itemOf(op: BoardOp): string | undefined {
  switch (op.op) {
    case 'put':
      return op.item.id;
    case 'extend':
    case 'remove':
      return op.id;
    case 'pages':
      return undefined;
  }
}
