// axe on every screen, in both languages. Contrast is checked from the tokens: jsdom has no layout.

import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import { openPage } from './test/page';

const screens = [
  '',
  'problem=link_expired',
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
];

describe.each([
  ['light', 'en'],
  ['dark', 'it'],
])('in %s, %s', (theme, lang) => {
  it.each(screens)('axe finds nothing on ?%s', async (query) => {
    await openPage(`${query}&theme=${theme}&lang=${lang}`);
    const { violations } = await axe.run(document, { rules: { 'color-contrast': { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual(
      [],
    );
  });
});
