import { describe, expect, it } from 'vitest';
import { largest } from './client';
import { objectFit } from './fit';

describe('how a picture is shown', () => {
  const camera = { width: 1280, height: 720 };

  it('fills its place where little is lost', () => {
    expect(objectFit(camera, { width: 1248, height: 640 })).toBe('cover');
    expect(objectFit(camera, { width: 408, height: 205 })).toBe('cover');
    expect(objectFit(camera, { width: 620, height: 420 })).toBe('cover');
  });

  it('is shown whole where much would be', () => {
    expect(objectFit({ width: 640, height: 480 }, { width: 1248, height: 640 })).toBe('contain');
    expect(objectFit({ width: 720, height: 1280 }, { width: 408, height: 205 })).toBe('contain');
  });

  it('does not ask about nothing', () => {
    expect(objectFit({ width: 0, height: 0 }, camera)).toBe('cover');
  });
});

describe('the sizes told', () => {
  it('are the largest of each stream', () => {
    const size = (stream_id: number, width: number) => ({ stream_id, size: { width, height: width } });
    expect(largest([size(1, 100), size(2, 50), size(1, 300), size(1, 0)])).toEqual([
      size(1, 300),
      size(2, 50),
    ]);
  });
});
