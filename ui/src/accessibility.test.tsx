// axe on every screen, in both languages. Contrast is checked from the tokens: jsdom has no layout.

import { fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import { openPage } from './test/page';

const screens = [
  '',
  'problem=link_expired',
  'problem=server_unreachable&link=https://visits.example.org/join/q7',
  'server=failed&bare&nameless',
  'rooms=none&network',
  'rooms=failed&account=expired',
  'sign_in_asked=replaces&account=signed_in',
  'rooms=loading&account=signed_in',
  'made=refused',
  'screen=opening',
  'screen=lobby',
  'screen=lobby&nameless&camera=missing&mic=off&network=weak',
  'screen=lobby&inuse',
  'screen=lobby&problem=server_unreachable',
  'screen=call&people=1&connecting',
  'screen=call&people=1',
  'screen=call&people=2&notice=talking_while_muted&mic=off',
  'screen=call&people=2&reconnecting',
  'screen=call&people=9',
  'screen=call&people=4&share',
  'screen=call&people=2&simple',
  'screen=waiting',
  'screen=waiting&place=3&quiet',
  'screen=waiting&early',
  'screen=lobby&consent=asked',
  'screen=call&people=9&hands&locked&reacts&waiting=3&recording=on',
  'screen=call&people=3&sharing=window&recording=on&consent=no',
  'screen=call&people=3&recording=starting&consent=asked&guest',
  'screen=call&people=3&recording=on&recorder=too_slow',
  'screen=call&people=3&recording=stopped',
  'screen=call&people=2&simple&guest&locked&left=20',
  'screen=call&people=4&share&pointers&presenter=seat-0',
  'screen=call&people=4&presenter=me&chat=unread&notice=chat_message',
  'screen=call&people=2&simple&guest&chat=unread&presenter=seat-0',
  'screen=after',
  'screen=after&unsent',
  'screen=after&sent&bare',
  'screen=after&test',
  'screen=after&reason=removed&final',
  'screen=waiting&reconnecting',
  'window=incoming',
  'window=incoming&nobody',
  'window=mini&screen=call&people=2&recording=on&mic=off',
  'window=mini&screen=call&people=2&long&reconnecting',
];

const press = (id: string) => userEvent.click(screen.getByTestId(id));

/** What is opened by pressing something, on which screen. */
const opened: [name: string, query: string, open: () => Promise<void>][] = [
  ...['you', 'devices', 'shortcuts', 'notifications', 'account', 'diagnostics'].map(
    (tab): (typeof opened)[number] => [`settings, ${tab}`, '', () => settings(tab)],
  ),
  ...['rooms', 'sessions', 'users', 'recordings', 'files', 'webhooks', 'branding', 'apiKeys', 'audit'].map(
    (section): (typeof opened)[number] => [
      `the console, ${section}`,
      'console',
      async () => {
        await press('open-console');
        // It is loaded when it is opened first.
        await userEvent.click(await screen.findByTestId(`console-${section}-nav`));
        await (section === 'branding' ? screen.findByTestId('company-save') : screen.findByRole('grid'));
      },
    ],
  ),
  ['keys in a file', 'account=signed_in&network&keyfile', () => settings('account')],
  ['a message for a new link', 'problem=link_expired', () => press('ask-for-link')],
  ['a new room', '', () => press('new-room-button')],
  [
    'what a new room lacks',
    '',
    async () => {
      await press('new-room-button');
      await press('create-room');
    },
  ],
  [
    'the links of a room',
    '',
    async () => {
      await press('new-room-button');
      for (const [n, field] of screen.getAllByTestId('seat-name').entries())
        fireEvent.change(field, { target: { value: `Person ${n}` } });
      await press('create-room');
      screen.getByTestId('room-links');
    },
  ],
];

async function settings(tab: string) {
  await press('open-settings');
  await press(`settings-tab-${tab}`);
}

describe.each([
  ['light', 'en'],
  ['dark', 'it'],
])('in %s, %s', (theme, lang) => {
  it.each(screens)('axe finds nothing on ?%s', async (query) => {
    await openPage(`${query}&theme=${theme}&lang=${lang}`);
    expect(await faults()).toEqual([]);
  });

  it.each(opened)('axe finds nothing on %s', async (_, query, open) => {
    await openPage(`${query}&theme=${theme}&lang=${lang}`);
    await open();
    expect(await faults()).toEqual([]);
  });
});

async function faults() {
  const { violations } = await axe.run(document, { rules: { 'color-contrast': { enabled: false } } });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
