import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeEngine } from './engine/fake';
import { lobbyView, personView } from './engine/fake/samples';
import { openPage } from './test/page';

const byId = (id: string) => screen.getByTestId(id);

describe('home', () => {
  it('opens a link by Enter', async () => {
    const engine = await openPage('');
    await userEvent.type(byId('link-input'), 'https://visita.example/join/abc{Enter}');
    expect(engine.asked).toContainEqual(['open link', 'https://visita.example/join/abc']);
    expect(await screen.findByTestId('screen-lobby')).toBeTruthy();
  });

  it('takes a paste anywhere on the screen', async () => {
    await openPage('');
    const clipboardData = { getData: () => 'Your visit: https://visita.example/join/abc' };
    fireEvent.paste(document.body, { clipboardData });
    expect((byId('link-input') as HTMLInputElement).value).toBe('https://visita.example/join/abc');
  });

  it('says what is wrong with a link, keeps it, and offers a way on', async () => {
    const engine = await openPage('');
    await userEvent.type(byId('link-input'), 'nonsense');
    await userEvent.click(byId('open-link'));
    const problem = await screen.findByTestId('problem');
    expect(problem.dataset.code).toBe('link_malformed');
    expect(problem.textContent).toContain('This is not a visit link');
    expect((byId('link-input') as HTMLInputElement).value).toBe('nonsense');
    await userEvent.click(byId('paste-again'));
    expect(engine.asked).toContainEqual(['go home']);
    expect((byId('link-input') as HTMLInputElement).value).toBe('');
  });

  it('tries an unreachable server again', async () => {
    const engine = await openPage('');
    await userEvent.type(byId('link-input'), 'https://visita.example/join/abc');
    act(() =>
      engine.change((view) => {
        view.screen = { kind: 'home', problem: { code: 'server_unreachable', message: '' } };
      }),
    );
    await userEvent.click(byId('try-again'));
    expect(engine.asked).toContainEqual(['open link', 'https://visita.example/join/abc']);
  });

  describe('where a server cannot be reached', () => {
    const link = 'https://visita.example/join/abc';
    const asks = (engine: FakeEngine) => engine.asked.filter(([name]) => name === 'open link').length;
    const down = (engine: FakeEngine) =>
      act(() =>
        engine.change((view) => {
          view.screen = { kind: 'home', problem: { code: 'server_unreachable', message: '' } };
        }),
      );
    const pass = (ms: number) => act(async () => vi.advanceTimersByTime(ms));
    beforeEach(() => {
      vi.useFakeTimers({ shouldAdvanceTime: true });
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    /** A back end that takes a while, and then says the same. */
    async function unreachable() {
      const engine = await openPage(`problem=server_unreachable&link=${link}`);
      engine.openLink = async (text) => {
        engine.asked.push(['open link', text]);
        engine.change((view) => {
          view.screen = { kind: 'opening', host: 'visita.example' };
        });
      };
      return engine;
    }

    it('tries again by itself, on the same screen', async () => {
      const engine = await unreachable();
      expect(byId('retry').textContent).toContain('next in 8 seconds.');
      await pass(3100);
      expect(byId('retry').textContent).toContain('next in 5 seconds.');
      await pass(5100);
      expect(asks(engine)).toBe(1);
      expect(byId('problem').textContent).toContain('We are trying again.');
      expect(byId('screen-home')).toBeTruthy();
      down(engine);
      await pass(1100);
      expect(byId('retry').textContent).toContain('next in 8 seconds.');
      await userEvent.setup({ advanceTimers: vi.advanceTimersByTime }).click(byId('try-again'));
      expect(asks(engine)).toBe(2);
      down(engine);
      await pass(1100);
      expect(byId('retry').textContent).toContain('next in 15 seconds.');
    });

    it('goes on where the link leads', async () => {
      const engine = await unreachable();
      await pass(8100);
      act(() =>
        engine.change((view) => {
          view.screen = { kind: 'lobby', ...lobbyView() };
        }),
      );
      expect(byId('screen-lobby')).toBeTruthy();
    });

    it('leaves whoever does something else alone', async () => {
      const engine = await unreachable();
      const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
      await user.type(byId('link-input'), 'x');
      expect(screen.queryByTestId('retry')).toBeNull();
      await user.click(byId('open-settings'));
      await pass(60_000);
      expect(asks(engine)).toBe(0);
    });

    it('reads no seconds out', async () => {
      await unreachable();
      const read = byId('retry').cloneNode(true) as HTMLElement;
      for (const hidden of read.querySelectorAll('[aria-hidden]')) hidden.remove();
      expect(read.textContent).toBe('We try again by ourselves.');
    });
  });

  it('has a message to whoever invited, where only another link helps', async () => {
    const engine = await openPage('problem=room_ended');
    await userEvent.click(byId('ask-for-link'));
    expect(byId('ask-message').textContent).toContain('“This visit is over”. Could you send me a new one?');
    await userEvent.click(byId('mail-ask-message'));
    expect(engine.asked.at(-1)?.slice(0, 2)).toEqual(['mail', 'A new link for the visit']);
    await userEvent.click(byId('copy-ask-message'));
    expect(engine.asked.at(-1)?.[1]).toMatch(/^Hello, my link .*\nDr Elena Conti$/s);
  });

  it('asks for nothing when the field is empty', async () => {
    const engine = await openPage('');
    await userEvent.clear(byId('link-input'));
    await userEvent.click(byId('open-link'));
    expect(engine.asked).toEqual([]);
  });

  it('starts a test call, unless the server inside failed', async () => {
    const engine = await openPage('');
    await userEvent.click(byId('test-call'));
    expect(engine.asked).toContainEqual(['start test call']);
  });

  it('says why there is no test call', async () => {
    const engine = await openPage('server=failed');
    const button = byId('test-call');
    expect(button.getAttribute('aria-disabled')).toBe('true');
    await userEvent.click(button);
    expect(engine.asked).toEqual([]);
    expect(document.getElementById('test-call-text')?.textContent).toContain('did not start');
  });

  it('changes language and theme at once', async () => {
    await openPage('');
    await userEvent.click(byId('open-settings'));
    await userEvent.click(byId('settings-tab-you'));
    await userEvent.click(within(byId('settings-language')).getByRole('button'));
    await userEvent.click(screen.getByRole('option', { name: 'Italiano' }));
    await waitFor(() => expect(document.documentElement.lang).toBe('it'));
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Impostazioni');
    await userEvent.click(within(byId('settings-theme')).getByRole('button'));
    await userEvent.click(screen.getByRole('option', { name: 'Scuri' }));
    await waitFor(() => expect(document.documentElement.dataset.theme).toBe('dark'));
  });
});

describe('the lobby', () => {
  it('joins with what is there', async () => {
    const engine = await openPage('screen=lobby');
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Hello Anna. Ready when you are.');
    expect(screen.queryByTestId('name-input')).toBeNull();
    await userEvent.click(byId('join'));
    expect(engine.asked).toContainEqual(['join', false]);
  });

  it('asks for a name where the seat has none', async () => {
    const engine = await openPage('screen=lobby&nameless');
    await userEvent.type(byId('name-input'), 'Bo');
    expect(engine.asked.at(-1)).toEqual(['set display name', 'Bo']);
    expect((byId('name-input') as HTMLInputElement).value).toBe('Bo');
  });

  it('is not blocked by missing devices', async () => {
    const engine = await openPage('screen=lobby&camera=missing&mic=denied');
    expect(byId('screen-lobby').textContent).not.toContain('Picture');
    expect(byId('join').textContent).toBe('Join to watch and listen');
    await userEvent.click(byId('join'));
    expect(engine.asked).toContainEqual(['join', false]);
  });

  it('asks before it displaces', async () => {
    const engine = await openPage('screen=lobby&inuse');
    expect(screen.queryByTestId('join')).toBeNull();
    await userEvent.click(byId('join-here'));
    expect(engine.asked).toEqual([['join', true]]);
  });

  it('shows a problem in place, and joins again', async () => {
    const engine = await openPage('screen=lobby&problem=media_unreachable');
    expect(byId('problem').dataset.code).toBe('media_unreachable');
    await userEvent.click(byId('join'));
    expect(engine.asked).toContainEqual(['join', false]);
  });

  it('switches devices and plays a sound', async () => {
    const engine = await openPage('screen=lobby');
    await userEvent.click(byId('toggle-microphone'));
    await userEvent.click(byId('toggle-camera'));
    await userEvent.click(byId('play-sound'));
    expect(engine.asked).toEqual([['set microphone', false], ['set camera', false], ['play test sound']]);
  });
});

describe('before a recorded visit', () => {
  it('asks, and lets in whatever is answered', async () => {
    const engine = await openPage('screen=lobby&consent=asked&early');
    expect(byId('starts-at').textContent).toContain('Sunday');
    await userEvent.click(byId('consent-no'));
    expect(byId('consent-no').getAttribute('aria-pressed')).toBe('true');
    await userEvent.click(byId('consent-yes'));
    await userEvent.click(byId('join'));
    expect(engine.asked).toEqual([
      ['answer consent', false, 'recording-1'],
      ['answer consent', true, 'recording-1'],
      ['join', false],
    ]);
  });
});

describe('a guest', () => {
  it('has large text from the start, and keeps what was chosen', async () => {
    const engine = await openPage('screen=lobby&auto');
    expect(document.documentElement.dataset.simple).toBe('true');
    await userEvent.click(byId('larger-text'));
    expect(engine.asked).toEqual([['update settings', { simple: false, simple_for_guests: false }]]);
    expect(document.documentElement.dataset.simple).toBe('false');
  });
});

describe('a call', () => {
  it('has a tile for each other and one for oneself', async () => {
    await openPage('screen=call&people=9');
    expect(screen.getAllByTestId('tile')).toHaveLength(8);
    expect(screen.getAllByTestId('self-preview')).toHaveLength(1);
    expect(byId('people-count').textContent).toBe('9 in the room');
    expect(screen.getAllByTestId('tile')[0]?.dataset.participantId).toBe('seat-0');
  });

  it('mutes by button and by key; the word says what a click does', async () => {
    const engine = await openPage('screen=call&people=2');
    const button = byId('toggle-microphone');
    expect(button.textContent).toBe('Mute');
    expect(button.getAttribute('aria-pressed')).toBe('true');
    await userEvent.click(button);
    expect(byId('toggle-microphone').textContent).toBe('Unmute');
    expect(byId('toggle-microphone').getAttribute('aria-pressed')).toBe('false');
    await userEvent.keyboard('m');
    expect(byId('toggle-microphone').textContent).toBe('Mute');
    await userEvent.keyboard('v');
    expect(engine.asked.at(-1)).toEqual(['set camera', false]);
    await waitFor(() => expect(byId('announcements').textContent).toBe('Your camera is off'));
  });

  it('lets a guest leave at once', async () => {
    const engine = await openPage('screen=call&people=2&guest');
    await userEvent.click(byId('leave'));
    expect(engine.asked).toEqual([['leave']]);
    expect(await screen.findByTestId('after-call')).toBeTruthy();
  });

  it('asks an admin who goes; Escape stays', async () => {
    const engine = await openPage('screen=call&people=2');
    await userEvent.click(byId('leave'));
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('end-for-everyone')).toBeNull());
    expect(engine.asked).toEqual([]);
    await userEvent.click(byId('leave'));
    await userEvent.click(byId('leave-others-stay'));
    expect(engine.asked).toEqual([['leave']]);
  });

  it('asks before it ends for those who are in', async () => {
    const engine = await openPage('screen=call&people=3');
    byId('leave').focus();
    await userEvent.keyboard('{Enter}{ArrowDown}{Enter}');
    expect(byId('end-question').textContent).toContain('2 people are still in.');
    expect(document.activeElement).toBe(byId('end-not'));
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(screen.queryByTestId('end-question')).toBeNull());
    await waitFor(() => expect(document.activeElement).toBe(byId('leave')));
    expect(engine.asked).toEqual([]);
    await userEvent.click(byId('leave'));
    await userEvent.click(byId('end-for-everyone'));
    await userEvent.click(byId('end-sure'));
    expect(engine.asked).toEqual([['end for everyone']]);
  });

  it('ends at once with nobody else in', async () => {
    const engine = await openPage('screen=call&people=1');
    await userEvent.click(byId('leave'));
    await userEvent.click(byId('end-for-everyone'));
    expect(engine.asked).toEqual([['end for everyone']]);
  });

  it('chooses devices from the caret', async () => {
    const engine = await openPage('screen=call&people=2');
    await userEvent.click(byId('choose-microphone'));
    const sections = screen.getAllByRole('group').filter((group) => group.closest('[role=menu]'));
    expect(sections).toHaveLength(2);
    const [microphones] = sections;
    if (!microphones) throw new Error('no microphones');
    await userEvent.click(within(microphones).getByRole('menuitemradio', { name: 'USB headset' }));
    const patch = { microphone: { kind: 'device', id: 'microphone-2' } };
    expect(engine.asked).toContainEqual(['update settings', patch]);
  });

  it('takes letters typed in a menu as no shortcuts', async () => {
    const engine = await openPage('screen=call&people=2');
    await userEvent.click(byId('choose-camera'));
    await screen.findByRole('menu');
    await userEvent.keyboard('mv');
    expect(engine.asked).toEqual([['refresh devices']]);
  });

  it('has no camera slot where there is no camera ever', async () => {
    await openPage('screen=call&people=2&camera=not_allowed');
    expect(screen.queryByTestId('toggle-camera')).toBeNull();
    expect(byId('toggle-microphone')).toBeTruthy();
  });

  it('reads out who comes and goes', async () => {
    const engine = await openPage('screen=call&people=2');
    act(() =>
      engine.change(({ screen: call }) => {
        if (call.kind === 'call') call.people = [personView(3)];
      }),
    );
    await waitFor(() =>
      expect(byId('announcements').textContent).toBe('Tomás Herrera came in. Anna Rossi left'),
    );
  });

  it('says that it reconnects, over the frozen picture', async () => {
    await openPage('screen=call&people=2&reconnecting');
    expect(byId('reconnecting').textContent).toContain('Your connection dropped');
    expect(byId('tile').textContent).toContain('Anna Rossi, last picture');
    expect(byId('my-quality').textContent).toBe('Lost');
  });

  it('unmutes from the notice', async () => {
    const engine = await openPage('screen=call&people=2&mic=off&notice=talking_while_muted');
    await userEvent.click(within(byId('notice')).getByRole('button'));
    expect(engine.asked).toEqual([['set microphone', true], ['dismiss notice']]);
  });

  it('says that one joins, not that nobody is in', async () => {
    await openPage('screen=call&people=1&connecting');
    expect(byId('people-count').textContent).toBe('Joining');
  });

  it('moves one’s own picture by arrow keys', async () => {
    await openPage('screen=call&people=2');
    byId('self-preview').focus();
    await userEvent.keyboard('{ArrowUp}{ArrowLeft}');
    expect(byId('self-preview').dataset.corner).toBe('top-left');
  });

  it('has large buttons in simple mode', async () => {
    const engine = await openPage('screen=call&people=2&simple&guest');
    expect(byId('toggle-microphone').textContent).toBe('Mute my microphone');
    await userEvent.click(byId('leave'));
    expect(engine.asked).toEqual([['leave']]);
  });
});

describe('after the call', () => {
  it('goes back in, or home', async () => {
    const engine = await openPage('screen=after');
    await userEvent.click(byId('rejoin'));
    expect(engine.asked).toEqual([['rejoin']]);
  });

  it('offers no way back into a closed room', async () => {
    const engine = await openPage('screen=after&reason=room_closed&final');
    expect(screen.queryByTestId('rejoin')).toBeNull();
    await userEvent.click(byId('go-home'));
    expect(engine.asked).toEqual([['go home']]);
  });
});
