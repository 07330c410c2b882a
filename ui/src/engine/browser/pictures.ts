// Brings streams onto `<video>` elements: the browser decodes and paints by itself.

import type { PicturesOn, Unlisten } from '../engine';

/** Something that can be shown on a video element. */
export interface PictureSource {
  attach(element: HTMLVideoElement): void;
  detach(element: HTMLVideoElement): void;
}

/** What a track of this device's own looks like. */
export function ownPicture(track: MediaStreamTrack): PictureSource {
  const stream = new MediaStream([track]);
  return {
    attach: (element) => {
      element.srcObject = stream;
    },
    detach: (element) => {
      element.srcObject = null;
    },
  };
}

export class VideoPictures implements PicturesOn<'video', HTMLVideoElement> {
  readonly element = 'video';
  readonly supported = true;
  private readonly sources = new Map<number, PictureSource>();
  private readonly shownOn = new Map<HTMLVideoElement, number>();
  /** Hears of each stream's first picture on the screen. */
  painted: ((streamId: number) => void) | undefined;

  /** What a stream is now; nothing when it is over. It may be shown already, or later. */
  provide(streamId: number, source: PictureSource | undefined): void {
    const before = this.sources.get(streamId);
    if (source) this.sources.set(streamId, source);
    else this.sources.delete(streamId);
    for (const [element, id] of this.shownOn) {
      if (id !== streamId) continue;
      before?.detach(element);
      source?.attach(element);
    }
  }

  attach(
    streamId: number,
    element: HTMLVideoElement,
    sized: (width: number, height: number) => void,
  ): Unlisten {
    this.shownOn.set(element, streamId);
    const tell = () => {
      if (element.videoWidth > 0) sized(element.videoWidth, element.videoHeight);
    };
    element.addEventListener('resize', tell);
    element.addEventListener('loadedmetadata', tell);
    element.dataset.streamId = String(streamId);
    const count = this.count(streamId, element);
    this.sources.get(streamId)?.attach(element);
    return () => {
      this.shownOn.delete(element);
      element.removeEventListener('resize', tell);
      element.removeEventListener('loadedmetadata', tell);
      count();
      this.sources.get(streamId)?.detach(element);
    };
  }

  // The element's own size is looked at by the media library.
  shown(): void {}

  /** Counts the pictures that were painted, as the frames of the desktop are. */
  private count(streamId: number, element: HTMLVideoElement): Unlisten {
    element.dataset.frames = '0';
    if (!element.requestVideoFrameCallback) return () => {};
    let frames = 0;
    let handle = 0;
    const painted = () => {
      frames += 1;
      element.dataset.frames = String(frames);
      if (frames === 1) this.painted?.(streamId);
      handle = element.requestVideoFrameCallback(painted);
    };
    handle = element.requestVideoFrameCallback(painted);
    return () => element.cancelVideoFrameCallback(handle);
  }
}
