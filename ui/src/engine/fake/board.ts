// Boards in memory: what is done to them lies there at once.

import type { BoardCommands } from '../engine';
import { boardRights, ROOM_BOARD } from '../rights';
import type { AppView, BoardAction, BoardNews, CursorView, ItemView, Point, Shape } from '../view';
import { boardItems, pictureItems } from './boardSamples';
import type { Command } from './groups';
import { brokenSample, lockedSample, pdfSample } from './pdfSamples';

export interface BoardSample {
  loading: boolean;
  pages: number;
  items: ItemView[];
  /** What lies over each snapshot. */
  over: ItemView[];
  cursors: CursorView[];
  /** The last of them is a laser that goes round. */
  laser: boolean;
  /** What is chosen for it: a document of so many pages, or one that cannot be shown; else so many pictures. */
  document: string | null;
  pictures: number;
}

const cursor = (participant_id: string, display_name: string, at: Point): CursorView => ({
  participant_id,
  display_name,
  page: 0,
  at,
  laser: false,
});

export function boardSample(asked: URLSearchParams): BoardSample {
  const drawn = asked.has('drawn');
  return {
    loading: asked.get('drawing') === 'loading',
    pages: drawn ? 3 : 1,
    items: drawn ? boardItems() : [],
    over: drawn ? pictureItems() : [],
    cursors: drawn
      ? [
          cursor('seat-0', 'Anna Rossi', { x: 1366, y: 904 }),
          cursor('seat-1', 'Kenji Mori', { x: 764, y: 700 }),
        ].slice(0, Number(asked.get('people') ?? 2) - 1)
      : [],
    laser: asked.has('laser'),
    document: asked.get('document'),
    pictures: Number(asked.get('pictures') ?? 1),
  };
}

/** How often a laser that goes round is told of. */
const LASER_MS = 33;

interface Kept {
  pages: number;
  items: Map<string, ItemView>;
  /** How to take back what I did, and to do it again. */
  undo: Step[];
  redo: Step[];
}

/** Items before a step, or after it: nothing where there was none. */
type Step = Map<string, ItemView | undefined>;

/** The commands, and a way to tell of a board what a back end would. */
export function fakeBoard(
  sample: BoardSample,
  command: Command,
  view: () => AppView,
): { board: BoardCommands; tellBoard: (news: BoardNews) => void } {
  const boards = new Map<string, Kept>();
  const listeners = new Set<(news: BoardNews) => void>();
  const tell = (news: BoardNews) => {
    for (const heard of listeners) heard(structuredClone(news));
  };
  const kept = (board: string): Kept => {
    let found = boards.get(board);
    if (!found) {
      const items = board === ROOM_BOARD ? sample.items : sample.over;
      found = {
        pages: board === ROOM_BOARD ? sample.pages : 1,
        items: new Map(structuredClone(items).map((item) => [item.id, item])),
        undo: [],
        redo: [],
      };
      boards.set(board, found);
    }
    return found;
  };
  const rights = (board: string, { undo, redo }: Kept) => {
    const { screen } = view();
    tell({
      kind: 'rights',
      board,
      rights: boardRights(screen.kind === 'call' ? screen.me.tools : {}, board),
      can_undo: undo.length > 0,
      can_redo: redo.length > 0,
    });
  };
  const write = (board: string, step: Step) => {
    const { items, pages } = kept(board);
    const back: Step = new Map();
    const put: ItemView[] = [];
    const removed: string[] = [];
    for (const [id, item] of step) {
      back.set(id, items.get(id));
      if (item) {
        items.set(id, item);
        put.push(item);
      } else {
        items.delete(id);
        removed.push(id);
      }
    }
    tell({ kind: 'changed', board, pages, put, extended: [], removed });
    return back;
  };
  const step = (board: string, doing: Step, together?: string | null) => {
    const found = kept(board);
    const before = together && found.undo.findLast((one) => one.has(together));
    const back = write(board, doing);
    if (before) for (const [id, item] of back) before.set(id, item);
    else found.undo.push(back);
    found.redo = [];
    rights(board, found);
  };
  const swap = (board: string, from: 'undo' | 'redo', to: 'undo' | 'redo') => {
    const found = kept(board);
    const last = found[from].pop();
    if (last) found[to].push(write(board, last));
    rights(board, found);
  };
  let round: ReturnType<typeof setInterval> | undefined;
  const goRound = (board: string) => {
    clearInterval(round);
    round = setInterval(() => {
      const turn = performance.now() / 260;
      const at = { x: Math.round(800 + 260 * Math.cos(turn)), y: Math.round(430 + 150 * Math.sin(turn)) };
      const last = sample.cursors.at(-1) ?? cursor('seat-0', 'Anna Rossi', at);
      const cursors = [...sample.cursors.slice(0, -1), { ...last, at, laser: true }];
      tell({ kind: 'cursors', board, cursors });
    }, LASER_MS);
  };
  const act = (action: BoardAction) => {
    const { board } = action;
    const found = kept(board);
    switch (action.do) {
      case 'open':
        tell({
          kind: 'whole',
          board,
          loading: sample.loading,
          pages: found.pages,
          items: sample.loading ? [] : [...found.items.values()],
        });
        rights(board, found);
        if (sample.laser) goRound(board);
        return tell({ kind: 'cursors', board, cursors: sample.cursors });
      case 'put': {
        const z = Math.max(0, ...[...found.items.values()].map((item) => item.z)) + 1;
        const { id, page, shape } = action;
        return step(
          board,
          new Map([[id, { id, page, z, author: 'seat-me', mine: true, shape }]]),
          action.with,
        );
      }
      case 'extend': {
        const shape = found.items.get(action.id)?.shape;
        if (shape?.kind !== 'pen') return;
        const extended = [{ id: action.id, from: shape.points.length, points: action.points }];
        shape.points = [...shape.points, ...action.points];
        return tell({ kind: 'changed', board, pages: found.pages, put: [], extended, removed: [] });
      }
      case 'change': {
        const changed = action.shapes.flatMap(([id, shape]: [string, Shape]) => {
          const item = found.items.get(id);
          return item ? [[id, { ...item, shape }] as const] : [];
        });
        return step(board, new Map(changed));
      }
      case 'order': {
        const all = [...found.items.values()];
        const chosen = all.filter(({ id }) => action.ids.includes(id)).sort((a, b) => a.z - b.z);
        const heights = all.map(({ z }) => z);
        const first = action.to === 'front' ? Math.max(...heights) + 1 : Math.min(...heights) - chosen.length;
        return step(board, new Map(chosen.map((item, n) => [item.id, { ...item, z: first + n }])));
      }
      case 'remove':
        return step(board, new Map(action.ids.map((id) => [id, undefined])));
      case 'add_page':
        found.pages += 1;
        return tell({ kind: 'changed', board, pages: found.pages, put: [], extended: [], removed: [] });
      case 'undo':
        return swap(board, 'undo', 'redo');
      case 'redo':
        return swap(board, 'redo', 'undo');
      case 'close':
        return clearInterval(round);
      case 'cursor':
        return;
    }
  };
  const put = command('put picture', (_name: string, _png: Blob) => {});
  const take = command('take for board', (_names: string[]) => {});
  const board: BoardCommands = {
    onNews: async (heard) => {
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
    act: command('board', act),
    pickForBoard: async () =>
      sample.document === null
        ? Array.from({ length: sample.pictures }, () => ({
            kind: 'picture',
            file_id: 'file-knee',
            width: 640,
            height: 400,
          }))
        : [{ kind: 'document', name: 'knee-march.pdf', base64: documentOf(sample.document) }],
    takeForBoard: async (files) => {
      await take(files.map(({ name }) => name));
      return files.map(() => ({ kind: 'picture', file_id: 'file-knee', width: 640, height: 400 }));
    },
    putPicture: async (name, png) => {
      await put(name, png);
      return { file_id: 'file-page', width: 1414, height: 2000 };
    },
  };
  return { board, tellBoard: tell };
}

function documentOf(which: string): string {
  const samples: Record<string, () => string> = { locked: lockedSample, broken: brokenSample };
  const url = samples[which]?.() ?? pdfSample('Knee, March', Number(which));
  return url.slice(url.indexOf(',') + 1);
}
