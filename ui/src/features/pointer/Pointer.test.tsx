import { act, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeEngine } from '../../engine/fake';
import { openPage, press } from '../../test/page';

const byId = (id: string) => screen.getByTestId(id);
const points = (engine: FakeEngine) => engine.asked.filter(([name]) => name === 'point').map(([, at]) => at);
const layer = (where: HTMLElement) => within(where).getByTestId('pointer-layer');

/** Canvases are told that they are so large: jsdom lays nothing out. */
let sizes: ((entry: { contentRect: { width: number; height: number } }) => void)[] = [];
const Real = globalThis.ResizeObserver;

beforeEach(() => {
  sizes = [];
  globalThis.ResizeObserver = class implements ResizeObserver {
    constructor(private readonly heard: ResizeObserverCallback) {}
    observe(target: Element): void {
      if (target.tagName !== 'CANVAS') return;
      sizes.push((entry) => this.heard([entry as ResizeObserverEntry], this));
    }
    unobserve(): void {}
    disconnect(): void {}
  };
});
afterEach(() => {
  globalThis.ResizeObserver = Real;
  vi.restoreAllMocks();
});

const laidOut = (width: number, height: number) =>
  act(() => {
    for (const tell of sizes) tell({ contentRect: { width, height } });
  });

describe('my pointer', () => {
  it('is sent as a spot of the picture, and taken away when it leaves', async () => {
    const engine = await openPage('screen=call&people=2&share');
    // The drawn pictures are 16:9; 800 high leaves bars of 175 above and below.
    laidOut(800, 800);
    await press('more');
    await press('more-pointer');
    let now = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 100;
      return now;
    });
    const screenLayer = layer(byId('shared-screen'));
    fireEvent.pointerMove(screenLayer, { clientX: 400, clientY: 400 });
    expect(points(engine)).toEqual([
      { target: { kind: 'screen', participant_id: 'seat-0' }, x: 32_768, y: 32_768 },
    ]);
    fireEvent.pointerMove(screenLayer, { clientX: 400, clientY: 100 });
    expect(points(engine).at(-1)).toBeNull();
    fireEvent.pointerMove(screenLayer, { clientX: 0, clientY: 175 });
    expect(points(engine).at(-1)).toMatchObject({ x: 0, y: 0 });
    fireEvent.pointerOut(screenLayer);
    expect(points(engine).at(-1)).toBeNull();
  });

  it('is told again while it rests, and not once it is away', async () => {
    const engine = await openPage('screen=call&people=2');
    laidOut(640, 360);
    await press('more');
    await press('more-pointer');
    const tile = layer(byId('tile'));
    vi.useFakeTimers();
    try {
      fireEvent.pointerMove(tile, { clientX: 64, clientY: 10 });
      vi.advanceTimersByTime(7000);
      expect(points(engine)).toHaveLength(3);
      expect(points(engine)[2]).toEqual(points(engine)[0]);
      fireEvent.pointerLeave(tile);
      vi.advanceTimersByTime(7000);
      expect(points(engine)).toHaveLength(4);
      expect(points(engine)[3]).toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });

  it('is sent at most 30 times a second, the last place among it', async () => {
    const engine = await openPage('screen=call&people=2');
    laidOut(640, 360);
    await press('more');
    await press('more-pointer');
    const tile = layer(byId('tile'));
    vi.useFakeTimers();
    try {
      for (let n = 1; n <= 100; n += 1) {
        fireEvent.pointerMove(tile, { clientX: n, clientY: 10 });
        vi.advanceTimersByTime(5);
      }
      vi.advanceTimersByTime(50);
    } finally {
      vi.useRealTimers();
    }
    expect(points(engine).length).toBeGreaterThan(10);
    expect(points(engine).length).toBeLessThanOrEqual(16);
    expect(points(engine).at(-1)).toMatchObject({ x: Math.round((100 / 640) * 65_535) });
  });

  it('is off until it is switched on, and off again by its card', async () => {
    const engine = await openPage('screen=call&people=2');
    laidOut(640, 360);
    fireEvent.pointerMove(layer(byId('tile')), { clientX: 10, clientY: 10 });
    expect(points(engine)).toEqual([]);
    await press('more');
    await press('more-pointer');
    fireEvent.pointerMove(layer(byId('tile')), { clientX: 10, clientY: 10 });
    await press('pointing-end');
    expect(points(engine).at(-1)).toBeNull();
    expect(screen.queryByTestId('pointing')).toBeNull();
  });

  it('is not there without the right to it', async () => {
    await openPage('screen=call&people=2&without=live_pointer');
    await press('more');
    expect(screen.queryByTestId('more-pointer')).toBeNull();
  });
});

describe('the others’ pointers', () => {
  it('lie where they point, on whatever shows it', async () => {
    const engine = await openPage('screen=call&people=3&share');
    laidOut(800, 800);
    const target = { kind: 'screen', participant_id: 'seat-0' } as const;
    const point = (x: number, y: number) =>
      act(() =>
        engine.changeTools((state) => {
          state.pointers = [{ participant_id: 'seat-1', display_name: 'Kenji Mori', spot: { target, x, y } }];
        }),
      );
    point(65_535, 0);
    const pointer = () => within(byId('shared-screen')).getByTestId('pointer');
    expect(pointer().style.transform).toBe('translate(800px, 175px)');
    expect(pointer().textContent).toBe('Kenji Mori');
    expect(pointer().style.getPropertyValue('--colour')).toMatch(/^var\(--person-\d\)$/);
    point(0, 65_535);
    expect(pointer().style.transform).toBe('translate(0px, 625px)');
    // It is on that screen alone.
    expect(screen.getAllByTestId('pointer')).toHaveLength(1);
  });

  it('are turned round with one’s own mirrored picture', async () => {
    const engine = await openPage('screen=call&people=2');
    laidOut(640, 360);
    act(() =>
      engine.changeTools((state) => {
        const target = { kind: 'camera', participant_id: 'seat-me' } as const;
        state.pointers = [
          { participant_id: 'seat-0', display_name: 'Anna Rossi', spot: { target, x: 0, y: 0 } },
        ];
      }),
    );
    expect(within(byId('self-preview')).getByTestId('pointer').style.transform).toBe('translate(640px, 0px)');
  });
});
