// The frame's side of the widget: a window that is lent for the page around, a line that is invented.

import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { type FromFrame, MARK, type ToFrame } from '../../../../widget/src/wire';
import { inventLines, Line, lastLine } from '../../../test/line';
import type { Engine } from '../../engine';
import { embedEngine } from '.';

const COMPANY = 'https://clinic.example.org';
const CODE = 'abcdefghijklmnopqrstuv';
const CALL = {
  call_id: 7,
  room_id: 'ROOM',
  participant_id: 'SEAT',
  title: 'Follow-up',
  call_type: 'audio_video',
  recording: 'none',
  caller_name: 'Dr. Conti',
  rings_for_s: 45,
};
const PREVIEW = {
  room_id: 'ROOM',
  title: 'Follow-up',
  company: 'Clinic',
  host_name: null,
  call_type: 'audio_video',
  recording: 'none',
  participant_id: 'SEAT',
  is_admin: false,
  display_name: null,
  people_in: [],
  in_use: false,
  asks_consent: false,
  good_until: null,
};

let said: { message: FromFrame; to: string }[] = [];
let parent: Window;
let engine: Engine;
let listens: MockInstance<typeof window.addEventListener>;
/** What the server answers to a look at the link, and to going in. */
let preview: object;
let entered: { method?: string; body?: string }[] = [];

function hear(message: ToFrame, more: MessageEventInit = {}): void {
  const data = { mark: MARK, ...message };
  dispatchEvent(new MessageEvent('message', { source: parent, origin: COMPANY, data, ...more }));
}

const hello = (more: Partial<Extract<ToFrame, { say: 'hello' }>> = {}) =>
  hear({ say: 'hello', language: 'it', theme: 'dark', tools: null, ...more });
const told = () => said.map(({ message }) => message.say);
const settle = () => vi.advanceTimersByTimeAsync(0);

function signIn(): void {
  hello();
  hear({ say: 'connect', userId: 'anna', token: 'TOKEN' });
  lastLine().open();
  lastLine().hear({ type: 'welcome', user_id: 'anna', expires_in_s: 3600, online: [], calls: [] });
}

const rings = (more = {}) => lastLine().hear({ type: 'incoming_call', call: { ...CALL, ...more } });

beforeEach(() => {
  vi.useFakeTimers();
  inventLines();
  const lends = document.createElement('iframe');
  document.body.append(lends);
  parent = lends.contentWindow as unknown as Window;
  vi.spyOn(parent, 'postMessage').mockImplementation(((message: FromFrame, to: string) =>
    said.push({ message, to })) as never);
  vi.spyOn(window, 'parent', 'get').mockReturnValue(parent as never);
  said = [];
  entered = [];
  preview = PREVIEW;
  vi.stubGlobal('fetch', async (url: string, { method, body }: RequestInit) => {
    // The lobby's look at the network.
    if (new URL(url).pathname.endsWith('/line')) return new Response(new Uint8Array(1));
    if (method !== 'POST') return Response.json(preview);
    entered.push({ method, body: body as string });
    return Response.json({ error: { code: 'room_full', message: 'full' } }, { status: 409 });
  });
  listens = vi.spyOn(window, 'addEventListener');
  engine = embedEngine({ guest: () => 'Guest', screenOf: (name) => name });
});

afterEach(() => {
  // Whatever goes on in it is over with its timers.
  hear({ say: 'disconnect' });
  hear({ say: 'close' });
  for (const [type, heard] of listens.mock.calls) removeEventListener(type, heard as EventListener);
  vi.clearAllTimers();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  document.body.replaceChildren();
  sessionStorage.clear();
});

describe('the frame', () => {
  it('listens to whoever says hello from the window above, and to that origin alone', async () => {
    hear({ say: 'connect', userId: 'anna', token: 'TOKEN' });
    hello();
    hear({ say: 'connect', userId: 'anna', token: 'TOKEN' }, { origin: 'https://evil.example' });
    hear({ say: 'connect', userId: 'anna', token: 'TOKEN' }, { source: window });
    expect(Line.all).toEqual([]);
    hear({ say: 'connect', userId: 'anna', token: 'TOKEN' });
    expect(lastLine().url).toBe('ws://localhost:3000/user-channel');
    expect(said.every(({ to }) => to === COMPANY)).toBe(true);
    expect(told()[0]).toBe('ready');
  });

  it('does not answer a page without an origin', () => {
    hear({ say: 'hello', language: null, theme: 'light', tools: null }, { origin: 'null' });
    expect(said).toEqual([]);
  });

  it('says nothing of nothing: the window may be open for a link that comes', async () => {
    hello();
    await settle();
    expect(told()).toEqual(['ready']);
  });

  it('looks as the page around it', async () => {
    hello();
    const { settings } = await engine.appView();
    expect([settings.language, settings.theme]).toEqual(['it', 'dark']);
    hear({ say: 'theme', theme: 'light' });
    expect((await engine.appView()).settings.theme).toBe('light');
  });

  it('keeps no code, neither in the tab nor in the address', async () => {
    hello();
    hear({ say: 'open', link: `https://visits.example.org/join/${CODE}` });
    await settle();
    await engine.join(false);
    await settle();
    expect(sessionStorage.getItem('visita.visit')).toBeNull();
    expect(location.pathname).not.toBe('/join/');
  });
});

describe('a call that rings', () => {
  it('is shown, told, and declined', async () => {
    signIn();
    rings();
    await settle();
    expect((await engine.appView()).incoming).toMatchObject({ call_id: 7, caller_name: 'Dr. Conti' });
    expect(said.at(-1)?.message).toMatchObject({
      say: 'incoming',
      call: { callId: 7, callerName: 'Dr. Conti', ringsFor: 45 },
    });
    hear({ say: 'decline' });
    expect(lastLine().said.at(-1)).toEqual({ type: 'decline', call_id: 7, busy: false });
    await settle();
    expect(said.slice(-2).map(({ message }) => message)).toMatchObject([
      { say: 'incoming_over', reason: 'declined' },
      { say: 'look', shape: 'nothing' },
    ]);
  });

  it('leads straight in when it is answered, under the seat’s own name', async () => {
    signIn();
    rings();
    await engine.frame?.answerCall(7, true);
    expect(lastLine().said.at(-1)).toEqual({ type: 'answer', call_id: 7 });
    lastLine().hear({ type: 'call_answered', call_id: 7, url: `https://other.example/join/${CODE}` });
    await vi.advanceTimersByTimeAsync(50);
    expect(entered).toEqual([{ method: 'POST', body: '{"display_name":null,"displace":false}' }]);
    // It is full: the lobby says so.
    expect((await engine.appView()).screen).toMatchObject({ kind: 'lobby', problem: { code: 'room_full' } });
  });

  it.each([{ asks_consent: true }, { in_use: true }])(
    'stops in the lobby for a question: %j',
    async (asks) => {
      preview = { ...PREVIEW, ...asks };
      signIn();
      rings();
      await engine.frame?.answerCall(7, true);
      lastLine().hear({ type: 'call_answered', call_id: 7, url: `https://other.example/join/${CODE}` });
      await vi.advanceTimersByTimeAsync(50);
      expect((await engine.appView()).screen).toMatchObject({ kind: 'lobby', invite: false });
      expect(entered).toEqual([]);
    },
  );

  it('is busy for another room, and not for the one whose lobby is open', async () => {
    signIn();
    hear({ say: 'open', link: `https://visits.example.org/join/${CODE}` });
    await settle();
    rings();
    rings({ call_id: 8, room_id: 'OTHER' });
    expect(lastLine().said.slice(1)).toEqual([{ type: 'decline', call_id: 8, busy: true }]);
    expect(said.at(-1)?.message).toMatchObject({ say: 'incoming_over', reason: 'busy' });
    expect(told()).not.toContain('incoming');
    // It still rings when the lobby is closed.
    hear({ say: 'close' });
    await settle();
    expect(said.at(-1)?.message).toMatchObject({ say: 'incoming', call: { callId: 7 } });
  });

  it('makes way for a call where only a refusal is shown', async () => {
    vi.stubGlobal('fetch', async () =>
      Response.json({ error: { code: 'link_expired', message: 'over' } }, { status: 403 }),
    );
    signIn();
    hear({ say: 'open', link: `https://visits.example.org/join/${CODE}` });
    await vi.advanceTimersByTimeAsync(50);
    expect(said.map(({ message }) => message)).toContainEqual({
      mark: MARK,
      say: 'problem',
      problem: { code: 'link_expired', message: 'over' },
    });
    rings();
    await settle();
    expect(told().slice(-2)).toEqual(['look', 'incoming']);
  });
});
