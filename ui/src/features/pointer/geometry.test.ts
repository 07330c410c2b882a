import { describe, expect, it } from 'vitest';
import type { Fit } from '../../engine/frames/fit';
import { placeOf, spotAt } from './geometry';

const fitted = (picture: [number, number], box: [number, number], fit: Fit) => ({
  picture: { width: picture[0], height: picture[1] },
  box: { width: box[0], height: box[1] },
  fit,
});
const END = 65_535;

describe('a spot', () => {
  it('is the same share of the picture, however large it is shown', () => {
    for (const scale of [0.5, 1, 3]) {
      const same = fitted([1280, 720], [1280 * scale, 720 * scale], 'contain');
      expect(spotAt({ x: 320 * scale, y: 540 * scale }, same)).toEqual({ x: 16_384, y: 49_151 });
    }
  });

  it('is nothing beside a picture that is shown whole', () => {
    // 400 of 1000 across: 300 to either side.
    const tall = fitted([400, 800], [1000, 800], 'contain');
    expect(spotAt({ x: 299, y: 400 }, tall)).toBeUndefined();
    expect(spotAt({ x: 701, y: 400 }, tall)).toBeUndefined();
    expect(spotAt({ x: 300, y: 0 }, tall)).toEqual({ x: 0, y: 0 });
    expect(spotAt({ x: 700, y: 800 }, tall)).toEqual({ x: END, y: END });
    const wide = fitted([800, 200], [800, 600], 'contain');
    expect(spotAt({ x: 400, y: 199 }, wide)).toBeUndefined();
    expect(spotAt({ x: 400, y: 200 }, wide)).toEqual({ x: 32_768, y: 0 });
  });

  it('counts what is cut off', () => {
    // Twice as wide as the box: a quarter is gone on either side.
    const cut = fitted([800, 400], [400, 400], 'cover');
    expect(spotAt({ x: 0, y: 0 }, cut)).toEqual({ x: 16_384, y: 0 });
    expect(spotAt({ x: 400, y: 400 }, cut)).toEqual({ x: 49_151, y: END });
  });

  it('is turned round in a mirror', () => {
    const own = fitted([640, 360], [640, 360], 'cover');
    expect(spotAt({ x: 0, y: 0 }, own, true)).toEqual({ x: END, y: 0 });
    expect(placeOf({ x: END, y: 0 }, own, true)).toEqual({ x: 0, y: 0, cut: false });
  });

  it('is nothing before there is a picture, or room', () => {
    expect(spotAt({ x: 0, y: 0 }, fitted([0, 0], [400, 400], 'contain'))).toBeUndefined();
    expect(placeOf({ x: 0, y: 0 }, fitted([640, 360], [0, 0], 'cover'))).toBeUndefined();
  });
});

describe('a pointer', () => {
  it('comes back to where it was, in a tile of any shape', () => {
    for (const fit of ['cover', 'contain'] as const) {
      for (const box of [
        [1248, 644],
        [300, 500],
        [160, 100],
        [640, 360],
      ] as [number, number][]) {
        for (const mirrored of [false, true]) {
          const shown = fitted([1280, 720], box, fit);
          const at = { x: box[0] / 2 + 20, y: box[1] / 2 - 12 };
          const spot = spotAt(at, shown, mirrored);
          const place = spot && placeOf(spot, shown, mirrored);
          expect(place?.x).toBeCloseTo(at.x, 1);
          expect(place?.y).toBeCloseTo(at.y, 1);
          expect(place?.cut).toBe(false);
        }
      }
    }
  });

  it('is held at the edge where its spot is cut off', () => {
    const cut = fitted([800, 400], [400, 400], 'cover');
    expect(placeOf({ x: 0, y: 0 }, cut)).toEqual({ x: 0, y: 0, cut: true });
    expect(placeOf({ x: END, y: END }, cut)).toEqual({ x: 400, y: 400, cut: true });
    expect(placeOf({ x: 32_768, y: 32_768 }, cut)?.cut).toBe(false);
  });
});
