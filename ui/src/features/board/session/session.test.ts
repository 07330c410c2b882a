import { describe, expect, it } from 'vitest';
import type { BoardAction, BoardNews, BoardRights, Colour, ItemView, Shape } from '../../../engine/view';
import { NO_RIGHTS } from '../boardState';
import { BoardSession, Choices, toolsOf } from '.';

const ALL: BoardRights = { pen: true, shape: true, text: true, picture: true, eraser: true, cursor: true };
const NONE_HELD = { shift: false };

/** A board of which the other side is the test. */
async function opened(rights: Partial<BoardRights> = ALL, items: ItemView[] = [], chosen = new Choices()) {
  const asked: BoardAction[] = [];
  let tell: (news: BoardNews) => void = () => {};
  let now = 1_000;
  const session = new BoardSession(
    {
      onNews: async (heard) => {
        tell = heard;
        return () => {};
      },
      act: async (action) => void asked.push(structuredClone(action)),
    },
    'board',
    { width: 1600, height: 1000 },
    () => now,
    chosen,
  );
  await session.open();
  const news = (one: BoardNews) => tell(structuredClone(one));
  news({ kind: 'whole', board: 'board', loading: false, pages: 1, items });
  const granted = { ...NO_RIGHTS, ...rights };
  news({ kind: 'rights', board: 'board', rights: granted, can_undo: false, can_redo: false });
  return {
    session,
    asked,
    news,
    changed: (given: Partial<Extract<BoardNews, { kind: 'changed' }>>) =>
      news({ kind: 'changed', board: 'board', pages: 1, put: [], extended: [], removed: [], ...given }),
    later: (ms: number) => {
      now += ms;
    },
    last: () => asked[asked.length - 1],
    of: <K extends BoardAction['do']>(kind: K) =>
      asked.filter((one): one is Extract<BoardAction, { do: K }> => one.do === kind),
  };
}

const at = (x: number, y: number) => ({ x, y });
const box: Shape = {
  kind: 'figure',
  outline: 'rectangle',
  from: at(100, 100),
  to: at(300, 200),
  colour: 'teal',
  width: 4,
  filled: true,
};
const words: Shape = { kind: 'text', at: at(500, 500), text: 'knee', colour: 'ink', size: 40 };
const item = (id: string, z: number, shape: Shape, mine = true): ItemView => ({
  id,
  page: 0,
  z,
  author: mine ? 'seat-me' : 'seat-0',
  mine,
  shape,
});
const TWO = [item('box', 1, box), item('words', 2, words, false)];

describe('the pen', () => {
  it('begins a stroke at once and sends its points in batches', async () => {
    const { session, of, later } = await opened();
    expect(session.snapshot().tool).toBe('pen');
    session.down(at(10, 10), 4, NONE_HELD);
    expect(of('put')).toMatchObject([{ page: 0, shape: { kind: 'pen', points: [at(10, 10)] } }]);
    for (let n = 1; n <= 40; n += 1) {
      later(4);
      session.moveTo([at(10 + n, 10.4)], 4, NONE_HELD);
    }
    session.up();
    const sent = of('extend');
    expect(sent.length).toBeLessThanOrEqual(11);
    // None is lost, none comes twice.
    expect(sent.flatMap(({ points }) => points)).toEqual(
      Array.from({ length: 40 }, (_, n) => at(11 + n, 10)),
    );
  });

  it('is drawn here until all of it has come back', async () => {
    const { session, of, changed, later } = await opened();
    session.down(at(0, 0), 4, NONE_HELD);
    session.moveTo([at(5, 0), at(9, 0)], 4, NONE_HELD);
    session.up();
    const { id, shape } = of('put')[0] ?? { id: '', shape: box };
    expect(session.locals()).toHaveLength(1);
    changed({ put: [item(id, 1, shape)] });
    expect(session.isLocal(id)).toBe(true);
    changed({ extended: [{ id, from: 1, points: [at(5, 0), at(9, 0)] }] });
    expect(session.isLocal(id)).toBe(false);
    later(1);
    expect(session.snapshot().count).toBe(1);
  });

  it('takes a refused stroke away again', async () => {
    const { session, later } = await opened();
    session.down(at(0, 0), 4, NONE_HELD);
    session.up();
    expect(session.locals()).toHaveLength(1);
    later(2_500);
    session.tick();
    expect(session.locals()).toHaveLength(0);
  });

  it('goes on as another stroke before it is too long', async () => {
    const { session, of } = await opened();
    session.down(at(0, 0), 4, NONE_HELD);
    session.moveTo(
      Array.from({ length: 9_000 }, (_, n) => at(n + 1, n % 7)),
      4,
      NONE_HELD,
    );
    session.moveTo([at(0, 0), at(9, 9)], 4, NONE_HELD);
    session.up();
    expect(of('put')).toHaveLength(2);
  });

  it('is given up when a second finger comes', async () => {
    const { session, of } = await opened();
    session.down(at(0, 0), 4, NONE_HELD);
    session.cancel();
    expect(of('remove')).toMatchObject([{ ids: [of('put')[0]?.id] }]);
    expect(session.locals()).toHaveLength(0);
  });
});

describe('figures', () => {
  it('are put when they are let go; a click puts none', async () => {
    const { session, of } = await opened();
    session.choose('ellipse');
    session.setFilled(true);
    session.down(at(10, 10), 4, NONE_HELD);
    session.up();
    expect(of('put')).toHaveLength(0);
    session.down(at(10, 10), 4, NONE_HELD);
    session.moveTo([at(60, 30)], 4, { shift: true });
    session.up();
    expect(of('put')).toMatchObject([
      { shape: { outline: 'ellipse', from: at(10, 10), to: at(60, 60), filled: true } },
    ]);
  });

  it('are put in the middle by keys alone', async () => {
    const { session, of } = await opened();
    session.choose('arrow');
    session.putInMiddle(at(800, 500));
    expect(of('put')).toMatchObject([{ shape: { outline: 'arrow' } }]);
    // It is selected, so that arrow keys move it.
    expect(session.snapshot()).toMatchObject({ tool: 'select', selected: [of('put')[0]?.id] });
  });
});

describe('the selection', () => {
  it('is what was clicked; Shift adds; a click beside it ends it', async () => {
    const { session } = await opened(ALL, TWO);
    session.choose('select');
    session.down(at(200, 150), 4, NONE_HELD);
    session.up();
    expect(session.snapshot()).toMatchObject({ selected: ['box'], chosen: { place: 1 } });
    session.down(at(510, 510), 4, { shift: true });
    session.up();
    expect(session.snapshot().selected).toEqual(['box', 'words']);
    session.down(at(900, 900), 4, NONE_HELD);
    session.up();
    expect(session.snapshot().selected).toEqual([]);
  });

  it('is what a marquee holds', async () => {
    const { session } = await opened(ALL, TWO);
    session.choose('select');
    session.down(at(50, 50), 4, NONE_HELD);
    session.moveTo([at(320, 220)], 4, NONE_HELD);
    expect(session.marquee()).toMatchObject({ width: 270, height: 170 });
    session.up();
    expect(session.snapshot().selected).toEqual(['box']);
  });

  it('moves, and says so once', async () => {
    const { session, of, changed } = await opened(ALL, TWO);
    session.choose('select');
    session.down(at(200, 150), 4, NONE_HELD);
    for (let n = 1; n <= 10; n += 1) session.moveTo([at(200 + n, 150)], 4, NONE_HELD);
    expect(of('change')).toHaveLength(0);
    session.up();
    const moved = { ...box, from: at(110, 100), to: at(310, 200) };
    expect(of('change')).toEqual([{ do: 'change', board: 'board', shapes: [['box', moved]] }]);
    expect(session.shapeOf('box')).toEqual(moved);
    changed({ put: [item('box', 1, moved)] });
    expect(session.isLocal('box')).toBe(false);
  });

  it('is moved, sized and deleted by keys', async () => {
    const { session, of } = await opened(ALL, TWO);
    session.step(1);
    session.nudge(10, 0);
    expect(of('change')[0]?.shapes[0]?.[1]).toMatchObject({ from: at(110, 100) });
    session.step(1);
    session.grow(2);
    expect(of('change')[1]?.shapes[0]?.[1]).toMatchObject({ kind: 'text', size: 80 });
    session.removeSelected();
    expect(of('remove')).toMatchObject([{ ids: ['words'] }]);
  });

  it('takes another colour', async () => {
    const { session, of } = await opened(ALL, TWO);
    session.selectAll();
    session.setColour('plum');
    expect(of('change')[0]?.shapes.map(([, shape]) => shape)).toMatchObject([
      { colour: 'plum' },
      { colour: 'plum' },
    ]);
  });

  it('loses what somebody else took away', async () => {
    const { session, changed } = await opened(ALL, TWO);
    session.selectAll();
    changed({ removed: ['box'] });
    expect(session.snapshot().selected).toEqual(['words']);
  });
});

describe('the eraser', () => {
  it('takes whole items it touched, in one step, also between two places of a quick hand', async () => {
    const { session, of } = await opened(ALL, TWO);
    session.choose('eraser');
    session.down(at(0, 0), 4, NONE_HELD);
    session.moveTo([at(400, 300), at(510, 515)], 4, NONE_HELD);
    expect([...session.fading()]).toEqual(['box', 'words']);
    session.up();
    expect(of('remove')).toMatchObject([{ ids: ['box', 'words'] }]);
  });
});

describe('words', () => {
  it('lie on the board when typing ends', async () => {
    const { session, of } = await opened();
    session.choose('text');
    session.down(at(100, 100), 4, NONE_HELD);
    session.type('one\r\n\ttwo \u0007 ');
    session.commit();
    expect(of('put')).toMatchObject([{ shape: { kind: 'text', text: 'one\n  two' } }]);
    // Nothing typed, nothing there.
    session.down(at(300, 300), 4, NONE_HELD);
    session.commit();
    expect(of('put')).toHaveLength(1);
  });

  it('are changed in place, and go when nothing is left of them', async () => {
    const { session, of } = await opened(ALL, TWO);
    expect(session.edit('box')).toBe(false);
    session.edit('words');
    session.type('knee, left');
    session.commit();
    expect(of('change')).toMatchObject([{ shapes: [['words', { text: 'knee, left' }]] }]);
    session.edit('words');
    session.type(' ');
    session.commit();
    expect(of('remove')).toMatchObject([{ ids: ['words'] }]);
  });
});

describe('a note', () => {
  const note: Shape = {
    kind: 'text',
    at: at(100, 100),
    text: 'bike',
    colour: 'ink',
    size: 40,
    ground: 'teal',
  };

  it('is words in ink on yellow, or on what was chosen for notes', async () => {
    const { session, of } = await opened();
    const write = (text: string, y: number) => {
      session.down(at(100, y), 4, NONE_HELD);
      session.type(text);
      session.commit();
    };
    session.setColour('plum');
    session.choose('note');
    expect(session.snapshot()).toMatchObject({ notes: true, ground: 'ochre' });
    write('one', 100);
    session.setColour('blue');
    write('two', 400);
    session.choose('text');
    write('three', 700);
    expect(of('put').map(({ shape }) => shape)).toMatchObject([
      { text: 'one', colour: 'ink', ground: 'ochre' },
      { text: 'two', colour: 'ink', ground: 'blue' },
      { text: 'three', colour: 'plum' },
    ]);
    // Words on nothing have none, not even an empty one: older programs know nothing of it.
    expect(Object.keys(of('put')[2]?.shape ?? {})).not.toContain('ground');
  });

  it('keeps its ground when its words or their size are changed, and takes another', async () => {
    const { session, of } = await opened(ALL, [item('note', 1, note)]);
    session.edit('note');
    expect(session.snapshot()).toMatchObject({ notes: true, editing: { ground: 'teal' } });
    session.type('bike, every day');
    session.setWidth(2);
    session.commit();
    const changed = () => of('change').at(-1)?.shapes[0]?.[1];
    expect(changed()).toMatchObject({ text: 'bike, every day', ground: 'teal', size: 64, colour: 'ink' });
    session.edit('note');
    session.setColour('green');
    session.commit();
    expect(changed()).toMatchObject({ ground: 'green', colour: 'ink' });
    session.select(['note']);
    session.setColour('red' as Colour);
    expect(changed()).toMatchObject({ ground: 'red', colour: 'ink' });
  });

  it('lends its colours to notes alone', async () => {
    const { session, of } = await opened(ALL, [...TWO, item('note', 3, note)]);
    session.select(['note']);
    session.setColour('green');
    session.select(['words', 'note']);
    expect(session.snapshot()).toMatchObject({ notes: false, colour: 'ink', ground: 'green' });
    session.setColour('plum');
    expect(
      of('change')
        .at(-1)
        ?.shapes.map(([, shape]) => shape),
    ).toMatchObject([{ colour: 'plum' }, { colour: 'ink', ground: 'plum' }]);
    expect(session.snapshot()).toMatchObject({ colour: 'plum', ground: 'green' });
  });

  it('is touched, moved and sized with all of its sheet', async () => {
    const { session, of } = await opened(ALL, [item('note', 1, note)]);
    session.choose('select');
    // Beside the words, on the sheet.
    session.down(at(80, 80), 0, NONE_HELD);
    session.moveTo([at(90, 70)], 0, NONE_HELD);
    session.up();
    expect(of('change').at(-1)?.shapes).toMatchObject([['note', { at: at(110, 90), ground: 'teal' }]]);
    const from = session.selectionFrame();
    expect(from).toMatchObject({ x: 76, y: 76 });
    session.grow(2);
    expect(of('change').at(-1)?.shapes).toMatchObject([
      ['note', { at: at(124, 124), size: 80, ground: 'teal' }],
    ]);
  });

  it('is put in the middle by keys alone', async () => {
    const { session } = await opened();
    session.choose('note');
    session.putInMiddle(at(800, 500));
    expect(session.snapshot().editing).toMatchObject({ ground: 'ochre', colour: 'ink' });
  });
});

describe('rights', () => {
  it('name the tools', () => {
    expect(toolsOf({ ...NO_RIGHTS, text: true })).toEqual(['select', 'text', 'note']);
    expect(toolsOf(NO_RIGHTS)).toEqual([]);
    expect(toolsOf({ ...NO_RIGHTS, cursor: true })).toEqual(['select', 'laser']);
    expect(toolsOf({ ...NO_RIGHTS, pen: true, eraser: true })).toEqual(['select', 'pen', 'eraser']);
  });

  it('that are missing do nothing', async () => {
    const { session, asked } = await opened({}, TWO);
    const before = asked.length;
    for (const tool of ['pen', 'arrow', 'text', 'note', 'eraser', 'select'] as const) {
      session.choose(tool);
      session.down(at(200, 150), 4, NONE_HELD);
      session.moveTo([at(220, 170)], 4, NONE_HELD);
      session.up();
    }
    session.pointer(at(5, 5));
    expect(asked.slice(before)).toEqual([]);
  });

  it('that are taken put the tool down', async () => {
    const { session, news } = await opened();
    const rights = { ...NO_RIGHTS, shape: true };
    news({ kind: 'rights', board: 'board', rights, can_undo: true, can_redo: false });
    expect(session.snapshot()).toMatchObject({ tool: 'line', canUndo: true });
  });

  it('without the eraser let me delete only what is mine', async () => {
    const { session, of } = await opened({ ...ALL, eraser: false }, TWO);
    session.select(['box', 'words']);
    session.removeSelected();
    expect(of('remove')).toMatchObject([{ ids: ['box'] }]);
  });

  it('without the eraser let me change nothing of others, by no way', async () => {
    const { session, of } = await opened({ ...ALL, eraser: false }, TWO);
    // All that can be done something with.
    session.selectAll();
    expect(session.snapshot()).toMatchObject({ selected: ['box'], locked: false });
    session.choose('select');
    session.down(at(50, 50), 4, NONE_HELD);
    session.moveTo([at(900, 900)], 4, NONE_HELD);
    session.up();
    expect(session.snapshot().selected).toEqual(['box']);
    // It may be looked at, and heard of.
    session.down(at(510, 510), 4, NONE_HELD);
    session.moveTo([at(560, 560)], 4, NONE_HELD);
    session.up();
    expect(session.snapshot()).toMatchObject({
      selected: ['words'],
      locked: true,
      orderable: false,
      removable: false,
    });
    session.nudge(10, 0);
    session.grow(2);
    session.setColour('plum');
    session.order('front');
    session.removeSelected();
    expect(session.edit('words')).toBe(false);
    expect(session.mayChange()).toBe(false);
    // Nor does it come along with mine.
    session.down(at(200, 150), 4, NONE_HELD);
    session.up();
    session.down(at(510, 510), 4, { shift: true });
    session.up();
    expect(session.snapshot().selected).toEqual(['box']);
    expect([of('change'), of('order'), of('remove')]).toEqual([[], [], []]);
    expect(session.locals()).toEqual([]);
    session.order('back');
    expect(of('order')).toEqual([{ do: 'order', board: 'board', ids: ['box'], to: 'back' }]);
  });

  it('to the eraser let me change what somebody else put there', async () => {
    const { session, of } = await opened(ALL, TWO);
    session.select(['words']);
    session.order('front');
    session.nudge(10, 0);
    expect(of('order')).toEqual([{ do: 'order', board: 'board', ids: ['words'], to: 'front' }]);
    expect(of('change')).toHaveLength(1);
    expect(session.edit('words')).toBe(true);
  });
});

describe('the cursor', () => {
  it('goes out thirty times a second at most, and once when it leaves', async () => {
    const { session, of, later } = await opened();
    for (let n = 0; n < 100; n += 1) {
      later(10);
      session.pointer(at(n, n));
    }
    expect(of('cursor').length).toBeLessThanOrEqual(30);
    session.pointer(undefined);
    session.pointer(undefined);
    expect(of('cursor').filter((one) => one.at === null)).toHaveLength(1);
  });

  it('says where it rests once', async () => {
    const { session, of, later } = await opened();
    for (let n = 0; n < 5; n += 1) {
      session.pointer(at(7, 7));
      later(60);
    }
    expect(of('cursor')).toHaveLength(1);
  });
});

describe('the laser', () => {
  it('is a cursor that leaves a trace, and draws nothing', async () => {
    const { session, of, later } = await opened();
    const traced: unknown[] = [];
    session.watch({ redraw: () => {}, laser: (place) => traced.push(place) });
    session.pointer(at(1, 1));
    session.choose('laser');
    later(40);
    session.down(at(5, 5), 4, NONE_HELD);
    session.moveTo([at(9, 9)], 4, NONE_HELD);
    session.pointer(at(9, 9));
    session.up();
    expect(of('put')).toEqual([]);
    // A hand that rests shows at once what it holds now.
    expect(of('cursor').map(({ at, laser }) => [at?.x, laser])).toEqual([
      [1, false],
      [1, true],
      [9, true],
    ]);
    expect(traced).toEqual([at(1, 1), at(9, 9)]);
    session.choose('select');
    expect(of('cursor').at(-1)).toMatchObject({ at: at(9, 9), laser: false });
  });

  it('needs no more than the right to a cursor', async () => {
    const { session, of, news } = await opened({ cursor: true });
    // Whoever looks on looks round first.
    expect(session.snapshot().tool).toBe('select');
    session.choose('laser');
    session.pointer(at(5, 5));
    expect(of('cursor')).toMatchObject([{ laser: true }]);
    news({ kind: 'rights', board: 'board', rights: NO_RIGHTS, can_undo: false, can_redo: false });
    expect(session.snapshot().tool).toBe('select');
  });

  it('and any other tool is taken up again with its right', async () => {
    const { session, news } = await opened();
    session.choose('arrow');
    const told = (rights: BoardRights) =>
      news({ kind: 'rights', board: 'board', rights, can_undo: false, can_redo: false });
    told(NO_RIGHTS);
    expect(session.snapshot().tool).toBe('select');
    told(ALL);
    expect(session.snapshot().tool).toBe('arrow');
  });

  it('is not what one is left with when all else is taken', async () => {
    const { session, news } = await opened();
    const rights = { ...NO_RIGHTS, cursor: true };
    news({ kind: 'rights', board: 'board', rights, can_undo: false, can_redo: false });
    expect(session.snapshot().tool).toBe('select');
  });
});

describe('what I draw with', () => {
  it('is the same on the next board', async () => {
    const chosen = new Choices();
    const first = await opened(ALL, [], chosen);
    expect(first.session.snapshot().tool).toBe('pen');
    first.session.choose('arrow');
    first.session.setColour('blue');
    first.session.setWidth(2);
    first.session.setFilled(true);
    first.session.close();
    const next = await opened(ALL, [], chosen);
    expect(next.session.snapshot()).toMatchObject({ tool: 'arrow', colour: 'blue', width: 2, filled: true });
    // Without the right to it, the pen.
    const last = await opened({ ...ALL, shape: false }, [], chosen);
    expect(last.session.snapshot()).toMatchObject({ tool: 'pen', colour: 'blue' });
  });

  it('writes letters that can be read however small the page is seen', async () => {
    const { session } = await opened();
    session.choose('text');
    session.seenAt(0.2);
    session.down(at(100, 100), 1, NONE_HELD);
    expect(session.snapshot().editing?.size).toBe(100);
    session.setWidth(0);
    expect(session.snapshot().editing?.size).toBe(80);
    session.up();
    session.type('knee');
    session.commit();
    session.seenAt(2);
    session.setWidth(1);
    session.down(at(100, 400), 1, NONE_HELD);
    expect(session.snapshot().editing?.size).toBe(40);
  });

  it('has the width that a shape has', async () => {
    const { session } = await opened(ALL, TWO);
    expect(session.widthOf(box)).toBe(0);
    expect(session.widthOf({ ...box, width: 18 })).toBe(2);
    expect(session.widthOf({ ...box, width: 17 })).toBeUndefined();
    expect(session.widthOf(words)).toBeUndefined();
  });
});

describe('pictures', () => {
  const picture = (n: number) => ({ file_id: `file-${n}`, width: 640, height: 400 });
  const placeOf = ({ shape }: { shape: Shape }) =>
    shape.kind === 'picture'
      ? { ...shape.at, right: shape.at.x + shape.size.x, low: shape.at.y + shape.size.y }
      : undefined;

  it('that come together lie beside each other, and are selected', async () => {
    const { session, of } = await opened();
    session.placePictures([1, 2, 3, 4].map(picture), at(800, 500));
    const places = of('put').flatMap((one) => placeOf(one) ?? []);
    expect(places).toHaveLength(4);
    for (const [n, a] of places.entries()) {
      expect(a.x >= 0 && a.y >= 0 && a.right <= 1600 && a.low <= 1000).toBe(true);
      for (const b of places.slice(n + 1)) {
        expect(a.right <= b.x || b.right <= a.x || a.low <= b.y || b.low <= a.y).toBe(true);
      }
    }
    const [first, ...rest] = of('put');
    // One undo takes all of them.
    expect([first?.with, ...rest.map((one) => one.with)]).toEqual([
      undefined,
      first?.id,
      first?.id,
      first?.id,
    ]);
    expect(session.snapshot().selected).toEqual(of('put').map(({ id }) => id));
    session.placePictures([], at(800, 500));
    expect(session.snapshot().selected).toHaveLength(4);
  });

  it('that come one after the other lie where nothing lies yet', async () => {
    const { session, of } = await opened();
    for (const n of [1, 2, 3, 4]) session.placePictures([picture(n)], at(800, 500));
    const places = of('put').flatMap((one) => placeOf(one) ?? []);
    expect(places).toHaveLength(4);
    for (const [n, a] of places.entries()) {
      expect(a.x >= 0 && a.y >= 0 && a.right <= 1600 && a.low <= 1000).toBe(true);
      for (const b of places.slice(n + 1)) {
        expect(a.right <= b.x || b.right <= a.x || a.low <= b.y || b.low <= a.y).toBe(true);
      }
    }
  });

  it('that find no free place, or were let go at this one, do not hide each other', async () => {
    const { session, of } = await opened();
    for (const n of [1, 2, 3]) session.placePictures([picture(n)], at(800, 500), true);
    for (let n = 4; n < 14; n += 1) session.placePictures([picture(n)], at(800, 500));
    const places = of('put').flatMap((one) => placeOf(one) ?? []);
    expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBe(13);
    session.placePictures([picture(20)], at(200, 200), true);
    const last = placeOf(of('put').at(-1) as { shape: Shape });
    expect(last && (last.x + last.right) / 2).toBe(200);
  });

  function placed(session: BoardSession, count: number) {
    let [first, after]: [string | undefined, number | undefined] = [undefined, undefined];
    for (let nth = 0; nth < count; nth += 1) {
      const place = { nth, count, after, first, paged: true, middle: at(800, 500) };
      const { id, page } = session.placeDocumentPage({ file_id: 'p', width: 1414, height: 2000 }, place);
      [first, after] = [first ?? id, page];
    }
  }

  it('of a document get a page of the board each, from the first that is empty', async () => {
    const far = { ...item('far', 3, box), page: 2 };
    const { session, of, changed, asked } = await opened(ALL, [...TWO, far]);
    changed({ pages: 3 });
    placed(session, 3);
    // The second page was empty, the third is not; the others are still to come.
    expect(of('put').map(({ page }) => page)).toEqual([1, 3, 4]);
    expect(asked.slice(-4).map((one) => one.do)).toEqual(['add_page', 'put', 'add_page', 'put']);
    // Alone on its page it is as large as that.
    const [first] = of('put').map(placeOf);
    expect((first?.low ?? 0) - (first?.y ?? 0)).toBe(960);
    // One sees where it went, and one undo takes all of it.
    expect(session.snapshot()).toMatchObject({ page: 1, selected: [], elsewhere: true });
    const [one, ...rest] = of('put');
    expect(rest.map((other) => other.with)).toEqual([one?.id, one?.id]);
  });

  it('of a document are shown on a page that is still to come, and taken back to where I was', async () => {
    const { session, of, changed } = await opened(ALL, TWO);
    placed(session, 1);
    expect(of('put').at(-1)?.page).toBe(1);
    expect(session.snapshot()).toMatchObject({ page: 0, elsewhere: false });
    changed({ pages: 2 });
    expect(session.snapshot()).toMatchObject({ page: 1, elsewhere: true });
    const { id = '', shape = box } = of('put').at(-1) ?? {};
    changed({ pages: 2, put: [{ ...item(id, 9, shape), page: 1 }] });
    expect(session.snapshot()).toMatchObject({ page: 1, count: 1, elsewhere: true });
    changed({ pages: 2, removed: [id] });
    expect(session.snapshot()).toMatchObject({ page: 0, elsewhere: false });
  });

  it('of a document let me go back to where I was when all of it is taken back, whichever I look at', async () => {
    const { session, of, changed } = await opened();
    placed(session, 3);
    const items = of('put').map(({ id, page, shape }, n) => ({ ...item(id, n, shape), page }));
    expect(items.map(({ page }) => page)).toEqual([0, 1, 2]);
    const [first = '', second = '', third = ''] = items.map(({ id }) => id);
    changed({ pages: 3, put: items });
    session.go(2);
    // One page of it that is erased leaves me there; so does what I drew beside it.
    changed({ pages: 3, removed: [second] });
    expect(session.snapshot().page).toBe(2);
    const drawn = { ...item('drawn', 9, box), page: 2 };
    changed({ pages: 3, put: [drawn] });
    changed({ pages: 3, removed: [first, third] });
    expect(session.snapshot().page).toBe(2);
    changed({ pages: 3, put: items });
    changed({ pages: 3, removed: ['drawn'] });
    changed({ pages: 3, removed: [first, second, third] });
    expect(session.snapshot()).toMatchObject({ page: 0, pages: 3 });
    // A page that was empty before is nothing of it.
    changed({ pages: 4, put: items });
    session.go(3);
    changed({ pages: 4, removed: [first, second, third] });
    expect(session.snapshot().page).toBe(3);
  });

  it('of a document lie where I am while nothing does', async () => {
    const { session, of } = await opened();
    placed(session, 1);
    expect(of('put').map(({ page }) => page)).toEqual([0]);
    expect(session.snapshot()).toMatchObject({ page: 0, elsewhere: false });
  });

  it('of a document lie beside each other where there are no pages', async () => {
    const { session, of } = await opened();
    for (let nth = 0; nth < 3; nth += 1) {
      const place = { nth, count: 3, after: 0, paged: false, middle: at(800, 500) };
      session.placeDocumentPage({ file_id: 'p', width: 1414, height: 2000 }, place);
    }
    expect(of('put').map(({ page }) => page)).toEqual([0, 0, 0]);
    expect(of('add_page')).toEqual([]);
    const [a, b, c] = of('put').map(placeOf);
    expect((a?.right ?? 9e9) <= (b?.x ?? 0) && (b?.right ?? 9e9) <= (c?.x ?? 0)).toBe(true);
  });
});

describe('pages', () => {
  it('are turned to when one is added', async () => {
    const { session, last, changed } = await opened();
    session.addPage();
    expect(last()).toEqual({ do: 'add_page', board: 'board' });
    changed({ pages: 2 });
    expect(session.snapshot()).toMatchObject({ page: 1, pages: 2 });
    // Another's new page does not turn mine.
    changed({ pages: 3 });
    expect(session.snapshot()).toMatchObject({ page: 1, pages: 3 });
    session.go(9);
    expect(session.snapshot().page).toBe(2);
  });
});
