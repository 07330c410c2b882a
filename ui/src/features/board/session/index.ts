// What one person does on a board: turns pointer and keys into actions, and keeps what is not confirmed yet. It draws
// nothing: the paper asks it what there is.

import type { BoardCommands } from '../../../engine/engine';
import type { BoardAction, BoardNews, Colour, Edge, Point, Shape } from '../../../engine/view';
import { type Board, emptyBoard, hear, itemsOn, mayDraw, type Touched } from '../boardState';
import { boxOf } from '../draw';
import { type Box, clamp, fitted, frame, hits, isIn, moved, rounded, union } from '../geometry';
import { wrapped } from '../text';
import { Cursor } from './cursor';
import { Documents } from './documents';
import {
  Erasing,
  FigureDrag,
  type Gesture,
  type Hand,
  type Held,
  Marquee,
  Moving,
  newId,
  Stroke,
} from './gestures';
import { Pending } from './pending';
import {
  besideEachOther,
  type DocumentPlace,
  inFreePlace,
  notOver,
  ofDocument,
  type Picture,
} from './placing';
import { type Editing, type Scene, same, written } from './scene';
import { Choices, coloured, isFigure, isNote, rightTo, Style, type Tool, toolsOf, type Width } from './tools';

export type { Held } from './gestures';
export type { Editing, Scene } from './scene';
export { Choices, FIGURES, type Figure, isFigure, type Tool, toolsOf, type Width } from './tools';

/** How many pages there may be. */
export const MOST_PAGES = 100;

/** Whoever draws it. */
export interface Watcher {
  /** Items of the board, or of mine, that look different now. */
  redraw(touched: Touched | { kind: 'local'; ids: Iterable<string> }): void;
  /** My laser is there now. */
  laser?(at: Point): void;
}

export class BoardSession {
  readonly board: Board = emptyBoard();
  /** Units of the board of one step: on a large picture lines are as much wider. */
  readonly unit: number;
  private readonly pending: Pending;
  private readonly style: Style;
  private readonly hand: Hand;
  private readonly cursor: Cursor;
  private readonly documents = new Documents();
  private readonly watchers = new Set<Watcher>();
  private readonly listeners = new Set<() => void>();
  private gesture: Gesture | undefined;
  private selected: readonly string[] = [];
  private page = 0;
  private tool: Tool = 'select';
  private editing: Editing | undefined;
  private tooled = false;
  private drew = false;
  /** The tool that was in hand when the right to it was taken. */
  private putDown: Tool | undefined;
  private now: Scene;
  private unlisten: (() => void) | undefined;
  private closed = false;
  /** The page that is to be seen, once it is there. */
  private goesTo: number | undefined;
  /** Where a document lies that went to another page than the one that was seen, for as long as I stay there. */
  private elsewhere: number | undefined;

  constructor(
    private readonly commands: BoardCommands,
    readonly id: string,
    readonly size: { width: number; height: number },
    private readonly clock: () => number = () => performance.now(),
    chosen = new Choices(),
  ) {
    this.unit = Math.max(size.width, size.height) / 1600;
    this.pending = new Pending(clock);
    this.cursor = new Cursor(clock, (pointed) => this.act({ do: 'cursor', board: this.id, ...pointed }));
    this.style = new Style(this.unit, chosen);
    this.hand = this.asHand();
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
    this.act({ do: 'open', board: this.id, aside: false });
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
    if (touched.kind === 'all') this.pending.clear();
    if (touched.kind === 'items') {
      for (const id of [...touched.put, ...touched.extended]) {
        this.pending.confirmed(id, this.board.items.get(id)?.shape);
      }
      for (const id of touched.removed) this.pending.removed(id);
    }
    if (touched.kind === 'rights') this.chooseAllowed();
    if (this.goesTo !== undefined && this.goesTo < this.board.pages) {
      const to = this.goesTo;
      this.goesTo = undefined;
      this.go(to);
    }
    if (this.page >= this.board.pages) this.go(this.board.pages - 1);
    if (touched.kind === 'items') this.comeBack(touched.removed);
    for (const watcher of this.watchers) watcher.redraw(touched);
    if (touched.kind !== 'cursors') this.changed();
  }

  /** An item as it is drawn: mine before what is known of it. */
  shapeOf(id: string): Shape | undefined {
    return this.pending.shape(id) ?? this.board.items.get(id)?.shape;
  }

  /** What is drawn over the rest, because it is not finished or not confirmed. */
  locals(): [string, Shape][] {
    return this.pending.all();
  }

  isLocal(id: string): boolean {
    return this.pending.has(id);
  }

  /** Items that are to be erased when the pointer goes up. */
  fading(): ReadonlySet<string> {
    return this.gesture instanceof Erasing ? this.gesture.ids : NONE;
  }

  /** The frame around the selection. */
  selectionBox(): Box | undefined {
    if (this.selected.length === 0) return undefined;
    return union(this.selected.flatMap((id) => boxed(this.shapeOf(id))));
  }

  marquee(): Box | undefined {
    return this.gesture instanceof Marquee ? this.gesture.box : undefined;
  }

  /** The stroke that I draw now. */
  get drawing(): string | undefined {
    return this.gesture instanceof Stroke ? this.gesture.item : undefined;
  }

  get busy(): boolean {
    return this.gesture !== undefined;
  }

  /** Lets go of what did not come back. */
  tidy(): void {
    const gone = this.pending.tidy();
    if (gone.length > 0) this.redrawLocal(gone);
  }

  // --------------------------------------------------------------------------------------------- tools

  choose(tool: Tool): void {
    const laser = this.tool === 'laser' || tool === 'laser';
    this.tooled = true;
    this.tool = tool;
    this.style.chosen.tool = tool;
    this.putDown = undefined;
    if (tool !== 'select') this.selected = [];
    this.changed();
    // A hand that rests shows the others what it holds now.
    const { resting } = this.cursor;
    if (laser && resting) {
      this.cursor.hurry();
      this.pointer(resting);
    }
  }

  setColour(colour: Colour): void {
    const { chosen } = this.style;
    if (this.onNotes()) chosen.ground = colour;
    else chosen.colour = colour;
    if (this.editing) this.editing = { ...this.editing, [this.editing.ground ? 'ground' : 'colour']: colour };
    this.changeSelected((shape) => coloured(shape, colour));
  }

  setWidth(width: Width): void {
    this.style.chosen.width = width;
    if (this.editing) this.editing = { ...this.editing, size: this.style.letterSize() };
    this.changeSelected((shape) => {
      if (shape.kind === 'pen' || shape.kind === 'figure') return { ...shape, width: this.style.lineWidth() };
      return shape.kind === 'text' ? { ...shape, size: this.style.letterSize() } : shape;
    });
  }

  /** How large it is seen: what is written can be read there. */
  seenAt(scale: number): void {
    if (scale > 0) this.style.scale = scale;
  }

  /** Which of the widths a shape has; nothing where it has another, or none. */
  widthOf(shape: Shape | undefined): Width | undefined {
    return shape && this.style.widthOf(shape);
  }

  setFilled(filled: boolean): void {
    this.style.chosen.filled = filled;
    this.changeSelected((shape) => (shape.kind === 'figure' ? { ...shape, filled } : shape));
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
    if (this.elsewhere !== next) this.elsewhere = undefined;
    for (const watcher of this.watchers) watcher.redraw({ kind: 'all' });
    this.changed();
  }

  addPage(): void {
    if (this.board.pages >= MOST_PAGES) return;
    this.goesTo = this.board.pages;
    this.act({ do: 'add_page', board: this.id });
  }

  /**
   * With pictures that came together one goes on, so all of them are selected; and one undo takes all of them. Those that were
   * not put at this very point go where nothing lies yet.
   */
  placePictures(pictures: readonly Picture[], middle: Point, here = false): void {
    const ids: string[] = [];
    // Mine lie there before the room tells them back.
    const mine = this.pending.all().map(([, shape]) => shape);
    const there = [...itemsOn(this.board, this.page).map(({ shape }) => shape), ...mine];
    const around = (point: Point, share = 1) => {
      const size = { width: this.size.width * share, height: this.size.height * share };
      return besideEachOther(pictures, size, this.unit, point);
    };
    let free: Shape[] | undefined;
    // Rather smaller than over others.
    for (const share of here ? [] : [1, 0.7, 0.45])
      free ??= inFreePlace(around(middle, share), there, this.size, this.unit);
    for (const shape of free ?? around(notOver(there, middle, this.unit))) {
      const id = newId();
      this.put(id, shape, this.page, true, ids[0]);
      ids.push(id);
    }
    if (ids.length > 0) this.select(ids);
  }

  /** Puts a page of a document there, to be taken back with the first of them; what it is, and where it lies. */
  placeDocumentPage(picture: Picture, place: DocumentPlace): { id: string; page: number } {
    const { page, shape } = ofDocument(picture, place, {
      size: this.size,
      unit: this.unit,
      page: this.page,
      pages: this.board.pages,
      mostPages: MOST_PAGES,
      isEmpty: (one) => itemsOn(this.board, one).length === 0,
    });
    if (page >= this.board.pages) this.act({ do: 'add_page', board: this.id });
    const id = newId();
    const from = this.page;
    if (place.nth === 0 && page !== from) this.follow(page);
    this.put(id, shape, page, place.count === 1, place.first);
    if (place.nth === 0 && page !== from) this.elsewhere = page;
    this.documents.put(place.first ?? id, id, page, from);
    this.changed();
    return { id, page };
  }

  /** Shows a page, which may be still to come. */
  private follow(page: number): void {
    if (page < this.board.pages) this.go(page);
    else this.goesTo = page;
  }

  /** All of a document was taken back: the pages it made stay, but on an empty one there is nothing to be seen any more. */
  private comeBack(removed: readonly string[]): void {
    const from = this.documents.wayBack(this.page, removed, (id) => this.board.items.has(id));
    if (from === undefined) return;
    this.elsewhere = undefined;
    if (itemsOn(this.board, this.page).length === 0) this.go(from);
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
    if (this.tool === 'pen' && rights.pen) this.gesture = new Stroke(this.hand, at);
    if (isFigure(this.tool) && rights.shape) this.gesture = new FigureDrag(this.hand, this.tool, at);
    if (isWritten(this.tool) && rights.text) this.beginText(at, reach);
    if (this.tool === 'eraser' && rights.eraser) this.gesture = new Erasing(this.hand, at, reach);
    if (this.tool === 'select' && mayDraw(rights)) this.beginSelect(at, reach, held);
  }

  moveTo(points: readonly Point[], reach: number, held: Held): void {
    const last = points[points.length - 1];
    if (last) this.gesture?.move(points, last, reach, held);
  }

  up(): void {
    this.end((gesture) => gesture.up());
  }

  /** What was begun is not to be: another finger came, or Escape. */
  cancel(): void {
    this.end((gesture) => gesture.cancel());
  }

  private end(how: (gesture: Gesture) => void): void {
    const { gesture } = this;
    if (!gesture) return;
    this.gesture = undefined;
    how(gesture);
    this.changed();
  }

  /** Where my pointer is, for the others; nothing when it left. */
  pointer(at: Point | undefined): void {
    if (!this.board.rights.cursor) return;
    const laser = this.tool === 'laser';
    if (at && laser) for (const watcher of this.watchers) watcher.laser?.(at);
    this.cursor.show(at, this.page, laser);
  }

  /** Points that wait go out. */
  tick(): void {
    if (this.gesture instanceof Stroke) this.gesture.tick();
    this.tidy();
  }

  // --------------------------------------------------------------------------------------------- the selection

  select(ids: readonly string[]): void {
    this.selected = ids;
    this.changed();
  }

  selectAll(): void {
    this.tool = 'select';
    this.select(this.changeableOf(itemsOn(this.board, this.page)));
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
    if (!this.mayChange()) return;
    for (const id of this.selected) {
      const shape = this.board.items.get(id)?.shape;
      if (shape) this.pending.set(id, fitted(shape, from, to));
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

  /** Lays what is selected over everything else of the page, or under it. */
  order(to: Edge): void {
    if (!this.orderable) return;
    this.act({ do: 'order', board: this.id, ids: [...this.selected], to });
  }

  /** Whether what is selected may be laid over or under the rest. */
  get orderable(): boolean {
    return this.selected.length > 0 && this.mayChange();
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
      this.put(newId(), this.style.figure(this.tool, from, to), this.page, true);
    } else if (isWritten(this.tool) && rights.text) {
      this.beginText(middle, 0);
    }
  }

  // --------------------------------------------------------------------------------------------- words

  /** Changes the words of an item, where that is what it is. */
  edit(id: string): boolean {
    const shape: Shape | undefined = this.board.items.get(id)?.shape;
    if (shape?.kind !== 'text' || !this.mayChangeItem(id)) return false;
    const { at, text, colour, size } = shape;
    this.editing = { id, at, text, colour, ground: shape.ground ?? undefined, size };
    this.selected = [];
    this.changed();
    this.redrawLocal([id]);
    return true;
  }

  /** Lines longer than `most` (units of the board) go on in the next. */
  type(text: string, most?: number): void {
    if (!this.editing) return;
    this.editing = { ...this.editing, text: written(text), ...(most !== undefined && { most }) };
    this.changed();
  }

  /** What was typed lies on the board. */
  commit(): void {
    const { editing } = this;
    if (!editing) return;
    this.editing = undefined;
    const { most = Number.POSITIVE_INFINITY } = editing;
    const text = written(wrapped(editing.text.replace(/\s+$/, ''), editing.size, most));
    const shape: Words = {
      kind: 'text',
      at: rounded(editing.at),
      text,
      colour: editing.colour,
      size: editing.size,
      ...(editing.ground && { ground: editing.ground }),
    };
    const { id } = editing;
    if (id === undefined) {
      if (text !== '') this.put(newId(), shape, this.page, false);
    } else if (text === '') {
      this.act({ do: 'remove', board: this.id, ids: [id] });
    } else {
      const before = this.board.items.get(id)?.shape;
      if (before?.kind === 'text' && !sameWords(before, shape)) {
        this.pending.set(id, shape);
        this.pending.done(id);
        this.act({ do: 'change', board: this.id, shapes: [[id, shape]] });
      }
    }
    this.changed();
    if (id !== undefined) this.redrawLocal([id]);
  }

  // --------------------------------------------------------------------------------------------- inside

  private asHand(): Hand {
    const session = this;
    return {
      id: this.id,
      board: this.board,
      unit: this.unit,
      style: this.style,
      pending: this.pending,
      get page() {
        return session.page;
      },
      get selected() {
        return session.selected;
      },
      set selected(ids) {
        session.selected = ids;
      },
      clock: this.clock,
      act: (action) => session.act(action),
      put: (id, shape, chosen) => session.put(id, shape, session.page, chosen),
      redrawLocal: (ids) => session.redrawLocal(ids),
      changed: () => session.changed(),
      changeableOf: (items) => session.changeableOf(items),
      commitLocals: () => session.commitLocals(),
      strokeAgain: (at) => {
        session.up();
        session.gesture = new Stroke(session.hand, at);
      },
    };
  }

  private beginText(at: Point, reach: number): void {
    const there = this.under(at, reach);
    if (there && this.edit(there)) return;
    const size = this.style.letterSize();
    const { colour, ground } = this.style.chosen;
    const note = this.tool === 'note';
    this.editing = {
      id: undefined,
      at: rounded({ x: at.x, y: at.y - size * 0.65 }),
      text: '',
      colour: note ? 'ink' : colour,
      ground: note ? ground : undefined,
      size,
    };
    this.changed();
  }

  private beginSelect(at: Point, reach: number, { shift }: Held): void {
    const box = this.selectionBox();
    const there = this.under(at, reach);
    if (shift && there && this.selected.length > 0 && !(this.mayChange() && this.mayChangeItem(there))) {
      // What I may not change is selected alone, to be looked at: with it nothing could be moved.
      if (!this.selected.includes(there) && this.mayChangeItem(there)) this.selected = [there];
    } else if (shift && there) {
      const without = this.selected.filter((id) => id !== there);
      this.selected = without.length === this.selected.length ? [...this.selected, there] : without;
    } else if (!there && !(box && this.selected.length > 0 && isIn(at, box))) {
      this.gesture = new Marquee(this.hand, at, shift ? this.selected : []);
      if (!shift) this.selected = [];
    } else {
      if (there && !this.selected.includes(there)) this.selected = [there];
      if (this.mayChange()) this.gesture = new Moving(this.hand, at);
    }
    this.changed();
  }

  /** Whether all that is selected may be changed. */
  mayChange(): boolean {
    return this.selected.every((id) => this.mayChangeItem(id));
  }

  /** What somebody else put there is changed only by those who may erase it: moved away it is as good as erased. */
  mayChangeItem(id: string): boolean {
    const item = this.board.items.get(id);
    if (!item) return false;
    const { rights } = this.board;
    return rightTo(item.shape, rights) && (item.mine || rights.eraser);
  }

  private changeableOf(items: readonly { id: string }[]): string[] {
    return items.map(({ id }) => id).filter((id) => this.mayChangeItem(id));
  }

  private mayRemove(id: string): boolean {
    const item = this.board.items.get(id);
    if (!item) return false;
    return this.board.rights.eraser || (item.mine && rightTo(item.shape, this.board.rights));
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

  private put(id: string, shape: Shape, page: number, chosen: boolean, together?: string): void {
    // What lies on another page is not drawn here until it is there.
    if (page === this.page) {
      this.pending.set(id, shape);
      this.pending.done(id);
    }
    const also = together === undefined ? {} : { with: together };
    this.act({ do: 'put', board: this.id, id, page, shape, ...also });
    if (chosen) {
      this.tool = 'select';
      this.selected = [id];
    }
    this.redrawLocal([id]);
    this.changed();
  }

  /** A colour that is chosen now is that of notes: one is written, only such are selected, or one comes next. */
  private onNotes(): boolean {
    if (this.editing) return this.editing.ground !== undefined;
    if (this.selected.length > 0) return this.selected.every((id) => isNote(this.shapeOf(id)));
    return this.tool === 'note';
  }

  private changeSelected(edit: (shape: Shape) => Shape): void {
    if (this.selected.length > 0 && this.mayChange()) {
      for (const id of this.selected) {
        const shape = this.shapeOf(id);
        const next = shape && edit(shape);
        if (next && next !== shape) this.pending.set(id, next);
      }
      this.commitLocals();
    }
    this.changed();
  }

  /** Says all that differs of the selected items, in one step. */
  private commitLocals(): void {
    const shapes = this.pending.begun(this.selected);
    if (shapes.length === 0) return;
    for (const [id] of shapes) this.pending.done(id);
    this.act({ do: 'change', board: this.id, shapes });
    this.redrawLocal(shapes.map(([id]) => id));
  }

  /** A tool that I may not use is put down, and taken up again when I may. */
  private chooseAllowed(): void {
    const { rights } = this.board;
    const tools = toolsOf(rights);
    if (this.putDown && tools.includes(this.putDown)) {
      this.tool = this.putDown;
      this.putDown = undefined;
    } else if (this.tooled && !tools.includes(this.tool)) this.putDown = this.tool;
    const { tool: kept } = this.style.chosen;
    // Whoever opens a board wants to draw, with what they drew with before.
    if (!this.tooled && kept && tools.includes(kept)) this.tool = kept;
    else if (!this.tooled && rights.pen) this.tool = 'pen';
    else if (!tools.includes(this.tool)) this.tool = (mayDraw(rights) ? tools[1] : undefined) ?? 'select';
    if (mayDraw(rights)) {
      this.tooled = true;
      this.drew = true;
    } else this.selected = [];
  }

  private act(action: BoardAction): void {
    void this.commands.act(action);
  }

  private redrawLocal(ids: Iterable<string>): void {
    for (const watcher of this.watchers) watcher.redraw({ kind: 'local', ids });
  }

  private changed(): void {
    if (this.selected.some((id) => !this.board.items.has(id) && !this.pending.has(id))) {
      this.selected = this.selected.filter((id) => this.board.items.has(id) || this.pending.has(id));
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
      drew: this.drew,
      canUndo: board.canUndo,
      canRedo: board.canRedo,
      tool: this.tool,
      colour: this.style.chosen.colour,
      ground: this.style.chosen.ground,
      notes: this.onNotes(),
      width: this.style.chosen.width,
      filled: this.style.chosen.filled,
      selected,
      locked: selected.length > 0 && !this.mayChange(),
      orderable: this.orderable,
      removable: this.removable,
      chosen,
      editing: this.editing,
      elsewhere: this.elsewhere === this.page,
    };
  }

  private placeOf(id: string | undefined): number {
    return itemsOn(this.board, this.page).findIndex((item) => item.id === id) + 1;
  }
}

const NONE: ReadonlySet<string> = new Set();

const isWritten = (tool: Tool) => tool === 'text' || tool === 'note';

function boxed(shape: Shape | undefined): Box[] {
  return shape ? [boxOf(shape)] : [];
}

type Words = Extract<Shape, { kind: 'text' }>;

/** Of an item that lies where it lay. */
function sameWords(a: Words, b: Words): boolean {
  const ground = (a.ground ?? undefined) === (b.ground ?? undefined);
  return a.text === b.text && a.colour === b.colour && a.size === b.size && ground;
}
