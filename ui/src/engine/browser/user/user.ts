// Somebody who is signed in: their user channel, who of the others is online, what rings for them. The counterpart of what
// `src-tauri/src/app/account.rs` is to the desktop; whether a call may ring at all is for whoever listens.

import type { ErrorCode, IncomingCallView, Problem } from '../../view';
import { Line } from '../line';
import { fault } from '../problem';
import type { CallOver, IncomingCall, UserClientMessage, UserServerMessage } from './messages';

/** Nobody looks at an idle line; a server that comes back is not run over by every page at once. */
const RETRY_MAX_MS = 20_000;

/** How a call that rang ended, here or elsewhere. */
export type RangUntil = CallOver | 'answered' | 'declined' | 'busy';

export type UserEvent =
  | { event: 'connected'; userId: string; expiresInS: number; online: string[] }
  /** The line is lost and is being made again. */
  | { event: 'lost' }
  /** Signed out by the server; a newer token may help. */
  | { event: 'out'; problem: Problem }
  | { event: 'presence'; userId: string; isOnline: boolean; online: string[] }
  | { event: 'expiring'; expiresInS: number }
  | { event: 'renewed'; expiresInS: number }
  /** The newer token is no good; the old one stays in force. */
  | { event: 'not_renewed'; problem: Problem }
  | { event: 'rings'; call: IncomingCall }
  | { event: 'over'; call: IncomingCall; until: RangUntil }
  /** My own link into the room that rang. */
  | { event: 'answered'; call: IncomingCall; url: string; camera: boolean }
  /** It could not be answered. */
  | { event: 'not_answered'; problem: Problem };

interface Rings {
  call: IncomingCall;
  untilMs: number;
}

export class User {
  private line: Line<UserClientMessage, UserServerMessage> | undefined;
  private userId = '';
  private token = '';
  /** A token that the server has not answered yet. */
  private renewing: string | undefined;
  private answering: { call: IncomingCall; camera: boolean } | undefined;
  private readonly ringing: Rings[] = [];
  private readonly online = new Set<string>();
  private tick: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly url: string,
    private readonly heard: (event: UserEvent) => void,
  ) {}

  signIn(userId: string, token: string): void {
    this.close();
    this.userId = userId;
    this.token = token;
    this.tick = setInterval(() => this.look(), 500);
    this.line = new Line(this.url, RETRY_MAX_MS, {
      hello: () => ({ type: 'hello', token: this.token }),
      take: (message) => this.take(message),
      lost: () => this.lost(),
    });
  }

  /** A newer token of the same user: told on the line that is up, or said with the next hello. */
  renew(token: string): void {
    if (this.line?.isWelcome) {
      this.renewing = token;
      this.line.send({ type: 'renew', token });
    } else if (this.line) {
      this.token = token;
    } else if (this.userId) {
      this.signIn(this.userId, token);
    }
  }

  signOut(): void {
    this.userId = '';
    this.close();
  }

  /** What rings, the longest first. */
  get calls(): readonly IncomingCall[] {
    return this.ringing.map(({ call }) => call);
  }

  /** The call that the card shows. */
  view(): IncomingCallView | null {
    const [first] = this.ringing;
    if (!first) return null;
    const { call_id, title, caller_name, call_type, recording } = first.call;
    return { call_id, title, caller_name, call_type, recording, rings_until_ms: first.untilMs };
  }

  answer(callId: number, camera: boolean): void {
    const call = this.calls.find(({ call_id }) => call_id === callId);
    if (!call || this.answering) return;
    this.answering = { call, camera };
    if (this.line?.isWelcome) this.line.send({ type: 'answer', call_id: callId });
    else this.notAnswered(fault('server_unreachable', 'the line is lost').problem);
  }

  decline(callId: number, busy = false): void {
    const call = this.calls.find(({ call_id }) => call_id === callId);
    if (!call) return;
    this.line?.send({ type: 'decline', call_id: callId, busy });
    this.over(callId, busy ? 'busy' : 'declined');
  }

  private close(): void {
    clearInterval(this.tick);
    this.line?.close();
    this.line = undefined;
    this.renewing = undefined;
    this.answering = undefined;
    this.online.clear();
    for (const { call } of [...this.ringing]) this.over(call.call_id, 'cancelled');
  }

  private lost(): void {
    // Whether it was taken is not known: the next hello says it, and it decides.
    if (this.renewing !== undefined) this.token = this.renewing;
    this.renewing = undefined;
    if (this.answering) this.notAnswered(fault('server_unreachable', 'the line is lost').problem);
    this.heard({ event: 'lost' });
  }

  private take(message: UserServerMessage): void {
    switch (message.type) {
      case 'welcome':
        this.welcome(message);
        break;
      case 'presence': {
        const { user_id: userId, online: isOnline } = message;
        if (isOnline) this.online.add(userId);
        else this.online.delete(userId);
        this.heard({ event: 'presence', userId, isOnline, online: [...this.online] });
        break;
      }
      case 'incoming_call':
        this.rings(message.call);
        break;
      case 'call_over':
        this.over(message.call_id, message.reason);
        break;
      case 'call_answered': {
        const { answering } = this;
        this.answering = undefined;
        this.over(message.call_id, 'answered');
        if (answering?.call.call_id === message.call_id) {
          this.heard({ event: 'answered', ...answering, url: message.url });
        }
        break;
      }
      case 'token_expiring':
        this.heard({ event: 'expiring', expiresInS: message.expires_in_s });
        break;
      case 'renewed':
        if (this.renewing !== undefined) this.token = this.renewing;
        this.renewing = undefined;
        this.heard({ event: 'renewed', expiresInS: message.expires_in_s });
        break;
      case 'refused':
        this.refused(message.error);
        break;
      case 'closed':
        if (message.reason === 'server_stopping') this.line?.lose();
        else if (message.reason === 'flooding')
          this.out({ code: 'rate_limited', message: 'too many messages' });
        else this.out({ code: 'token_expired', message: 'the token is over' });
        break;
    }
  }

  private welcome({ user_id, expires_in_s, online, calls }: Extract<UserServerMessage, { type: 'welcome' }>) {
    if (user_id !== this.userId)
      return this.out({ code: 'forbidden', message: "this token is another user's" });
    this.line?.welcome();
    this.online.clear();
    for (const one of online) this.online.add(one);
    this.heard({ event: 'connected', userId: user_id, expiresInS: expires_in_s, online });
    // What stopped ringing while the line was down was not told.
    const still = new Set(calls.map(({ call_id }) => call_id));
    for (const { call_id } of this.calls) if (!still.has(call_id)) this.over(call_id, 'cancelled');
    for (const call of calls) this.rings(call);
  }

  /** The server answers in order: before the welcome it is the hello, then whatever is open. */
  private refused(problem: Problem): void {
    if (!this.line?.isWelcome) this.out(problem);
    else if (this.answering && NO_CALL.has(problem.code)) this.notAnswered(problem);
    else if (this.renewing !== undefined) {
      this.renewing = undefined;
      this.heard({ event: 'not_renewed', problem });
    } else if (problem.code === 'unauthorized') this.out(problem);
  }

  private out(problem: Problem): void {
    this.close();
    this.heard({ event: 'out', problem });
  }

  private notAnswered(problem: Problem): void {
    const { answering } = this;
    this.answering = undefined;
    if (answering && problem.code !== 'server_unreachable') this.over(answering.call.call_id, 'cancelled');
    this.heard({ event: 'not_answered', problem });
  }

  private rings(call: IncomingCall): void {
    if (this.calls.some(({ call_id }) => call_id === call.call_id)) return;
    this.ringing.push({ call, untilMs: Date.now() + call.rings_for_s * 1000 });
    this.heard({ event: 'rings', call });
  }

  private over(callId: number, until: RangUntil): void {
    const at = this.ringing.findIndex(({ call }) => call.call_id === callId);
    const [rang] = at < 0 ? [] : this.ringing.splice(at, 1);
    if (this.answering?.call.call_id === callId && until !== 'answered') this.answering = undefined;
    if (rang) this.heard({ event: 'over', call: rang.call, until });
  }

  /** A call that has rung long enough, should nobody say so. */
  private look(): void {
    for (const { call, untilMs } of [...this.ringing]) {
      if (untilMs <= Date.now()) this.over(call.call_id, 'no_answer');
    }
  }
}

/** What is said of a call that cannot be taken any more. */
const NO_CALL: ReadonlySet<ErrorCode> = new Set([
  'not_found',
  'internal',
  'room_ended',
  'room_disabled',
  'room_not_found',
  'link_expired',
] satisfies ErrorCode[]);
