// What a pointer does from going down to coming up, one class for each tool.

import type { BoardAction, Point, Shape } from '../../../engine/view';
import { type Board, itemsOn } from '../boardState';
import { boxOf } from '../draw';
import { type Box, between, frame, hits, holds, meet, moved, rounded, straight } from '../geometry';
import type { Pending } from './pending';
import type { Figure, Style } from './tools';

/** Points of a stroke go out after so many milliseconds. */
const BATCH = 16;
/** Longer strokes go on as another: a board takes no more of one. */
const LONGEST = 8_000;

export interface Held {
  shift: boolean;
}

/** What gestures need of the session they are made in. */
export interface Hand {
  readonly id: string;
  readonly board: Board;
  readonly unit: number;
  readonly style: Style;
  readonly pending: Pending;
  readonly page: number;
  selected: readonly string[];
  clock(): number;
  act(action: BoardAction): void;
  put(id: string, shape: Shape, chosen: boolean): void;
  redrawLocal(ids: Iterable<string>): void;
  changed(): void;
  /** Those that I may change. */
  changeableOf(items: readonly { id: string }[]): string[];
  /** Says all that differs of the selected items, in one step. */
  commitLocals(): void;
  /** A stroke is as long as may be: it goes on as another. */
  strokeAgain(at: Point): void;
}

export interface Gesture {
  move(points: readonly Point[], last: Point, reach: number, held: Held): void;
  up(): void;
  /** It is not to be: another finger came, or Escape. */
  cancel(): void;
}

export class Stroke implements Gesture {
  readonly item = newId();
  private readonly points: Point[];
  private unsent: Point[] = [];
  private sentAt: number;

  constructor(
    private readonly hand: Hand,
    at: Point,
  ) {
    this.points = [rounded(at)];
    this.sentAt = hand.clock();
    const shape = hand.style.stroke([...this.points]);
    hand.pending.set(this.item, shape);
    hand.act({ do: 'put', board: hand.id, id: this.item, page: hand.page, shape });
    hand.redrawLocal([this.item]);
  }

  move(points: readonly Point[]): void {
    const { hand, item } = this;
    const shape = hand.pending.shape(item);
    if (shape?.kind !== 'pen') return;
    let last = this.points[this.points.length - 1];
    for (const at of points) {
      const point = rounded(at);
      if (point.x === last?.x && point.y === last.y) continue;
      last = point;
      this.points.push(point);
      this.unsent.push(point);
    }
    hand.pending.set(item, { ...shape, points: this.points });
    hand.redrawLocal([item]);
    this.tick();
    if (this.points.length >= LONGEST && last) hand.strokeAgain(last);
  }

  /** Points that have waited long enough go out. */
  tick(): void {
    if (this.hand.clock() - this.sentAt >= BATCH) this.flush();
  }

  up(): void {
    this.flush();
    this.hand.pending.done(this.item);
  }

  cancel(): void {
    const { hand, item } = this;
    hand.act({ do: 'remove', board: hand.id, ids: [item] });
    hand.pending.delete(item);
    hand.redrawLocal([item]);
  }

  private flush(): void {
    if (this.unsent.length === 0) return;
    const points = this.unsent;
    this.unsent = [];
    this.sentAt = this.hand.clock();
    this.hand.act({ do: 'extend', board: this.hand.id, id: this.item, points });
  }
}

export class FigureDrag implements Gesture {
  private readonly item = newId();
  private to: Point;

  constructor(
    private readonly hand: Hand,
    private readonly outline: Figure,
    private readonly from: Point,
  ) {
    this.to = from;
  }

  move(_points: readonly Point[], last: Point, _reach: number, held: Held): void {
    this.to = held.shift ? straight(this.outline, this.from, last) : last;
    this.hand.pending.set(this.item, this.shape());
    this.hand.redrawLocal([this.item]);
  }

  up(): void {
    const { hand, item } = this;
    const { width, height } = between(this.from, this.to);
    hand.pending.delete(item);
    // A click alone draws nothing.
    if (Math.max(width, height) >= 4 * hand.unit) hand.put(item, this.shape(), false);
    hand.redrawLocal([item]);
  }

  cancel(): void {
    this.hand.pending.delete(this.item);
    this.hand.redrawLocal([this.item]);
  }

  private shape(): Shape {
    return this.hand.style.figure(this.outline, this.from, this.to);
  }
}

export class Erasing implements Gesture {
  /** What goes when the pointer comes up. */
  readonly ids = new Set<string>();

  constructor(
    private readonly hand: Hand,
    private at: Point,
    reach: number,
  ) {
    this.touch(at, reach);
  }

  move(points: readonly Point[], _last: Point, reach: number): void {
    for (const point of points) this.touch(point, reach);
  }

  up(): void {
    const { hand, ids } = this;
    if (ids.size > 0) hand.act({ do: 'remove', board: hand.id, ids: [...ids] });
    hand.redrawLocal(ids);
  }

  cancel(): void {
    this.hand.redrawLocal(this.ids);
  }

  private touch(at: Point, reach: number): void {
    // A quick hand leaves gaps between two places of the pointer.
    const { at: from, ids, hand } = this;
    const steps = Math.max(1, Math.ceil(Math.hypot(at.x - from.x, at.y - from.y) / Math.max(reach, 1)));
    const near = between(from, at);
    const reached = { x: near.x - reach, y: near.y - reach };
    const box = { ...reached, width: near.width + 2 * reach, height: near.height + 2 * reach };
    const found: string[] = [];
    for (const { id, shape } of itemsOn(hand.board, hand.page)) {
      if (ids.has(id) || !meet(boxOf(shape), box)) continue;
      for (let n = 0; n <= steps; n += 1) {
        const point = {
          x: from.x + ((at.x - from.x) * n) / steps,
          y: from.y + ((at.y - from.y) * n) / steps,
        };
        if (!hits(shape, point, reach)) continue;
        ids.add(id);
        found.push(id);
        break;
      }
    }
    this.at = at;
    if (found.length > 0) hand.redrawLocal(found);
  }
}

/** Selects what lies in a frame. */
export class Marquee implements Gesture {
  private to: Point;

  constructor(
    private readonly hand: Hand,
    private readonly from: Point,
    private readonly before: readonly string[],
  ) {
    this.to = from;
  }

  get box(): Box {
    return between(this.from, this.to);
  }

  move(_points: readonly Point[], last: Point): void {
    const { hand } = this;
    this.to = last;
    const inside = hand.changeableOf(
      itemsOn(hand.board, hand.page).filter(({ shape }) => holds(this.box, frame(shape))),
    );
    hand.selected = [...new Set([...this.before, ...inside])];
    hand.changed();
  }

  up(): void {}

  cancel(): void {}
}

/** Moves what is selected. */
export class Moving implements Gesture {
  private by: Point = { x: 0, y: 0 };

  constructor(
    private readonly hand: Hand,
    private readonly from: Point,
  ) {}

  move(_points: readonly Point[], last: Point): void {
    const { hand } = this;
    this.by = { x: last.x - this.from.x, y: last.y - this.from.y };
    for (const id of hand.selected) {
      const shape = hand.board.items.get(id)?.shape;
      if (shape) hand.pending.set(id, moved(shape, this.by.x, this.by.y));
    }
    hand.redrawLocal(hand.selected);
  }

  up(): void {
    if (Math.hypot(this.by.x, this.by.y) > 0) this.hand.commitLocals();
  }

  cancel(): void {
    const { hand } = this;
    for (const id of hand.selected) hand.pending.delete(id);
    hand.redrawLocal(hand.selected);
  }
}

/** A name for an item that no other has. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
