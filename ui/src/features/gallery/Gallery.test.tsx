import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import { LOCAL_PREVIEW, LOCAL_SHARE } from '../../engine/frameWire';
import { openPage } from '../../test/page';

const byId = (id: string) => screen.getByTestId(id);
const shown = (id: string) => screen.queryByTestId(id) !== null;
const press = (id: string) => userEvent.click(byId(id));

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
    expect(byId('gallery-panel').textContent).toContain('Takes the screen of Anna Rossi');
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
    expect(byId('gallery-panel').textContent).toContain('Takes what you share as it is seen now.');
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
    expect(engine.asked).toEqual([['download', 'snapshot-0']]);
    await press('large-open');
    expect(engine.asked.at(-1)).toEqual(['open file', 'snapshot-0']);
    await press('large-delete');
    await press('delete-yes');
    expect(engine.asked.at(-1)).toEqual(['delete file', 'snapshot-0']);
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
    expect(engine.asked).toEqual([['cancel download', 'snapshot-2']]);
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
    expect(engine.asked.at(-1)).toEqual(['cancel download', 'snapshot-2']);
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
