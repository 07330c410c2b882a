// The line to the page in the frame: a handshake, then messages. Only that window of that origin is heard, and only it is
// spoken to.

import { VisitaError } from './errors';
import { type FromFrame, MARK, type ToFrame, unmarked } from './wire';

/** A page that has loaded has nothing to do before it answers. */
const ANSWER_MS = 4_000;
/** As long as a page may take to load. */
const LOAD_MS = 20_000;

export class Frame {
  /** The handshake; nothing was said before. */
  readonly ready: Promise<void>;
  private isReady = false;

  constructor(
    private readonly frame: HTMLIFrameElement,
    private readonly server: string,
    hello: () => ToFrame,
    private readonly heard: (message: FromFrame) => void,
  ) {
    addEventListener('message', this.take);
    this.ready = new Promise((resolve, reject) => {
      const late = () => reject(new VisitaError('server_unreachable', `${server} does not answer`));
      let limit = setTimeout(late, LOAD_MS);
      // A page that the browser refuses to show loads too: something else, that never answers.
      frame.addEventListener('load', () => {
        if (this.isReady) return;
        clearTimeout(limit);
        limit = setTimeout(() => reject(refused(server)), ANSWER_MS);
        this.post(hello());
      });
      this.answered = () => {
        clearTimeout(limit);
        this.isReady = true;
        resolve();
      };
    });
    // Whoever waits for it hears of it; nobody may wait yet.
    this.ready.catch(() => {});
  }

  say(message: ToFrame): void {
    if (this.isReady) this.post(message);
  }

  destroy(): void {
    removeEventListener('message', this.take);
  }

  private answered = () => {};

  private post(message: ToFrame): void {
    this.frame.contentWindow?.postMessage({ mark: MARK, ...message }, this.server);
  }

  private readonly take = ({ source, origin, data }: MessageEvent): void => {
    if (source === null || source !== this.frame.contentWindow || origin !== this.server) return;
    const message = unmarked<FromFrame>(data);
    if (!message) return;
    if (message.say === 'ready') this.answered();
    else if (this.isReady) this.heard(message);
  };
}

function refused(server: string): VisitaError {
  return new VisitaError(
    'frame_refused',
    `${server} does not let this page show visits. Is ${location.origin} among the company's embed_origins, and is appId ` +
      'its web_app_id? (PATCH /v2/company)',
  );
}
