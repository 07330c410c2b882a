// The page around this one, as far as it may be trusted: whoever says hello first from the window above. Which origins may
// stand there at all the server has said with the page (`frame-ancestors`).

import { type FromFrame, MARK, type ToFrame, unmarked } from '../../../../widget/src/wire';

export class Parent {
  private origin: string | undefined;

  constructor(private readonly heard: (message: ToFrame) => void) {
    addEventListener('message', (event) => this.take(event));
  }

  say(message: FromFrame): void {
    if (this.origin !== undefined) window.parent.postMessage({ mark: MARK, ...message }, this.origin);
  }

  private take({ source, origin, data }: MessageEvent): void {
    // A page without an origin, such as a file, cannot be answered to it alone.
    if (source !== window.parent || window.parent === window || origin === 'null') return;
    const message = unmarked<ToFrame>(data);
    if (!message) return;
    if (this.origin === undefined) {
      if (message.say !== 'hello') return;
      this.origin = origin;
    } else if (origin !== this.origin) {
      return;
    }
    this.heard(message);
  }
}
