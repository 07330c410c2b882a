import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeEngine } from '../../engine/fake';
import { LOCAL_PREVIEW, LOCAL_SHARE } from '../../engine/frameWire';
import type { BoardAction } from '../../engine/view';
import { openPage, press } from '../../test/page';
import { watchSight } from '../../test/sight';

const byId = (id: string) => screen.getByTestId(id);
const shown = (id: string) => screen.queryByTestId(id) !== null;
/** What was asked for, but for boards. */
const asked = (engine: FakeEngine) => engine.asked.filter(([name]) => name !== 'board');
/** What was asked of boards, as `open aside snapshot-0`. */
const ofBoards = (engine: FakeEngine) =>
  engine.asked.flatMap(([name, given]) => {
    if (name !== 'board') return [];
    const action = given as BoardAction;
    return [`${action.do}${action.do === 'open' && action.aside ? ' aside' : ''} ${action.board}`];
  });

beforeEach(() => sessionStorage.clear());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe.each([
  ['light', 'en'],
  ['dark', 'it'],
])('in %s, %s', (theme, lang) => {
  it.each(['gallery=0', 'gallery=3', 'gallery=3&editing&saving&pointers=files'])(
    'axe finds nothing on ?%s',
    async (query) => {
      await openPage(`screen=call&people=3&${query}&theme=${theme}&lang=${lang}`);
      await press('gallery');
      const check = async (where: HTMLElement) => {
        const { violations } = await axe.run(where, { rules: { 'color-contrast': { enabled: false } } });
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
      };
      await check(byId('gallery-panel'));
      if (query === 'gallery=0') return;
      await userEvent.click(screen.getAllByTestId('snapshot-enlarge')[0] as HTMLElement);
      await check(byId('picture-sheet'));
    },
  );
});

describe('the gallery', () => {
  it('takes what is large, and shows it first', async () => {
    const engine = await openPage('screen=call&people=3&share&gallery=1');
    await press('gallery');
    expect(byId('gallery-panel').textContent).toContain('Takes a picture of Anna Rossi’s screen');
    await press('take-snapshot');
    expect(engine.asked).toEqual([['take snapshot', 900]]);
    expect(screen.getAllByTestId('snapshot')).toHaveLength(2);
    expect(byId('gallery-news').textContent).toBe('There is a new snapshot of Anna Rossi');
  });

  it('takes another picture that is chosen', async () => {
    const engine = await openPage('screen=call&people=3&share');
    await press('gallery');
    expect(shown('gallery-empty')).toBe(true);
    await press('choose-snapshot');
    expect(screen.getAllByTestId('take-of').map(({ textContent }) => textContent)).toEqual([
      'Screen of Anna Rossi',
      'Anna Rossi',
      'Kenji Mori',
      'You',
    ]);
    await userEvent.click(screen.getAllByTestId('take-of')[2] as HTMLElement);
    expect(engine.asked).toEqual([['take snapshot', 2]]);
  });

  it('opens with a snapshot that is taken of a tile', async () => {
    const engine = await openPage('screen=call&people=3');
    await userEvent.click(screen.getAllByTestId('tile-snapshot')[1] as HTMLElement);
    expect(engine.asked).toEqual([['take snapshot', 2]]);
    expect(shown('gallery-panel')).toBe(true);
  });

  it('takes one’s own picture, floating or a tile, and what one shares', async () => {
    const engine = await openPage('screen=call&people=1');
    const taken = () => engine.asked.at(-1);
    await userEvent.click(within(byId('self-preview')).getByTestId('own-snapshot'));
    expect(taken()).toEqual(['take snapshot', LOCAL_PREVIEW]);
    expect(within(byId('gallery-panel')).getByText('Snapshot of Dr Elena Conti')).toBeDefined();
    act(() =>
      engine.change(({ screen: call }) => {
        if (call.kind !== 'call') return;
        call.share = { kind: 'screen', label: 'Screen 1', paused: false, stream_id: null };
      }),
    );
    expect(byId('gallery-panel').textContent).toContain('Takes a picture of what you share.');
    await userEvent.click(within(byId('own-share')).getByTestId('share-snapshot'));
    expect(taken()).toEqual(['take snapshot', LOCAL_SHARE]);
    await userEvent.click(within(byId('self-preview')).getByTestId('own-snapshot'));
    expect(taken()).toEqual(['take snapshot', LOCAL_PREVIEW]);
    await press('choose-snapshot');
    expect(screen.getAllByTestId('take-of').map(({ textContent }) => textContent)).toEqual([
      'What you share',
      'You',
    ]);
    await userEvent.keyboard('{Escape}');
    // Paused, the others see nothing new of it.
    act(() =>
      engine.change(({ screen: call }) => {
        if (call.kind === 'call' && call.share) call.share.paused = true;
      }),
    );
    expect(shown('share-snapshot')).toBe(false);
  });

  it('is not of oneself without the right to it, or without a camera', async () => {
    await openPage('screen=call&people=4&guest&without=snapshot&sharing=screen');
    expect([shown('own-snapshot'), shown('share-snapshot')]).toEqual([false, false]);
    await openPage('screen=call&people=4&camera=off');
    expect(shown('own-snapshot')).toBe(false);
  });

  it('says when there is nothing to take', async () => {
    const engine = await openPage('screen=call&people=0&camera=off');
    await press('gallery');
    expect(byId('gallery-panel').textContent).toContain('There is no picture to take just now.');
    await press('take-snapshot');
    expect(engine.asked).toEqual([]);
  });

  it('shows one large, goes on to the next, saves and deletes it', async () => {
    const engine = await openPage('screen=call&people=3&gallery=3');
    await press('gallery');
    await userEvent.click(screen.getAllByTestId('snapshot-enlarge')[0] as HTMLElement);
    expect(byId('picture-sheet').textContent).toContain('Snapshot of Anna Rossi');
    expect(shown('newer')).toBe(false);
    await press('older');
    expect(byId('picture-sheet').textContent).toContain('Snapshot of Kenji Mori');
    // Of somebody else, and not an owner's: it cannot be deleted.
    expect(shown('large-delete')).toBe(false);
    await press('newer');
    await press('large-save');
    expect(asked(engine)).toEqual([['download', 'snapshot-0']]);
    await press('large-open');
    expect(asked(engine).at(-1)).toEqual(['open file', 'snapshot-0']);
    await press('large-delete');
    await press('delete-yes');
    expect(asked(engine).at(-1)).toEqual(['delete file', 'snapshot-0']);
    expect(shown('picture-sheet')).toBe(false);
    expect(screen.getAllByTestId('snapshot')).toHaveLength(2);
  });

  it('saves from the list', async () => {
    const engine = await openPage('screen=call&people=3&gallery=1');
    await press('gallery');
    await userEvent.click(within(byId('snapshot')).getByTestId('snapshot-save'));
    expect(engine.asked).toEqual([['download', 'snapshot-0']]);
  });

  it('stops saving, in the list and large', async () => {
    const engine = await openPage('screen=call&people=3&gallery=3&saving');
    await press('gallery');
    const third = within(screen.getAllByTestId('snapshot')[2] as HTMLElement);
    expect(third.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('38');
    await userEvent.click(third.getByTestId('snapshot-enlarge'));
    expect(byId('picture-sheet').textContent).toContain('Saving, 120 kB of 320 kB');
    await press('large-stop');
    expect(asked(engine)).toEqual([['cancel download', 'snapshot-2']]);
    expect(shown('large-save')).toBe(true);
    await press('large-save');
    await press('picture-close');
    act(() =>
      engine.changeTools(({ gallery }) => {
        const [, , last] = gallery;
        if (last) last.file.state = { state: 'downloading', received: 0 };
      }),
    );
    await userEvent.click(third.getByTestId('snapshot-stop'));
    expect(asked(engine).at(-1)).toEqual(['cancel download', 'snapshot-2']);
  });

  it('says who draws on what', async () => {
    await openPage('screen=call&people=3&gallery=3&editing');
    await press('gallery');
    expect(screen.getAllByTestId('snapshot-drawing').map(({ textContent }) => textContent)).toEqual([
      'Anna Rossi is drawing on it',
      'Anna Rossi and 2 more are drawing on it',
    ]);
    const [first] = screen.getAllByTestId('snapshot-enlarge');
    const described = first?.getAttribute('aria-describedby');
    expect(document.getElementById(described ?? '')?.textContent).toBe('Anna Rossi is drawing on it');
    await userEvent.click(first as HTMLElement);
    expect(byId('picture-sheet').textContent).toContain('Anna Rossi is drawing on it');
  });

  it('says who points at a snapshot, and opens it', async () => {
    await openPage('screen=call&people=3&gallery=2&pointers=files');
    await press('gallery');
    expect(byId('pointed-at').textContent).toBe('Tomás Herrera and 2 more are pointing at this: open');
    await press('pointed-at');
    expect(within(byId('picture-sheet')).getByRole('heading').textContent).toBe('Snapshot of Anna Rossi');
  });

  it('is opened by whom a snapshot was taken of', async () => {
    await openPage('screen=call&people=3&guest&without=snapshot live_edit&gallery=1&notice=snapshot_of_me');
    expect(shown('gallery')).toBe(false);
    await userEvent.click(within(byId('notice')).getByText('Show'));
    expect([shown('gallery-panel'), shown('take-snapshot'), shown('snapshot-draw')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('the notice of live edit', () => {
  const began = 'screen=call&people=3&gallery=3&notice=live_edit_began';
  const see = () => userEvent.click(within(byId('notice')).getByText('See it'));

  it('opens the snapshot that is drawn on', async () => {
    const engine = await openPage(`${began}&editing`);
    expect(byId('notice').textContent).toContain('Anna Rossi is drawing on a snapshot.');
    await see();
    expect((await screen.findByTestId('board')).dataset.board).toBe('snapshot-0');
    expect(engine.asked.filter(([name]) => name === 'dismiss notice')).toHaveLength(1);
    // It is in sight now: nobody needs to be told again.
    act(() =>
      engine.change((view) => {
        view.notice = { code: 'live_edit_began', name: 'Anna Rossi' };
      }),
    );
    expect(shown('notice')).toBe(false);
  });

  it('lets whoever has no snapshots of their own look on, where somebody began', async () => {
    const board = async () => (await screen.findByTestId('board')).dataset.board;
    await openPage(`${began}&editing&guest&without=snapshot live_edit`);
    await see();
    expect(await board()).toBe('snapshot-0');
    expect(shown('tool-pen')).toBe(false);
    await press('board-close');
    const draw = screen.getAllByTestId('snapshot').map((one) => within(one).queryByTestId('snapshot-draw'));
    expect(draw.map((button) => button?.getAttribute('aria-label')?.split(':')[0])).toEqual([
      'See what is drawn',
      'See what is drawn',
      undefined,
    ]);
    await userEvent.click(draw[1] as HTMLElement);
    expect(await board()).toBe('snapshot-1');
  });

  it('opens the gallery where the snapshot is not known, or may not be opened', async () => {
    await openPage(began);
    await see();
    expect([shown('gallery-panel'), shown('board')]).toEqual([true, false]);
  });

  it('opens the gallery for whoever has no board', async () => {
    await openPage(`${began}&editing&guest&drawing=never`);
    await see();
    expect([shown('gallery-panel'), shown('board')]).toEqual([true, false]);
  });
});

describe('what is drawn on snapshots', () => {
  const drawn = 'screen=call&people=3&drawn';
  /** The gallery of so many, of which the first `count` are in sight. */
  async function inSight(count: number, query = `${drawn}&gallery=60`) {
    const sight = watchSight();
    const engine = await openPage(query);
    await press('gallery');
    const show = (from: number, to: number) =>
      sight.show(({ dataset }) => {
        const n = Number(dataset.fileId?.replace('snapshot-', '') ?? -1);
        return n >= from && n < to;
      });
    show(0, count);
    return { engine, show };
  }
  /** A picture can be fetched and painted. */
  const paints = () => {
    HTMLImageElement.prototype.decode ??= async () => {};
    vi.spyOn(HTMLImageElement.prototype, 'decode').mockResolvedValue();
    vi.spyOn(HTMLCanvasElement.prototype, 'toDataURL').mockReturnValue('data:image/png;base64,AA==');
  };
  const saved = (engine: FakeEngine) =>
    engine.asked.flatMap(([name, file]) => (name === 'save' ? [file] : []));

  it('is seen over those that are in sight, and only of these is it asked for', async () => {
    const { engine, show } = await inSight(2);
    await waitFor(() => expect(screen.getAllByTestId('drawn')).toHaveLength(2));
    expect(ofBoards(engine)).toEqual(['open aside snapshot-0', 'open aside snapshot-1']);
    const [first, , third] = screen.getAllByTestId('snapshot-enlarge');
    expect(first?.getAttribute('aria-label')).toContain('drawn on');
    expect(third?.getAttribute('aria-label')).not.toContain('drawn on');
    show(1, 3);
    await waitFor(() => expect(ofBoards(engine).at(-1)).toBe('open aside snapshot-2'));
    expect(ofBoards(engine).slice(2)).toEqual(['close snapshot-0', 'open aside snapshot-2']);
    await press('close-panel');
    expect(ofBoards(engine).slice(4).sort()).toEqual(['close snapshot-1', 'close snapshot-2']);
  });

  it('is seen as soon as somebody draws', async () => {
    const { engine } = await inSight(1, 'screen=call&people=3&gallery=1');
    await waitFor(() => expect(ofBoards(engine)).toEqual(['open aside snapshot-0']));
    expect(shown('drawn')).toBe(false);
    const change = (put: string[], removed: string[]) =>
      act(() =>
        engine.tellBoard({
          kind: 'changed',
          board: 'snapshot-0',
          pages: 1,
          put: put.map((id) => ({
            id,
            page: 0,
            z: 1,
            author: 'seat-0',
            mine: false,
            shape: { kind: 'pen', points: [{ x: 1, y: 1 }], colour: 'teal', width: 4 },
          })),
          extended: [],
          removed,
        }),
      );
    change(['stroke'], []);
    expect(byId('drawn').dataset.of).toBe('snapshot-0');
    change([], ['stroke']);
    expect(shown('drawn')).toBe(false);
  });

  it('is seen large too, and again in the list after it was drawn on', async () => {
    const { engine } = await inSight(1, `${drawn}&gallery=1`);
    await screen.findByTestId('drawn');
    await press('snapshot-enlarge');
    expect(within(byId('picture-sheet')).getByTestId('drawn')).toBeTruthy();
    await press('large-draw');
    await screen.findByTestId('board');
    await waitFor(() => expect(ofBoards(engine)).toContain('open snapshot-0'));
    await press('board-close');
    await waitFor(() =>
      expect(ofBoards(engine).slice(-2)).toEqual(['close snapshot-0', 'open aside snapshot-0']),
    );
    expect(byId('drawn')).toBeTruthy();
  });

  it('is not asked for by whoever has no board', async () => {
    const { engine } = await inSight(1, `${drawn}&gallery=1&guest&drawing=never`);
    await press('snapshot-enlarge');
    expect([shown('picture-sheet'), shown('drawn')]).toEqual([true, false]);
    expect(ofBoards(engine)).toEqual([]);
  });

  it('is saved with the picture, or the picture without it', async () => {
    paints();
    const { engine } = await inSight(1, `${drawn}&gallery=1`);
    await screen.findByTestId('drawn');
    await press('snapshot-save');
    expect((await screen.findAllByRole('menuitem')).map(({ textContent }) => textContent)).toEqual([
      'With the drawing',
      'Without the drawing',
    ]);
    await press('save-drawn');
    await waitFor(() => expect(byId('saved-drawn').dataset.state).toBe('saved'));
    const name = /^Snapshot of Anna Rossi - with the drawing - \d{4}-\d\d-\d\d \d\d\.\d\d\.png$/;
    expect(saved(engine)).toEqual([expect.stringMatching(name)]);
    expect(byId('saved-drawn').textContent).toContain('Saved: Downloads/Snapshot of Anna Rossi');
    await press('snapshot-save');
    await userEvent.click(await screen.findByTestId('save-plain'));
    expect(asked(engine).at(-1)).toEqual(['download', 'snapshot-0']);
    // It is here, and the other one may still be saved.
    expect([shown('snapshot-open'), shown('snapshot-save')]).toEqual([true, true]);
  });

  it('is saved under the same name where it is drawn', async () => {
    paints();
    const { engine } = await inSight(0, `${drawn}&gallery=2&screens`);
    await userEvent.click(screen.getAllByTestId('snapshot-draw')[1] as HTMLElement);
    await screen.findByTestId('board');
    const save = async (how: string) => {
      await userEvent.click(await screen.findByTestId('board-save'));
      await userEvent.click(await screen.findByTestId(how));
    };
    await save('save-png');
    await waitFor(() => expect(saved(engine)).toHaveLength(1));
    await save('save-alone');
    await waitFor(() => expect(saved(engine)).toHaveLength(2));
    expect(saved(engine)).toEqual([
      expect.stringMatching(/^Kenji Mori’s screen - with the drawing - [-\d]+ [.\d]+\.png$/),
      expect.stringMatching(/^Kenji Mori’s screen - [-\d]+ [.\d]+\.png$/),
    ]);
  });

  it('is saved from the large view, which says where that failed', async () => {
    paints();
    await inSight(0, `${drawn}&gallery=1&full`);
    await press('snapshot-enlarge');
    await waitFor(() => expect(shown('drawn')).toBe(true));
    await press('large-save');
    await userEvent.click(await screen.findByTestId('save-drawn'));
    const sheet = within(byId('picture-sheet'));
    await waitFor(() => expect(sheet.getByTestId('saved-drawn').textContent).toContain('could not be saved'));
  });

  it('is saved with all of them, each with it and without', async () => {
    paints();
    const { engine } = await inSight(0, `${drawn}&gallery=3&screens&guest`);
    await press('save-all');
    await waitFor(() => expect(byId('saved-all').dataset.state).toBe('saved'));
    // The third is here already.
    expect(asked(engine).filter(([name]) => name === 'download')).toEqual([
      ['download', 'snapshot-0'],
      ['download', 'snapshot-1'],
    ]);
    expect(saved(engine).map((name) => String(name).split(' - ')[0])).toEqual([
      'Snapshot of Anna Rossi',
      'Kenji Mori’s screen',
      'Snapshot of Anna Rossi',
    ]);
  });

  it('says when not all could be saved', async () => {
    const engine = await openPage('screen=call&people=3&gallery=2&guest');
    await press('gallery');
    await press('save-all');
    await waitFor(() => expect(byId('saved-all').dataset.state).toBe('saved'));
    expect(saved(engine)).toEqual([]);
    expect(byId('saved-all').textContent).toBe('All are saved.');
    act(() =>
      engine.changeTools(({ gallery: [first] }) => {
        if (first) first.file.state = { state: 'failed', problem: { code: 'internal', message: '' } };
      }),
    );
    expect(byId('saved-all').textContent).toContain('Not all of them');
  });

  it('is not saved all at once by whoever finds it among past visits', async () => {
    await openPage('screen=call&people=3&gallery=2');
    await press('gallery');
    expect(shown('save-all')).toBe(false);
    cleanup();
    await openPage('screen=call&people=3&gallery=2', ['past']);
    await press('gallery');
    expect(shown('save-all')).toBe(true);
  });
});

describe('snapshots of a shared screen', () => {
  it('say so', async () => {
    const engine = await openPage('screen=call&people=3&gallery=2&screens');
    await press('gallery');
    const titles = screen.getAllByTestId('snapshot').map((one) => one.querySelector('b')?.textContent);
    expect(titles).toEqual(['Snapshot of Anna Rossi', 'Kenji Mori’s screen']);
    act(() =>
      engine.changeTools(({ gallery }) => {
        const [, screens] = gallery;
        if (!screens) return;
        const { file } = screens;
        gallery.unshift({ ...screens, file: { ...file, info: { ...file.info, file_id: 'new' } } });
      }),
    );
    expect(byId('gallery-news').textContent).toBe('There is a new snapshot of Kenji Mori’s screen');
  });

  it('are mine where they show me', async () => {
    const engine = await openPage('screen=call&people=3&gallery=2');
    await press('gallery');
    act(() =>
      engine.changeTools(({ gallery: [first] }) => {
        if (first) first.file.info.of = 'seat-me';
      }),
    );
    const titles = () => screen.getAllByTestId('snapshot').map((one) => one.textContent ?? '');
    expect(titles()[0]).toContain('Snapshot of you');
    expect(titles()[1]).toContain('Snapshot of ');
    expect(titles()[1]).not.toContain('of you');
    act(() =>
      engine.changeTools(({ gallery }) => {
        const [first] = gallery;
        if (!first) return;
        const info = { ...first.file.info, file_id: 'new' };
        gallery.unshift({ ...first, by_name: 'Dr Elena Conti', file: { ...first.file, info } });
      }),
    );
    expect(byId('gallery-news').textContent).toBe('You took a snapshot of yourself');
  });

  it('are told of as such to whom they show', async () => {
    const engine = await openPage('screen=call&people=3&gallery=2&screens');
    const mine = () =>
      act(() => {
        engine.changeTools(({ gallery }) => {
          for (const one of gallery) one.file.info.of = 'seat-me';
        });
        engine.change((view) => {
          view.notice = { code: 'snapshot_of_me', name: 'Kenji Mori' };
        });
      });
    mine();
    expect(byId('notice').textContent).toContain('Kenji Mori took a picture of your screen.');
  });
});

describe('snapshots that came', () => {
  const come = (engine: FakeEngine, id: string, mine = false) =>
    act(() =>
      engine.changeTools(({ chat, gallery: [known] }) => {
        if (!known) return;
        const file = { ...known.file, info: { ...known.file.info, file_id: id } };
        const from = mine ? 'seat-me' : 'seat-0';
        chat.messages.push({
          key: id,
          id: 500 + chat.messages.length,
          from,
          from_name: 'Anna Rossi',
          mine,
          at_ms: 0,
          text: '',
          reply: null,
          file,
          tick: null,
        });
      }),
    );
  const badge = () => byId('gallery').textContent?.match(/\d+/)?.[0];

  it('are counted where they are found, until they are looked at', async () => {
    const engine = await openPage('screen=call&people=3&gallery=1');
    expect(badge()).toBeUndefined();
    come(engine, 'first');
    come(engine, 'second');
    come(engine, 'mine', true);
    expect(badge()).toBe('2');
    expect(byId('gallery').getAttribute('aria-label')).toContain('2 new');
    expect(byId('chat').textContent).not.toMatch(/\d/);
    await press('gallery');
    expect(badge()).toBeUndefined();
    come(engine, 'third');
    await press('close-panel');
    expect(badge()).toBeUndefined();
    // In the chat they are seen as well.
    come(engine, 'fourth');
    expect(badge()).toBe('1');
    await press('chat');
    await press('close-panel');
    expect(badge()).toBeUndefined();
  });

  it('are not counted anew by a page that is loaded again', async () => {
    const engine = await openPage('screen=call&people=3&gallery=1');
    come(engine, 'first');
    await press('gallery');
    const again = await openPage('screen=call&people=3&gallery=1');
    come(again, 'first');
    for (const slot of screen.getAllByTestId('gallery')) expect(slot.textContent).not.toMatch(/\d/);
  });

  it('are told of in simple mode', async () => {
    const engine = await openPage('screen=call&people=2&guest&simple&gallery=1');
    come(engine, 'first');
    expect(byId('more').getAttribute('aria-label')).toBe('More, See 1 new snapshot');
    await press('more');
    expect(byId('more-gallery').textContent).toBe('See 1 new snapshot');
  });
});
