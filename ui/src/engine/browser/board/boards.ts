// The boards that are open: a copy of each, what I did to them and may take back, the others' cursors. What I do holds here
// at once; should the server refuse it, it is undone. The counterpart of `crates/call/src/call/boards`.

import { boardRights, ROOM_BOARD } from '../../rights';
import type { BoardAction, BoardNews, Edge, ItemView, ParticipantId, Point, Tools } from '../../view';
import type { ClientMessage, ServerMessage } from '../call/messages';
import { Board } from './board';
import { type BoardOp, compareItems, type Item, itemOf, MAX_OPS, type Stamp } from './ops';

/** What I did within this time before a line broke is said again on the next. Twice is as good as once. */
const SAY_AGAIN_MS = 30_000;
/** Bytes of operations in one message. The server closes the line above 64 KiB, and would again on the next. */
const MOST_BYTES = 48 * 1024;
/** Points that are light enough for one message whatever they are: none takes more than 28 bytes. */
const MOST_POINTS = 1_500;
/** Steps that can be taken back. */
const STEPS = 200;
/** A cursor that has not moved for this long is not drawn. */
const CURSOR_FOR_MS = 8_000;

/** One step for undo: items as they were before, nothing where they were not there. */
type Step = [id: string, before: Item | undefined][];

interface Cursor {
  page: number;
  at: Point;
  laser: boolean;
  movedMs: number;
}

/** Who I am. */
export interface Me {
  id: ParticipantId;
  tools: Tools;
}

/** What follows from what I do. */
export interface Outcome {
  toRoom: ClientMessage[];
  toPage: BoardNews[];
}

type NameOf = (id: ParticipantId) => string;

class Open {
  readonly board = new Board();
  /** The server's version of it that is here. */
  version = 0;
  loading = true;
  /** Looked at small, beside other things. */
  aside = false;
  undo: Step[] = [];
  redo: Step[] = [];
  sent: { atMs: number; op: BoardOp }[] = [];
  readonly cursors = new Map<ParticipantId, Cursor>();
  toldRights: string | undefined;

  constructor(readonly id: string) {}

  /** Asks for what is there since the version that is here. */
  asksFor(): ClientMessage {
    return { type: 'open_board', board: this.id, since: this.version, aside: this.aside };
  }

  /** Those of these that do not lie at that end of their page yet, with the places they get there. */
  toEdge(ids: readonly string[], to: Edge): Item[] {
    const { board } = this;
    const chosen = [...new Set(ids)].flatMap((id) => board.item(id) ?? []).sort(compareItems);
    const names = new Set(chosen.map(({ id }) => id));
    const passes = (item: Item, other: Item) =>
      item.page === other.page &&
      (to === 'front' ? compareItems(item, other) < 0 : compareItems(item, other) > 0);
    const moves = board
      .items()
      .some((other) => !names.has(other.id) && chosen.some((item) => passes(item, other)));
    if (!moves) return [];
    const first = to === 'front' ? board.top() : Math.max(0, board.bottom() + 1 - chosen.length);
    return chosen.map((item, n) => ({ ...item, z: first + n }));
  }

  /** What was done can be taken back; together with the step that put an item there first, where that still can. */
  step(step: Step, together?: string | null): void {
    this.redo = [];
    const before =
      together && this.undo.findLast((one) => one.some(([id, was]) => id === together && was === undefined));
    if (before) {
      before.push(...step);
      return;
    }
    this.undo.push(step);
    if (this.undo.length > STEPS) this.undo.shift();
  }

  /** Makes items what they were, where nobody else has changed them since; and the step that leads forth again. */
  goBack(step: Step, me: ParticipantId): [BoardOp[], Step] {
    const stamp = this.board.nextStamp(me);
    const ops: BoardOp[] = [];
    const forth: Step = [];
    for (const [id, before] of step) {
      const last = this.board.stampOf(id);
      if (last && last.by !== me) continue;
      forth.push([id, this.board.item(id)]);
      ops.push(before ? { op: 'put', item: { ...before, stamp } } : { op: 'remove', id, stamp });
    }
    return [ops, forth];
  }

  /**
   * Does operations; what the page is to draw: of each item what became of it in the end, since one may be extended, put
   * anew and taken away in the same message.
   */
  apply(ops: BoardOp[], me: ParticipantId): BoardNews[] {
    const pagesBefore = this.board.pages;
    // Where an item only went on: after how many points.
    const touched = new Map<string, number | undefined>();
    for (const op of ops) {
      const id = itemOf(op);
      const before = id === undefined ? 0 : this.board.points(id).length;
      if (!this.board.apply(op) || id === undefined) continue;
      if (op.op !== 'extend') touched.set(id, undefined);
      else if (!touched.has(id)) touched.set(id, before);
    }
    const { pages } = this.board;
    if (touched.size === 0 && pages === pagesBefore) return [];
    const news: Extract<BoardNews, { kind: 'changed' }> = {
      kind: 'changed',
      board: this.id,
      pages,
      put: [],
      extended: [],
      removed: [],
    };
    for (const [id, wentOn] of touched) {
      const item = this.board.item(id);
      if (!item) news.removed.push(id);
      else if (wentOn === undefined) news.put.push(itemView(item, me));
      else news.extended.push({ id, from: wentOn, points: this.board.points(id).slice(wentOn) });
    }
    return [news];
  }

  whole(me: ParticipantId): BoardNews {
    const items = this.board.items().map((item) => itemView(item, me));
    return { kind: 'whole', board: this.id, loading: this.loading, pages: this.board.pages, items };
  }

  /** What I may do, where that is other than was told last. */
  rights({ tools }: Me): BoardNews[] {
    const news: BoardNews = {
      kind: 'rights',
      board: this.id,
      rights: boardRights(tools, this.id),
      can_undo: this.undo.length > 0,
      can_redo: this.redo.length > 0,
    };
    const told = JSON.stringify(news);
    if (told === this.toldRights) return [];
    this.toldRights = told;
    return [news];
  }

  cursorNews(nameOf: NameOf): BoardNews {
    const cursors = [...this.cursors]
      .map(([id, { page, at, laser }]) => ({ participant_id: id, display_name: nameOf(id), page, at, laser }))
      .sort((a, b) => (a.participant_id < b.participant_id ? -1 : 1));
    return { kind: 'cursors', board: this.id, cursors };
  }
}

export class Boards {
  private readonly open = new Map<string, Open>();
  /** Since when there is no line. */
  private lostMs: number | undefined;
  /** Done without a line, on boards that were closed before there was one again. */
  private unsaid: [string, BoardOp][] = [];

  /** The board over this file is open, and not only beside other things. */
  isOpen(file: string): boolean {
    return this.open.get(file)?.aside === false;
  }

  /** A board other than the room's is open, and not only beside other things. */
  get isAtASnapshot(): boolean {
    return [...this.open.values()].some(({ id, aside }) => id !== ROOM_BOARD && !aside);
  }

  /** Does what I wish. */
  act(action: BoardAction, me: Me, nowMs: number): Outcome {
    switch (action.do) {
      case 'open':
        return this.look(action.board, action.aside ?? false, me);
      case 'close':
        if (this.lostMs !== undefined) {
          for (const { op } of this.open.get(action.board)?.sent ?? []) this.unsaid.push([action.board, op]);
        }
        this.open.delete(action.board);
        return { toRoom: [{ type: 'close_board', board: action.board }], toPage: [] };
      case 'cursor': {
        const { board, page, at, laser } = action;
        const may = this.open.has(board) && boardRights(me.tools, board).cursor;
        return { toRoom: may ? [{ type: 'board_cursor', board, page, at, laser }] : [], toPage: [] };
      }
      default: {
        const open = this.open.get(action.board);
        return open ? this.does(open, operations(action, open, me), me, nowMs) : { toRoom: [], toPage: [] };
      }
    }
  }

  private look(board: string, aside: boolean, me: Me): Outcome {
    let open = this.open.get(board);
    if (!open) {
      open = new Open(board);
      this.open.set(board, open);
    }
    open.toldRights = undefined;
    open.aside = aside;
    return {
      toRoom: [open.asksFor()],
      toPage: [open.whole(me.id), ...open.rights(me)],
    };
  }

  /** Does operations of mine here and tells them. */
  private does(open: Open, ops: BoardOp[], me: Me, nowMs: number): Outcome {
    // Without a line nobody hears it: all of it is kept.
    const until = this.lostMs ?? nowMs;
    open.sent = open.sent.filter(({ atMs }) => until - atMs <= SAY_AGAIN_MS);
    open.sent.push(...ops.map((op) => ({ atMs: nowMs, op })));
    return {
      toPage: [...open.apply(ops, me.id), ...open.rights(me)],
      toRoom: messages(open.id, ops),
    };
  }

  /** Takes a message of the server; what the page is to draw. */
  take(message: ServerMessage, me: Me, nameOf: NameOf, nowMs: number): BoardNews[] {
    switch (message.type) {
      case 'board_state': {
        const { part } = message;
        const open = this.open.get(part.board);
        if (!open) return [];
        open.board.take(part);
        open.version = part.version;
        open.loading = part.more;
        return part.more ? [] : [open.whole(me.id), ...open.rights(me)];
      }
      case 'board': {
        const open = this.open.get(message.board);
        if (!open) return [];
        open.version = message.version;
        return open.apply(message.ops, me.id);
      }
      case 'board_refused':
        return this.refused(message, me);
      case 'board_cursor': {
        const open = this.open.get(message.board);
        if (!open) return [];
        const { participant_id: id, page, at, laser = false } = message;
        if (at) open.cursors.set(id, { page, at, laser, movedMs: nowMs });
        else open.cursors.delete(id);
        return [open.cursorNews(nameOf)];
      }
      case 'left':
        return [...this.open.values()]
          .filter(({ cursors }) => cursors.delete(message.participant_id))
          .map((open) => open.cursorNews(nameOf));
      default:
        return [];
    }
  }

  private refused(
    { board, id, item }: Extract<ServerMessage, { type: 'board_refused' }>,
    me: Me,
  ): BoardNews[] {
    const open = this.open.get(board);
    if (!open) return [];
    open.board.force(id, item);
    open.sent = open.sent.filter(({ op }) => itemOf(op) !== id);
    const without = (steps: Step[]) =>
      steps.map((step) => step.filter(([of]) => of !== id)).filter((step) => step.length > 0);
    open.undo = without(open.undo);
    open.redo = without(open.redo);
    const put = item ? [itemView(item, me.id)] : [];
    const removed = item ? [] : [id];
    return [{ kind: 'changed', board, pages: open.board.pages, put, extended: [], removed }];
  }

  /** Cursors that have stood still are taken away. */
  tick(nameOf: NameOf, nowMs: number): BoardNews[] {
    return [...this.open.values()].flatMap((open) => {
      const before = open.cursors.size;
      for (const [id, { movedMs }] of open.cursors) {
        if (nowMs - movedMs >= CURSOR_FOR_MS) open.cursors.delete(id);
      }
      return open.cursors.size === before ? [] : [open.cursorNews(nameOf)];
    });
  }

  /** What I may do has changed. */
  rightsChanged(me: Me): BoardNews[] {
    return [...this.open.values()].flatMap((open) => open.rights(me));
  }

  /** What may be looked at changed: what is open is asked for again from where it is. */
  openAgain(): ClientMessage[] {
    return [...this.open.values()].map((open) => open.asksFor());
  }

  /** The line to the room is lost. */
  lineIsLost(nowMs: number): void {
    this.lostMs ??= nowMs;
  }

  /** A new line to the room: what may not have been heard is said again, and what was open is opened from where it was. */
  lineIsNew(nowMs: number): ClientMessage[] {
    const { lostMs = nowMs } = this;
    this.lostMs = undefined;
    const unsaid = this.unsaid.flatMap(([board, op]) => messages(board, [op]));
    this.unsaid = [];
    const said = [...this.open.values()].flatMap((open): ClientMessage[] => {
      // This line may break as well before all of it is heard.
      open.sent = open.sent
        .filter(({ atMs }) => lostMs - atMs <= SAY_AGAIN_MS)
        .map(({ op }) => ({ atMs: nowMs, op }));
      return [
        ...messages(
          open.id,
          open.sent.map(({ op }) => op),
        ),
        open.asksFor(),
      ];
    });
    return [...unsaid, ...said];
  }
}

type Doing = Exclude<BoardAction, { do: 'open' } | { do: 'close' } | { do: 'cursor' }>;

/** What a wish means for a board; nothing where it means nothing any more. */
function operations(action: Doing, open: Open, me: Me): BoardOp[] {
  const { board } = open;
  switch (action.do) {
    case 'put': {
      const { id, page, shape } = action;
      if (board.stampOf(id)) return [];
      open.step([[id, undefined]], action.with);
      const item = { id, author: me.id, page, z: board.top(), shape, stamp: board.nextStamp(me.id) };
      return [{ op: 'put', item }];
    }
    case 'extend': {
      const item = board.item(action.id);
      if (item?.shape.kind !== 'pen') return [];
      const { id, points } = action;
      return [{ op: 'extend', id, of: item.stamp, from: item.shape.points.length, points }];
    }
    case 'change': {
      const changed = action.shapes.flatMap(([id, shape]) => {
        const item = board.item(id);
        return item && JSON.stringify(item.shape) !== JSON.stringify(shape) ? [{ item, shape }] : [];
      });
      if (changed.length === 0) return [];
      open.step(changed.map(({ item }) => [item.id, item]));
      const stamp = board.nextStamp(me.id);
      return changed.map(({ item, shape }) => ({ op: 'put', item: { ...item, shape, stamp } }));
    }
    case 'order': {
      const moved = open.toEdge(action.ids, action.to);
      if (moved.length === 0) return [];
      open.step(moved.map(({ id }) => [id, board.item(id)]));
      const stamp = board.nextStamp(me.id);
      return moved.map((item) => ({ op: 'put', item: { ...item, stamp } }));
    }
    case 'remove': {
      const there = action.ids.flatMap((id) => board.item(id) ?? []);
      if (there.length === 0) return [];
      const stamp = board.nextStamp(me.id);
      open.step(there.map((item) => [item.id, item]));
      return there.map(({ id }) => ({ op: 'remove', id, stamp }));
    }
    case 'add_page':
      return [{ op: 'pages', count: board.pages + 1 }];
    case 'undo':
    case 'redo': {
      const [from, to] = action.do === 'undo' ? [open.undo, open.redo] : [open.redo, open.undo];
      const step = from.pop();
      if (!step) return [];
      const [ops, back] = open.goBack(step, me.id);
      to.push(back);
      return ops;
    }
  }
}

/** Operations in messages of which none is too long or too heavy. */
function messages(board: string, ops: BoardOp[]): ClientMessage[] {
  const all: ClientMessage[] = [];
  let some: BoardOp[] = [];
  let bytes = MOST_BYTES;
  for (const [op, weight] of ops.flatMap(sayable)) {
    if (some.length === MAX_OPS || bytes + weight > MOST_BYTES) {
      [some, bytes] = [[], 0];
      all.push({ type: 'board', board, ops: some });
    }
    some.push(op);
    bytes += weight;
  }
  return all;
}

const encoder = new TextEncoder();

/** An operation and how much it weighs; one that is too heavy in pieces, which do the same in the end. */
function sayable(op: BoardOp): [BoardOp, number][] {
  // With the comma after it.
  const weight = encoder.encode(JSON.stringify(op)).length + 1;
  if (weight <= MOST_BYTES) return [[op, weight]];
  const pieces = inPieces(op);
  return pieces.length > 1 ? pieces.flatMap(sayable) : [[op, weight]];
}

/** A stroke as if it had been drawn just now: it is put with its first points, and goes on. */
function inPieces(op: BoardOp): BoardOp[] {
  if (op.op === 'extend') return goesOn(op.id, op.of, op.points, op.from);
  if (op.op !== 'put' || op.item.shape.kind !== 'pen') return [op];
  const { item } = op;
  const { points } = op.item.shape;
  const shape = { ...op.item.shape, points: points.slice(0, MOST_POINTS) };
  const rest = points.slice(MOST_POINTS);
  return [{ op: 'put', item: { ...item, shape } }, ...goesOn(item.id, item.stamp, rest, MOST_POINTS)];
}

function goesOn(id: string, of: Stamp, points: Point[], from: number): BoardOp[] {
  const pieces: BoardOp[] = [];
  for (let at = 0; at < points.length; at += MOST_POINTS) {
    pieces.push({ op: 'extend', id, of, from: from + at, points: points.slice(at, at + MOST_POINTS) });
  }
  return pieces;
}

function itemView({ id, page, z, author, shape }: Item, me: ParticipantId): ItemView {
  // Strokes grow in place; the page keeps what it was told.
  const told = shape.kind === 'pen' ? { ...shape, points: [...shape.points] } : shape;
  return { id, page, z, author, mine: author === me, shape: told };
}
