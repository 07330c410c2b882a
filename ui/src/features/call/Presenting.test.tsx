import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import type { FakeEngine } from '../../engine/fake';
import { openPage } from '../../test/page';

const byId = (id: string) => screen.getByTestId(id);
const shown = (id: string) => screen.queryByTestId(id) !== null;
const press = (id: string) => userEvent.click(byId(id));
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
