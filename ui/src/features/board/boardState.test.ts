import { describe, expect, it } from 'vitest';
import type { BoardNews, ItemView, Shape } from '../../engine/view';
import { type Board, emptyBoard, hear, itemsOn, mayDraw, NO_RIGHTS } from './boardState';

const pen = (count: number, from = 0): Extract<Shape, { kind: 'pen' }> => ({
  kind: 'pen',
  points: Array.from({ length: count }, (_, n) => ({ x: from + n, y: n })),
  colour: 'ink',
  width: 8,
});

const item = (id: string, z: number, page = 0, shape: Shape = pen(2)): ItemView => ({
  id,
  page,
  z,
  author: 'seat-0',
  mine: false,
  shape,
});

const changed = (news: Partial<Extract<BoardNews, { kind: 'changed' }>>): BoardNews => ({
  kind: 'changed',
  board: 'board',
  pages: 1,
  put: [],
  extended: [],
  removed: [],
  ...news,
});

const ids = (board: Board, page = 0) => itemsOn(board, page).map(({ id }) => id);

describe('a board', () => {
  it('comes whole, each page in order', () => {
    const board = emptyBoard();
    expect(board.loading).toBe(true);
    const items = [item('c', 3), item('a', 1), item('b', 1), item('d', 2, 2)];
    expect(hear(board, { kind: 'whole', board: 'board', loading: false, pages: 3, items })).toEqual({
      kind: 'all',
    });
    expect(board).toMatchObject({ loading: false, pages: 3 });
    expect(ids(board)).toEqual(['a', 'b', 'c']);
    expect(ids(board, 1)).toEqual([]);
    expect(ids(board, 2)).toEqual(['d']);
  });

  it('puts what is new by its height, then by its id', () => {
    const board = emptyBoard();
    hear(board, changed({ put: [item('m', 5), item('z', 9), item('a', 5), item('q', 1)] }));
    expect(ids(board)).toEqual(['q', 'a', 'm', 'z']);
  });

  it('takes what is other than before, where it now belongs', () => {
    const board = emptyBoard();
    hear(board, changed({ put: [item('a', 1), item('b', 2), item('c', 3)] }));
    hear(board, changed({ put: [item('b', 2, 0, pen(7))] }));
    expect(ids(board)).toEqual(['a', 'b', 'c']);
    expect(itemsOn(board, 0)[1]?.shape).toEqual(pen(7));
    hear(board, changed({ put: [item('a', 4)] }));
    expect(ids(board)).toEqual(['b', 'c', 'a']);
    hear(board, changed({ pages: 2, put: [item('c', 3, 1)] }));
    expect([ids(board), ids(board, 1)]).toEqual([['b', 'a'], ['c']]);
  });

  it('lets a stroke go on, also when some of it comes twice', () => {
    const board = emptyBoard();
    hear(board, changed({ put: [item('a', 1)] }));
    const more = (from: number, to: number) => ({
      id: 'a',
      from,
      points: pen(to).points.slice(from),
    });
    expect(hear(board, changed({ extended: [more(2, 4)] }))).toMatchObject({ extended: ['a'] });
    expect(hear(board, changed({ extended: [more(3, 6)] }))).toMatchObject({ extended: ['a'] });
    expect(board.items.get('a')?.shape).toEqual(pen(6));
    // All of it known, or after a gap: nothing to add.
    expect(hear(board, changed({ extended: [more(1, 3), more(9, 11)] }))).toMatchObject({ extended: [] });
    expect(board.items.get('a')?.shape).toEqual(pen(6));
  });

  it('takes away what is there, once', () => {
    const board = emptyBoard();
    hear(board, changed({ put: [item('a', 1), item('b', 1), item('c', 1)] }));
    expect(hear(board, changed({ removed: ['b', 'x'] }))).toMatchObject({ removed: ['b'] });
    expect(hear(board, changed({ removed: ['b'] }))).toMatchObject({ removed: [] });
    expect(ids(board)).toEqual(['a', 'c']);
    expect(board.items.size).toBe(2);
  });

  it('knows what I may do', () => {
    const board = emptyBoard();
    expect(mayDraw(board.rights)).toBe(false);
    hear(board, {
      kind: 'rights',
      board: 'board',
      rights: { ...NO_RIGHTS, cursor: true },
      can_undo: false,
      can_redo: true,
    });
    expect(board).toMatchObject({ canUndo: false, canRedo: true });
    expect(mayDraw(board.rights)).toBe(false);
    expect(mayDraw({ ...NO_RIGHTS, eraser: true })).toBe(true);
  });

  it('keeps ten thousand strokes that come and go in any order', () => {
    const board = emptyBoard();
    const order = Array.from({ length: 10_000 }, (_, n) => (n * 7919) % 10_000);
    for (let at = 0; at < order.length; at += 10) {
      const batch = order.slice(at, at + 10);
      const put = batch.map((n) => item(`s${n}`, n));
      const extended = batch.map((n) => ({ id: `s${n}`, from: 2, points: pen(30).points.slice(2) }));
      hear(board, changed({ put, extended }));
    }
    expect(board.items.size).toBe(10_000);
    expect(itemsOn(board, 0).map(({ z }) => z)).toEqual(order.map((_, n) => n));
    expect(itemsOn(board, 0).every(({ shape }) => shape.kind === 'pen' && shape.points.length === 30)).toBe(
      true,
    );
    for (const n of order.slice(0, 5_000)) hear(board, changed({ removed: [`s${n}`] }));
    expect(itemsOn(board, 0)).toHaveLength(5_000);
  });
});
