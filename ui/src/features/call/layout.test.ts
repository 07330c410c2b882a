import { describe, expect, it } from 'vitest';
import type { PersonView } from '../../ipc/bindings';
import { arrange, cornerTowards, layout, nearestCorner } from './layout';

const person = (id: string, more: Partial<PersonView> = {}): PersonView => ({
  participant_id: id,
  display_name: id,
  is_admin: false,
  microphone: true,
  camera: true,
  speaking: false,
  quality: 5,
  streams: [],
  ...more,
});
const connected = { state: 'connected' } as const;

describe('the layout', () => {
  it('is chosen by who is there', () => {
    expect(layout({ connection: { state: 'connecting' }, people: [] }).kind).toBe('joining');
    expect(layout({ connection: connected, people: [] }).kind).toBe('alone');
    expect(layout({ connection: connected, people: [person('a')] }).kind).toBe('single');
    const three = ['a', 'b'].map((id) => person(id));
    expect(layout({ connection: connected, people: three })).toMatchObject({ kind: 'grid', ownTile: false });
    const four = ['a', 'b', 'c'].map((id) => person(id));
    expect(layout({ connection: connected, people: four })).toMatchObject({ kind: 'grid', ownTile: true });
  });

  it('a screen comes first', () => {
    const stream = { stream_id: 4, source: 'screen', size: { width: 1920, height: 1080 } } as const;
    const people = [person('a'), person('b', { streams: [stream] })];
    expect(layout({ connection: connected, people })).toMatchObject({ kind: 'shared', stream });
  });
});

describe('the arrangement', () => {
  it('is square for 4, 9 and 25 on a wide stage', () => {
    for (const side of [2, 3, 5]) {
      expect(arrange(side * side, 1248, 640, 12)).toMatchObject({ columns: side, rows: side });
    }
  });

  it('puts two side by side on a wide stage and one above the other on a tall one', () => {
    expect(arrange(2, 1248, 640, 12).columns).toBe(2);
    expect(arrange(2, 340, 640, 12).columns).toBe(1);
  });

  it('keeps every tile in the box and within its ratio', () => {
    for (let count = 1; count <= 25; count += 1) {
      for (const [width, height] of [
        [1248, 640],
        [768, 440],
        [328, 480],
      ] as const) {
        const { columns, rows, width: w, height: h } = arrange(count, width, height, 8);
        expect(columns * rows).toBeGreaterThanOrEqual(count);
        expect(columns * w + (columns - 1) * 8).toBeLessThanOrEqual(width);
        expect(rows * h + (rows - 1) * 8).toBeLessThanOrEqual(height);
        expect(w / h).toBeGreaterThan(1.45);
        expect(w / h).toBeLessThan(2.2);
      }
    }
  });

  it('survives a box without room', () => {
    expect(arrange(5, 0, 0, 8)).toMatchObject({ width: 0, height: 0 });
  });
});

describe('corners', () => {
  it('are found by place and by key', () => {
    expect(nearestCorner(10, 10, 100, 100)).toBe('top-left');
    expect(nearestCorner(90, 60, 100, 100)).toBe('bottom-right');
    expect(cornerTowards('bottom-right', 'ArrowUp')).toBe('top-right');
    expect(cornerTowards('top-right', 'ArrowLeft')).toBe('top-left');
    expect(cornerTowards('top-right', 'Enter')).toBe('top-right');
  });
});
