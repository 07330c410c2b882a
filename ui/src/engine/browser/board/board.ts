// One whiteboard, as everybody has it: in whatever order operations come, all are the same in the end. The same rules as in
// `crates/board`: an item is a register of which the last writer wins, a stroke grows by points that have their place.

import type { ParticipantId, Point } from '../../view';
import { type BoardOp, type BoardPart, compareStamps, type Item, type Stamp } from './ops';

/** Pieces of strokes that came before the stroke itself; more are dropped, as from somebody who never sends it. */
const EARLY = 4096;
/** Nothing lies higher; what lies as high is in the order of ids. */
const HIGHEST = 0x7fffffff;
/** Where the first of a board lies: there is room under it. */
const MIDDLE = 1_000_000;

type What = { there: Item } | { gone: Stamp };

interface Early {
  id: string;
  of: Stamp;
  from: number;
  points: Point[];
}

export class Board {
  private readonly kept = new Map<string, What>();
  private count = 0;
  /** The greatest of all stamps. */
  private clock = 0;
  private early: Early[] = [];

  /** How many pages there are, one at least. */
  get pages(): number {
    return Math.max(1, this.count);
  }

  /** An item that is there. */
  item(id: string): Item | undefined {
    const what = this.kept.get(id);
    return what && 'there' in what ? what.there : undefined;
  }

  /** When an item, there or taken away, was last said how it is. */
  stampOf(id: string): Stamp | undefined {
    const what = this.kept.get(id);
    return what && stampOf(what);
  }

  /** All that is there. */
  items(): Item[] {
    return [...this.kept.values()].flatMap((what) => ('there' in what ? [what.there] : []));
  }

  /** The points of a stroke; none of anything else. */
  points(id: string): Point[] {
    const shape = this.item(id)?.shape;
    return shape?.kind === 'pen' ? shape.points : [];
  }

  /** A stamp later than all that is known here. */
  nextStamp(by: ParticipantId): Stamp {
    return { clock: this.clock + 1, by };
  }

  /** The place over everything else. */
  top(): number {
    const highest = this.items().reduce((most, { z }) => Math.max(most, z), -1);
    return highest < 0 ? MIDDLE : Math.min(highest + 1, HIGHEST);
  }

  /** The place under everything else. */
  bottom(): number {
    const lowest = this.items().reduce((least, { z }) => Math.min(least, z), Number.POSITIVE_INFINITY);
    return Number.isFinite(lowest) ? Math.max(0, lowest - 1) : MIDDLE;
  }

  /** Does what was done, unless something later is known; whether that changed anything. */
  apply(op: BoardOp): boolean {
    switch (op.op) {
      case 'put':
        if (this.isLater(op.item.id, op.item.stamp)) return false;
        this.set(op.item.id, { there: this.withEarly(copy(op.item)) });
        return true;
      case 'extend':
        return this.extend(op);
      case 'remove':
        if (this.isLater(op.id, op.stamp)) return false;
        this.set(op.id, { gone: op.stamp });
        return true;
      case 'pages':
        if (op.count <= this.pages) return false;
        this.count = op.count;
        return true;
    }
  }

  /** Makes an item what it is elsewhere, whatever is known here: an operation was refused. */
  force(id: string, item: Item | null): void {
    if (item) this.set(id, { there: copy(item) });
    else this.kept.delete(id);
  }

  /** Takes in what the server has. */
  take(part: BoardPart): void {
    this.apply({ op: 'pages', count: part.pages });
    for (const item of part.items) {
      const known = this.item(item.id);
      // The same stroke with more points than are known here.
      if (known && compareStamps(known.stamp, item.stamp) === 0) {
        if (item.shape.kind !== 'pen') continue;
        this.apply({ op: 'extend', id: item.id, of: item.stamp, from: 0, points: item.shape.points });
      } else {
        this.apply({ op: 'put', item });
      }
    }
    for (const [id, stamp] of part.removed) this.apply({ op: 'remove', id, stamp });
  }

  /** Whether what is known of an item is as late as this, or later. */
  private isLater(id: string, stamp: Stamp): boolean {
    const known = this.stampOf(id);
    return known !== undefined && compareStamps(known, stamp) >= 0;
  }

  private set(id: string, what: What): void {
    this.clock = Math.max(this.clock, stampOf(what).clock);
    this.kept.set(id, what);
  }

  private extend({ id, of, from, points: more }: Early): boolean {
    const what = this.kept.get(id);
    if (!what || compareStamps(stampOf(what), of) < 0) {
      // The stroke itself is still to come.
      this.keepEarly({ id, of, from, points: more });
      return false;
    }
    if (!('there' in what) || what.there.shape.kind !== 'pen' || compareStamps(what.there.stamp, of) !== 0) {
      return false;
    }
    const { points } = what.there.shape;
    if (from > points.length) {
      this.keepEarly({ id, of, from, points: more });
      return false;
    }
    const known = points.length - from;
    if (known >= more.length) return false;
    points.push(...more.slice(known));
    // Those after a gap that is closed now.
    this.withEarly(what.there);
    return true;
  }

  private keepEarly(piece: Early): void {
    if (this.early.length < EARLY) this.early.push(piece);
  }

  /** Appends what came before its turn. */
  private withEarly(item: Item): Item {
    if (this.early.length === 0 || item.shape.kind !== 'pen') return item;
    const { points } = item.shape;
    const theirs = ({ id, of }: Early) => id === item.id && compareStamps(of, item.stamp) === 0;
    const waiting = this.early
      .filter(theirs)
      .sort((a, b) => a.from - b.from || a.points.length - b.points.length);
    this.early = this.early.filter((piece) => !theirs(piece));
    for (const piece of waiting) {
      if (piece.from > points.length) this.early.push(piece);
      else points.push(...piece.points.slice(points.length - piece.from));
    }
    return item;
  }
}

function stampOf(what: What): Stamp {
  return 'there' in what ? what.there.stamp : what.gone;
}

/** Strokes grow in place: whoever handed one in keeps their own. */
function copy(item: Item): Item {
  const { shape } = item;
  return shape.kind === 'pen' ? { ...item, shape: { ...shape, points: [...shape.points] } } : item;
}
