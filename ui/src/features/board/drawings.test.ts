import { describe, expect, it } from 'vitest';
import type { BoardAction, BoardNews, ItemView, Shape } from '../../engine/view';
import { Drawings } from './drawings';
import { BoardSession } from './session';

const pen = (...xs: number[]): Shape => ({
  kind: 'pen',
  points: xs.map((x) => ({ x, y: 0 })),
  colour: 'teal',
  width: 4,
});
const item = (id: string, shape: Shape): ItemView => ({ id, page: 0, z: 1, author: 'a', mine: false, shape });
const turn = () => new Promise<void>((resolve) => queueMicrotask(resolve));

/** A back end of which the other side is the test. */
function made() {
  const asked: BoardAction[] = [];
  const listeners = new Set<(news: BoardNews) => void>();
  const drawings = new Drawings(
    {
      onNews: async (heard) => {
        listeners.add(heard);
        return () => listeners.delete(heard);
      },
      act: async (action) => void asked.push(action),
    },
    undefined,
  );
  // One and the same news for all, as a back end in this page tells them.
  const tell = (news: BoardNews) => {
    for (const heard of listeners) heard(news);
  };
  const whole = (board: string, items: ItemView[], loading = false) =>
    tell({ kind: 'whole', board, loading, pages: 1, items });
  const ways = () => asked.map((one) => `${one.do}${one.do === 'open' ? (one.aside ? ' aside' : '') : ''}`);
  return { drawings, asked, listeners, tell, whole, ways };
}

/** How much is drawn over it. */
const count = (drawings: Drawings, id = 'one') => drawings.items(id).length;

describe('what is drawn over snapshots', () => {
  it('is opened aside with the first that shows it, and closed with the last', async () => {
    const { drawings, whole, ways, asked } = made();
    let heard = 0;
    const tell = () => {
      heard += 1;
    };
    const first = drawings.watch('one', tell);
    const second = drawings.watch('one', tell);
    await turn();
    expect(asked).toEqual([{ do: 'open', board: 'one', aside: true }]);
    whole('one', [item('s', pen(1))]);
    whole('another', [item('t', pen(1))]);
    expect([heard, count(drawings), count(drawings, 'another')]).toEqual([2, 1, 0]);
    first();
    expect(ways()).toEqual(['open aside']);
    second();
    expect(ways()).toEqual(['open aside', 'close']);
    expect(count(drawings)).toBe(0);
  });

  it('is not opened for what was gone before it could be', async () => {
    const { drawings, ways } = made();
    drawings.watch('one', () => {})();
    await turn();
    expect(ways()).toEqual([]);
  });

  it('is heard of what the editor has open, and opened aside again when that closes', async () => {
    const { drawings, whole, ways } = made();
    const session = new BoardSession(drawings.editor, 'one', { width: 1280, height: 720 });
    await session.open();
    const end = drawings.watch('one', () => {});
    whole('one', [item('s', pen(1))]);
    await turn();
    expect(ways()).toEqual(['open']);
    expect(count(drawings)).toBe(1);
    session.close();
    await turn();
    expect(ways()).toEqual(['open', 'close', 'open aside']);
    // Until all of it has come again, what is shown stays.
    whole('one', [], true);
    expect(count(drawings)).toBe(1);
    whole('one', []);
    expect(count(drawings)).toBe(0);
    end();
    expect(ways().at(-1)).toBe('close');
  });

  it('is opened by the editor over what was open aside, and then closed by it alone', async () => {
    const { drawings, ways } = made();
    const end = drawings.watch('one', () => {});
    await turn();
    const session = new BoardSession(drawings.editor, 'one', { width: 1280, height: 720 });
    await session.open();
    end();
    expect(ways()).toEqual(['open aside', 'open']);
    session.close();
    await turn();
    expect(ways()).toEqual(['open aside', 'open', 'close']);
  });

  it('grows here and in the editor alike', async () => {
    const { drawings, whole, tell } = made();
    const session = new BoardSession(drawings.editor, 'one', { width: 1280, height: 720 });
    await session.open();
    let heard = 0;
    drawings.watch('one', () => {
      heard += 1;
    });
    const touched: string[] = [];
    session.watch({ redraw: ({ kind }) => touched.push(kind) });
    whole('one', [item('s', pen(1))]);
    const changed = { kind: 'changed', board: 'one', pages: 1, put: [], removed: [] } as const;
    const extended = [{ id: 's', from: 1, points: [{ x: 2, y: 0 }] }];
    tell({ ...changed, put: [...changed.put], removed: [], extended });
    expect(heard).toBe(2);
    expect(touched).toEqual(['all', 'items']);
    for (const shape of [drawings.items('one')[0]?.shape, session.shapeOf('s')]) {
      expect(shape?.kind === 'pen' && shape.points.map(({ x }) => x)).toEqual([1, 2]);
    }
  });

  it('leaves the room’s board to its editor', async () => {
    const { drawings, asked } = made();
    await drawings.editor.act({ do: 'open', board: 'board', aside: false });
    await drawings.editor.act({ do: 'close', board: 'board' });
    expect(asked.map((one) => one.do)).toEqual(['open', 'close']);
  });

  it('comes whole to whoever saves it, and is waited for no longer than that', async () => {
    const { drawings, whole, ways } = made();
    const coming = drawings.whole('one', 60_000);
    await turn();
    whole('one', [], true);
    whole('one', [item('s', pen(1))]);
    expect(await coming).toMatchObject([{ id: 's' }]);
    expect(ways()).toEqual(['open aside', 'close']);
    expect(await drawings.whole('never', 0)).toEqual([]);
    expect(ways()).toHaveLength(4);
  });

  it('is listened to no longer than the call lasts', async () => {
    const { drawings, listeners } = made();
    const end = drawings.watch('one', () => {});
    await turn();
    expect(listeners.size).toBe(1);
    drawings.stop();
    await turn();
    expect(listeners.size).toBe(0);
    end();
  });
});
