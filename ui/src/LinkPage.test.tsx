// The page of a link on the fake engine, as a person in a browser meets it.

import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EngineProvider } from './engine/context';
import type { BrowserSide } from './engine/engine';
import { fakeEngine, fakeOptions, linkEngine } from './engine/fake';
import { LinkPage } from './LinkPage';

async function open(query: string, more: Partial<BrowserSide> = {}, invite = true) {
  const fake = fakeEngine({ ...fakeOptions(query), moving: false });
  fake.change((view) => {
    if (view.screen.kind === 'lobby') view.screen.invite = invite;
    if (view.screen.kind === 'call') view.screen.sound_refused = true;
  });
  const engine = linkEngine(fake, more);
  render(
    <EngineProvider engine={engine}>
      <LinkPage />
    </EngineProvider>,
  );
  await screen.findByTestId(/^screen-/);
  await act(async () => {});
  return { fake, browser: engine.browser };
}

const shown = (id: string) => screen.queryByTestId(id) !== null;

beforeEach(() => {
  vi.stubGlobal('RTCPeerConnection', class {});
  vi.stubGlobal('isSecureContext', true);
  Object.defineProperty(navigator, 'mediaDevices', {
    configurable: true,
    value: { getUserMedia: () => {} },
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  Reflect.deleteProperty(navigator, 'mediaDevices');
});

describe.each([
  ['light', 'en'],
  ['dark', 'it'],
])('in %s, %s', (theme, lang) => {
  it.each(['screen=lobby', 'screen=lobby&early&auto', 'problem=link_expired', 'problem=server_unreachable'])(
    'axe finds nothing on ?%s',
    async (query) => {
      await open(`${query}&theme=${theme}&lang=${lang}`);
      const { violations } = await axe.run(document, { rules: { 'color-contrast': { enabled: false } } });
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
    },
  );
});

describe('the page of a link', () => {
  it('asks nothing of anybody before they go on here', async () => {
    await open('screen=lobby');
    expect([shown('screen-invite'), shown('toggle-camera')]).toEqual([true, false]);
    await userEvent.click(screen.getByTestId('join-in-browser'));
    expect(shown('screen-lobby')).toBe(true);
  });

  it('offers no app where there is none', async () => {
    await open('screen=lobby', { appLink: () => undefined });
    expect(shown('open-in-app')).toBe(false);
  });

  it('says so when nothing answers to the app’s link', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const { browser } = await open('screen=lobby');
    await userEvent.setup({ advanceTimers: vi.advanceTimersByTime }).click(screen.getByTestId('open-in-app'));
    expect(screen.getByTitle('Open in the app').getAttribute('src')).toBe(browser?.appLink());
    expect(screen.getByTestId('app-answer').dataset.answer).toBe('waits');
    await act(async () => vi.advanceTimersByTime(3000));
    expect(screen.getByTestId('app-answer').textContent).toContain('Nothing happened?');
    vi.useRealTimers();
  });

  it('leads to the app, or in without devices, where the address has no TLS', async () => {
    vi.stubGlobal('isSecureContext', false);
    await open('screen=lobby');
    expect(screen.getByTestId('lack').textContent).toContain('They work in the app.');
    expect(screen.getByTestId('join-in-browser').textContent).toBe('Join without camera and microphone');
  });

  it('says that Firefox connects to nothing on its own computer, and lets try it', async () => {
    // Where the tests run is called localhost.
    vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue('Mozilla/5.0 (X11; rv:153.0) Firefox/153.0');
    await open('screen=lobby');
    expect(screen.getByTestId('lack').textContent).toContain('Firefox cannot connect');
    expect(screen.getByTestId('join-in-browser').textContent).toBe('Join here');
    vi.restoreAllMocks();
  });

  it('leads nowhere else without WebRTC', async () => {
    vi.stubGlobal('RTCPeerConnection', undefined);
    await open('screen=lobby', { appLink: () => undefined });
    expect(shown('join-in-browser')).toBe(false);
    expect(screen.getByTestId('lack').textContent).toContain('newer Chrome, Edge, Firefox or Safari');
  });

  it('says where a browser allows what it has blocked, and asks again', async () => {
    const { fake } = await open('screen=lobby&camera=denied', {}, false);
    expect(screen.getByTestId('screen-lobby').textContent).toContain('Click the crossed-out sign');
    await userEvent.click(screen.getByTestId('toggle-camera-again'));
    expect(fake.asked).toEqual([['set camera', true]]);
  });

  it('says why a link lets nobody in, and tries again where that may help', async () => {
    const { fake } = await open('problem=server_unreachable');
    await userEvent.click(screen.getByTestId('try-again'));
    expect(fake.asked.map(([name]) => name)).toEqual(['open link']);
  });

  it('has a message to whoever invited, where only another link helps', async () => {
    await open('problem=link_expired');
    await userEvent.click(screen.getByTestId('ask-for-link'));
    expect(screen.getByTestId('ask-message').textContent).toContain('“This link is no longer valid”');
    expect([shown('copy-ask-message'), shown('try-again')]).toEqual([true, false]);
  });

  it('lets the browser ask what is to be shown, at once', async () => {
    const { fake } = await open('screen=call&people=2');
    await userEvent.click(await screen.findByTestId('share'));
    expect(fake.asked.filter(([name]) => /share|picker/.test(name))).toEqual([['start share', null]]);
    expect(shown('share-picker')).toBe(false);
  });

  it('keeps messages and the way out before the question for sound', async () => {
    await open('screen=call&people=2&guest');
    const asks = await screen.findByTestId('sound-refused');
    expect(asks.closest('main')).toBeTruthy();
    expect(asks.closest('[data-testid=screen-call]')?.querySelector('footer')?.contains(asks)).toBe(false);
  });

  it('has one button where the browser keeps the others silent', async () => {
    const playSound = vi.fn(async () => {});
    await open('screen=call&people=2&guest', { playSound });
    await userEvent.click(await screen.findByTestId('play-others'));
    expect(playSound).toHaveBeenCalledOnce();
  });
});
