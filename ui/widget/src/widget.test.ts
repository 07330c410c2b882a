import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as Visita from './index';
import { VisitaError, type VisitaOptions } from './index';
import { type FromFrame, MARK, type ToFrame, type WidgetCall } from './wire';

const SERVER = 'https://visits.example.org';
const LINK = `${SERVER}/join/abcdefghijklmnopqrstuv`;
const CALL: WidgetCall = {
  callId: 1,
  roomId: 'ROOM',
  title: 'Follow-up',
  callerName: 'Dr. Conti',
  callType: 'audio_video',
  recording: 'none',
  ringsFor: 45,
};

/** What the script said to the frame, and to which origin. */
let said: { message: ToFrame; to: string }[] = [];

const host = () => document.querySelector('visita-widget');
const inside = <Found extends Element = HTMLElement>(selector: string) => {
  const found = host()?.shadowRoot?.querySelector<Found>(selector);
  if (!found) throw new Error(`no ${selector}`);
  return found;
};
const shape = () => inside('.window').dataset.shape;
const saidNow = () => said.map(({ message }) => message.say);

/** The frame has loaded: the script may speak to it. Frames in a shadow have no window here, so one is lent. */
function load(): void {
  const lends = document.createElement('iframe');
  document.body.append(lends);
  const { contentWindow } = lends;
  if (!contentWindow) throw new Error('no window');
  Object.defineProperty(inside('iframe'), 'contentWindow', { value: contentWindow });
  vi.spyOn(contentWindow, 'postMessage').mockImplementation(((message: ToFrame, to: string) =>
    said.push({ message, to })) as never);
  inside('iframe').dispatchEvent(new Event('load'));
}

function hear(message: FromFrame, more: MessageEventInit = {}): void {
  const { contentWindow } = inside<HTMLIFrameElement>('iframe');
  dispatchEvent(
    new MessageEvent('message', {
      source: contentWindow,
      origin: SERVER,
      data: { mark: MARK, ...message },
      ...more,
    }),
  );
}

/** Lets what waits go on. */
const settle = () => vi.advanceTimersByTimeAsync(0);

async function signedIn(): Promise<void> {
  const connecting = Visita.connect('anna', 'TOKEN');
  load();
  hear({ say: 'ready' });
  await settle();
  hear({ say: 'connected', userId: 'anna', expiresIn: 3600, online: ['dr'] });
  await connecting;
}

const look = (now: 'nothing' | 'card' | 'call') =>
  hear({ say: 'look', shape: now, title: 'Follow-up', language: 'en' });

const codeOf = (does: () => unknown): string => {
  try {
    does();
  } catch (error) {
    if (error instanceof VisitaError) return `${error.code} ${error.field ?? ''}`.trim();
    throw error;
  }
  return 'fine';
};
const rejected = (promise: Promise<unknown>) =>
  promise.then(
    () => 'fine',
    (error) => error.code,
  );

beforeEach(() => {
  vi.useFakeTimers();
  said = [];
});

afterEach(() => {
  Visita.destroy();
  vi.useRealTimers();
  vi.restoreAllMocks();
  document.body.replaceChildren();
  document.documentElement.lang = '';
});

describe('what configure takes', () => {
  const good = { appId: 'clinic', server: SERVER };
  it.each([
    [{}, 'invalid_option appId'],
    [{ ...good, appId: 'a/b' }, 'invalid_option appId'],
    [{ ...good, colour: 'red' }, 'invalid_option colour'],
    [{ appId: 'clinic' }, 'invalid_option server'],
    [{ ...good, server: 'ftp://a.example' }, 'invalid_option server'],
    [{ ...good, server: `${SERVER}/path` }, 'invalid_option server'],
    [{ ...good, region: 'mars' }, 'invalid_option region'],
    [{ ...good, environment: 'test' }, 'invalid_option environment'],
    [{ ...good, environment: 'sandbox', region: 'in' }, 'invalid_option region'],
    [{ ...good, servers: {} }, 'invalid_option servers'],
    [{ appId: 'clinic', servers: { eu: SERVER }, region: 'in' }, 'invalid_option region'],
    [{ appId: 'clinic', servers: { eu: 'x' }, region: 'eu' }, 'invalid_option servers.eu'],
    [{ ...good, language: 'de' }, 'invalid_option language'],
    [{ ...good, tools: { phone: true } }, 'invalid_option tools.phone'],
    [{ ...good, tools: { chat: 'yes' } }, 'invalid_option tools.chat'],
    [{ ...good, tools: { whiteboard: { wb_spray: true } } }, 'invalid_option tools.whiteboard.wb_spray'],
    [null, 'invalid_option options'],
    [{ ...good, region: 'eu', environment: 'production', tools: { chat: true } }, 'fine'],
    [{ appId: 'clinic', servers: { eu: SERVER, sandbox: 'https://try.example.org' }, region: 'eu' }, 'fine'],
  ])('%j: %s', (options, code) => {
    expect(codeOf(() => Visita.configure(options as VisitaOptions))).toBe(code);
  });

  it('is the server of the most exact name', async () => {
    const servers = { eu: SERVER, 'sandbox-eu': 'https://try.example.org' };
    Visita.configure({ appId: 'clinic', servers, region: 'eu', environment: 'sandbox' });
    void rejected(Visita.connect('anna', 'TOKEN'));
    expect(inside<HTMLIFrameElement>('iframe').src).toBe('https://try.example.org/embed/clinic');
  });

  it('comes first, and once', async () => {
    expect(await rejected(Visita.connect('anna', 'TOKEN'))).toBe('not_configured');
    expect(codeOf(() => Visita.on('connected', () => {}))).toBe('not_configured');
    Visita.configure(good);
    expect(codeOf(() => Visita.configure(good))).toBe('already_configured');
    expect(host()).toBeNull();
  });
});

describe('with a frame', () => {
  beforeEach(() => {
    Visita.configure({ appId: 'clinic', server: SERVER, tools: { chat: true } });
  });

  it('says hello first, and everything to that origin alone', async () => {
    document.documentElement.lang = 'it-IT';
    await signedIn();
    expect(said).toEqual([
      {
        message: { mark: MARK, say: 'hello', language: 'it', theme: 'light', tools: { chat: true } },
        to: SERVER,
      },
      { message: { mark: MARK, say: 'connect', userId: 'anna', token: 'TOKEN' }, to: SERVER },
    ]);
    const { src, allow } = inside<HTMLIFrameElement>('iframe');
    expect(src).toBe(`${SERVER}/embed/clinic`);
    expect(allow).toContain('camera; microphone');
  });

  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['another window', { source: window }],
    ['nobody', { source: null }],
    ['something else', { data: { say: 'ready' } }],
  ])('does not listen to %s', async (_, more) => {
    const connecting = rejected(Visita.connect('anna', 'TOKEN'));
    load();
    hear({ say: 'ready' }, more as MessageEventInit);
    await settle();
    expect(saidNow()).toEqual(['hello']);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await connecting).toBe('frame_refused');
  });

  it('says why a frame did not come, takes it away, and tries again', async () => {
    const first = rejected(Visita.connect('anna', 'TOKEN'));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await first).toBe('server_unreachable');
    expect(host()).toBeNull();
    await signedIn();
  });

  it('signs in once, and not without words', async () => {
    expect(await rejected(Visita.connect('', 'TOKEN'))).toBe('invalid_option');
    expect(await rejected(Visita.updateAccessToken('NEW'))).toBe('not_connected');
    await signedIn();
    expect(await rejected(Visita.connect('anna', 'TOKEN'))).toBe('already_connected');
  });

  it.each([
    ['unauthorized', 'invalid_token'],
    ['forbidden', 'token_of_another_user'],
    ['token_expired', 'token_expired'],
  ])('a token that is %s: %s', async (code, ours) => {
    const connecting = rejected(Visita.connect('anna', 'TOKEN'));
    load();
    hear({ say: 'ready' });
    await settle();
    hear({ say: 'out', problem: { code, message: '' } });
    expect(await connecting).toBe(ours);
    const again = rejected(Visita.connect('anna', 'TOKEN'));
    await settle();
    hear({ say: 'connected', userId: 'anna', expiresIn: 3600, online: [] });
    expect(await again).toBe('fine');
  });

  it('gives a server up that does not answer, and says so', async () => {
    const connecting = rejected(Visita.connect('anna', 'TOKEN'));
    load();
    hear({ say: 'ready' });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await connecting).toBe('server_unreachable');
    expect(saidNow()).toEqual(['hello', 'connect', 'disconnect']);
  });

  it('breaks off when asked to', async () => {
    const connecting = rejected(Visita.connect('anna', 'TOKEN'));
    load();
    await Visita.disconnect();
    hear({ say: 'ready' });
    expect(await connecting).toBe('cancelled');
    expect(saidNow()).toEqual(['hello']);
  });

  it('tells what happens, in order', async () => {
    const told: unknown[] = [];
    const names = [
      'connected',
      'reconnecting',
      'disconnected',
      'tokenExpiring',
      'tokenRenewed',
      'presence',
      'incomingCall',
      'incomingCallOver',
      'callStarted',
      'callEnded',
      'error',
    ] as const;
    for (const name of names) Visita.on(name, (data) => told.push([name, data]));
    await signedIn();
    hear({ say: 'presence', online: [], userId: 'dr', isOnline: false });
    hear({ say: 'reconnecting' });
    hear({ say: 'reconnecting' });
    hear({ say: 'connected', userId: 'anna', expiresIn: 3000, online: [] });
    hear({ say: 'expiring', expiresIn: 120 });
    const renewing = Visita.updateAccessToken('NEW');
    hear({ say: 'renewed', expiresIn: 3600 });
    await renewing;
    hear({ say: 'incoming', call: CALL });
    hear({ say: 'incoming_over', call: CALL, reason: 'answered' });
    hear({ say: 'call_started', roomId: 'ROOM', title: null });
    hear({ say: 'call_ended', roomId: 'ROOM', reason: 'left', seconds: 60 });
    hear({ say: 'problem', problem: { code: 'room_full', message: 'full' } });
    hear({ say: 'out', problem: { code: 'token_expired', message: '' } });
    expect(told).toEqual([
      ['connected', { userId: 'anna', expiresIn: 3600, online: ['dr'] }],
      ['presence', { online: ['dr'] }],
      ['presence', { online: [], userId: 'dr', isOnline: false }],
      ['reconnecting', {}],
      ['connected', { userId: 'anna', expiresIn: 3000, online: [] }],
      ['presence', { online: [] }],
      ['tokenExpiring', { expiresIn: 120 }],
      ['tokenRenewed', { expiresIn: 3600 }],
      ['incomingCall', CALL],
      ['incomingCallOver', { ...CALL, reason: 'answered' }],
      ['callStarted', { roomId: 'ROOM', title: null }],
      ['callEnded', { roomId: 'ROOM', reason: 'left', seconds: 60 }],
      ['error', expect.objectContaining({ code: 'room_full' })],
      ['disconnected', { reason: 'token_expired' }],
    ]);
  });

  it('is brought back by a newer token after the end of the old', async () => {
    await signedIn();
    hear({ say: 'out', problem: { code: 'token_expired', message: '' } });
    const renewing = rejected(Visita.updateAccessToken('NEW'));
    expect(saidNow().at(-1)).toBe('renew');
    hear({ say: 'connected', userId: 'anna', expiresIn: 3600, online: [] });
    expect(await renewing).toBe('fine');
    const wrong = rejected(Visita.updateAccessToken('OTHER'));
    hear({ say: 'not_renewed', problem: { code: 'forbidden', message: '' } });
    expect(await wrong).toBe('token_of_another_user');
  });

  it('ends listening, and knows its events', async () => {
    const heard = vi.fn();
    const end = Visita.on('presence', heard);
    await signedIn();
    end();
    hear({ say: 'presence', online: [], userId: 'dr', isOnline: false });
    expect(heard).toHaveBeenCalledOnce();
    expect(codeOf(() => Visita.on('ring' as never, () => {}))).toBe('unknown_event');
    expect(codeOf(() => Visita.on('presence', 'x' as never))).toBe('invalid_option');
  });

  it('loses no error that nobody listens for', async () => {
    const shown = vi.spyOn(console, 'error').mockImplementation(() => {});
    await signedIn();
    hear({ say: 'problem', problem: { code: 'link_expired', message: 'over' } });
    expect(shown).toHaveBeenCalledWith(expect.objectContaining({ code: 'link_expired' }));
  });

  it('answers and declines what rings, and nothing else', async () => {
    await signedIn();
    expect([codeOf(() => Visita.answer()), codeOf(() => Visita.decline())]).toEqual(['no_call', 'no_call']);
    hear({ say: 'incoming', call: CALL });
    Visita.answer({ camera: false });
    Visita.decline();
    expect(said.slice(2).map(({ message }) => message)).toMatchObject([
      { say: 'answer', camera: false },
      { say: 'decline' },
    ]);
    hear({ say: 'incoming_over', call: CALL, reason: 'declined' });
    expect(codeOf(() => Visita.answer())).toBe('no_call');
  });

  it('opens links of its server, one at a time', async () => {
    expect(await rejected(Visita.open('https://evil.example/join/abcdefghijklmnopqrstuv'))).toBe(
      'invalid_link',
    );
    expect(await rejected(Visita.open(`${SERVER}/sign-in/x`))).toBe('invalid_link');
    expect(await rejected(Visita.open('nonsense'))).toBe('invalid_link');
    const opening = Visita.open(LINK);
    expect(shape()).toBe('call');
    load();
    hear({ say: 'ready' });
    await opening;
    expect(said[1]?.message).toMatchObject({ say: 'open', link: LINK });
    expect(await rejected(Visita.open(LINK))).toBe('call_in_progress');
    look('call');
    Visita.hangUp();
    expect(saidNow().at(-1)).toBe('close');
    look('nothing');
    expect(codeOf(() => Visita.hangUp())).toBe('no_call');
    expect(codeOf(() => Visita.minimise())).toBe('no_call');
  });

  it('shows nothing where the frame does not come', async () => {
    const opening = rejected(Visita.open(LINK));
    load();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await opening).toBe('frame_refused');
    expect(host()).toBeNull();
  });

  it('leaves nothing behind, and may begin anew', async () => {
    await signedIn();
    const client = Visita.configure;
    Visita.destroy();
    expect(host()).toBeNull();
    client({ appId: 'clinic', server: SERVER });
    await signedIn();
  });
});

describe('the window', () => {
  const press = (name: string) =>
    [...(host()?.shadowRoot?.querySelectorAll('button') ?? [])]
      .find((one) => one.getAttribute('aria-label') === name)
      ?.click();
  const rooms = () => said.flatMap(({ message }) => (message.say === 'room' ? [message.room] : []));
  const place = () => {
    const { left, top, width, height } = inside('.window').style;
    return [left, top, width, height].map((one) => Number.parseInt(one, 10));
  };

  beforeEach(async () => {
    Object.assign(window, { innerWidth: 1280, innerHeight: 800 });
    Visita.configure({ appId: 'clinic', server: SERVER });
    await signedIn();
    said = [];
  });

  it('is there for whoever reads it, when there is something', () => {
    expect(inside('.window').inert).toBe(true);
    look('call');
    const whole = inside('.window');
    expect([whole.inert, whole.getAttribute('role'), whole.getAttribute('aria-label')]).toEqual([
      false,
      'dialog',
      'Follow-up',
    ]);
    expect(inside('iframe').title).toBe('Follow-up');
    hear({ say: 'look', shape: 'card', title: null, language: 'it' });
    expect(inside('iframe').title).toBe('Chiamata in arrivo');
  });

  it('says that closing leaves a call', () => {
    look('call');
    expect(inside('.close').getAttribute('aria-label')).toBe('Close');
    hear({ say: 'call_started', roomId: 'ROOM', title: null });
    expect(inside('.close').getAttribute('aria-label')).toBe('Leave and close');
    press('Leave and close');
    expect(saidNow().at(-1)).toBe('close');
  });

  it('becomes a bar and a window again, and the frame hears of it', () => {
    look('call');
    press('Make small');
    expect(shape()).toBe('bar');
    Visita.restore();
    expect(shape()).toBe('call');
    Visita.minimise();
    hear({ say: 'restore' });
    expect(shape()).toBe('call');
    expect(rooms()).toEqual(['bar', 'whole', 'bar', 'whole']);
  });

  it('is moved and sized by keys, and stays in the page', () => {
    look('call');
    const key = (name: string, shiftKey = false) =>
      inside('.move').dispatchEvent(new KeyboardEvent('keydown', { key: name, shiftKey, cancelable: true }));
    const [left = 0, top = 0, width = 0, height = 0] = place();
    expect([left + width, top + height]).toEqual([1280 - 16, 800 - 16]);
    key('ArrowLeft');
    key('ArrowRight');
    key('ArrowRight');
    expect(place()).toEqual([left, top, width, height]);
    key('ArrowUp');
    key('ArrowRight', true);
    key('ArrowUp', true);
    expect(place()).toEqual([left - 16, top, width + 16, height - 16]);
  });

  it('tells the frame that there is little room, and makes more when asked', () => {
    look('call');
    const less = () =>
      inside('.move').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', shiftKey: true }));
    for (let n = 0; n < 40; n += 1) less();
    const [, top = 0, , height = 0] = place();
    expect([rooms(), height, top + height]).toEqual([['small'], 260, 800 - 16]);
    hear({ say: 'restore' });
    expect([rooms(), place()[3]]).toEqual([['small', 'whole'], 640]);
  });

  it('is dragged by its header, and pulled at its corners', () => {
    look('call');
    const point = (on: Element, type: string, clientX: number, clientY: number) =>
      on.dispatchEvent(
        Object.assign(new MouseEvent(type, { clientX, clientY, button: 0, bubbles: true }), { pointerId: 1 }),
      );
    const [left = 0, top = 0, width = 0, height = 0] = place();
    point(inside('.title'), 'pointerdown', 900, 200);
    point(inside('.head'), 'pointermove', 800, 150);
    point(inside('.head'), 'pointerup', 800, 150);
    point(inside('.head'), 'pointermove', 0, 0);
    expect(place()).toEqual([left - 100, top - 50, width, height]);
    point(inside('.nw'), 'pointerdown', 0, 0);
    point(inside('.nw'), 'pointermove', -40, 60);
    point(inside('.nw'), 'pointerup', -40, 60);
    expect(place()).toEqual([left - 140, top + 10, width + 40, height - 60]);
  });

  it('fills a small page, and is where it was when the page grows', () => {
    look('call');
    const before = place();
    Object.assign(window, { innerWidth: 360, innerHeight: 740 });
    dispatchEvent(new Event('resize'));
    expect(inside('.window').hasAttribute('data-fills')).toBe(true);
    expect(inside('.window').style.width).toBe('100%');
    Object.assign(window, { innerWidth: 1280, innerHeight: 800 });
    dispatchEvent(new Event('resize'));
    expect(place()).toEqual(before);
  });

  it('takes the keyboard when it opens, and gives it back', () => {
    const button = document.createElement('button');
    document.body.append(button);
    button.focus();
    look('call');
    expect(document.activeElement).toBe(host());
    expect(saidNow()).toContain('focus');
    look('nothing');
    expect(document.activeElement).toBe(button);
  });

  it('lets somebody type on while it rings', () => {
    const field = document.createElement('input');
    document.body.append(field);
    field.focus();
    look('card');
    expect(document.activeElement).toBe(field);
    expect(saidNow()).not.toContain('focus');
  });
});
