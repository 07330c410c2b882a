// A WebSocket to a server of ours that is made anew whenever it breaks, until it is closed: connects, has a hello said,
// notices silence. What is said on it is for whoever holds it. The counterpart of `crates/call/src/line.rs`.

/** A line that says nothing for this long is dead. */
const SILENCE_LIMIT_MS = 15_000;
const PING_EVERY_MS = 5_000;
/** After a page was asleep, an answer within this shows that the line is still there. */
const AFTER_SLEEP_MS = 4_000;
const CONNECT_WITHIN_MS = 5_000;
const RETRY_FIRST_MS = 250;

/** What a line asks and tells. */
export interface LineWays<In> {
  /** The first message of each connection. */
  hello(): object;
  take(message: In): void;
  /** It is lost and is being made again. */
  lost(): void;
}

export class Line<Out extends { type: string }, In> {
  private socket: WebSocket | undefined;
  private welcomed = false;
  private closed = false;
  private queue: Out[] = [];
  private retryMs = RETRY_FIRST_MS;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private readonly ping: ReturnType<typeof setInterval>;
  private heardMs = 0;
  private tickedMs = 0;

  /** `retryMaxMs`: how long it waits between tries at most. */
  constructor(
    private readonly url: string,
    private readonly retryMaxMs: number,
    private readonly ways: LineWays<In>,
  ) {
    this.ping = setInterval(() => this.tick(), PING_EVERY_MS);
    addEventListener('online', this.wake);
    document.addEventListener('visibilitychange', this.wake);
    this.connect();
  }

  /** The hello was answered well. */
  get isWelcome(): boolean {
    return this.welcomed;
  }

  /** The hello was answered well: what waited is said now. */
  welcome(): void {
    this.retryMs = RETRY_FIRST_MS;
    if (this.welcomed) return;
    this.welcomed = true;
    for (const queued of this.queue.splice(0)) this.say(queued);
  }

  /** Sends a message now, or when the line is back; not `late`, it is forgotten then. */
  send(message: Out, late = true): void {
    if (this.welcomed && this.socket?.readyState === WebSocket.OPEN) this.say(message);
    else if (late) this.queue.push(message);
  }

  /** Begins anew. */
  lose(): void {
    const { socket } = this;
    this.socket = undefined;
    this.welcomed = false;
    socket?.close();
    if (this.closed) return;
    this.ways.lost();
    this.retry = setTimeout(() => this.connect(), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, this.retryMaxMs);
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
      this.say(this.ways.hello());
    };
    socket.onmessage = ({ data }) => {
      if (socket === this.socket && typeof data === 'string') this.take(data);
    };
    socket.onclose = () => {
      clearTimeout(limit);
      if (socket === this.socket) this.lose();
    };
  }

  private take(data: string): void {
    this.heardMs = performance.now();
    let message: In;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    if (!this.closed) this.ways.take(message);
  }

  private say(message: object): void {
    this.socket?.send(JSON.stringify(message));
  }

  private tick(): void {
    const now = performance.now();
    // A page in the background, or asleep, is called late: its line is given time to answer first.
    const slept = now - this.tickedMs > 2 * PING_EVERY_MS;
    this.tickedMs = now;
    if (slept) this.heardMs = Math.max(this.heardMs, now - SILENCE_LIMIT_MS + AFTER_SLEEP_MS);
    if (!this.socket) return;
    if (now - this.heardMs > SILENCE_LIMIT_MS) this.lose();
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
