// What one person does on a board: tools, gestures, selection. It turns pointer and keys into actions, and keeps what is not
// confirmed yet. It draws nothing: the paper asks it what there is.

import type { BoardCommands } from '../../engine/engine';
import type { BoardAction, BoardNews, BoardRights, Colour, Point, Shape } from '../../engine/view';
import { type Board, emptyBoard, hear, itemsOn, mayDraw, type Touched } from './boardState';
import { boxOf } from './draw';
import {
  type Box,
  between,
  clamp,
  fitted,
  frame,
  hits,
  holds,
  isIn,
  MOST_WIDE,
  meet,
  moved,
  rounded,
  straight,
  union,
} from './geometry';

export const FIGURES = ['line', 'arrow', 'rectangle', 'ellipse'] as const;
export type Figure = (typeof FIGURES)[number];
export type Tool = 'select' | 'pen' | Figure | 'text' | 'eraser';

/** Widths of a line and sizes of letters: thin, usual, thick. */
const WIDTHS = [4, 8, 18] as const;
const SIZES = [28, 40, 64] as const;
export type Width = 0 | 1 | 2;

/** Points of a stroke go out after so many milliseconds. */
const BATCH = 16;
/** A cursor is sent at most every so many. */
const CURSOR = 34;
/** What was done and does not come back in so many was refused, or lost. */
const GIVEN_UP = 2_000;
/** Longer strokes go on as another: a board takes no more of one. */
const LONGEST = 8_000;
/** Longest text, in characters. */
const MOST_TEXT = 4_000;
/** How many pages there may be. */
export const MOST_PAGES = 100;

/** What a person types in. */
export interface Editing {
  /** The item that is changed; nothing for a new one. */
  id: string | undefined;
  at: Point;
  text: string;
  colour: Colour;
  size: number;
}

/** All that is drawn around the paper. A new one each time something of it changes. */
export interface Scene {
  loading: boolean;
  page: number;
  pages: number;
  /** Items on this page. */
  count: number;
  rights: BoardRights;
  canUndo: boolean;
  canRedo: boolean;
  tool: Tool;
  colour: Colour;
  width: Width;
  filled: boolean;
  selected: readonly string[];
  /** The shape that is selected alone. */
  chosen: { shape: Shape; place: number } | undefined;
  editing: Editing | undefined;
}

/** What differs from the board as it is known: mine, until it comes back. */
interface Local {
  shape: Shape;
  /** When it was done; nothing while it is still being drawn. */
  done: number | undefined;
}

type Gesture =
  | { kind: 'pen'; id: string; points: Point[]; unsent: Point[]; sentAt: number }
  | { kind: 'figure'; id: string; outline: Figure; from: Point; to: Point }
  | { kind: 'erase'; at: Point; ids: Set<string> }
  | { kind: 'marquee'; from: Point; to: Point; before: readonly string[] }
  | { kind: 'move'; from: Point; by: Point };

export interface Held {
  shift: boolean;
}

/** Whoever draws it. */
export interface Watcher {
  /** Items of the board, or of mine, that look different now. */
  redraw(touched: Touched | { kind: 'local'; ids: Iterable<string> }): void;
}

export class BoardSession {
  readonly board: Board = emptyBoard();
  /** Units of the board of one step: on a large picture lines are as much wider. */
  readonly unit: number;
  private readonly local = new Map<string, Local>();
  private readonly watchers = new Set<Watcher>();
  private readonly listeners = new Set<() => void>();
  private gesture: Gesture | undefined;
  private selected: readonly string[] = [];
  private cursorAt = Number.NEGATIVE_INFINITY;
  private cursorOut = false;
  private page = 0;
  private tool: Tool = 'select';
  private colour: Colour = 'ink';
  private width: Width = 1;
  private filled = false;
  private editing: Editing | undefined;
  private tooled = false;
  private now: Scene;
  private unlisten: (() => void) | undefined;
  private closed = false;
  private addsPage = false;

  constructor(
    private readonly commands: BoardCommands,
    readonly id: string,
    readonly size: { width: number; height: number },
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.unit = Math.max(size.width, size.height) / 1600;
    this.now = this.scene();
  }

  /** Listens, then opens: no first change is lost. */
  async open(): Promise<void> {
    this.closed = false;
    const unlisten = await this.commands.onNews((news) => {
      if (news.board === this.id && !this.closed) this.hear(news);
    });
    if (this.closed) return unlisten();
    this.unlisten = unlisten;
    this.act({ do: 'open', board: this.id });
  }

  close(): void {
    this.closed = true;
    this.unlisten?.();
    this.unlisten = undefined;
    this.up();
    this.commit();
    this.pointer(undefined);
    this.act({ do: 'close', board: this.id });
  }

  watch(watcher: Watcher): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  // For React.
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly snapshot = (): Scene => this.now;

  hear(news: BoardNews): void {
    const touched = hear(this.board, news);
    if (touched.kind === 'all') this.local.clear();
    if (touched.kind === 'items') {
      for (const id of [...touched.put, ...touched.extended]) this.confirmed(id);
      for (const id of touched.removed) if (this.local.get(id)?.done !== undefined) this.local.delete(id);
    }
    if (touched.kind === 'rights') this.chooseAllowed();
    if (this.addsPage && this.page < this.board.pages - 1) {
      this.addsPage = false;
      this.go(this.board.pages - 1);
    }
    if (this.page >= this.board.pages) this.go(this.board.pages - 1);
    for (const watcher of this.watchers) watcher.redraw(touched);
    if (touched.kind !== 'cursors') this.changed();
  }

  /** An item as it is drawn: mine before what is known of it. */
  shapeOf(id: string): Shape | undefined {
    return this.local.get(id)?.shape ?? this.board.items.get(id)?.shape;
  }

  /** What is drawn over the rest, because it is not finished or not confirmed. */
  locals(): [string, Shape][] {
    return [...this.local].map(([id, { shape }]) => [id, shape]);
  }

  isLocal(id: string): boolean {
    return this.local.has(id);
  }

  /** Items that are to be erased when the pointer goes up. */
  fading(): ReadonlySet<string> {
    return this.gesture?.kind === 'erase' ? this.gesture.ids : NONE;
  }

  /** The frame around the selection. */
  selectionBox(): Box | undefined {
    if (this.selected.length === 0) return undefined;
    return union(this.selected.flatMap((id) => boxed(this.shapeOf(id))));
  }

  marquee(): Box | undefined {
    return this.gesture?.kind === 'marquee' ? between(this.gesture.from, this.gesture.to) : undefined;
  }

  /** The stroke that I draw now. */
  get drawing(): string | undefined {
    return this.gesture?.kind === 'pen' ? this.gesture.id : undefined;
  }

  get busy(): boolean {
    return this.gesture !== undefined;
  }

  /** Lets go of what did not come back. */
  tidy(): void {
    const late = this.clock() - GIVEN_UP;
    const gone = [...this.local].filter(([, { done }]) => done !== undefined && done < late);
    if (gone.length === 0) return;
    for (const [id] of gone) this.local.delete(id);
    this.redrawLocal(gone.map(([id]) => id));
  }

  // --------------------------------------------------------------------------------------------- tools

  choose(tool: Tool): void {
    this.tooled = true;
    this.tool = tool;
    if (tool !== 'select') this.selected = [];
    this.changed();
  }

  setColour(colour: Colour): void {
    this.colour = colour;
    this.restyle((shape) => (shape.kind === 'picture' ? shape : { ...shape, colour }));
  }

  setWidth(width: Width): void {
    this.width = width;
    this.restyle((shape) => {
      if (shape.kind === 'pen' || shape.kind === 'figure') return { ...shape, width: this.lineWidth() };
      return shape.kind === 'text' ? { ...shape, size: this.letterSize() } : shape;
    });
  }

  setFilled(filled: boolean): void {
    this.filled = filled;
    this.restyle((shape) => (shape.kind === 'figure' ? { ...shape, filled } : shape));
  }

  undo(): void {
    this.act({ do: 'undo', board: this.id });
  }

  redo(): void {
    this.act({ do: 'redo', board: this.id });
  }

  go(page: number): void {
    const next = clamp(page, 0, this.board.pages - 1);
    if (next === this.page) return;
    this.cancel();
    this.commit();
    this.page = next;
    this.selected = [];
    for (const watcher of this.watchers) watcher.redraw({ kind: 'all' });
    this.changed();
  }

  addPage(): void {
    if (this.board.pages >= MOST_PAGES) return;
    this.addsPage = true;
    this.act({ do: 'add_page', board: this.id });
  }

  placePicture(fileId: string, width: number, height: number, middle: Point): void {
    const scale = Math.min(1, (this.size.width * 0.5) / width, (this.size.height * 0.6) / height);
    const size = {
      x: Math.max(1, Math.round(width * scale)),
      y: Math.max(1, Math.round(height * scale)),
    };
    const at = rounded({ x: middle.x - size.x / 2, y: middle.y - size.y / 2 });
    this.put(newId(), { kind: 'picture', at, size, file_id: fileId }, true);
  }

  // --------------------------------------------------------------------------------------------- the pointer

  /** The pointer goes down at a point of the board; `reach` is how near a finger or mouse has to come. */
  down(at: Point, reach: number, held: Held): void {
    this.up();
    // A click beside what is being typed ends that, and begins nothing.
    if (this.editing) {
      this.commit();
      return;
    }
    const { rights } = this.board;
    if (this.tool === 'pen' && rights.pen) this.beginStroke(at);
    if (isFigure(this.tool) && rights.shape) {
      this.gesture = { kind: 'figure', id: newId(), outline: this.tool, from: at, to: at };
    }
    if (this.tool === 'text' && rights.text) this.beginText(at, reach);
    if (this.tool === 'eraser' && rights.eraser) {
      this.gesture = { kind: 'erase', at, ids: new Set() };
      this.erase(at, reach);
    }
    if (this.tool === 'select' && mayDraw(rights)) this.beginSelect(at, reach, held);
  }

  moveTo(points: readonly Point[], reach: number, held: Held): void {
    const { gesture } = this;
    const last = points[points.length - 1];
    if (!gesture || !last) return;
    switch (gesture.kind) {
      case 'pen':
        this.goOn(gesture, points);
        break;
      case 'figure':
        gesture.to = held.shift ? straight(gesture.outline, gesture.from, last) : last;
        this.setLocal(gesture.id, this.figure(gesture.outline, gesture.from, gesture.to));
        this.redrawLocal([gesture.id]);
        break;
      case 'erase':
        for (const point of points) this.erase(point, reach);
        break;
      case 'marquee':
        gesture.to = last;
        this.selectIn(between(gesture.from, last), gesture.before);
        this.changed();
        break;
      case 'move': {
        gesture.by = { x: last.x - gesture.from.x, y: last.y - gesture.from.y };
        const { x, y } = gesture.by;
        for (const id of this.selected) {
          const shape = this.board.items.get(id)?.shape;
          if (shape) this.setLocal(id, moved(shape, x, y));
        }
        this.redrawLocal(this.selected);
        break;
      }
    }
  }

  up(): void {
    const { gesture } = this;
    if (!gesture) return;
    this.gesture = undefined;
    switch (gesture.kind) {
      case 'pen':
        this.flush(gesture);
        this.done(gesture.id);
        break;
      case 'figure': {
        const { width, height } = between(gesture.from, gesture.to);
        this.local.delete(gesture.id);
        // A click alone draws nothing.
        if (Math.max(width, height) >= 4 * this.unit) {
          this.put(gesture.id, this.figure(gesture.outline, gesture.from, gesture.to), false);
        }
        this.redrawLocal([gesture.id]);
        break;
      }
      case 'erase':
        if (gesture.ids.size > 0) this.act({ do: 'remove', board: this.id, ids: [...gesture.ids] });
        this.redrawLocal(gesture.ids);
        break;
      case 'marquee':
        break;
      case 'move':
        if (Math.hypot(gesture.by.x, gesture.by.y) > 0) this.commitLocals();
        break;
    }
    this.changed();
  }

  /** What was begun is not to be: another finger came, or Escape. */
  cancel(): void {
    const { gesture } = this;
    if (!gesture) return;
    this.gesture = undefined;
    if (gesture.kind === 'pen') {
      this.act({ do: 'remove', board: this.id, ids: [gesture.id] });
      this.local.delete(gesture.id);
      this.redrawLocal([gesture.id]);
    }
    if (gesture.kind === 'figure') {
      this.local.delete(gesture.id);
      this.redrawLocal([gesture.id]);
    }
    if (gesture.kind === 'erase') this.redrawLocal(gesture.ids);
    if (gesture.kind === 'move') {
      for (const id of this.selected) this.local.delete(id);
      this.redrawLocal(this.selected);
    }
    this.changed();
  }

  /** Where my pointer is, for the others; nothing when it left. */
  pointer(at: Point | undefined): void {
    if (!this.board.rights.cursor) return;
    const now = this.clock();
    if (at === undefined ? !this.cursorOut : now - this.cursorAt < CURSOR) return;
    this.cursorAt = now;
    this.cursorOut = at !== undefined;
    this.act({ do: 'cursor', board: this.id, page: this.page, at: at ? rounded(at) : null });
  }

  /** Points that wait go out. */
  tick(): void {
    if (this.gesture?.kind === 'pen' && this.clock() - this.gesture.sentAt >= BATCH) this.flush(this.gesture);
    this.tidy();
  }

  // --------------------------------------------------------------------------------------------- the selection

  select(ids: readonly string[]): void {
    this.selected = ids;
    this.changed();
  }

  selectAll(): void {
    this.tool = 'select';
    this.select(itemsOn(this.board, this.page).map(({ id }) => id));
  }

  /** The next item, for those who do not point. */
  step(by: 1 | -1): void {
    const items = itemsOn(this.board, this.page);
    if (items.length === 0) return;
    const at = items.findIndex(({ id }) => id === this.selected[0]);
    const next = at < 0 ? (by > 0 ? 0 : items.length - 1) : (at + by + items.length) % items.length;
    const item = items[next];
    this.tool = 'select';
    if (item) this.select([item.id]);
  }

  nudge(dx: number, dy: number): void {
    this.changeSelected((shape) => moved(shape, dx, dy));
  }

  /** The selection's frame becomes another: while it is dragged, and when it is let go. */
  fit(from: Box, to: Box, finished: boolean): void {
    for (const id of this.selected) {
      const shape = this.board.items.get(id)?.shape;
      if (shape) this.setLocal(id, fitted(shape, from, to));
    }
    if (finished) this.commitLocals();
    this.redrawLocal(this.selected);
    if (finished) this.changed();
  }

  grow(by: number): void {
    const from = this.selectionFrame();
    if (!from) return;
    const width = Math.max(1, from.width * by);
    const height = Math.max(1, from.height * by);
    this.fit(from, { ...from, width, height }, true);
  }

  /** The frame that is sized: of the points, without their line. */
  selectionFrame(): Box | undefined {
    return union(
      this.selected.flatMap((id) => {
        const shape = this.board.items.get(id)?.shape;
        return shape ? [frame(shape)] : [];
      }),
    );
  }

  removeSelected(): void {
    const ids = this.selected.filter((id) => this.mayRemove(id));
    if (ids.length === 0) return;
    this.selected = [];
    this.act({ do: 'remove', board: this.id, ids });
    this.changed();
  }

  /** Whether what is selected may be taken away. */
  get removable(): boolean {
    return this.selected.some((id) => this.mayRemove(id));
  }

  /** Something of a usual size in the middle: how figures and words are put there by keys alone. */
  putInMiddle(middle: Point): void {
    const { rights } = this.board;
    const half = { x: 120 * this.unit, y: 80 * this.unit };
    if (isFigure(this.tool) && rights.shape) {
      const from = { x: middle.x - half.x, y: middle.y - half.y };
      const to = { x: middle.x + half.x, y: middle.y + half.y };
      this.put(newId(), this.figure(this.tool, from, to), true);
    } else if (this.tool === 'text' && rights.text) {
      this.beginText(middle, 0);
    }
  }

  // --------------------------------------------------------------------------------------------- words

  /** Changes the words of an item, where that is what it is. */
  edit(id: string): boolean {
    const shape = this.board.items.get(id)?.shape;
    if (shape?.kind !== 'text' || !this.board.rights.text) return false;
    this.editing = { id, at: shape.at, text: shape.text, colour: shape.colour, size: shape.size };
    this.selected = [];
    this.changed();
    this.redrawLocal([id]);
    return true;
  }

  type(text: string): void {
    if (!this.editing) return;
    this.editing = { ...this.editing, text: written(text) };
    this.changed();
  }

  /** What was typed lies on the board. */
  commit(): void {
    const { editing } = this;
    if (!editing) return;
    this.editing = undefined;
    const text = editing.text.replace(/\s+$/, '');
    const shape: Shape = {
      kind: 'text',
      at: rounded(editing.at),
      text,
      colour: editing.colour,
      size: editing.size,
    };
    const { id } = editing;
    if (id === undefined) {
      if (text !== '') this.put(newId(), shape, false);
    } else if (text === '') {
      this.act({ do: 'remove', board: this.id, ids: [id] });
    } else {
      const before = this.board.items.get(id)?.shape;
      if (before?.kind === 'text' && before.text !== text) {
        this.setLocal(id, shape);
        this.done(id);
        this.act({ do: 'change', board: this.id, shapes: [[id, shape]] });
      }
    }
    this.changed();
    if (id !== undefined) this.redrawLocal([id]);
  }

  // --------------------------------------------------------------------------------------------- inside

  private lineWidth(): number {
    return clamp(Math.round(WIDTHS[this.width] * this.unit), 1, MOST_WIDE);
  }

  private letterSize(): number {
    return clamp(Math.round(SIZES[this.width] * this.unit), 8, MOST_WIDE);
  }

  private figure(outline: Figure, from: Point, to: Point): Shape {
    return {
      kind: 'figure',
      outline,
      from: rounded(from),
      to: rounded(to),
      colour: this.colour,
      width: this.lineWidth(),
      filled: this.filled && (outline === 'rectangle' || outline === 'ellipse'),
    };
  }

  private beginStroke(at: Point): void {
    const id = newId();
    const point = rounded(at);
    const shape: Shape = { kind: 'pen', points: [point], colour: this.colour, width: this.lineWidth() };
    this.gesture = { kind: 'pen', id, points: [point], unsent: [], sentAt: this.clock() };
    this.setLocal(id, shape);
    this.act({ do: 'put', board: this.id, id, page: this.page, shape });
    this.redrawLocal([id]);
  }

  private goOn(gesture: Extract<Gesture, { kind: 'pen' }>, points: readonly Point[]): void {
    const shape = this.local.get(gesture.id)?.shape;
    if (shape?.kind !== 'pen') return;
    let last = gesture.points[gesture.points.length - 1];
    for (const at of points) {
      const point = rounded(at);
      if (point.x === last?.x && point.y === last.y) continue;
      last = point;
      gesture.points.push(point);
      gesture.unsent.push(point);
    }
    this.setLocal(gesture.id, { ...shape, points: gesture.points });
    this.redrawLocal([gesture.id]);
    if (this.clock() - gesture.sentAt >= BATCH) this.flush(gesture);
    if (gesture.points.length < LONGEST || !last) return;
    this.up();
    this.beginStroke(last);
  }

  private flush(gesture: Extract<Gesture, { kind: 'pen' }>): void {
    if (gesture.unsent.length === 0) return;
    const points = gesture.unsent;
    gesture.unsent = [];
    gesture.sentAt = this.clock();
    this.act({ do: 'extend', board: this.id, id: gesture.id, points });
  }

  private beginText(at: Point, reach: number): void {
    const there = this.under(at, reach);
    if (there && this.edit(there)) return;
    const size = this.letterSize();
    this.editing = {
      id: undefined,
      at: rounded({ x: at.x, y: at.y - size * 0.65 }),
      text: '',
      colour: this.colour,
      size,
    };
    this.changed();
  }

  private beginSelect(at: Point, reach: number, { shift }: Held): void {
    const box = this.selectionBox();
    const there = this.under(at, reach);
    if (shift && there) {
      const without = this.selected.filter((id) => id !== there);
      this.selected = without.length === this.selected.length ? [...this.selected, there] : without;
    } else if (!there && !(box && this.selected.length > 0 && isIn(at, box))) {
      this.gesture = { kind: 'marquee', from: at, to: at, before: shift ? this.selected : [] };
      if (!shift) this.selected = [];
    } else {
      if (there && !this.selected.includes(there)) this.selected = [there];
      if (this.mayChange()) this.gesture = { kind: 'move', from: at, by: { x: 0, y: 0 } };
    }
    this.changed();
  }

  /** Whether all that is selected may be changed. */
  mayChange(): boolean {
    return this.selected.every((id) => {
      const shape = this.board.items.get(id)?.shape;
      return shape !== undefined && rightTo(shape, this.board.rights);
    });
  }

  private mayRemove(id: string): boolean {
    const item = this.board.items.get(id);
    if (!item) return false;
    return this.board.rights.eraser || (item.mine && rightTo(item.shape, this.board.rights));
  }

  private selectIn(box: Box, before: readonly string[]): void {
    const inside = itemsOn(this.board, this.page)
      .filter(({ shape }) => holds(box, frame(shape)))
      .map(({ id }) => id);
    this.selected = [...new Set([...before, ...inside])];
  }

  private erase(at: Point, reach: number): void {
    const { gesture } = this;
    if (gesture?.kind !== 'erase') return;
    // A quick hand leaves gaps between two places of the pointer.
    const { at: from, ids } = gesture;
    const steps = Math.max(1, Math.ceil(Math.hypot(at.x - from.x, at.y - from.y) / Math.max(reach, 1)));
    const near = between(from, at);
    const reached = { x: near.x - reach, y: near.y - reach };
    const box = { ...reached, width: near.width + 2 * reach, height: near.height + 2 * reach };
    const found: string[] = [];
    for (const { id, shape } of itemsOn(this.board, this.page)) {
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
    gesture.at = at;
    if (found.length > 0) this.redrawLocal(found);
  }

  /** The uppermost item there. */
  under(at: Point, reach: number): string | undefined {
    const items = itemsOn(this.board, this.page);
    for (let n = items.length - 1; n >= 0; n -= 1) {
      const item = items[n];
      if (item && hits(this.shapeOf(item.id) ?? item.shape, at, reach)) return item.id;
    }
    return undefined;
  }

  private put(id: string, shape: Shape, chosen: boolean): void {
    this.setLocal(id, shape);
    this.done(id);
    this.act({ do: 'put', board: this.id, id, page: this.page, shape });
    if (chosen) {
      this.tool = 'select';
      this.selected = [id];
    }
    this.redrawLocal([id]);
    this.changed();
  }

  private restyle(style: (shape: Shape) => Shape): void {
    if (this.editing) {
      this.editing = { ...this.editing, colour: this.colour, size: this.letterSize() };
    }
    this.changeSelected(style);
  }

  private changeSelected(edit: (shape: Shape) => Shape): void {
    if (this.selected.length > 0 && this.mayChange()) {
      for (const id of this.selected) {
        const shape = this.shapeOf(id);
        const next = shape && edit(shape);
        if (next && next !== shape) this.setLocal(id, next);
      }
      this.commitLocals();
    }
    this.changed();
  }

  /** Says all that differs of the selected items, in one step. */
  private commitLocals(): void {
    const shapes = this.selected.flatMap((id): [string, Shape][] => {
      const local = this.local.get(id);
      if (!local || local.done !== undefined) return [];
      return [[id, local.shape]];
    });
    if (shapes.length === 0) return;
    for (const [id] of shapes) this.done(id);
    this.act({ do: 'change', board: this.id, shapes });
    this.redrawLocal(shapes.map(([id]) => id));
  }

  private setLocal(id: string, shape: Shape): void {
    this.local.set(id, { shape, done: undefined });
  }

  private done(id: string): void {
    const local = this.local.get(id);
    if (local) local.done = this.clock();
  }

  /** An item came back: mine is needed no longer, once all of it is there. */
  private confirmed(id: string): void {
    const local = this.local.get(id);
    const shape = this.board.items.get(id)?.shape;
    if (!local || local.done === undefined || !shape) return;
    const short =
      local.shape.kind === 'pen' && shape.kind === 'pen' && shape.points.length < local.shape.points.length;
    if (!short) this.local.delete(id);
  }

  /** A tool that I may not use is put down. */
  private chooseAllowed(): void {
    const { rights } = this.board;
    const tools = toolsOf(rights);
    // Whoever opens a board wants to draw.
    if (!this.tooled && rights.pen) this.tool = 'pen';
    else if (!tools.includes(this.tool)) this.tool = tools[1] ?? 'select';
    if (tools.length > 0) this.tooled = true;
    if (tools.length === 0) this.selected = [];
  }

  private act(action: BoardAction): void {
    void this.commands.act(action);
  }

  private redrawLocal(ids: Iterable<string>): void {
    for (const watcher of this.watchers) watcher.redraw({ kind: 'local', ids });
  }

  private changed(): void {
    if (this.selected.some((id) => !this.board.items.has(id) && !this.local.has(id))) {
      this.selected = this.selected.filter((id) => this.board.items.has(id) || this.local.has(id));
    }
    const next = this.scene();
    if (same(this.now, next)) return;
    this.now = next;
    for (const listener of this.listeners) listener();
  }

  private scene(): Scene {
    const { board, selected } = this;
    const [only] = selected;
    const shape = selected.length === 1 && only !== undefined ? this.shapeOf(only) : undefined;
    const { chosen: before } = this.now ?? {};
    const chosen = shape && before?.shape === shape ? before : shape && { shape, place: this.placeOf(only) };
    return {
      loading: board.loading,
      page: this.page,
      pages: board.pages,
      count: itemsOn(board, this.page).length,
      rights: board.rights,
      canUndo: board.canUndo,
      canRedo: board.canRedo,
      tool: this.tool,
      colour: this.colour,
      width: this.width,
      filled: this.filled,
      selected,
      chosen,
      editing: this.editing,
    };
  }

  private placeOf(id: string | undefined): number {
    return itemsOn(this.board, this.page).findIndex((item) => item.id === id) + 1;
  }
}

const NONE: ReadonlySet<string> = new Set();

export function isFigure(tool: Tool): tool is Figure {
  return (FIGURES as readonly string[]).includes(tool);
}

/** The tools that somebody with these rights has. */
export function toolsOf(rights: BoardRights): Tool[] {
  if (!mayDraw(rights)) return [];
  return [
    'select',
    ...(rights.pen ? (['pen'] as const) : []),
    ...(rights.shape ? FIGURES : []),
    ...(rights.text ? (['text'] as const) : []),
    ...(rights.eraser ? (['eraser'] as const) : []),
  ];
}

function rightTo(shape: Shape, rights: BoardRights): boolean {
  switch (shape.kind) {
    case 'pen':
      return rights.pen;
    case 'figure':
      return rights.shape;
    case 'text':
      return rights.text;
    case 'picture':
      return rights.picture;
  }
}

/** Words as a board takes them. */
function written(text: string): string {
  const plain = text.replace(/\r\n?/g, '\n').replace(/\t/g, '  ');
  return [...plain.replace(/(?!\n)\p{Cc}/gu, '')].slice(0, MOST_TEXT).join('');
}

function boxed(shape: Shape | undefined): Box[] {
  return shape ? [boxOf(shape)] : [];
}

function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function same(a: Scene, b: Scene): boolean {
  return (Object.keys(b) as (keyof Scene)[]).every((key) => Object.is(a[key], b[key]));
}
