// The page in the frame of the widget, on the fake engine.

import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { describe, expect, it, vi } from 'vitest';
import type { Room } from '../widget/src/wire';
import { EmbedPage } from './EmbedPage';
import { EngineProvider } from './engine/context';
import type { FrameSide } from './engine/engine';
import { fakeEngine, fakeOptions, linkEngine } from './engine/fake';
import { press } from './test/page';

async function open(query: string, { idle = false, alone = false } = {}) {
  const fake = fakeEngine({ ...fakeOptions(query), moving: false });
  if (idle) {
    fake.change((view) => {
      view.screen = { kind: 'home', problem: null };
    });
  }
  const heard = new Set<() => void>();
  const state: { room: Room; focused: number } = { room: 'whole', focused: 0 };
  const frame = {
    answerCall: vi.fn(async () => {}),
    declineCall: vi.fn(async () => {}),
    showMain: vi.fn(async () => {}),
    close: vi.fn(),
    room: () => state.room,
    focused: () => state.focused,
    onShown: (tell: () => void) => {
      heard.add(tell);
      return () => heard.delete(tell);
    },
  } satisfies FrameSide;
  const change = (more: Partial<typeof state>) =>
    act(async () => {
      Object.assign(state, more);
      for (const tell of heard) tell();
    });
  const { container } = render(
    <EngineProvider engine={{ ...linkEngine(fake), goHome: fake.goHome, frame }}>
      <EmbedPage alone={alone} />
    </EngineProvider>,
  );
  // What is fetched first says that it comes.
  if (!idle && !alone) await screen.findByTestId(/^screen-(?!opening)/);
  await act(async () => {});
  return { fake, frame, change, container };
}

const shown = (id: string) => screen.queryByTestId(id) !== null;

async function noFaults() {
  const { violations } = await axe.run(document, { rules: { 'color-contrast': { enabled: false } } });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
}

describe('the page in the frame', () => {
  it('shows nothing while nobody calls', async () => {
    const { container } = await open('', { idle: true });
    expect(container.childElementCount).toBe(0);
  });

  it('says what it is to whoever opens it by itself', async () => {
    const { container } = await open('', { alone: true });
    expect(container.textContent).toContain('inside the pages of a company');
  });

  it.each(['lang=en&theme=light', 'lang=it&theme=dark'])('shows who calls: %s', async (query) => {
    const { frame } = await open(`window=incoming&${query}`, { idle: true });
    expect(screen.getByTestId('screen-incoming').textContent).toContain('Anna Rossi');
    await noFaults();
    await userEvent.click(screen.getByTestId('answer-sound'));
    expect(frame.answerCall).toHaveBeenCalledWith(1, false);
    await userEvent.click(screen.getByTestId('decline'));
    expect(frame.declineCall).toHaveBeenCalledWith(1);
  });

  it('takes the keyboard when it is given, not before', async () => {
    const { change, frame } = await open('window=incoming', { idle: true });
    expect(document.activeElement).toBe(document.body);
    await change({ focused: 1 });
    expect(document.activeElement).toBe(screen.getByTestId('answer'));
    await userEvent.keyboard('{Escape}');
    expect(frame.declineCall).toHaveBeenCalledWith(1);
  });

  it.each(['screen=lobby', 'screen=call&people=2&guest', 'problem=link_expired'])(
    'is a link’s page otherwise: ?%s',
    async (query) => {
      await open(query);
      await noFaults();
    },
  );

  it('closes where there is nothing to come back to', async () => {
    const { fake } = await open('screen=after');
    expect(screen.getByTestId('go-home').textContent).toBe('Close');
    await userEvent.click(screen.getByTestId('go-home'));
    expect(fake.asked).toEqual([['go home']]);
  });
});

describe('a small window', () => {
  it('has who speaks and what is needed, and grows when asked', async () => {
    const { frame, change } = await open('screen=call&people=3&guest');
    await change({ room: 'small' });
    expect((await screen.findByTestId('screen-mini')).dataset.state).toBe('connected');
    await noFaults();
    await userEvent.click(screen.getByTestId('mini-open'));
    expect(frame.showMain).toHaveBeenCalledOnce();
  });

  it('is as large as any before and after the call', async () => {
    const { change } = await open('screen=lobby');
    await change({ room: 'small' });
    expect([shown('screen-lobby'), shown('screen-mini')]).toEqual([true, false]);
  });
});

describe('the bar', () => {
  it.each(['lang=en&theme=light&recording=on', 'lang=it&theme=dark&recording=on'])(
    'says that it is recorded, and has what is needed: %s',
    async (query) => {
      const { fake, change } = await open(`screen=call&people=3&guest&consent=yes&${query}`);
      await change({ room: 'bar' });
      const bar = await screen.findByTestId('screen-bar');
      expect(bar.querySelector('[data-testid=mini-recording]')?.textContent).toMatch(/04:1\d/);
      await noFaults();
      const leave = bar.querySelector<HTMLElement>('[data-testid=leave]');
      if (leave) await userEvent.click(leave);
      expect(fake.asked).toEqual([['leave']]);
    },
  );

  it('keeps the visit as it was', async () => {
    const { change } = await open('screen=call&people=3');
    await screen.findByTestId('chat');
    await press('chat');
    await change({ room: 'bar' });
    expect(screen.getByTestId('screen-bar').dataset.state).toBe('call');
    await change({ room: 'whole' });
    expect([shown('screen-bar'), shown('chat-panel') || shown('chat-field')]).toEqual([false, true]);
  });

  it('calls for the window when something is asked, and at the end', async () => {
    const { fake, frame, change } = await open('screen=call&people=2&guest');
    await change({ room: 'bar' });
    expect(frame.showMain).not.toHaveBeenCalled();
    act(() =>
      fake.change(({ screen: call }) => {
        if (call.kind !== 'call') return;
        call.recording = 'manual';
        call.me.consent = 'asked';
      }),
    );
    expect(frame.showMain).toHaveBeenCalledTimes(1);
    await act(async () => fake.endForEveryone());
    expect(frame.showMain).toHaveBeenCalledTimes(2);
  });

  it('says so while one waits', async () => {
    const { change } = await open('screen=waiting');
    await change({ room: 'bar' });
    expect((await screen.findByTestId('screen-bar')).textContent).toBe('Waiting to be let in');
  });
});
