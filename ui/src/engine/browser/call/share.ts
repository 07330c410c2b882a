// Showing a screen, a window or a tab: the browser has its own picker.

import type { ShareView } from '../../view';
import { ownPicture, type VideoPictures } from '../pictures';
import { nextStream } from './media';

/** What is shown; more pixels are not legible any more on the other side. */
const MOST = { width: { max: 2560 }, height: { max: 1440 }, frameRate: { ideal: 15, max: 30 } };

export class Share {
  private view_: ShareView | undefined;
  private shown: MediaStreamTrack | undefined;
  private sound_: MediaStreamTrack | undefined;
  /** What the others see while it stands still. */
  private still: MediaStreamTrack | undefined;

  constructor(
    private readonly pictures: VideoPictures,
    private readonly changed: () => void,
    /** It ended without being asked to. */
    private readonly ended: () => void,
  ) {}

  static readonly supported = typeof navigator.mediaDevices?.getDisplayMedia === 'function';

  get view(): ShareView | null {
    return this.view_ ?? null;
  }

  get track(): MediaStreamTrack | undefined {
    return this.still ?? this.shown;
  }

  get sound(): MediaStreamTrack | undefined {
    return this.still ? undefined : this.sound_;
  }

  /** To be called while somebody presses something: browsers ask for that. False where they thought better of it. */
  async start(): Promise<boolean> {
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia({ video: MOST, audio: true });
    } catch {
      return false;
    }
    this.end();
    const [track] = stream.getVideoTracks();
    if (!track) return false;
    track.contentHint = 'detail';
    // The person stops it in the browser's own bar, or closes the window.
    track.onended = () => {
      this.stop();
      this.ended();
    };
    const { displaySurface } = track.getSettings();
    const kind = displaySurface === 'monitor' ? 'screen' : 'window';
    const stream_id = kind === 'screen' ? null : nextStream();
    this.shown = track;
    [this.sound_] = stream.getAudioTracks();
    if (stream_id !== null) this.pictures.provide(stream_id, ownPicture(track));
    this.view_ = { kind, label: label(track.label), paused: false, stream_id };
    this.changed();
    return true;
  }

  /** The others see the last picture standing still, or what there is again. */
  async pause(paused: boolean): Promise<void> {
    if (!this.view_ || !this.shown || this.view_.paused === paused) return;
    this.still?.stop();
    this.still = paused ? await stillOf(this.shown) : undefined;
    if (this.view_) this.view_ = { ...this.view_, paused };
    this.changed();
  }

  stop(): void {
    this.end();
    this.changed();
  }

  private end(): void {
    for (const track of [this.shown, this.sound_, this.still]) {
      if (track) track.onended = null;
      track?.stop();
    }
    if (this.view_?.stream_id != null) this.pictures.provide(this.view_.stream_id, undefined);
    this.view_ = undefined;
    this.shown = undefined;
    this.sound_ = undefined;
    this.still = undefined;
  }
}

/** Chrome names screens `screen:0:0` and tabs by numbers: that is for nobody to read. */
function label(name: string): string {
  return /^(screen|window|web-contents-media-stream|monitor)[:/]/i.test(name) ? '' : name;
}

async function stillOf(track: MediaStreamTrack): Promise<MediaStreamTrack | undefined> {
  const element = document.createElement('video');
  element.muted = true;
  const source = ownPicture(track);
  source.attach(element);
  await element.play().catch(() => {});
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [element.videoWidth || 16, element.videoHeight || 9];
  const context = canvas.getContext('2d', { alpha: false });
  const draw = () => context?.drawImage(element, 0, 0);
  draw();
  const [still] = canvas.captureStream(1).getVideoTracks();
  element.pause();
  source.detach(element);
  return still;
}
