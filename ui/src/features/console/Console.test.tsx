import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FakeEngine } from '../../engine/fake';
import { openPage } from '../../test/page';
// It comes when it is opened first; here it is there already.
import './Console';
import { EVERY_MS } from './live';

const byId = (id: string) => screen.getByTestId(id);
const find = (id: string) => screen.findByTestId(id);
const press = async (id: string) => userEvent.click(await find(id));
const all = (id: string) => screen.queryAllByTestId(id);
const nth = async (id: string, n: number) => (await screen.findAllByTestId(id))[n] as HTMLElement;
const text = (id: string) => byId(id).textContent;

/** What the console asked to be changed. */
const changes = ({ asked }: FakeEngine) =>
  asked
    .filter(([name, method]) => name === 'console' && method !== 'GET')
    .map(([, method, path, body]) => [`${method} ${path}`, body === null ? null : JSON.parse(String(body))]);

const gets = ({ asked }: FakeEngine, path: string) =>
  asked.filter(([name, method, at]) => name === 'console' && method === 'GET' && String(at).startsWith(path));

async function sound() {
  const rules = { 'color-contrast': { enabled: false }, region: { enabled: false } };
  const { violations } = await axe.run(document, { rules });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
}

async function openConsole(query = 'console', section?: string): Promise<FakeEngine> {
  const engine = await openPage(query);
  await press('open-console');
  if (section) await press(`console-${section}-nav`);
  return engine;
}

async function openRoom(n = 0, query = 'console'): Promise<FakeEngine> {
  const engine = await openConsole(query);
  await userEvent.click(await nth('rooms-table-row', n));
  await find('room-panel');
  return engine;
}

/** In the order of the rows, what stands in them. */
const rows = async (table: string) =>
  (await screen.findAllByTestId(`${table}-row`)).map((row) => row.textContent);

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('the console', () => {
  it('is there for operators alone', async () => {
    await openPage('account=signed_in');
    expect(all('open-console')).toEqual([]);
  });

  it('is there for the host of this computer too', async () => {
    await openPage('console&account=local');
    await press('open-console');
    expect(await find('rooms-table')).toBeTruthy();
  });

  it('is not there where nothing can be asked', async () => {
    await openPage('console', ['console']);
    expect(all('open-console')).toEqual([]);
  });

  it('has a way in, a section each, and a way out', async () => {
    await openConsole();
    expect(await screen.findByText('Studio Conti')).toBeTruthy();
    for (const section of [
      'sessions',
      'users',
      'recordings',
      'compositions',
      'files',
      'webhooks',
      'branding',
      'apiKeys',
      'audit',
    ]) {
      await press(`console-${section}-nav`);
      expect(byId(`console-${section}-nav`).getAttribute('aria-current')).toBe('page');
      expect(screen.getByRole('heading', { level: 1 }).textContent).toBe(
        byId(`console-${section}-nav`).textContent,
      );
    }
    await press('leave-console');
    expect(byId('screen-home')).toBeTruthy();
  });

  it('says how the server is', async () => {
    const engine = await openConsole();
    await waitFor(() => expect(byId('console-status').dataset.state).toBe('good'));
    expect(text('console-status')).toContain('30 people · 3 live rooms');
    expect(text('console-status')).toContain('CPU 18 % · disk 61 %');
    engine.changeConsole(({ status }) => Object.assign(status, { cpu_percent: null, disk_percent: 95 }));
    await press('console-users-nav');
    await press('leave-console');
    await press('open-console');
    await waitFor(() => expect(text('console-status')).toContain('The disk is almost full'));
    expect(text('console-status')).not.toContain('CPU');
  });

  it('makes a room where the app makes rooms, and comes back', async () => {
    await openConsole();
    await press('console-new-room');
    expect(byId('new-room')).toBeTruthy();
    await press('new-room-back');
    expect(await find('console-rooms')).toBeTruthy();
  });

  it('in Italian', async () => {
    await openConsole('console&lang=it', 'users');
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Utenti');
    await find('users-table');
    await sound();
  });
});

describe('lists', () => {
  it.each([
    ['rooms', 'console-rooms'],
    ['sessions', 'console-sessions'],
    ['users', 'console-users'],
    ['recordings', 'console-recordings'],
    ['compositions', 'console-compositions'],
    ['files', 'console-files'],
    ['webhooks', 'console-webhooks'],
    ['apiKeys', 'console-keys'],
    ['audit', 'console-audit'],
  ])('%s: on their way, empty, not to be had, and tried again', async (section, id) => {
    const engine = await openConsole('console=loading', section);
    expect(await find(`${id}-loading`)).toBeTruthy();
    engine.changeConsole((server) => {
      server.line = 'down';
    });
    await press(section === 'rooms' ? 'console-users-nav' : 'console-rooms-nav');
    await press(`console-${section}-nav`);
    expect((await find(`${id}-problem`)).textContent).toContain('The server does not answer.');
    engine.changeConsole((server) => {
      server.line = 'open';
    });
    await press(`${id}-again`);
    await waitFor(() => expect(all(`${id}-problem`)).toEqual([]));
    expect(byId(id).querySelector('table')).toBeTruthy();
    await sound();
  });

  it.each(['rooms', 'sessions', 'users', 'recordings', 'compositions', 'files', 'webhooks', 'keys', 'audit'])(
    'say so when there is nothing: %s',
    async (name) => {
      await openConsole('console=none', name === 'keys' ? 'apiKeys' : name);
      expect(await find(`console-${name}-none`)).toBeTruthy();
    },
  );

  it('keep what they had while the server does not answer', async () => {
    vi.spyOn(document, 'hasFocus').mockReturnValue(true);
    const engine = await openConsole();
    await find('rooms-table');
    engine.changeConsole((server) => {
      server.line = 'down';
    });
    await userEvent.type(byId('console-search'), 'ward');
    expect((await find('console-rooms-problem')).textContent).toContain('What is shown may be old.');
    expect(await rows('rooms-table')).toHaveLength(9);
  });

  it('say what may not be seen', async () => {
    await openConsole('console=refused', 'webhooks');
    expect((await find('console-webhooks-problem')).textContent).toContain('You may not see or do this.');
  });
});

describe('rooms', () => {
  it('stand with their state, seats, recording and time', async () => {
    await openConsole();
    const [live, open, full, scheduled, , active, over, off] = await rows('rooms-table');
    expect(live).toBe('Follow-up visit, A. Rossirm_8Hq2Live3 / 3Running18 min');
    expect(open).toContain('Live2 / 25NoneNo limit');
    expect(full).toContain('25 / 25Running38 min');
    expect(scheduled).toMatch(/Scheduled .*0 \/ 200Automatic60 min/);
    expect(active).toContain('Active0 / 6NoneNo limit');
    expect(over).toContain('Time used up0 / 2Manual0 min');
    expect(off).toContain('Disabled');
    expect(text('console-range')).toBe('1 to 9 of 9');
    await sound();
  });

  it('are searched once what is written has settled', async () => {
    const engine = await openConsole();
    await find('rooms-table');
    // In one go, which no busy machine draws out.
    for (const value of ['w', 'wa', 'war', 'ward'])
      fireEvent.change(byId('console-search'), { target: { value } });
    await waitFor(async () => expect(await rows('rooms-table')).toHaveLength(1));
    const asked = gets(engine, '/v2/rooms?').map(([, , path]) => path);
    expect(asked.at(-1)).toBe('/v2/rooms?limit=25&offset=0&search=ward');
    expect(asked.filter((path) => String(path).includes('search='))).toHaveLength(1);
    await userEvent.clear(byId('console-search'));
    await userEvent.type(byId('console-search'), 'nobody at all');
    expect((await find('console-rooms-none')).textContent).toContain('Nothing found.');
  });

  it('are narrowed by status and recording', async () => {
    const engine = await openConsole();
    await find('rooms-table');
    await userEvent.click(within(byId('filter-status')).getByRole('button'));
    await userEvent.click(await screen.findByRole('option', { name: 'Live' }));
    await waitFor(async () => expect(await rows('rooms-table')).toHaveLength(3));
    await userEvent.click(within(byId('filter-recording')).getByRole('button'));
    await userEvent.click(await screen.findByRole('option', { name: 'Running' }));
    await waitFor(async () => expect(await rows('rooms-table')).toHaveLength(2));
    expect(gets(engine, '/v2/rooms?').at(-1)?.[2]).toBe(
      '/v2/rooms?limit=25&offset=0&status=live&recording=running',
    );
  });

  it('come by pages', async () => {
    await openConsole('console=many');
    await find('rooms-table');
    expect(text('console-range')).toBe('1 to 25 of 412');
    await press('console-next');
    await waitFor(() => expect(text('console-range')).toBe('26 to 50 of 412'));
    await press('console-back');
    await waitFor(() => expect(text('console-range')).toBe('1 to 25 of 412'));
    expect(byId('console-back').getAttribute('aria-disabled')).toBe('true');
  });

  it('begin with the first page when something else is asked for', async () => {
    const engine = await openConsole('console=many');
    await press('console-next');
    await waitFor(() => expect(text('console-range')).toBe('26 to 50 of 412'));
    await userEvent.click(within(byId('filter-status')).getByRole('button'));
    await userEvent.click(await screen.findByRole('option', { name: 'Active' }));
    await waitFor(() => expect(text('console-range')).toMatch(/^1 to /));
    await waitFor(() =>
      expect(gets(engine, '/v2/rooms?').at(-1)?.[2]).toBe('/v2/rooms?limit=25&offset=0&status=active'),
    );
    await press('console-next');
    fireEvent.change(byId('console-search'), { target: { value: 'room' } });
    await waitFor(() =>
      expect(gets(engine, '/v2/rooms?').at(-1)?.[2]).toBe(
        '/v2/rooms?limit=25&offset=0&search=room&status=active',
      ),
    );
  });

  it('are asked for anew while somebody looks, and keep what is chosen', async () => {
    const looks = vi.spyOn(document, 'hasFocus').mockReturnValue(true);
    const engine = await openRoom(1);
    expect(within(byId('room-panel')).getByRole('heading', { level: 2 }).textContent).toBe(
      'Dr Conti, consulting room',
    );
    await find('room-people');
    await waitFor(() => expect(all('room-person')).toHaveLength(2));
    vi.useFakeTimers({ shouldAdvanceTime: true });
    // Timers that were set before are the real clock's; what is asked now begins anew.
    await act(async () => window.dispatchEvent(new Event('focus')));
    fireEvent.click(byId('console-users-nav'));
    fireEvent.click(byId('console-rooms-nav'));
    fireEvent.click(await nth('rooms-table-row', 1));
    await find('room-panel');
    engine.changeConsole(({ rooms, people }) => {
      const [, room] = rooms;
      if (room?.now) room.now.connected = 1;
      people.rm_8Hpx?.splice(0, 1);
    });
    await act(() => vi.advanceTimersByTimeAsync(EVERY_MS + 100));
    await waitFor(() => expect(all('room-person')).toHaveLength(1));
    expect((await nth('rooms-table-row', 1)).getAttribute('aria-selected')).toBe('true');
    expect((await rows('rooms-table'))[1]).toContain('1 / 25');
    // Nobody looks: nothing is asked. Somebody comes back: at once.
    looks.mockReturnValue(false);
    await act(() => vi.advanceTimersByTimeAsync(EVERY_MS + 100));
    const before = gets(engine, '/v2/rooms?').length;
    await act(() => vi.advanceTimersByTimeAsync(EVERY_MS * 4));
    expect(gets(engine, '/v2/rooms?')).toHaveLength(before);
    looks.mockReturnValue(true);
    await act(async () => {
      window.dispatchEvent(new Event('focus'));
    });
    await waitFor(() => expect(gets(engine, '/v2/rooms?')).toHaveLength(before + 1));
  });
});

describe('a room', () => {
  it('tells what it is, who is in, and what happened', async () => {
    await openRoom();
    const panel = byId('room-panel');
    await waitFor(() => expect(all('room-person')).toHaveLength(4));
    for (const words of ['Picture and sound', '12 of 30 min', 'Manual', 'created by API', '1 waiting'])
      expect(panel.textContent).toContain(words);
    const [host, , weak, waits] = all('room-person');
    expect(host?.textContent).toMatch(/Dr Elena ContiAdmin · since .*Very good/);
    expect(weak?.textContent).toContain('Weak');
    expect(waits?.textContent).toContain('Waiting');
    const happened = (await screen.findAllByRole('listitem'))
      .map((item) =>
        item.querySelector('time')?.parentElement?.textContent?.replace(/^.*?\d\d:\d\d:\d\d( [AP]M)?/, ''),
      )
      .filter(Boolean);
    expect(happened).toEqual([
      'Recording started, by Dr Elena Conti',
      'Marco Rossi did not agree to be recorded',
      'Anna Rossi agreed to be recorded',
      'Participant removed: Priya Nair, by Dr Elena Conti',
      'Marco Rossi joined',
      'Anna Rossi joined',
      'Marco Rossi left',
      'Marco Rossi joined',
      'Session started',
      'Dr Elena Conti joined',
      'Link renewed, by API key',
    ]);
    await sound();
  });

  it('asks for what the audit log notes only when something changed', async () => {
    vi.spyOn(document, 'hasFocus').mockReturnValue(true);
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const engine = await openPage('console');
    fireEvent.click(byId('open-console'));
    fireEvent.click(await nth('rooms-table-row', 0));
    await waitFor(() => expect(all('room-happened').length).toBeGreaterThan(0));
    await act(() => vi.advanceTimersByTimeAsync(EVERY_MS + 100));
    const before = gets(engine, '/v2/audit').length;
    await act(() => vi.advanceTimersByTimeAsync(EVERY_MS * 3));
    expect(gets(engine, '/v2/rooms/rm_8Hq2').length).toBeGreaterThan(4);
    expect(gets(engine, '/v2/audit')).toHaveLength(before);
    engine.changeConsole(({ people }) => people.rm_8Hq2?.pop());
    engine.changeConsole(({ people }) => people.rm_8Hq2?.pop());
    await act(() => vi.advanceTimersByTimeAsync(EVERY_MS + 100));
    await waitFor(() => expect(gets(engine, '/v2/audit')).toHaveLength(before + 1));
  });

  it('rings, and is extended', async () => {
    const engine = await openRoom();
    await press('ring-room');
    await waitFor(() => expect(text('room-said')).toBe('It rings for those who are not in.'));
    await press('extend-room');
    await press('extend-10');
    await waitFor(() => expect(text('room-said')).toBe('The room has 10 more minutes.'));
    await waitFor(() => expect(text('room-panel')).toContain('12 of 40 min'));
    expect(changes(engine)).toEqual([
      ['POST /v2/rooms/rm_8Hq2/ring', {}],
      ['POST /v2/rooms/rm_8Hq2/extend', { seconds: 600 }],
    ]);
  });

  it('says why it cannot be extended', async () => {
    await openRoom(5);
    expect(byId('extend-room').getAttribute('aria-disabled')).toBe('true');
    const why = byId('extend-room').getAttribute('aria-describedby') ?? '';
    expect(document.getElementById(why)?.textContent).toContain('no time limit');
  });

  it('is disabled after a question, and enabled', async () => {
    const engine = await openRoom();
    await press('disable-room');
    expect((await find('console-question')).textContent).toContain('Everybody is put out');
    expect(document.activeElement).toBe(byId('question-not'));
    await sound();
    await press('question-yes');
    await press('enable-room');
    await find('disable-room');
    expect(changes(engine)).toEqual([
      ['POST /v2/rooms/rm_8Hq2/disable', null],
      ['POST /v2/rooms/rm_8Hq2/enable', null],
    ]);
    expect(await find('room-said')).toBeTruthy();
  });

  it('ends for all only when that was meant', async () => {
    const engine = await openRoom();
    await press('end-session');
    await press('question-not');
    expect(changes(engine)).toEqual([]);
    await press('end-session');
    expect(text('console-question')).toContain('3 people are put out.');
    await press('question-yes');
    await waitFor(() => expect(all('end-session')).toEqual([]));
    expect(changes(engine)).toEqual([['POST /v2/rooms/rm_8Hq2/end', null]]);
    await waitFor(async () => expect((await rows('rooms-table'))[0]).toContain('Active0 / 3'));
  });

  it('lets somebody be put out', async () => {
    const engine = await openRoom();
    await userEvent.click(await nth('remove-person', 2));
    expect((await find('console-question')).textContent).toContain('Remove Marco Rossi from the session?');
    await press('question-yes');
    await waitFor(() => expect(all('room-person')).toHaveLength(3));
    expect(changes(engine)).toEqual([['POST /v2/rooms/rm_8Hq2/participants/seat-marco.rossi/remove', null]]);
  });

  it('is deleted, and its panel goes with it', async () => {
    const engine = await openRoom();
    await press('room-more');
    await press('delete-room');
    await press('question-yes');
    await waitFor(() => expect(all('room-panel')).toEqual([]));
    await waitFor(async () => expect(await rows('rooms-table')).toHaveLength(8));
    expect(changes(engine)).toEqual([['DELETE /v2/rooms/rm_8Hq2', null]]);
  });

  it('says why something was refused', async () => {
    const engine = await openRoom();
    await press('end-session');
    engine.changeConsole((server) => {
      server.line = 'down';
    });
    await press('question-yes');
    expect((await find('console-refused')).textContent).toContain('The server does not answer.');
    expect(byId('question-yes')).toBeTruthy();
  });

  it('opens and closes by the keyboard, which comes back to its row', async () => {
    await openConsole();
    const row = await nth('rooms-table-row', 1);
    act(() => row.focus());
    await userEvent.keyboard('{Enter}');
    await find('room-panel');
    await waitFor(() =>
      expect(document.activeElement).toBe(within(byId('room-panel')).getByRole('heading', { level: 2 })),
    );
    await userEvent.keyboard('{Escape}');
    expect(all('room-panel')).toEqual([]);
    expect(document.activeElement).toBe(await nth('rooms-table-row', 1));
  });
});

describe('users', () => {
  it('are made; an id that is wrong or taken is said at its field', async () => {
    const engine = await openConsole('console', 'users');
    await press('make-user');
    expect(document.activeElement).toBe(await find('user-id'));
    await userEvent.type(byId('user-id'), 'anna rossi');
    await press('form-done');
    expect((await find('user-id-wrong')).textContent).toContain('without spaces');
    await sound();
    await userEvent.clear(byId('user-id'));
    await userEvent.type(byId('user-id'), 'anna.rossi');
    await press('form-done');
    expect((await find('console-refused')).textContent).toBe('There is a user of that id already.');
    await userEvent.type(byId('user-id'), '.2');
    await userEvent.click(byId('user-operator'));
    await press('form-done');
    await waitFor(() => expect(all('console-form')).toEqual([]));
    expect(changes(engine).at(-1)).toEqual([
      'POST /v2/users',
      { user_id: 'anna.rossi.2', role: 'basic', is_operator: true },
    ]);
    await waitFor(async () => expect((await rows('users-table')).at(-1)).toContain('anna.rossi.2'));
  });

  it('get a link to sign in, told once', async () => {
    const engine = await openConsole('console', 'users');
    await userEvent.click(await nth('user-more', 1));
    await press('user-link');
    await press('form-done');
    const secret = (await find('once-secret')) as HTMLInputElement;
    expect(secret.value).toMatch(/^https:\/\/clinic\.example\/sign-in\//);
    await sound();
    await press('once-copy');
    await waitFor(() => expect(text('once-copy')).toBe('Copied'));
    expect(engine.asked).toContainEqual(['copy', secret.value]);
    await press('once-done');
    expect(all('once-secret')).toEqual([]);
    expect(changes(engine)).toEqual([['POST /v2/users/anna.rossi/sign-in-link', { expires_in: 86400 }]]);
  });

  it('get another role, and are deleted', async () => {
    const engine = await openConsole('console', 'users');
    await userEvent.click(await nth('user-more', 1));
    await press('user-change');
    await userEvent.click(within(await find('user-role')).getByRole('button'));
    await userEvent.click(await screen.findByRole('option', { name: 'Basic' }));
    await press('form-done');
    await waitFor(() => expect(all('console-form')).toEqual([]));
    // A list in a form closes itself, not the form.
    await userEvent.click(await nth('user-more', 1));
    await press('user-change');
    await userEvent.click(within(await find('user-role')).getByRole('button'));
    await screen.findByRole('listbox');
    await userEvent.click(within(byId('console-form')).getByRole('heading'));
    await waitFor(() => expect(screen.queryByRole('listbox')).toBeNull());
    await press('form-cancel');
    await userEvent.click(await nth('user-more', 1));
    await press('user-delete');
    await press('question-yes');
    await waitFor(async () => expect(await rows('users-table')).toHaveLength(7));
    expect(changes(engine)).toEqual([
      ['PATCH /v2/users/anna.rossi', { role: 'basic', is_operator: false }],
      ['DELETE /v2/users/anna.rossi', null],
    ]);
  });

  it('are not gone while that is refused', async () => {
    const engine = await openConsole('console', 'users');
    await userEvent.click(await nth('user-more', 1));
    await press('user-delete');
    engine.changeConsole((server) => {
      server.line = 'down';
    });
    await press('question-yes');
    expect((await find('console-refused')).textContent).toContain('The server does not answer.');
    engine.changeConsole((server) => {
      server.line = 'open';
    });
    await press('question-yes');
    await waitFor(() => expect(all('console-question')).toEqual([]));
    expect(await rows('users-table')).toHaveLength(7);
  });

  it('cannot take their own rights away', async () => {
    await openConsole('console', 'users');
    await userEvent.click(await nth('user-more', 0));
    expect(all('user-delete')).toEqual([]);
    await press('user-change');
    expect(all('user-operator')).toEqual([]);
    expect((await find('console-form')).textContent).toContain('Somebody else who is one can change that.');
  });
});

describe('webhooks', () => {
  it('tell what became of deliveries', async () => {
    await openConsole('console', 'webhooks');
    const [first, second, third] = await rows('webhooks-table');
    expect(first).toMatch(/Every eventOnDelivered ./);
    expect(second).toMatch(/Recording available, Recording failedOnRefused with 503, .*3 events wait/);
    expect(third).toContain('OffNothing sent yet');
  });

  it('are made with what they are told of, and their secret is told once', async () => {
    const engine = await openConsole('console', 'webhooks');
    await press('make-webhook');
    await userEvent.type(await find('webhook-url'), 'clinic.example.org');
    await userEvent.click(byId('webhook-every'));
    await press('form-done');
    expect((await find('webhook-events-wrong')).textContent).toContain('Choose at least one event.');
    expect(changes(engine)).toEqual([]);
    await userEvent.click(byId('event-on_session_ended'));
    await press('form-done');
    expect((await find('webhook-url-wrong')).textContent).toContain('begins with https://');
    await sound();
    await userEvent.clear(byId('webhook-url'));
    await userEvent.type(byId('webhook-url'), 'https://clinic.example.org/new');
    await press('form-done');
    expect(((await find('once-secret')) as HTMLInputElement).value).toBe('whs_3nQ8vXr1bTz6KpLm9sWd');
    expect(changes(engine).at(-1)).toEqual([
      'POST /v2/webhooks',
      { url: 'https://clinic.example.org/new', events: ['on_session_ended'] },
    ]);
  });

  it('are tested, switched, changed and deleted', async () => {
    const engine = await openConsole('console', 'webhooks');
    const more = async (id: string) => {
      await userEvent.click(await nth('webhook-more', 2));
      await press(id);
    };
    await more('webhook-test');
    expect(await screen.findByText(/A test event is on its way/)).toBeTruthy();
    await waitFor(async () => expect((await rows('webhooks-table'))[2]).toContain('Delivered'));
    await more('webhook-switch');
    await waitFor(async () => expect((await rows('webhooks-table'))[2]).toContain('On'));
    await more('webhook-change');
    await userEvent.click(await find('webhook-every'));
    await press('form-done');
    await waitFor(() => expect(all('console-form')).toEqual([]));
    await more('webhook-delete');
    await press('question-yes');
    await waitFor(async () => expect(await rows('webhooks-table')).toHaveLength(2));
    expect(changes(engine)).toEqual([
      ['POST /v2/webhooks/wh_3/test', null],
      ['PATCH /v2/webhooks/wh_3', { enabled: true }],
      ['PATCH /v2/webhooks/wh_3', { url: 'https://test.example.org/hook', events: [] }],
      ['DELETE /v2/webhooks/wh_3', null],
    ]);
  });
});

describe('API keys', () => {
  it('are told once, and the one of the settings stays', async () => {
    const engine = await openConsole('console', 'apiKeys');
    await press('make-key');
    await press('form-done');
    expect((await find('key-name-wrong')).textContent).toContain('1 to 120');
    await userEvent.type(byId('key-name'), 'Billing');
    await press('form-done');
    expect(((await find('once-secret')) as HTMLInputElement).value).toBe('vk_8sJ2mQx7LpR4tYv0bNc5Zd');
    await press('once-done');
    for (const left of [3, 2, 1]) {
      await userEvent.click(await nth('key-delete', 0));
      await press('question-yes');
      await waitFor(async () => expect(await rows('keys-table')).toHaveLength(left));
    }
    expect((await find('keys-table')).textContent).toContain('From the server’s settings');
    expect(document.querySelector('[data-testid="key-delete"]')).toBeNull();
    expect(changes(engine)).toContainEqual(['POST /v2/api-keys', { name: 'Billing' }]);
  });
});

describe('branding', () => {
  it('sends what was changed, and no more', async () => {
    const engine = await openConsole('console', 'branding');
    const name = (await find('company-name')) as HTMLInputElement;
    expect(byId('company-save').getAttribute('aria-disabled')).toBe('true');
    await userEvent.type(name, ' & Rossi');
    await userEvent.clear(byId('company-recording_retention_days'));
    fireEvent.change(byId('company-embed_origins'), {
      target: { value: 'https://a.example\nhttps://b.example\n' },
    });
    await press('company-save');
    await waitFor(() => expect(text('company-said')).toBe('Saved'));
    expect(changes(engine)).toEqual([
      [
        'PATCH /v2/company',
        {
          name: 'Studio Conti & Rossi',
          recording_retention_days: null,
          embed_origins: ['https://a.example', 'https://b.example'],
        },
      ],
    ]);
    expect(await screen.findByText('Studio Conti & Rossi')).toBeTruthy();
    await sound();
  });

  it('goes back to what it was', async () => {
    await openConsole('console', 'branding');
    const name = (await find('company-name')) as HTMLInputElement;
    await userEvent.type(name, '!');
    await press('company-undo');
    expect(name.value).toBe('Studio Conti');
  });

  it.each([
    ['company-embed_origins', 'nonsense', 'company-embed_origins-wrong', 'Each line is'],
    ['company-web_app_id', 'taken', 'company-web_app_id-wrong', 'Another company'],
    ['company-recording_retention_days', 'ten', 'company-recording_retention_days-wrong', 'A whole number'],
  ])('says at %s what is wrong', async (field, value, wrong, words) => {
    await openConsole('console', 'branding');
    fireEvent.change(await find(field), { target: { value } });
    await press('company-save');
    expect((await find(wrong)).textContent).toContain(words);
    expect(document.activeElement).toBe(byId(field));
    await sound();
  });
});

describe('what is kept', () => {
  it('of a session is shown, and left again', async () => {
    const engine = await openConsole('console', 'sessions');
    const [live, knee] = await rows('sessions-table');
    expect(live).toContain('Live');
    expect(knee).toMatch(/Anna Rossi, follow-up visit.*26 min.*3 files/);
    await userEvent.click(await nth('open-session', 1));
    expect((await find('kept')).dataset.session).toBe('knee');
    expect(engine.asked).toContainEqual(['past', { do: 'open', room: 'room-1', session: 'knee' }]);
    await press('kept-back');
    expect(await find('sessions-table')).toBeTruthy();
  });

  it('recordings are played there, and deleted after a question', async () => {
    const engine = await openConsole('console', 'recordings');
    const [runs, good, , failed] = await rows('recordings-table');
    expect(runs).toContain('Recording now');
    expect(good).toMatch(/Available26:00214 MB/);
    expect(failed).toContain('The disk was full');
    await press('play-recording');
    await find('kept');
    await press('kept-back');
    await userEvent.click(await nth('delete-recording', 0));
    await press('question-yes');
    await waitFor(async () => expect(await rows('recordings-table')).toHaveLength(4));
    expect(changes(engine)).toEqual([['DELETE /v2/rooms/rm_8Hq2/recordings/rec_2', null]]);
  });

  it('one film is made of separate files, which are there by themselves too', async () => {
    const engine = await openConsole('console', 'recordings');
    const last = (await rows('recordings-table'))[4];
    expect(last).toContain('Separate files');
    await press('open-tracks');
    await waitFor(() => expect(all('track')).toHaveLength(5));
    expect(all('track')[1]?.textContent).toContain('Dr Elena Conticamera · 26:00 · 28 MB');
    await userEvent.click(await nth('link-track', 1));
    await waitFor(() =>
      expect(engine.asked).toContainEqual(['copy', 'https://clinic.example/recordings/Xc2v']),
    );
    await sound();
    await press('make-composition');
    expect(await find('compositions-table')).toBeTruthy();
    expect((await rows('compositions-table'))[0]).toContain('Waiting');
    expect(changes(engine)).toEqual([
      ['POST /v2/rooms/rm_8Hq2/recordings/rec_4/tracks/track_1/link', { expires_in: 3600 }],
      ['POST /v2/rooms/rm_8Hq2/sessions/knee/compositions', { layout: 'grid', format: 'mp4' }],
    ]);
  });

  it('compositions say how far they are, are fetched by a link, and deleted after a question', async () => {
    const engine = await openConsole('console', 'compositions');
    const [waits, making, good, failed] = await rows('compositions-table');
    expect(waits).toContain('Waiting');
    expect(making).toContain('Being made, 42 %');
    expect(good).toMatch(/Completed.*26:00MP4 · 96 MB/);
    expect(failed).toMatch(/Regions.*The disk was full/);
    await press('link-composition');
    await waitFor(() =>
      expect(engine.asked).toContainEqual(['copy', 'https://clinic.example/recordings/Xc2v']),
    );
    await userEvent.click(await nth('delete-composition', 1));
    await press('question-yes');
    await waitFor(async () => expect(await rows('compositions-table')).toHaveLength(3));
    expect(changes(engine)).toEqual([
      ['POST /v2/rooms/rm_8Hq2/compositions/comp_1/link', { expires_in: 3600 }],
      ['DELETE /v2/rooms/rm_8Hq2/compositions/comp_2', null],
    ]);
  });

  it('files are searched, and deleted after a question', async () => {
    const engine = await openConsole('console', 'files');
    await find('files-table');
    await userEvent.type(byId('console-search'), 'snap');
    await waitFor(async () => expect(await rows('files-table')).toHaveLength(1));
    await press('delete-file');
    await press('question-yes');
    expect(await find('console-files-none')).toBeTruthy();
    expect(changes(engine)).toEqual([['DELETE /v2/rooms/rm_8Hq2/uploads/f1', null]]);
  });

  it('the audit log tells what has words and what has none, and is not asked for by itself', async () => {
    const engine = await openConsole('console', 'audit');
    const lines = await rows('audit-table');
    expect(lines[0]).toContain('Audit log viewed');
    expect(lines.at(-1)).toContain('something_of_later');
    expect(gets(engine, '/v2/audit')).toHaveLength(1);
    await press('audit-again');
    await waitFor(() => expect(gets(engine, '/v2/audit')).toHaveLength(2));
  });
});
