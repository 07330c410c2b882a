import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeEngine } from '../../engine/fake';
import { openPage, press } from '../../test/page';
import { turned } from './pdf/PdfSheet';

vi.mock('pdfjs-dist/legacy/build/pdf.worker.mjs?worker', async () => ({
  default: (await import('../../test/pdfWorker')).LocalWorker,
}));

const byId = (id: string) => screen.getByTestId(id);
const shown = (id: string) => screen.queryByTestId(id) !== null;
const asked = (engine: FakeEngine, name: string) => engine.asked.filter(([one]) => one === name);
const card = (id: string) => {
  const found = screen.getAllByTestId('file').find(({ dataset }) => dataset.fileId === id);
  if (!found) throw new Error(`no file ${id}`);
  return found;
};

/** Areas are told that they are so large: jsdom lays nothing out. */
let sizes: ((width: number, height: number) => void)[] = [];
const Real = globalThis.ResizeObserver;
beforeEach(() => {
  sizes = [];
  globalThis.ResizeObserver = class implements ResizeObserver {
    constructor(private readonly heard: ResizeObserverCallback) {}
    observe(target: Element): void {
      if ((target as HTMLElement).dataset.testid !== 'viewer-area') return;
      sizes.push((width, height) =>
        this.heard([{ contentRect: { width, height } } as ResizeObserverEntry], this),
      );
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
    for (const tell of sizes) tell(width, height);
  });

async function open(id: string, query = 'chat=pdf', without: Parameters<typeof openPage>[1] = []) {
  const engine = await openPage(`screen=call&people=3&${query}`, without);
  await press('chat');
  await userEvent.click(within(card(id)).getByTestId('file-picture'));
  return engine;
}
const pages = () => screen.findByTestId('pdf-page');

describe('a document', () => {
  it('opens with pages, which are turned by buttons and keys', async () => {
    await open('knee-march');
    expect((await pages()).textContent).toContain('Page 1 of 4');
    await waitFor(() => expect(byId('pdf-words').textContent).toContain('knee-march, page 1'));
    expect((byId('pdf-previous') as HTMLButtonElement).disabled).toBe(true);
    await press('pdf-next');
    await waitFor(() => expect(byId('pdf-words').textContent).toContain('knee-march, page 2'));
    await userEvent.keyboard('{PageDown}');
    expect(byId('pdf-page').textContent).toContain('Page 3 of 4');
    await userEvent.keyboard('{ArrowLeft}');
    expect(byId('pdf-page').textContent).toContain('Page 2 of 4');
    await userEvent.keyboard('{End}{PageDown}');
    expect(byId('pdf-page').textContent).toContain('Page 4 of 4');
    expect((byId('pdf-next') as HTMLButtonElement).disabled).toBe(true);
    await userEvent.keyboard('{Home}');
    expect(byId('pdf-page').textContent).toContain('Page 1 of 4');
    await userEvent.keyboard('{Escape}');
    expect(shown('pdf-sheet')).toBe(false);
  });

  it('goes on down a page before it turns it', async () => {
    await open('knee-march');
    await pages();
    const area = byId('viewer-area');
    Object.defineProperties(area, { scrollHeight: { value: 1500 }, clientHeight: { value: 600 } });
    await userEvent.keyboard('{PageDown}');
    expect(area.scrollTop).toBe(540);
    await userEvent.keyboard('{PageDown}');
    expect([area.scrollTop, byId('pdf-page').textContent]).toEqual([1080, '1 / 4Page 1 of 4']);
    await userEvent.keyboard('{PageDown}');
    expect([area.scrollTop, byId('pdf-page').textContent]).toEqual([0, '2 / 4Page 2 of 4']);
  });

  it('is made larger and smaller by buttons, keys and a pinch', async () => {
    await open('knee-march');
    await pages();
    await waitFor(() => expect(shown('pdf-paper')).toBe(true));
    const percent = () => byId('viewer-percent').textContent;
    laidOut(1000, 600);
    expect(percent()).toBe('125 %');
    await press('viewer-larger');
    expect(percent()).toBe('156 %');
    await userEvent.keyboard('--');
    expect(percent()).toBe('100 %');
    await userEvent.keyboard('0');
    // A4 is 1122.67 high.
    expect(percent()).toBe('53 %');
    expect((byId('viewer-fit') as HTMLButtonElement).disabled).toBe(true);
    fireEvent.wheel(byId('viewer-area'), { deltaY: -60, ctrlKey: true });
    expect(percent()).toBe('97 %');
  });

  it('is of one page where arrows have something to move', () => {
    expect(turned('ArrowRight', false, 2, 4)).toBe(3);
    expect(turned('ArrowRight', true, 2, 4)).toBeUndefined();
    expect(turned('a', false, 2, 4)).toBeUndefined();
  });

  it.each([
    ['locked', 'This document is protected by a password'],
    ['broken', 'This document cannot be shown'],
  ])('that is %s says so, and is saved', async (id, words) => {
    const engine = await open(id);
    expect((await screen.findByTestId('viewer-instead')).textContent).toContain(words);
    expect(shown('pdf-page')).toBe(false);
    await press('pdf-save');
    expect(asked(engine, 'download')).toEqual([['download', id]]);
    await press('pdf-open');
    expect(asked(engine, 'open file')).toEqual([['open file', id]]);
  });

  it('that does not come is asked for again', async () => {
    const engine = await openPage('screen=call&people=3&chat=pdf');
    const fetch = engine.tools?.filePicture;
    if (!engine.tools || !fetch) throw new Error('no tools');
    let there = false;
    engine.tools.filePicture = async (...given) => (there ? fetch(...given) : null);
    await press('chat');
    vi.useFakeTimers({ shouldAdvanceTime: true });
    try {
      fireEvent.click(within(card('knee-march')).getByTestId('file-picture'));
      await act(() => vi.advanceTimersByTimeAsync(7000));
    } finally {
      vi.useRealTimers();
    }
    expect(byId('viewer-instead').textContent).toContain('It could not be fetched');
    there = true;
    await press('viewer-again');
    expect((await pages()).textContent).toContain('Page 1 of 4');
  });

  it('that is too large is not shown, only saved', async () => {
    await openPage('screen=call&people=3&chat=pdf');
    await press('chat');
    const large = within(card('all-images-of-the-year'));
    expect(large.queryByTestId('file-picture')).toBeNull();
    expect(large.getByRole('progressbar')).toBeTruthy();
  });
});

describe('first pages', () => {
  it('are made of what was in sight, once, and not of what is large', async () => {
    const RealObserver = globalThis.IntersectionObserver;
    const inSight: (() => void)[] = [];
    globalThis.IntersectionObserver = class {
      constructor(heard: (entries: { isIntersecting: boolean }[]) => void) {
        inSight.push(() => heard([{ isIntersecting: true }]));
      }
      observe(): void {}
      disconnect(): void {}
    } as unknown as typeof IntersectionObserver;
    try {
      const engine = await openPage('screen=call&people=3&chat=pdf');
      const fetched: string[] = [];
      const fetch = engine.tools?.filePicture;
      if (!engine.tools || !fetch) throw new Error('no tools');
      engine.tools.filePicture = (id, large) => {
        if (large) fetched.push(id);
        return fetch(id, large);
      };
      await press('chat');
      expect(fetched).toEqual([]);
      act(() => {
        for (const see of inSight) see();
      });
      await waitFor(() => expect(fetched).toEqual(['locked', 'broken', 'knee-march']));
      await press('close-panel');
      await press('chat');
      act(() => {
        for (const see of inSight) see();
      });
      await userEvent.click(within(card('knee-march')).getByTestId('file-picture'));
      await pages();
      // Only what is opened large is fetched again.
      expect(fetched).toEqual(['locked', 'broken', 'knee-march', 'knee-march']);
    } finally {
      globalThis.IntersectionObserver = RealObserver;
    }
  });
});

describe('what is being saved', () => {
  it('is stopped on its card', async () => {
    const engine = await openPage('screen=call&people=3&chat=pdf');
    await press('chat');
    const file = within(card('all-images-of-the-year'));
    await userEvent.click(file.getByRole('button', { name: 'Stop saving all-images-of-the-year.pdf' }));
    expect(asked(engine, 'cancel download')).toEqual([['cancel download', 'all-images-of-the-year']]);
    expect(file.queryByTestId('file-save')).toBeTruthy();
    expect(file.queryByRole('progressbar')).toBeNull();
  });

  it('is stopped where it is shown large', async () => {
    const engine = await open('knee-march');
    await pages();
    act(() =>
      engine.changeTools(({ chat }) => {
        const file = chat.messages.find((one) => one.file?.info.file_id === 'knee-march')?.file;
        if (file) file.state = { state: 'downloading', received: 600_000 };
      }),
    );
    expect(within(byId('pdf-sheet')).getByRole('progressbar').getAttribute('aria-valuenow')).toBe('33');
    await press('pdf-stop');
    expect(asked(engine, 'cancel download')).toEqual([['cancel download', 'knee-march']]);
    expect(shown('pdf-save')).toBe(true);
  });
});

describe('pointing at a file', () => {
  const points = (engine: FakeEngine) => asked(engine, 'point').map(([, spot]) => spot);
  /** Each look at the clock is long after the one before. */
  const slowly = () => {
    let now = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 100;
      return now;
    });
  };
  const layer = (sheet: string) => within(byId(sheet)).getByTestId('pointer-layer');

  it('tells the page and the same spot at every size', async () => {
    const engine = await open('knee-march');
    await pages();
    await waitFor(() => expect(shown('pdf-words')).toBe(true));
    laidOut(793.7, 600);
    slowly();
    await press('viewer-point');
    expect(byId('viewer-point').getAttribute('aria-pressed')).toBe('true');
    const size = () => {
      const { width, height } = (layer('pdf-sheet').parentElement as HTMLElement).style;
      return [Number.parseFloat(width), Number.parseFloat(height)] as const;
    };
    const middle = () => {
      const [width, height] = size();
      fireEvent.pointerMove(layer('pdf-sheet'), { clientX: width / 4, clientY: height / 2 });
    };
    middle();
    await press('viewer-larger');
    middle();
    const [first, second] = points(engine);
    const target = { kind: 'file', file_id: 'knee-march', page: 1 };
    expect(first).toEqual({ target, x: 16_384, y: 32_768 });
    expect(second).toEqual(first);
    // On another page nothing of it stays behind.
    await press('pdf-next');
    expect(points(engine).at(-1)).toBeNull();
    await waitFor(() => expect(byId('pdf-words').textContent).toContain('page 2'));
    middle();
    expect(points(engine).at(-1)).toMatchObject({ target: { page: 2 } });
    await press('picture-close');
    expect(points(engine).at(-1)).toBeNull();
  });

  it('shows the others where they point, on that page alone, and the way to them', async () => {
    await open('knee-march', 'chat=pdf&pointers=files');
    await pages();
    await waitFor(() => expect(shown('pdf-words')).toBe(true));
    expect(within(byId('pdf-sheet')).queryByTestId('pointer')).toBeNull();
    expect(byId('pointed-elsewhere').textContent).toBe('Anna Rossi is pointing at page 2');
    await press('pointed-elsewhere');
    expect(byId('pdf-page').textContent).toContain('Page 2 of 4');
    laidOut(1000, 600);
    const pointer = () => within(byId('pdf-sheet')).findByTestId('pointer');
    const at = async () => (await pointer()).style.transform.match(/[\d.]+/g)?.map(Number);
    const own = [793.7, 1122.7] as const;
    const spot = [20_000 / 65_535, 14_000 / 65_535] as const;
    for (const scale of [1.25, 1.5625]) {
      const [x = 0, y = 0] = (await at()) ?? [];
      expect(x).toBeCloseTo(spot[0] * own[0] * scale, 0);
      expect(y).toBeCloseTo(spot[1] * own[1] * scale, 0);
      await press('viewer-larger');
    }
    expect(shown('pointed-elsewhere')).toBe(false);
  });

  it('works on a picture', async () => {
    const engine = await open('photo', 'chat=long&pointers=files');
    await within(byId('picture-sheet')).findByRole('img');
    laidOut(640, 360);
    expect(within(byId('picture-sheet')).getAllByTestId('pointer')).toHaveLength(2);
    slowly();
    await press('viewer-point');
    fireEvent.pointerMove(layer('picture-sheet'), { clientX: 320, clientY: 90 });
    expect(points(engine)).toEqual([
      { target: { kind: 'file', file_id: 'photo', page: 1 }, x: 32_768, y: 16_384 },
    ]);
    await press('viewer-point');
    expect(points(engine).at(-1)).toBeNull();
  });

  it('is told of in the chat, and opens where it is', async () => {
    await openPage('screen=call&people=3&chat=pdf&pointers=files');
    await press('chat');
    const chip = within(card('knee-march')).getByTestId('pointed-at');
    expect(chip.textContent).toBe('Anna Rossi is pointing at this: open');
    await userEvent.click(chip);
    expect((await pages()).textContent).toContain('Page 2 of 4');
  });

  it('is told of a moment longer, so that it can be read', async () => {
    const engine = await openPage('screen=call&people=3&chat=pdf&pointers=files');
    await press('chat');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      act(() =>
        engine.changeTools((state) => {
          state.pointers = [];
        }),
      );
      act(() => void vi.advanceTimersByTime(2900));
      expect(shown('pointed-at')).toBe(true);
      act(() => void vi.advanceTimersByTime(200));
      expect(shown('pointed-at')).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is not there without the right to it', async () => {
    await open('knee-march', 'chat=pdf&without=live_pointer');
    await pages();
    expect(shown('viewer-point')).toBe(false);
  });
});

describe.each([
  ['light', 'en'],
  ['dark', 'it'],
])('in %s, %s', (theme, lang) => {
  const clean = async () => {
    const { violations } = await axe.run(document, {
      rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
    });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
  };
  const look = `theme=${theme}&lang=${lang}`;

  it.each(['knee-march', 'locked', 'broken'])('axe finds nothing on the document %s', async (id) => {
    await open(id, `chat=pdf&pointers=files&${look}`);
    if (id === 'knee-march') await waitFor(() => expect(byId('pdf-words').textContent).not.toBe(''));
    else await screen.findByTestId('viewer-instead');
    await clean();
  });

  it('axe finds nothing on a picture that is pointed at', async () => {
    await open('photo', `chat=long&pointers=files&${look}`);
    await within(byId('picture-sheet')).findByRole('img');
    await press('viewer-point');
    await clean();
  });

  it('axe finds nothing on files that are pointed at and saved', async () => {
    await openPage(`screen=call&people=3&chat=pdf&pointers=files&${look}`);
    await press('chat');
    await clean();
  });
});
