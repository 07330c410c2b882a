// Ways of bringing a decoded picture onto a canvas. With a GPU the plain `drawImage` is best; without one, converting in
// WebAssembly costs half of what the web view's own conversion does.

import { Converter } from './i420';

/** Paints pictures on one canvas. The picture is closed by the caller. */
export interface Painter {
  paint(frame: VideoFrame): Promise<void> | void;
}

/** The painter for this machine. */
export function painterFor(canvas: HTMLCanvasElement, software: boolean): Painter {
  const context = canvas.getContext('2d', { alpha: false, desynchronized: true });
  if (!context) throw new Error('no 2d context');
  return software ? new SoftwarePainter(context) : new PlainPainter(context);
}

function resize({ canvas }: CanvasRenderingContext2D, frame: VideoFrame): void {
  const { displayWidth: width, displayHeight: height } = frame;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

class PlainPainter implements Painter {
  constructor(private readonly context: CanvasRenderingContext2D) {}

  paint(frame: VideoFrame): void {
    resize(this.context, frame);
    this.context.drawImage(frame, 0, 0);
  }
}

class SoftwarePainter implements Painter {
  private converter: Converter | undefined;

  constructor(private readonly context: CanvasRenderingContext2D) {}

  async paint(frame: VideoFrame): Promise<void> {
    const rect = frame.visibleRect;
    if (frame.format !== 'I420' || !rect) {
      resize(this.context, frame);
      this.context.drawImage(frame, 0, 0);
      return;
    }
    const { width, height } = rect;
    if (this.converter?.width !== width || this.converter.height !== height) {
      this.converter = new Converter(width, height);
    }
    const { converter } = this;
    const layout = await frame.copyTo(converter.planes, { layout: converter.layout });
    // A web view that keeps to a layout of its own says so.
    layout.forEach((plane, n) => Object.assign(converter.layout[n] ?? {}, plane));
    converter.convert();
    resize(this.context, frame);
    this.context.putImageData(converter.image, 0, 0);
  }
}
