import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { describe, expect, it, vi } from 'vitest';
import type { FakeEngine } from '../../engine/fake';
import { openPage, press } from '../../test/page';

const byId = (id: string) => screen.getByTestId(id);
const shown = (id: string) => screen.queryByTestId(id) !== null;
const presents = (engine: FakeEngine, presenter: string | null) =>
  act(() =>
    engine.change(({ screen: call }) => {
      if (call.kind === 'call') call.presenter = presenter;
    }),
  );

describe('somebody who presents', () => {
  it('is large for everybody, whatever was chosen', async () => {
    const engine = await openPage('screen=call&people=5');
    await userEvent.click(screen.getAllByTestId('pin')[3] as HTMLElement);
    presents(engine, 'seat-1');
    expect(byId('stage').dataset.layout).toBe('focus');
    expect(screen.getAllByTestId('tile')[0]?.dataset.participantId).toBe('seat-1');
    expect(screen.getAllByTestId('tile')[0]?.textContent).toContain('Kenji Mori is presenting');
    expect(shown('pin')).toBe(false);
    expect(byId('announcements').textContent).toBe('Kenji Mori is presenting to everyone');
    presents(engine, null);
    expect(screen.getAllByTestId('tile')[0]?.dataset.participantId).toBe('seat-3');
    expect(byId('announcements').textContent).toBe('The presentation has ended');
  });

  it('is shown by their screen, when they share it', async () => {
    await openPage('screen=call&people=4&share&presenter=seat-0');
    expect(byId('stage').dataset.layout).toBe('shared');
    expect(byId('shared-screen').textContent).toContain('Anna Rossi is presenting a screen');
  });

  it('is why no layout can be chosen', async () => {
    await openPage('screen=call&people=4&guest&presenter=seat-0');
    expect(byId('layout').textContent).toBe('Presenting');
    await press('layout');
    expect(byId('layout-why').textContent).toContain('Anna Rossi is presenting to everyone.');
    expect([shown('layout-grid'), shown('layout-stop'), shown('layout-full')]).toEqual([false, false, true]);
    expect(shown('stop-presenter')).toBe(false);
  });

  it('is stopped by an admin', async () => {
    const engine = await openPage('screen=call&people=4&presenter=seat-0');
    await press('stop-presenter');
    expect(engine.asked).toEqual([['present', false]]);
    presents(engine, 'seat-0');
    await press('layout');
    await press('layout-stop');
    expect(engine.asked).toHaveLength(2);
  });
});

describe('I', () => {
  it('present, am told so, and stop', async () => {
    const engine = await openPage('screen=call&people=4&guest');
    await press('more');
    await press('more-present');
    expect(engine.asked).toEqual([['present', true]]);
    expect(byId('presenting').textContent).toContain('You are presenting to everyone');
    const { violations } = await axe.run(document, { rules: { 'color-contrast': { enabled: false } } });
    expect(violations.map(({ id }) => id)).toEqual([]);
    // The others are still as I like to see them.
    expect(byId('stage').dataset.layout).toBe('grid');
    await press('presenting-end');
    expect(engine.asked.at(-1)).toEqual(['present', false]);
    expect(shown('presenting')).toBe(false);
  });

  it('find what goes on counted where there is little room, and open it', async () => {
    class Small {
      constructor(private readonly told: ResizeObserverCallback) {}
      observe() {
        const contentRect = { width: 370, height: 560 };
        this.told([{ contentRect } as ResizeObserverEntry], this as unknown as ResizeObserver);
      }
      unobserve() {}
      disconnect() {}
    }
    vi.stubGlobal('ResizeObserver', Small);
    await openPage('screen=call&people=4&guest&presenter=me&sharing=window');
    vi.unstubAllGlobals();
    expect(shown('presenting')).toBe(false);
    expect(byId('cards-count').textContent).toBe('2 on now');
    await press('cards-count');
    expect(byId('cards-count').getAttribute('aria-expanded')).toBe('true');
    expect(shown('presenting')).toBe(true);
  });

  it('do not, without the right to it', async () => {
    await openPage('screen=call&people=4&without=present_to_everyone');
    await press('more');
    expect(shown('more-present')).toBe(false);
  });

  it('find it all behind More in simple mode', async () => {
    const engine = await openPage('screen=call&people=2&simple&guest&chat=unread');
    expect(byId('more').getAttribute('aria-label')).toBe('More, 2 new messages');
    expect(within(byId('stage')).queryByTestId('tile-snapshot')).toBeNull();
    await press('more');
    expect(byId('more-chat').textContent).toBe('Read 2 new messages');
    await press('more-present');
    expect(engine.asked.at(-1)).toEqual(['present', true]);
    await press('more');
    await press('more-gallery');
    expect(shown('gallery-panel')).toBe(true);
    await press('more');
    await press('more-pointer');
    expect(shown('pointing')).toBe(true);
  });
});

describe('presenting while the board is open', () => {
  const shows = (engine: FakeEngine, on: boolean) =>
    act(() =>
      engine.change(({ screen: call }) => {
        if (call.kind === 'call') call.whiteboard = { shown: on, by: 'seat-1', page: 0 };
      }),
    );
  const layout = () => byId('stage').dataset.layout;
  const board = () => screen.findByTestId('board');

  it('gives the main place to the newer, and the other is one press away', async () => {
    const engine = await openPage('screen=call&people=4&guest&share');
    shows(engine, true);
    await board();
    expect(shown('main-switch')).toBe(false);
    presents(engine, 'seat-0');
    expect([layout(), byId('main-switch').dataset.main]).toEqual(['shared', 'presenter']);
    expect(byId('main-presenter').textContent).toBe('Anna Rossi is presenting');
    expect(byId('main-presenter').getAttribute('aria-checked')).toBe('true');
    await press('main-board');
    await board();
    expect([layout(), byId('main-switch').dataset.main]).toEqual(['board', 'board']);
    await press('main-presenter');
    expect(layout()).toBe('shared');
    // Who presents has ended: the board that is open for everybody is there again.
    presents(engine, null);
    await board();
    expect([layout(), shown('main-switch')]).toEqual(['board', false]);
  });

  it('gives it to a board that is opened later', async () => {
    const engine = await openPage('screen=call&people=4&guest&presenter=seat-0');
    expect(layout()).toBe('focus');
    shows(engine, true);
    await board();
    expect([layout(), byId('main-switch').dataset.main]).toEqual(['board', 'board']);
    shows(engine, false);
    expect([layout(), shown('main-switch')]).toEqual(['focus', false]);
  });

  it('shows who presents to whoever comes in while both go on', async () => {
    await openPage('screen=call&people=4&guest&presenter=seat-0&shown');
    expect([layout(), byId('main-switch').dataset.main]).toEqual(['focus', 'presenter']);
  });

  it('brings the board to the front by its place in the bar, and closes it there', async () => {
    const engine = await openPage('screen=call&people=4&guest&shown');
    await board();
    presents(engine, 'seat-0');
    expect(byId('board-slot').getAttribute('aria-pressed')).toBe('false');
    await press('board-slot');
    await board();
    expect(byId('board-slot').getAttribute('aria-pressed')).toBe('true');
    await press('board-slot');
    expect(layout()).toBe('focus');
    // For everybody it is still open.
    await press('main-board');
    expect((await board()).dataset.board).toBe('board');
  });

  it('tells me what the others see when I present myself', async () => {
    const engine = await openPage('screen=call&people=4&shown');
    await board();
    presents(engine, 'seat-me');
    expect([layout(), byId('main-presenter').textContent]).toEqual(['grid', 'You are presenting']);
    await press('main-board');
    await board();
    expect(shown('presenting')).toBe(true);
  });

  it('keeps a snapshot that I draw on one press away', async () => {
    const engine = await openPage('screen=call&people=4&gallery=2');
    await press('gallery');
    await userEvent.click(screen.getAllByTestId('snapshot-draw')[0] as HTMLElement);
    await board();
    presents(engine, 'seat-0');
    expect([layout(), byId('main-board').textContent]).toEqual(['focus', 'Snapshot']);
    await press('main-board');
    expect((await board()).dataset.board).toBe('snapshot-0');
  });

  it.each([
    'screen=call&people=4&presenter=seat-0&shown&theme=light',
    'screen=call&people=4&presenter=me&shown&theme=dark&lang=it',
    'screen=call&people=2&presenter=seat-0&shown&guest&simple&lang=it',
  ])('axe finds nothing on ?%s', async (query) => {
    await openPage(query);
    const check = async () => {
      const { violations } = await axe.run(document, { rules: { 'color-contrast': { enabled: false } } });
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
    };
    await check();
    await press('main-board');
    await board();
    await check();
  });
});
