// The client's end of the room channel: connects, says hello, comes back by itself while its token is good.
// The counterpart of `crates/call/src/channel.rs`.

import type { Problem } from '../../view';
import { type ClientMessage, type ServerMessage, seqOf } from './messages';

/** A line that says nothing for this long is dead. */
const SILENCE_LIMIT_MS = 15_000;
const PING_EVERY_MS = 5_000;
/** After a page was asleep, an answer within this shows that the line is still there. */
const AFTER_SLEEP_MS = 4_000;
const CONNECT_WITHIN_MS = 5_000;
const RETRY_FIRST_MS = 250;
const RETRY_MAX_MS = 4_000;

export type ChannelEvent =
  | { event: 'message'; message: ServerMessage }
  /** The line is lost and is being made again. */
  | { event: 'lost' }
  /** The server refuses our hello: a new entry is needed. */
  | { event: 'refused'; problem: Problem };

/** What was heard last, to say so after a broken line. */
export class Seen {
  sessionId: string | undefined;
  seq: number | undefined;
  /** The newest message of the chat. */
  chat: number | undefined;

  /** Whether a message follows on what was heard before; a gap means that something was missed. */
  follows(message: ServerMessage): boolean {
    if (message.type === 'chat') this.sawChat(message.message.id);
    if (message.type === 'chat_history') for (const { id } of message.messages) this.sawChat(id);
    if (message.type === 'welcome') {
      this.sessionId = message.room.session_id;
      this.seq = message.seq;
      return true;
    }
    const seq = seqOf(message);
    if (seq === undefined) return true;
    if (this.seq === undefined || seq > this.seq + 1) return false;
    // Repeated: it was heard already, and saying it again changes nothing.
    this.seq = Math.max(this.seq, seq);
    return true;
  }

  private sawChat(id: number): void {
    this.chat = Math.max(this.chat ?? 0, id);
  }
}

/** What followed the hand is not said late: the boards say what was drawn again, all in one. */
const NOT_LATE = new Set(['board', 'board_cursor', 'point', 'typing']);

export class Channel {
  private readonly seen = new Seen();
  private socket: WebSocket | undefined;
  private welcomed = false;
  private closed = false;
  private queue: ClientMessage[] = [];
  private retryMs = RETRY_FIRST_MS;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private readonly ping: ReturnType<typeof setInterval>;
  private heardMs = 0;
  private tickedMs = 0;

  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly heard: (event: ChannelEvent) => void,
  ) {
    this.ping = setInterval(() => this.tick(), PING_EVERY_MS);
    addEventListener('online', this.wake);
    document.addEventListener('visibilitychange', this.wake);
    this.connect();
  }

  /** Sends a message now, or when the line is back. */
  send(message: ClientMessage): void {
    if (this.welcomed && this.socket?.readyState === WebSocket.OPEN) this.say(message);
    else if (!NOT_LATE.has(message.type)) this.queue.push(message);
  }

  /** Hangs up; what was sent before is still written. */
  close(): void {
    this.closed = true;
    clearTimeout(this.retry);
    clearInterval(this.ping);
    removeEventListener('online', this.wake);
    document.removeEventListener('visibilitychange', this.wake);
    this.socket?.close();
  }

  private connect(): void {
    clearTimeout(this.retry);
    this.welcomed = false;
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.heardMs = performance.now();
    const limit = setTimeout(() => socket.close(), CONNECT_WITHIN_MS);
    socket.onopen = () => {
      clearTimeout(limit);
      const { seq, sessionId, chat } = this.seen;
      this.say({
        type: 'hello',
        token: this.token,
        ...(seq !== undefined && { last_seen: seq }),
        ...(sessionId !== undefined && { session_id: sessionId }),
        ...(chat !== undefined && { chat_after: chat }),
      });
    };
    socket.onmessage = ({ data }) => {
      if (socket === this.socket && typeof data === 'string') this.take(data);
    };
    socket.onclose = () => {
      clearTimeout(limit);
      if (socket === this.socket) this.lost();
    };
  }

  private lost(): void {
    const { socket } = this;
    this.socket = undefined;
    this.welcomed = false;
    socket?.close();
    if (this.closed) return;
    this.heard({ event: 'lost' });
    this.retry = setTimeout(() => this.connect(), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, RETRY_MAX_MS);
  }

  private take(data: string): void {
    this.heardMs = performance.now();
    let message: ServerMessage;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    if (this.closed) return;
    // Something was missed: the next hello says from where on.
    if (!this.seen.follows(message)) {
      this.lost();
      return;
    }
    switch (message.type) {
      case 'welcome':
      case 'resumed':
      case 'waiting': {
        this.retryMs = RETRY_FIRST_MS;
        if (this.welcomed) break;
        this.welcomed = true;
        for (const queued of this.queue.splice(0)) this.say(queued);
        break;
      }
      case 'refused':
        if (this.welcomed) break;
        this.close();
        this.heard({ event: 'refused', problem: message.error });
        return;
      case 'closed':
        this.close();
        break;
    }
    this.heard({ event: 'message', message });
  }

  private say(message: ClientMessage): void {
    this.socket?.send(JSON.stringify(message));
  }

  private tick(): void {
    const now = performance.now();
    // A page in the background, or asleep, is called late: its line is given time to answer first.
    const slept = now - this.tickedMs > 2 * PING_EVERY_MS;
    this.tickedMs = now;
    if (slept) this.heardMs = Math.max(this.heardMs, now - SILENCE_LIMIT_MS + AFTER_SLEEP_MS);
    if (!this.socket) return;
    if (now - this.heardMs > SILENCE_LIMIT_MS) this.lost();
    else if (this.welcomed && this.socket.readyState === WebSocket.OPEN) this.say({ type: 'ping' });
  }

  /** The network is back, or the page is looked at again: nobody waits for the next try. */
  private readonly wake = () => {
    if (this.closed || document.visibilityState === 'hidden') return;
    if (!this.socket) {
      this.retryMs = RETRY_FIRST_MS;
      this.connect();
    } else {
      this.tick();
    }
  };
}
