// A WebSocket of which the other end is the test.

import { vi } from 'vitest';

/** A line that records what is said on it. */
export class Line<Message extends object = object> {
  static readonly OPEN = 1;
  static all: Line[] = [];
  readyState = 0;
  onopen?: () => void;
  onmessage?: (event: { data: string }) => void;
  onclose?: () => void;
  readonly said: { type: string; [field: string]: unknown }[] = [];

  constructor(readonly url: string) {
    Line.all.push(this as unknown as Line);
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  hear(...messages: Message[]): void {
    for (const message of messages) this.onmessage?.({ data: JSON.stringify(message) });
  }

  send(text: string): void {
    this.said.push(JSON.parse(text));
  }

  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.();
  }
}

/** From now on every WebSocket is such a line; `vi.unstubAllGlobals()` ends it. */
export function inventLines(): void {
  Line.all = [];
  vi.stubGlobal('WebSocket', Line);
}

/** The line that was opened last, on which the other end says such messages. */
export function lastLine<Message extends object>(): Line<Message> {
  const last = Line.all.at(-1);
  if (!last) throw new Error('there is no line');
  return last as unknown as Line<Message>;
}
