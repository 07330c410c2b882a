import { fireEvent, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import { openPage, press } from '../../test/page';

const byId = (id: string) => screen.getByTestId(id);

async function open(page: string, query = '') {
  const engine = await openPage(query);
  await press('open-settings');
  await press(`settings-tab-${page}`);
  const rules = { 'color-contrast': { enabled: false } };
  const { violations } = await axe.run(document, { rules });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
  return engine;
}

describe('settings', () => {
  it('try the devices while they are shown', async () => {
    const engine = await open('devices');
    expect(engine.asked).toEqual([['preview', true]]);
    expect(byId('settings-preview').dataset.camera).toBe('on');
    await press('settings-play');
    await press('settings-noise_suppression');
    expect(engine.asked.slice(1)).toEqual([
      ['play test sound'],
      ['update settings', { noise_suppression: false }],
    ]);
    await press('settings-tab-you');
    expect(engine.asked.at(-1)).toEqual(['preview', false]);
  });

  it('take shortcuts from the keyboard, each for one thing', async () => {
    const engine = await open('shortcuts');
    const talk = byId('shortcut-hold_to_talk');
    const keys = within(talk).getByTestId('shortcut-keys');
    await userEvent.click(keys);
    expect(keys.textContent).toBe('Press the keys');
    // Only held keys, and plain letters, are none.
    fireEvent.keyDown(keys, { key: 'Control', code: 'ControlLeft', ctrlKey: true });
    fireEvent.keyDown(keys, { key: 'x', code: 'KeyX' });
    fireEvent.keyDown(keys, { key: 'M', code: 'KeyM', ctrlKey: true, shiftKey: true });
    // Beside the one that did not get them.
    expect(within(talk).getByTestId('shortcut-refused').textContent).toContain('Mute or unmute');
    await userEvent.click(keys);
    fireEvent.keyDown(keys, { key: ' ', code: 'Space', ctrlKey: true, altKey: true });
    expect(engine.asked.at(-1)).toEqual([
      'update settings',
      {
        shortcuts: { toggle_mute: 'Control+Shift+M', hold_to_talk: 'Control+Alt+Space', hold_to_mute: null },
      },
    ]);
    expect(keys.textContent).toBe('Ctrl + Alt + Space');
    await userEvent.click(within(talk).getByTestId('shortcut-remove'));
    expect(keys.textContent).toBe('None');
  });

  it('sign in by a link, or by a token with its server', async () => {
    const engine = await open('account');
    await userEvent.type(byId('sign-in-secret'), 'abc');
    expect(byId('sign-in').getAttribute('aria-disabled')).toBe('true');
    await userEvent.type(byId('sign-in-server'), 'https://clinic.example');
    await press('sign-in');
    expect(engine.asked.at(-1)).toEqual(['sign in', 'abc', 'https://clinic.example']);
    expect(byId('account').dataset.state).toBe('signing_in');
  });

  it.each(['signed_in', 'expired', 'refused', 'signing_in'])(
    'say how one is signed in: %s',
    async (state) => {
      const engine = await open('account', `account=${state}`);
      expect(byId('account').textContent).toContain('clinic.example');
      if (state !== 'signed_in') return;
      await press('sign-out');
      expect(engine.asked.at(-1)).toEqual(['sign out']);
    },
  );

  it('say that another sign-in came to nothing, and who one still is', async () => {
    await open('account', 'account=signed_in&refused');
    expect(byId('account').dataset.state).toBe('signed_in');
    expect(byId('sign-in-refused').textContent).toContain('visits.example.org');
  });

  it('hold notifications and the start with the computer', async () => {
    const engine = await open('notifications');
    await press('settings-start_at_login');
    expect(engine.asked.at(-1)).toEqual(['update settings', { start_at_login: true }]);
  });

  it('say where the folder is that no program opens', async () => {
    const engine = await open('diagnostics');
    await press('open-folder');
    engine.change((view) => {
      view.notice = { code: 'not_opened', name: '/home/elena/.local/share/visita' };
    });
    expect((await screen.findByTestId('not-opened')).textContent).toContain(
      '/home/elena/.local/share/visita',
    );
  });

  it('copy what support asks for, without a name in it', async () => {
    const engine = await open('diagnostics');
    expect((await screen.findByText('640 ms')).tagName).toBe('DD');
    await press('copy-diagnostics');
    const text = String(engine.asked.at(-1)?.[1]);
    expect(text).toContain('Version: 0.1.0');
    expect(text).not.toContain('Elena');
    await press('open-folder');
    expect(engine.asked.at(-1)).toEqual(['open folder']);
  });
});
