// What the page asks of whatever stands behind it. The desktop back end, and an invented one for tests and for looking at
// screens in a plain browser, are both of this kind.

import type { AppView, FramesEndpoint, Levels, SettingsPatch, ShownSize } from '../ipc/bindings';

/** Ends a subscription. */
export type Unlisten = () => void;

export interface Engine {
  /** The present view. Listen first, then ask: so no first change is lost. */
  appView(): Promise<AppView>;
  onAppView(heard: (view: AppView) => void): Promise<Unlisten>;
  /** Sound levels, up to 15 times a second. */
  onLevels(heard: (levels: Levels) => void): Promise<Unlisten>;

  openLink(link: string): Promise<void>;
  startTestCall(): Promise<void>;
  setDisplayName(name: string): Promise<void>;
  setMicrophone(on: boolean): Promise<void>;
  setCamera(on: boolean): Promise<void>;
  playTestSound(): Promise<void>;
  /** Goes in; `displace` takes the seat over from another device. */
  join(displace: boolean): Promise<void>;
  leave(): Promise<void>;
  endForEveryone(): Promise<void>;
  goHome(): Promise<void>;
  rejoin(): Promise<void>;
  dismissNotice(): Promise<void>;
  updateSettings(patch: SettingsPatch): Promise<void>;
  refreshDevices(): Promise<void>;

  framesEndpoint(): Promise<FramesEndpoint>;
  setShownSizes(sizes: ShownSize[]): Promise<void>;
  /** Where the pictures come from. */
  readonly pictures: Pictures;
}

/** Brings streams onto canvases. */
export interface Pictures {
  /** Whether this web view can show pictures at all. */
  readonly supported: boolean;
  /**
   * Shows a stream on a canvas until the answer is called. `sized` hears the picture's size in pixels, at its first
   * picture and at each change.
   */
  attach(
    streamId: number,
    canvas: HTMLCanvasElement,
    sized: (width: number, height: number) => void,
  ): Unlisten;
  /** The size at which a canvas is shown, in device pixels. */
  shown(streamId: number, canvas: HTMLCanvasElement, width: number, height: number): void;
}
