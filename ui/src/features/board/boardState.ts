// A board as the page knows it: news in, what lies where out. It is kept in place, since ten people who draw change it some
// hundred times a second; who draws it asks what was touched.

import type { BoardNews, BoardRights, CursorView, ItemView } from '../../engine/view';

export interface Board {
  loading: boolean;
  pages: number;
  items: Map<string, ItemView>;
  /** The items of each page, the lowest first. */
  order: ItemView[][];
  rights: BoardRights;
  canUndo: boolean;
  canRedo: boolean;
  cursors: CursorView[];
}

/** What some news changed. */
export type Touched =
  | { kind: 'all' }
  | { kind: 'items'; put: string[]; extended: string[]; removed: string[] }
  | { kind: 'cursors' }
  | { kind: 'rights' };

export const NO_RIGHTS: BoardRights = {
  pen: false,
  shape: false,
  text: false,
  picture: false,
  eraser: false,
  cursor: false,
};

export function emptyBoard(): Board {
  return {
    loading: true,
    pages: 1,
    items: new Map(),
    order: [],
    rights: NO_RIGHTS,
    canUndo: false,
    canRedo: false,
    cursors: [],
  };
}

/** Takes news of this board in. */
export function hear(board: Board, news: BoardNews): Touched {
  switch (news.kind) {
    case 'whole': {
      board.loading = news.loading;
      board.pages = Math.max(1, news.pages);
      board.items = new Map(news.items.map((item) => [item.id, item]));
      board.order = [];
      for (const item of news.items) pageOf(board, item.page).push(item);
      // A page that is empty has no list; sorting once is quicker than finding a place for each.
      for (const page of board.order) page?.sort(compare);
      return { kind: 'all' };
    }
    case 'changed': {
      board.pages = Math.max(1, news.pages);
      const touched = {
        kind: 'items' as const,
        put: [] as string[],
        extended: [] as string[],
        removed: [] as string[],
      };
      for (const item of news.put) {
        put(board, item);
        touched.put.push(item.id);
      }
      for (const { id, from, points } of news.extended) {
        const shape = board.items.get(id)?.shape;
        if (shape?.kind !== 'pen') continue;
        // Some of them may be here already; after a gap the whole stroke comes again.
        const known = shape.points.length - from;
        if (known < 0 || known >= points.length) continue;
        for (let n = known; n < points.length; n += 1) {
          const point = points[n];
          if (point) shape.points.push(point);
        }
        touched.extended.push(id);
      }
      for (const id of news.removed) if (remove(board, id)) touched.removed.push(id);
      return touched;
    }
    case 'cursors':
      board.cursors = news.cursors;
      return { kind: 'cursors' };
    case 'rights':
      board.rights = news.rights;
      board.canUndo = news.can_undo;
      board.canRedo = news.can_redo;
      return { kind: 'rights' };
  }
}

/** The items of a page, the lowest first. */
export function itemsOn(board: Board, page: number): readonly ItemView[] {
  return board.order[page] ?? [];
}

/** Whether there is any right to change something. */
export function mayDraw(rights: BoardRights): boolean {
  return rights.pen || rights.shape || rights.text || rights.picture || rights.eraser;
}

function put(board: Board, item: ItemView) {
  const before = board.items.get(item.id);
  if (before && before.page === item.page && before.z === item.z) {
    const page = pageOf(board, item.page);
    page[placeOf(page, before)] = item;
  } else {
    if (before) takeOut(board, before);
    const page = pageOf(board, item.page);
    page.splice(placeOf(page, item), 0, item);
  }
  board.items.set(item.id, item);
}

function remove(board: Board, id: string): boolean {
  const item = board.items.get(id);
  if (!item) return false;
  board.items.delete(id);
  takeOut(board, item);
  return true;
}

function takeOut(board: Board, item: ItemView) {
  const page = pageOf(board, item.page);
  page.splice(placeOf(page, item), 1);
}

function pageOf(board: Board, page: number): ItemView[] {
  board.order[page] ??= [];
  return board.order[page];
}

function compare(a: ItemView, b: ItemView): number {
  return a.z - b.z || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Where an item is, or belongs. What is new mostly lies on top. */
function placeOf(page: ItemView[], item: ItemView): number {
  const last = page[page.length - 1];
  if (!last || compare(last, item) < 0) return page.length;
  let low = 0;
  let high = page.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = page[middle];
    if (there && compare(there, item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
