// Ways of bringing a decoded picture onto a canvas. With a GPU the plain `drawImage` is best; without one, converting in
// WebAssembly costs half of what the web view's own conversion does.

import type { DecodedPicture } from '../frameWire';
import { Converter } from './i420';

/** Paints pictures on one canvas. The picture is closed by the caller. */
export interface Painter {
  paint(picture: VideoFrame): Promise<void> | void;
}

/** Paints pictures that came decoded, where the web view cannot decode. */
export class PlanesPainter {
  private readonly context: CanvasRenderingContext2D;
  private converter: Converter | undefined;

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('no 2d context');
    this.context = context;
  }

  paint({ width, height, planes }: DecodedPicture): void {
    if (this.converter?.width !== width || this.converter.height !== height) {
      this.converter = new Converter(width, height);
    }
    const { converter, context } = this;
    converter.planes.set(planes);
    converter.convert([
      { offset: 0, stride: width },
      { offset: width * height, stride: width / 2 },
      { offset: (width * height * 5) / 4, stride: width / 2 },
    ]);
    resize(context, width, height);
    context.putImageData(converter.image, 0, 0);
  }
}

/** The painter for this machine. */
export function painterFor(canvas: HTMLCanvasElement, software: boolean): Painter {
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('no 2d context');
  return software ? new SoftwarePainter(context) : new PlainPainter(context);
}

function resize({ canvas }: CanvasRenderingContext2D, width: number, height: number): void {
  // Setting a size clears the canvas even where it is the same.
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

class PlainPainter implements Painter {
  constructor(private readonly context: CanvasRenderingContext2D) {}

  paint(picture: VideoFrame): void {
    resize(this.context, picture.displayWidth, picture.displayHeight);
    this.context.drawImage(picture, 0, 0);
  }
}

class SoftwarePainter implements Painter {
  private converter: Converter | undefined;

  constructor(private readonly context: CanvasRenderingContext2D) {}

  async paint(picture: VideoFrame): Promise<void> {
    const rect = picture.visibleRect;
    if (picture.format !== 'I420' || !rect) {
      resize(this.context, picture.displayWidth, picture.displayHeight);
      this.context.drawImage(picture, 0, 0);
      return;
    }
    const { width, height } = rect;
    if (this.converter?.width !== width || this.converter.height !== height) {
      this.converter = new Converter(width, height);
    }
    const { converter } = this;
    // A web view that keeps to a layout of its own says so in its answer.
    converter.convert(await picture.copyTo(converter.planes, { layout: converter.layout }));
    resize(this.context, width, height);
    this.context.putImageData(converter.image, 0, 0);
  }
}
