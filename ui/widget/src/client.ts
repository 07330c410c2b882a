// What `configure` makes: one user of one company, at most one call, and the events of both.

import { VisitaError } from './errors';
import { Frame } from './frame';
import type { Configuration } from './options';
import { FloatingWindow } from './window';
import type { FromFrame, RangUntil, Spoken, WidgetCall, WireProblem } from './wire';
import { spokenOf } from './words';

/** A server that does not answer a token within this is not there. */
const ANSWER_MS = 30_000;

export interface VisitaEvents {
  /** Signed in: for how long the token is good, in seconds, and who is online of those one may see. */
  connected: { userId: string; expiresIn: number; online: string[] };
  /** The line is lost and is being made again; a call goes on meanwhile. */
  reconnecting: Record<string, never>;
  /** Not signed in any more: asked for, or a code. After `token_expired` a newer token brings one back. */
  disconnected: { reason: 'asked' | (string & {}) };
  /** Two minutes before its end: time for `updateAccessToken`. */
  tokenExpiring: { expiresIn: number };
  tokenRenewed: { expiresIn: number };
  /** Everybody who is online, and, after the first time, who came or went. */
  presence: { online: string[]; userId?: string; isOnline?: boolean };
  incomingCall: WidgetCall;
  incomingCallOver: WidgetCall & { reason: RangUntil };
  callStarted: { roomId: string; title: string | null };
  /** `seconds`: how long one was in it. */
  callEnded: { roomId: string; reason: string; seconds: number };
  /** What belongs to no call of a function. */
  error: VisitaError;
}

export type VisitaEvent = keyof VisitaEvents;
export type Listener<Name extends VisitaEvent> = (told: VisitaEvents[Name]) => void;

const EVENTS: readonly VisitaEvent[] = [
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
];

/** Something that the server answers. */
interface Asked {
  resolve(): void;
  reject(error: VisitaError): void;
}

interface Parts {
  window: FloatingWindow;
  frame: Frame;
}

export class Client {
  private state: 'off' | 'connecting' | 'on' | 'away' | 'out' = 'off';
  private parts: Parts | undefined;
  private destroyed = false;
  private asked: Asked | undefined;
  /** What a `connect` that is under way waits for. */
  private attempt: Asked | undefined;
  private rings: WidgetCall | undefined;
  private isOpen = false;
  private readonly listeners = new Map<VisitaEvent, Set<(told: never) => void>>();
  private readonly dark = globalThis.matchMedia?.('(prefers-color-scheme: dark)');
  private readonly dress = () => this.parts?.window.dress(this.tellTheme());
  private readonly attributes = new MutationObserver(this.dress);

  constructor(private readonly options: Configuration) {}

  // --- events ---

  /** Calls `heard` each time; the answer ends that. */
  on<Name extends VisitaEvent>(name: Name, heard: Listener<Name>): () => void {
    this.eventNamed(name, heard);
    const all = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, all.add(heard as (told: never) => void));
    return () => this.off(name, heard);
  }

  off<Name extends VisitaEvent>(name: Name, heard: Listener<Name>): void {
    this.eventNamed(name, heard);
    this.listeners.get(name)?.delete(heard as (told: never) => void);
  }

  private eventNamed(name: VisitaEvent, heard: unknown): void {
    if (!EVENTS.includes(name)) {
      throw new VisitaError('unknown_event', `there is no event ${name}; there are ${EVENTS.join(', ')}`);
    }
    if (typeof heard !== 'function') throw new VisitaError('invalid_option', 'a listener is a function');
  }

  private tell<Name extends VisitaEvent>(name: Name, told: VisitaEvents[Name]): void {
    const all = [...(this.listeners.get(name) ?? [])] as Listener<Name>[];
    // An error that nobody listens for is not to be lost.
    if (name === 'error' && all.length === 0) console.error(told);
    for (const heard of all) {
      try {
        heard(told);
      } catch (thrown) {
        // A listener's own fault: the page hears of it as of any other, and the rest goes on.
        queueMicrotask(() => {
          throw thrown;
        });
      }
    }
  }

  // --- signing in ---

  /** Signs a user in with the token that the company's back end asked for (`POST /sdk/credentials`). */
  async connect(userId: string, accessToken: string): Promise<void> {
    this.alive();
    text('userId', userId);
    text('accessToken', accessToken);
    if (this.state !== 'off' && this.state !== 'out') {
      throw new VisitaError(
        'already_connected',
        'disconnect first, or replace the token by updateAccessToken',
      );
    }
    this.state = 'connecting';
    const answer = this.reply();
    const { asked } = this;
    this.attempt = asked;
    try {
      const { frame } = await this.opened();
      if (this.asked === asked) frame.say({ say: 'connect', userId, token: accessToken });
      await answer;
    } catch (error) {
      if (this.asked === asked) asked?.reject(new VisitaError('cancelled', 'it went wrong before'));
      if (this.attempt === asked) {
        this.state = 'off';
        this.parts?.frame.say({ say: 'disconnect' });
      }
      throw error;
    } finally {
      if (this.attempt === asked) this.attempt = undefined;
    }
  }

  /** A newer token of the same user; neither line nor call are dropped. */
  async updateAccessToken(accessToken: string): Promise<void> {
    this.alive();
    text('accessToken', accessToken);
    if (this.state === 'off' || this.state === 'connecting') {
      throw new VisitaError('not_connected', 'connect first');
    }
    const answer = this.reply();
    this.parts?.frame.say({ say: 'renew', token: accessToken });
    await answer;
  }

  /** Signs out: presence and ringing end, a call that is open goes on. */
  async disconnect(): Promise<void> {
    this.alive();
    const was = this.state;
    this.state = 'off';
    this.attempt = undefined;
    this.asked?.reject(new VisitaError('cancelled', 'disconnect was called'));
    this.asked = undefined;
    this.parts?.frame.say({ say: 'disconnect' });
    if (was === 'on' || was === 'away') this.tell('disconnected', { reason: 'asked' });
  }

  // --- the call ---

  /** Opens a seat's link in the floating window. Nobody needs to be signed in for it. */
  async open(link: string): Promise<void> {
    this.alive();
    text('link', link);
    const address = URL.canParse(link) ? new URL(link) : undefined;
    if (address?.origin !== this.options.server || !/^\/join\/[^/]+\/?$/.test(address.pathname)) {
      throw new VisitaError('invalid_link', `a link begins with ${this.options.server}/join/`);
    }
    if (this.isOpen) throw new VisitaError('call_in_progress', 'close what is open first');
    // At once, so that a press is seen to do something.
    this.isOpen = true;
    try {
      const opening = this.opened();
      this.parts?.window.show({ shape: 'call', title: null, language: this.language() });
      const { frame, window } = await opening;
      frame.say({ say: 'open', link });
      window.focus();
    } catch (error) {
      this.isOpen = false;
      this.parts?.window.show({ shape: 'nothing', title: null, language: this.language() });
      throw error;
    }
  }

  /** Answers the call that rings. */
  answer(options: { camera?: boolean } = {}): void {
    this.alive();
    if (!this.rings) throw new VisitaError('no_call', 'nothing rings');
    this.parts?.frame.say({ say: 'answer', camera: options.camera !== false });
  }

  decline(): void {
    this.alive();
    if (!this.rings) throw new VisitaError('no_call', 'nothing rings');
    this.parts?.frame.say({ say: 'decline' });
  }

  /** Leaves the call that is open. */
  hangUp(): void {
    this.alive();
    if (!this.isOpen) throw new VisitaError('no_call', 'nothing is open');
    this.close();
  }

  /** Whatever is shown goes: a call that rings is declined, one that is open is left. */
  close(): void {
    this.alive();
    this.parts?.frame.say({ say: 'close' });
  }

  minimise(): void {
    this.opens().minimise(true);
  }

  restore(): void {
    this.opens().minimise(false);
  }

  private opens(): FloatingWindow {
    this.alive();
    if (!this.isOpen || !this.parts) throw new VisitaError('no_call', 'nothing is open');
    return this.parts.window;
  }

  /** Signs out, ends what is open and takes everything off the page. */
  destroy(): void {
    if (this.destroyed) return;
    void this.disconnect();
    this.takeDown();
    this.destroyed = true;
    this.dark?.removeEventListener('change', this.dress);
    this.attributes.disconnect();
  }

  // --- the frame ---

  /** The frame, once it has answered. One that did not is tried again the next time. */
  private async opened(): Promise<Parts> {
    const parts = this.parts ?? this.putUp();
    try {
      await parts.frame.ready;
    } catch (error) {
      if (this.parts === parts) this.takeDown();
      throw error;
    }
    if (this.parts !== parts) throw new VisitaError('cancelled', 'destroy was called');
    return parts;
  }

  private putUp(): Parts {
    const { server, appId, tools, language } = this.options;
    const window = new FloatingWindow(`${server}/embed/${appId}`, {
      close: () => this.close(),
      room: (room) => this.parts?.frame.say({ say: 'room', room }),
      focused: () => this.parts?.frame.say({ say: 'focus' }),
    });
    const hello = () => ({
      say: 'hello' as const,
      language: language === 'auto' ? (spokenOf(document.documentElement.lang) ?? null) : language,
      theme: this.theme(),
      tools,
    });
    const frame = new Frame(window.frame, server, hello, (message) => this.take(message));
    this.parts = { window, frame };
    this.dress();
    this.dark?.addEventListener('change', this.dress);
    this.attributes.observe(document.documentElement, { attributes: true });
    return this.parts;
  }

  private takeDown(): void {
    this.parts?.frame.destroy();
    this.parts?.window.destroy();
    this.parts = undefined;
    this.isOpen = false;
    this.rings = undefined;
  }

  private take(message: FromFrame): void {
    switch (message.say) {
      case 'look': {
        const { shape, title, language } = message;
        this.isOpen = shape === 'call';
        this.parts?.window.show({ shape, title, language });
        break;
      }
      case 'restore':
        this.parts?.window.enlarge();
        break;
      case 'connected': {
        const { userId, expiresIn, online } = message;
        this.state = 'on';
        this.done();
        this.tell('connected', { userId, expiresIn, online });
        this.tell('presence', { online });
        break;
      }
      case 'reconnecting':
        if (this.state !== 'on') break;
        this.state = 'away';
        this.tell('reconnecting', {});
        break;
      case 'out': {
        const was = this.state;
        const error = ofToken(message.problem);
        this.state = was === 'connecting' ? 'off' : 'out';
        this.asked?.reject(error);
        this.asked = undefined;
        if (was === 'on' || was === 'away') this.tell('disconnected', { reason: error.code });
        break;
      }
      case 'presence': {
        const { online, userId, isOnline } = message;
        this.tell('presence', { online, userId, isOnline });
        break;
      }
      case 'expiring':
        this.tell('tokenExpiring', { expiresIn: message.expiresIn });
        break;
      case 'renewed':
        this.done();
        this.tell('tokenRenewed', { expiresIn: message.expiresIn });
        break;
      case 'not_renewed':
        this.asked?.reject(ofToken(message.problem));
        this.asked = undefined;
        break;
      case 'incoming':
        this.rings = message.call;
        this.tell('incomingCall', message.call);
        break;
      case 'incoming_over':
        if (this.rings?.callId === message.call.callId) this.rings = undefined;
        this.tell('incomingCallOver', { ...message.call, reason: message.reason });
        break;
      case 'call_started':
        this.parts?.window.setInCall(true);
        this.tell('callStarted', { roomId: message.roomId, title: message.title });
        break;
      case 'call_ended': {
        const { roomId, reason, seconds } = message;
        this.parts?.window.setInCall(false);
        this.tell('callEnded', { roomId, reason, seconds });
        break;
      }
      case 'problem':
        this.tell('error', new VisitaError(message.problem.code, message.problem.message));
        break;
    }
  }

  // --- what the server answers ---

  /** One answer at a time is waited for; a newer question takes the place of the older. */
  private reply(): Promise<void> {
    this.asked?.reject(new VisitaError('cancelled', 'a newer token was given'));
    const answer = new Promise<void>((resolve, reject) => {
      const limit = setTimeout(
        () => asked.reject(new VisitaError('server_unreachable', 'the server does not answer')),
        ANSWER_MS,
      );
      const asked: Asked = {
        resolve: () => {
          clearTimeout(limit);
          resolve();
        },
        reject: (error) => {
          clearTimeout(limit);
          if (this.asked === asked) this.asked = undefined;
          reject(error);
        },
      };
      this.asked = asked;
    });
    // It may be refused before it is waited for.
    answer.catch(() => {});
    return answer;
  }

  private done(): void {
    this.asked?.resolve();
    this.asked = undefined;
  }

  private alive(): void {
    if (this.destroyed) throw new VisitaError('destroyed', 'configure makes a new one');
  }

  // --- how the page looks ---

  private theme(): 'light' | 'dark' {
    const scheme = getComputedStyle(document.documentElement).colorScheme;
    const [light, dark] = ['light', 'dark'].map((one) => scheme?.split(' ').includes(one));
    // The page says it has one of them only; else it is as the person likes it.
    if (light !== dark) return dark ? 'dark' : 'light';
    return this.dark?.matches ? 'dark' : 'light';
  }

  private toldTheme: 'light' | 'dark' | undefined;

  private tellTheme(): 'light' | 'dark' {
    const theme = this.theme();
    if (theme !== this.toldTheme) this.parts?.frame.say({ say: 'theme', theme });
    this.toldTheme = theme;
    return theme;
  }

  private language(): Spoken {
    const { language } = this.options;
    if (language !== 'auto') return language;
    const tags = [document.documentElement.lang, ...navigator.languages];
    return tags.map(spokenOf).find((one) => one !== undefined) ?? 'en';
  }
}

function ofToken({ code, message }: WireProblem): VisitaError {
  const ours: Record<string, string> = { unauthorized: 'invalid_token', forbidden: 'token_of_another_user' };
  return new VisitaError(ours[code] ?? code, message);
}

function text(field: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') {
    throw new VisitaError('invalid_option', `${field}: a text that is not empty`, field);
  }
}
