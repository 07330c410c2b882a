// The fake as the page of a link meets it: in a browser, on a link that leads to the app too.

import type { BrowserSide, Engine } from '../engine';
import type { FakeEngine } from '.';

const LINK = 'visita://visits.example.org/join/abcdefghijklmnopqrstuv';

export function linkEngine(fake: FakeEngine, more: Partial<BrowserSide> = {}): Engine {
  const browser: BrowserSide = {
    kind: 'firefox',
    playSound: async () => {},
    appLink: () => LINK,
    joinHere: async () =>
      fake.change(({ screen }) => {
        if (screen.kind === 'lobby') screen.invite = false;
      }),
    openUrl: () => {},
    ...more,
  };
  const { rooms, account, after, windows, devices, past, share, ...both } = fake;
  const { openPicker, closePicker, ...shows } = share ?? {};
  return { ...both, ...(share && { share: shows as typeof share }), browser };
}
