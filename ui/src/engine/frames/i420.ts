// The WebAssembly converter, with room for one picture.

import wasm from './i420.wat';

interface Exports {
  memory: WebAssembly.Memory;
  convert(
    y: number,
    yStride: number,
    u: number,
    uStride: number,
    v: number,
    vStride: number,
    out: number,
    width: number,
    height: number,
  ): void;
}

let module: WebAssembly.Module | undefined;

/** Converts pictures of one size from I420 to RGBA. */
export class Converter {
  /** Where the planes are to be written: offsets into `planes`. */
  readonly layout: PlaneLayout[];
  /** Y, U and V with 16 bytes to spare. */
  readonly planes: Uint8Array<ArrayBuffer>;
  /** The result. Its width is rounded up to 16: the canvas cuts off the rest. */
  readonly image: ImageData;
  private readonly exports: Exports;
  private readonly out: number;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    module ??= new WebAssembly.Module(wasm);
    this.exports = new WebAssembly.Instance(module).exports as unknown as Exports;
    const wide = (width + 15) & ~15;
    const stride = wide;
    const half = wide / 2;
    const lines = (height + 1) >> 1;
    const ySize = stride * height;
    const uvSize = half * lines;
    this.layout = [
      { offset: 0, stride },
      { offset: ySize, stride: half },
      { offset: ySize + uvSize, stride: half },
    ];
    const planeBytes = ySize + 2 * uvSize + 16;
    this.out = (planeBytes + 15) & ~15;
    const total = this.out + wide * height * 4;
    const { memory } = this.exports;
    memory.grow(Math.max(0, Math.ceil((total - memory.buffer.byteLength) / 65536)));
    const buffer = memory.buffer as ArrayBuffer;
    this.planes = new Uint8Array(buffer, 0, planeBytes);
    this.image = new ImageData(new Uint8ClampedArray(buffer, this.out, wide * height * 4), wide, height);
  }

  /** Converts what lies in `planes`, at the places that `copyTo` answered. */
  convert(layout: PlaneLayout[] = this.layout): void {
    const [y, u, v] = layout;
    if (!y || !u || !v) return;
    const { width, height } = this.image;
    this.exports.convert(y.offset, y.stride, u.offset, u.stride, v.offset, v.stride, this.out, width, height);
  }
}
