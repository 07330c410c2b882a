import { describe, expect, it } from 'vitest';
import { boardRights } from '../../rights';
import type { BoardAction, Colour, Shape } from '../../view';
import type { ClientMessage } from '../call/messages';
import { Board } from './board';
import { Boards } from './boards';
import type { BoardOp, Item } from './ops';

const pen = (...xs: number[]): Shape => ({
  kind: 'pen',
  points: xs.map((x) => ({ x, y: 0 })),
  colour: 'teal',
  width: 4,
});

const item = (id: string, clock: number, shape: Shape, by = 'a'): Item => ({
  id,
  author: by,
  page: 0,
  z: 0,
  shape,
  stamp: { clock, by },
});

const points = (xs: number[]) => xs.map((x) => ({ x, y: 0 }));

const opsOf = (said: ClientMessage[]) => said.flatMap((one) => (one.type === 'board' ? one.ops : []));

/** Bytes of the largest message. */
const heaviest = (said: ClientMessage[]) =>
  Math.max(...said.map((one) => new TextEncoder().encode(JSON.stringify(one)).length));

/** All orders of some things. */
function orders<T>(things: T[]): T[][] {
  if (things.length < 2) return [things];
  return things.flatMap((one, n) =>
    orders([...things.slice(0, n), ...things.slice(n + 1)]).map((rest) => [one, ...rest]),
  );
}

describe('a board', () => {
  it('is the same in the end, in whatever order things come', () => {
    const stamp = { clock: 1, by: 'a' };
    const ops: BoardOp[] = [
      { op: 'put', item: item('s', 1, pen(1)) },
      { op: 'extend', id: 's', of: stamp, from: 1, points: points([2, 3]) },
      { op: 'extend', id: 's', of: stamp, from: 3, points: points([4]) },
      { op: 'put', item: item('t', 2, pen(9), 'b') },
      { op: 'put', item: item('t', 2, pen(8), 'c') },
      { op: 'remove', id: 'u', stamp: { clock: 5, by: 'a' } },
      { op: 'put', item: item('u', 4, pen(7)) },
    ];
    for (const order of orders(ops)) {
      const board = new Board();
      for (const op of order) board.apply(op);
      expect(board.points('s').map(({ x }) => x)).toEqual([1, 2, 3, 4]);
      // Of the same clock the greater author is later.
      expect(board.points('t').map(({ x }) => x)).toEqual([8]);
      expect(board.item('u')).toBeUndefined();
    }
  });

  it('does nothing twice', () => {
    const board = new Board();
    const put: BoardOp = { op: 'put', item: item('s', 1, pen(1)) };
    const extend: BoardOp = {
      op: 'extend',
      id: 's',
      of: { clock: 1, by: 'a' },
      from: 1,
      points: points([2]),
    };
    expect([put, put, extend, extend].map((op) => board.apply(op))).toEqual([true, false, true, false]);
    expect(board.apply({ op: 'pages', count: 1 })).toBe(false);
    expect(board.apply({ op: 'pages', count: 3 })).toBe(true);
    expect(board.pages).toBe(3);
  });
});

describe('the boards that are open', () => {
  const me = { id: 'me', tools: { whiteboard: true } };
  const board = 'board';
  const put = (id: string): BoardAction => ({ do: 'put', board, id, page: 0, shape: pen(1) });

  function opened() {
    const boards = new Boards();
    boards.act({ do: 'open', board, aside: false }, me, 0);
    return boards;
  }

  it('hold what I do at once, and tell it', () => {
    const boards = opened();
    const { toRoom, toPage } = boards.act(put('s'), me, 0);
    expect(toRoom).toMatchObject([{ type: 'board', ops: [{ op: 'put', item: { id: 's', author: 'me' } }] }]);
    expect(toPage[0]).toMatchObject({ kind: 'changed', put: [{ id: 's', mine: true }] });
    expect(toPage[1]).toMatchObject({ kind: 'rights', can_undo: true });
    const more = boards.act({ do: 'extend', board, id: 's', points: points([2]) }, me, 0);
    expect(more.toPage[0]).toMatchObject({ extended: [{ id: 's', from: 1, points: [{ x: 2, y: 0 }] }] });
  });

  it('take back and do again, but not what somebody else has changed since', () => {
    const boards = opened();
    boards.act(put('s'), me, 0);
    expect(boards.act({ do: 'undo', board }, me, 0).toPage[0]).toMatchObject({ removed: ['s'] });
    expect(boards.act({ do: 'redo', board }, me, 0).toPage[0]).toMatchObject({ put: [{ id: 's' }] });
    const theirs: BoardOp = { op: 'put', item: item('s', 50, pen(5), 'other') };
    boards.take({ type: 'board', board, version: 4, ops: [theirs] }, me, () => '', 0);
    expect(boards.act({ do: 'undo', board }, me, 0).toRoom).toEqual([]);
  });

  it('take notes, and red, from me and from the others', () => {
    const boards = opened();
    const note: Shape = {
      kind: 'text',
      at: { x: 0, y: 0 },
      text: 'a',
      colour: 'ink',
      size: 40,
      ground: 'ochre',
    };
    const red: Shape = { ...note, ground: 'red' as Colour };
    const mine: BoardAction = { do: 'put', board, id: 'n', page: 0, shape: note };
    const { toRoom } = boards.act(mine, me, 0);
    expect(opsOf(toRoom)).toMatchObject([{ op: 'put', item: { shape: note } }]);
    // Another ground alone is a change.
    const changed = boards.act({ do: 'change', board, shapes: [['n', red]] }, me, 0);
    expect(opsOf(changed.toRoom)).toMatchObject([{ item: { shape: { ground: 'red' } } }]);
    expect(changed.toPage[0]).toMatchObject({ put: [{ id: 'n', shape: red }] });
    expect(boards.act({ do: 'undo', board }, me, 0).toPage[0]).toMatchObject({ put: [{ shape: note }] });
    const op: BoardOp = { op: 'put', item: item('o', 9, { ...note, colour: 'red' as Colour }, 'b') };
    const heard = boards.take({ type: 'board', board, version: 2, ops: [op] }, me, () => '', 0);
    expect(heard).toMatchObject([{ put: [{ id: 'o', shape: { colour: 'red', ground: 'ochre' } }] }]);
  });

  it('take back together what was put together, whatever was done in between', () => {
    const boards = opened();
    boards.act(put('first'), me, 0);
    boards.act(put('other'), me, 0);
    boards.act({ ...put('second'), with: 'first' } as BoardAction, me, 0);
    const undone = () => boards.act({ do: 'undo', board }, me, 0).toPage[0];
    expect(undone()).toMatchObject({ removed: ['other'] });
    expect(undone()).toMatchObject({ removed: ['first', 'second'] });
    expect(boards.act({ do: 'redo', board }, me, 0).toPage[0]).toMatchObject({
      put: [{ id: 'first' }, { id: 'second' }],
    });
    // What it goes with is gone: it is a step of its own.
    undone();
    boards.act({ ...put('third'), with: 'first' } as BoardAction, me, 0);
    expect(undone()).toMatchObject({ removed: ['third'] });
    // What came of it later is not what put it there.
    boards.act(put('moved'), me, 0);
    boards.act({ do: 'change', board, shapes: [['moved', pen(7)]] }, me, 0);
    boards.act({ ...put('beside'), with: 'moved' } as BoardAction, me, 0);
    expect(undone()).toMatchObject({ put: [{ id: 'moved' }], removed: [] });
    expect(undone()).toMatchObject({ removed: ['moved', 'beside'] });
  });

  it('undo what the server refuses', () => {
    const boards = opened();
    boards.act(put('s'), me, 0);
    const error = { code: 'forbidden', message: '' } as const;
    const news = boards.take({ type: 'board_refused', board, id: 's', item: null, error }, me, () => '', 0);
    expect(news).toMatchObject([{ kind: 'changed', removed: ['s'] }]);
    expect(boards.act({ do: 'undo', board }, me, 0).toRoom).toEqual([]);
    expect(boards.lineIsNew(0)).toEqual([{ type: 'open_board', board, since: 0, aside: false }]);
  });

  it('lie aside until somebody draws on them, on a new line too', () => {
    const boards = new Boards();
    const asks = (aside: boolean) => [{ type: 'open_board', board: 'snap', since: 0, aside }];
    const open = (aside: boolean) => boards.act({ do: 'open', board: 'snap', aside }, me, 0).toRoom;
    expect(open(true)).toEqual(asks(true));
    expect([boards.isOpen('snap'), boards.isAtASnapshot]).toEqual([false, false]);
    expect(boards.lineIsNew(0)).toEqual(asks(true));
    expect(boards.openAgain()).toEqual(asks(true));
    expect(open(false)).toEqual(asks(false));
    expect([boards.isOpen('snap'), boards.isAtASnapshot]).toEqual([true, true]);
    expect(boards.lineIsNew(0)).toEqual(asks(false));
    boards.act({ do: 'close', board: 'snap' }, me, 0);
    expect([boards.isOpen('snap'), boards.lineIsNew(0)]).toEqual([false, []]);
  });

  it('lay items over and under all others of their page, in one step', () => {
    const boards = opened();
    const ids = ['a', 'b', 'c', 'd'];
    for (const id of ids) boards.act(put(id), me, 0);
    boards.act({ do: 'put', board, id: 'elsewhere', page: 1, shape: pen(1) }, me, 0);
    const heights = new Map(ids.map((id, n) => [id, 1_000_000 + n]));
    const order = () => [...heights].sort(([, a], [, b]) => a - b).map(([id]) => id);
    const act = (action: BoardAction) => {
      const outcome = boards.act(action, me, 0);
      for (const news of outcome.toPage) {
        if (news.kind === 'changed') for (const { id, z } of news.put) heights.set(id, z);
      }
      return opsOf(outcome.toRoom);
    };
    // The first of a board has room under it.
    expect(heights.get('a')).toBe(1_000_000);
    expect(act({ do: 'order', board, ids: ['d', 'b'], to: 'back' })).toHaveLength(2);
    expect(order()).toEqual(['b', 'd', 'a', 'c']);
    // They lie there already.
    expect(act({ do: 'order', board, ids: ['b', 'd'], to: 'back' })).toEqual([]);
    expect(act({ do: 'order', board, ids: ['c'], to: 'front' })).toEqual([]);
    // What lies on another page is not in the way.
    expect(act({ do: 'order', board, ids: ['elsewhere'], to: 'back' })).toEqual([]);
    act({ do: 'order', board, ids: ['b', 'a'], to: 'front' });
    expect(order()).toEqual(['d', 'c', 'b', 'a']);
    act({ do: 'undo', board });
    expect(order()).toEqual(['b', 'd', 'a', 'c']);
    act({ do: 'redo', board });
    expect(order()).toEqual(['d', 'c', 'b', 'a']);
    // Of what is not there nothing comes.
    expect(act({ do: 'order', board, ids: ['gone'], to: 'front' })).toEqual([]);
  });

  it('say again on a new line what was done lately', () => {
    const boards = opened();
    boards.act(put('old'), me, 0);
    boards.act(put('new'), me, 40_000);
    const [again, open] = boards.lineIsNew(40_000);
    expect(again).toMatchObject({ type: 'board', ops: [{ item: { id: 'new' } }] });
    expect(open).toMatchObject({ type: 'open_board', board });
  });

  it('keep all that is done without a line, however long that is', () => {
    const boards = opened();
    const again = (nowMs: number) =>
      opsOf(boards.lineIsNew(nowMs)).map((op) => (op.op === 'put' ? op.item.id : op.op));
    boards.act(put('heard'), me, 0);
    boards.act(put('perhaps'), me, 40_000);
    boards.lineIsLost(50_000);
    boards.act(put('offline'), me, 55_000);
    boards.lineIsLost(60_000);
    boards.act(put('later'), me, 600_000);
    expect(again(700_000)).toEqual(['perhaps', 'offline', 'later']);
    // The new line broke before it was all heard.
    boards.lineIsLost(701_000);
    boards.act(put('again'), me, 800_000);
    expect(again(800_000)).toEqual(['perhaps', 'offline', 'later', 'again']);
    // And once there is a line, it is not kept for ever.
    boards.act(put('new'), me, 900_000);
    expect(again(900_000)).toEqual(['new']);
    // Nor is it lost with a board that is closed before there is a line.
    boards.lineIsLost(910_000);
    boards.act(put('last'), me, 1_000_000);
    boards.act({ do: 'close', board }, me, 1_000_000);
    expect(again(1_001_000)).toEqual(['new', 'last']);
    expect(again(1_002_000)).toEqual([]);
  });

  it('say no message that is too heavy for the room', () => {
    const boards = opened();
    const line = 'æ\u4e2d'.repeat(2000);
    const text = (id: string): BoardAction => {
      const shape: Shape = { kind: 'text', at: { x: 0, y: 0 }, text: line, colour: 'ink', size: 20 };
      return { do: 'put', board, id, page: 0, shape };
    };
    const ids = Array.from({ length: 20 }, (_, n) => `t${n}`);
    for (const id of ids) boards.act(text(id), me, 0);
    const said = boards.act({ do: 'remove', board, ids }, me, 0);
    expect(said.toRoom).toHaveLength(1);
    const back = boards.act({ do: 'undo', board }, me, 0).toRoom;
    expect(heaviest(back)).toBeLessThan(50 * 1024);
    expect(opsOf(back).map((op) => op.op === 'put' && op.item.id)).toEqual(ids);
  });

  it('say a long stroke in pieces, which are the same stroke to the others', () => {
    const boards = opened();
    const others = new Board();
    const hear = (said: ClientMessage[]) => {
      expect(heaviest(said)).toBeLessThan(50 * 1024);
      for (const op of opsOf(said)) others.apply(op);
    };
    const long = points(Array.from({ length: 8000 }, (_, n) => -900_000 - n));
    const stroke: Shape = { kind: 'pen', points: long.slice(0, 2), colour: 'ink', width: 4 };
    hear(boards.act({ do: 'put', board, id: 's', page: 0, shape: stroke }, me, 0).toRoom);
    for (let at = 2; at < long.length; at += 2) {
      hear(boards.act({ do: 'extend', board, id: 's', points: long.slice(at, at + 2) }, me, 0).toRoom);
    }
    // Moved, taken away, and back again where it was before.
    const moved = long.map(({ x }) => ({ x, y: 5 }));
    const shapes: [string, Shape][] = [['s', { ...stroke, points: moved }]];
    const { toRoom, toPage } = boards.act({ do: 'change', board, shapes }, me, 0);
    expect(toPage).toMatchObject([{ kind: 'changed', put: [{ id: 's' }], extended: [] }]);
    expect(opsOf(toRoom).map(({ op }) => op)).toEqual(['put', ...Array(5).fill('extend')]);
    hear(toRoom);
    expect(others.points('s')).toEqual(moved);
    hear(boards.act({ do: 'remove', board, ids: ['s'] }, me, 0).toRoom);
    expect(others.item('s')).toBeUndefined();
    hear(boards.act({ do: 'undo', board }, me, 0).toRoom);
    expect(others.points('s')).toEqual(moved);
    hear(boards.act({ do: 'undo', board }, me, 0).toRoom);
    expect(others.points('s')).toEqual(long);
    // Said again on a new line it changes nothing.
    hear(boards.lineIsNew(0));
    expect(others.points('s')).toEqual(long);
  });

  it('show others’ cursors while they move', () => {
    const boards = opened();
    const cursor = { type: 'board_cursor', board, participant_id: 'b', page: 0, at: { x: 1, y: 2 } } as const;
    expect(boards.take(cursor, me, () => 'Bob', 0)).toMatchObject([
      { kind: 'cursors', cursors: [{ display_name: 'Bob' }] },
    ]);
    expect(boards.tick(() => 'Bob', 7000)).toEqual([]);
    expect(boards.tick(() => 'Bob', 8000)).toMatchObject([{ cursors: [] }]);
  });
});

describe('rights', () => {
  // The same table as of `Tools::board_rights`.
  it.each([
    [{ snapshot: true, live_edit: true, whiteboard: true }, true],
    [{ snapshot: true, live_edit: false, whiteboard: true }, false],
    [{ snapshot: false, live_edit: true, whiteboard: true }, false],
    [{ snapshot: true, live_edit: true, whiteboard: false }, false],
    [{ snapshot: true, live_edit: true, whiteboard: { wb_pen: true } }, true],
  ])('over a snapshot, of %j', (tools, draws) => {
    expect(boardRights(tools, '01a1fc9d').pen).toBe(draws);
  });

  it('on the room’s board are those of the whiteboard', () => {
    expect(boardRights({ whiteboard: { wb_pen: true } }, 'board')).toEqual({
      pen: true,
      shape: false,
      text: false,
      picture: false,
      eraser: false,
      cursor: false,
    });
    expect(boardRights({}, 'board').pen).toBe(false);
  });
});
