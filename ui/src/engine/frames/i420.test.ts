import { beforeAll, describe, expect, it } from 'vitest';
import { Converter } from './i420';

beforeAll(() => {
  globalThis.ImageData ??= class {
    constructor(
      readonly data: Uint8ClampedArray,
      readonly width: number,
      readonly height: number,
    ) {}
  } as unknown as typeof ImageData;
});

/** BT.601, limited range, by the book (ITU-R BT.601-7, 2.5). */
function reference(y: number, u: number, v: number): [number, number, number] {
  const luma = (y - 16) * (255 / 219);
  const [cb, cr] = [(u - 128) * (255 / 224), (v - 128) * (255 / 224)];
  const clamp = (value: number) => Math.min(255, Math.max(0, value));
  return [clamp(luma + 1.402 * cr), clamp(luma - 0.344136 * cb - 0.714136 * cr), clamp(luma + 1.772 * cb)];
}

describe('the converter', () => {
  it.each([
    [16, 2],
    [18, 4],
    [640, 6],
    [322, 5],
  ])('is right for every pixel of %d by %d', (width, height) => {
    const converter = new Converter(width, height);
    const { planes, layout } = converter;
    const [y, u, v] = layout;
    if (!y || !u || !v) throw new Error('three planes');
    let seed = 7;
    const random = () => {
      seed = (seed * 1103515245 + 12345) >>> 0;
      return (seed >>> 16) & 255;
    };
    for (let n = 0; n < planes.length; n += 1) planes[n] = random();
    converter.convert();
    const { data, width: wide } = converter.image;
    let worst = 0;
    for (let row = 0; row < height; row += 1) {
      for (let column = 0; column < width; column += 1) {
        const chroma = (row >> 1) * u.stride + (column >> 1);
        const expected = reference(
          planes[y.offset + row * y.stride + column] ?? 0,
          planes[u.offset + chroma] ?? 0,
          planes[v.offset + chroma] ?? 0,
        );
        const at = (row * wide + column) * 4;
        expected.forEach((value, n) => {
          worst = Math.max(worst, Math.abs(value - (data[at + n] ?? 0)));
        });
        expect(data[at + 3]).toBe(255);
      }
    }
    expect(worst).toBeLessThanOrEqual(2.5);
  });

  it('keeps to the strides that it is told', () => {
    const converter = new Converter(16, 2);
    converter.planes.fill(128);
    converter.planes.fill(235, 8, 8 + 16);
    const [, u, v] = converter.layout;
    if (!u || !v) throw new Error('three planes');
    converter.convert([{ offset: 8, stride: 16 }, { ...u }, { ...v }]);
    expect([...converter.image.data.slice(0, 4)]).toEqual([255, 255, 255, 255]);
    expect(converter.image.data[16 * 4]).toBeLessThan(140);
  });
});
