// The client's end of the room channel: says hello, comes back by itself while its token is good.
// The counterpart of `crates/call/src/channel.rs`.

import type { Problem } from '../../view';
import { Line } from '../line';
import { type ClientMessage, type ServerMessage, seqOf } from './messages';

/** Somebody waits in the call: the line is tried often. */
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
  private readonly line: Line<ClientMessage, ServerMessage>;

  constructor(
    url: string,
    private readonly token: string,
    private readonly heard: (event: ChannelEvent) => void,
  ) {
    this.line = new Line(url, RETRY_MAX_MS, {
      hello: () => this.hello(),
      take: (message) => this.take(message),
      lost: () => heard({ event: 'lost' }),
    });
  }

  /** Sends a message now, or when the line is back. */
  send(message: ClientMessage): void {
    this.line.send(message, !NOT_LATE.has(message.type));
  }

  /** Hangs up; what was sent before is still written. */
  close(): void {
    this.line.close();
  }

  private hello(): ClientMessage {
    const { seq, sessionId, chat } = this.seen;
    return {
      type: 'hello',
      token: this.token,
      ...(seq !== undefined && { last_seen: seq }),
      ...(sessionId !== undefined && { session_id: sessionId }),
      ...(chat !== undefined && { chat_after: chat }),
    };
  }

  private take(message: ServerMessage): void {
    // Something was missed: the next hello says from where on.
    if (!this.seen.follows(message)) {
      this.line.lose();
      return;
    }
    switch (message.type) {
      case 'welcome':
      case 'resumed':
      case 'waiting':
        this.line.welcome();
        break;
      case 'refused':
        if (this.line.isWelcome) break;
        this.close();
        this.heard({ event: 'refused', problem: message.error });
        return;
      case 'closed':
        this.close();
        break;
    }
    this.heard({ event: 'message', message });
  }
}
