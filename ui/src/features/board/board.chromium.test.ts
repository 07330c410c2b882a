// The board as it is painted and laid out.

import { getDocument, OPS } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { apart, inChromium, openIn, rect } from '../../test/chromium';

inChromium();

/** A board on which is what `puts` puts there. */
async function boardWith(puts: [page: number, from: [number, number], to: [number, number]][], pages = 1) {
  const page = await openIn('screen=call&people=2');
  await page.getByTestId('board-slot').click();
  await page.getByTestId('board').waitFor();
  await page.evaluate(
    ([all, count]) => {
      const { board } = window.fake;
      for (let n = 1; n < count; n += 1) void board?.act({ do: 'add_page', board: 'board' });
      for (const [n, [of, from, to]] of all.entries()) {
        const [a, b] = [from, to].map(([x, y]) => ({ x, y }));
        if (!a || !b) continue;
        const shape = {
          kind: 'figure',
          outline: 'rectangle',
          from: a,
          to: b,
          colour: 'teal',
          width: 20,
        } as const;
        void board?.act({
          do: 'put',
          board: 'board',
          id: `r${n}`,
          page: of,
          shape: { ...shape, filled: false },
        });
      }
    },
    [puts, pages] as const,
  );
  return page;
}

/** What was saved, as its data URL. */
async function saved(page: Page, kind: 'png' | 'pdf'): Promise<string> {
  await page.getByTestId('board-save').click();
  await page.getByTestId(`save-${kind}`).click();
  await page.locator('[data-testid=board-saved][data-state=saved]').waitFor();
  const url = await page.evaluate(() => window.fake.asked.find(([name]) => name === 'save')?.[2]);
  return String(url);
}

describe('a saved board', () => {
  it('is a picture of the page twice as large, with what was drawn where it was drawn', async () => {
    const page = await boardWith([[0, [100, 100], [500, 400]]]);
    const url = await saved(page, 'png');
    expect(url.startsWith('data:image/png;base64,')).toBe(true);
    const seen = await page.evaluate(async (address) => {
      const image = await createImageBitmap(await (await fetch(address)).blob());
      const ctx = new OffscreenCanvas(image.width, image.height).getContext('2d');
      ctx?.drawImage(image, 0, 0);
      const at = (x: number, y: number) => [...(ctx?.getImageData(x, y, 1, 1).data ?? [])];
      const teal = getComputedStyle(document.documentElement).getPropertyValue('--draw-teal').trim();
      const { width, height } = image;
      return { width, height, teal, edge: at(200, 500), inside: at(600, 500), corner: at(3199, 1999) };
    }, url);
    const teal = (seen.teal.match(/[\da-f]{2}/gi) ?? []).map((part) => Number.parseInt(part, 16));
    expect([seen.width, seen.height]).toEqual([3200, 2000]);
    expect(seen.edge).toEqual([...teal, 255]);
    expect([seen.inside, seen.corner]).toEqual([
      [255, 255, 255, 255],
      [255, 255, 255, 255],
    ]);
    await page.close();
  });

  it.each([
    ['ochre', 'light'],
    ['plum', 'dark'],
  ] as const)(
    'has the %s ground of a note where that lies, and black words on it: %s',
    async (colour, theme) => {
      const page = await openIn(`screen=call&people=2&theme=${theme}`);
      await page.getByTestId('board-slot').click();
      await page.getByTestId('board').waitFor();
      await page.evaluate((ground) => {
        const shape = {
          kind: 'text',
          at: { x: 400, y: 300 },
          text: 'IIII\nIIII',
          colour: 'ink',
          size: 100,
        } as const;
        const noted = { ...shape, ground };
        void window.fake.board?.act({ do: 'put', board: 'board', id: 'n', page: 0, shape: noted });
      }, colour);
      const url = await saved(page, 'png');
      const seen = await page.evaluate(
        async ([address, ground]) => {
          const image = await createImageBitmap(await (await fetch(address)).blob());
          const ctx = new OffscreenCanvas(image.width, image.height).getContext('2d');
          ctx?.drawImage(image, 0, 0);
          const tokens = getComputedStyle(document.documentElement);
          const hex = (x: number, y: number) =>
            `#${[...(ctx?.getImageData(x, y, 1, 1).data.subarray(0, 3) ?? [])].map((n) => n.toString(16).padStart(2, '0')).join('')}`;
          // A line through the first words, twice as large as on the board.
          const words = Array.from({ length: 300 }, (_, n) => hex(800 + n, 730));
          const of = (name: string) => tokens.getPropertyValue(name).trim();
          return {
            sheet: of(`--draw-note-${ground}`),
            ink: of('--draw-ink'),
            // Nearly where it ends, its corner, which is round, and beside it.
            inside: [hex(690, 700), hex(900, 490), hex(690, 1110)],
            outside: [hex(682, 482), hex(670, 700), hex(900, 1250)],
            words,
          };
        },
        [url, colour] as const,
      );
      expect(seen.inside).toEqual([seen.sheet, seen.sheet, seen.sheet]);
      expect(seen.outside).toEqual(['#ffffff', '#ffffff', '#ffffff']);
      expect(seen.words).toContain(seen.ink);
      expect(seen.words).toContain(seen.sheet);
      await page.close();
    },
  );

  it('is a document with a page for each of the board, as large as what lies there', async () => {
    // What goes beyond the third page makes it twice as wide as high.
    const page = await boardWith(
      [
        [0, [100, 100], [500, 400]],
        [2, [100, 100], [1960, 400]],
      ],
      3,
    );
    const url = await saved(page, 'pdf');
    const data = Uint8Array.from(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'));
    expect(Buffer.from(data.subarray(0, 5)).toString()).toBe('%PDF-');
    const document = await getDocument({ data }).promise;
    expect(document.numPages).toBe(3);
    const sizes = [];
    for (let n = 1; n <= 3; n += 1) {
      const one = await document.getPage(n);
      const { width, height } = one.getViewport({ scale: 1 });
      sizes.push([Math.round(width), Math.round(height)]);
      expect((await one.getOperatorList()).fnArray).toContain(OPS.paintImageXObject);
    }
    expect(sizes).toEqual([
      [842, 526],
      [842, 526],
      [842, 421],
    ]);
    await document.loadingTask.destroy();
    await page.close();
  });
});

describe('strokes of others', () => {
  const KEPT = ['ink', 'red', 'ochre', 'green', 'teal', 'blue', 'plum'] as const;
  type Kept = (typeof KEPT)[number];

  /** A board whose clock goes when it is told to; each stroke has a colour of its own, by which it is seen. */
  async function paper() {
    const page = await openIn('screen=call&people=2');
    await page.getByTestId('board-slot').click();
    await page.getByTestId('board-empty').waitFor();
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 3_600_000);
    await page.evaluate(() => {
      const base = document.querySelector('[data-testid=board-paper] canvas') as HTMLCanvasElement;
      const ctx = base.getContext('2d') as CanvasRenderingContext2D;
      const { drawImage } = ctx;
      // The paper's picture is put there once each time all of it is drawn.
      base.dataset.drawn = '0';
      ctx.drawImage = (...given: unknown[]) => {
        base.dataset.drawn = String(Number(base.dataset.drawn) + 1);
        drawImage.apply(ctx, given as never);
      };
    });
    let height = 0;
    const tell = (news: object) =>
      page.evaluate(
        (one) =>
          window.fake.tellBoard({
            ...{ kind: 'changed', board: 'board', pages: 1, put: [], extended: [], removed: [] },
            ...one,
          } as never),
        news,
      );
    const item = (id: string, shape: object, z = height++) => ({
      ...{ id, page: 0, z, author: 'seat-0', mine: false },
      shape,
    });
    const line = (colour: string, y: number, more: { x: number; y: number }[] = []) => ({
      kind: 'pen',
      points: [{ x: 300, y }, { x: 700, y }, ...more],
      colour,
      width: 30,
    });
    /** A stroke across the board. */
    const stroke = (colour: Kept, y: number, z?: number) => tell({ put: [item(colour, line(colour, y), z)] });
    const goesOn = (colour: Kept, ...points: { x: number; y: number }[]) =>
      tell({ extended: [{ id: colour, from: 2, points }] });
    const box = (colour: Kept, y: number) => ({
      kind: 'figure',
      outline: 'rectangle',
      from: { x: 300, y },
      to: { x: 700, y: y + 200 },
      colour,
      width: 30,
      filled: false,
    });
    /** Which colours are on one of the canvases. */
    const on = async (canvas: 0 | 1): Promise<string[]> =>
      await page.evaluate(
        ([nth, names]) => {
          const found = document.querySelectorAll<HTMLCanvasElement>('[data-testid=board-paper] canvas')[nth];
          const data = found?.getContext('2d')?.getImageData(0, 0, found.width, found.height).data ?? [];
          const seen = new Map<number, number>();
          for (let n = 0; n < data.length; n += 4) {
            if (data[n + 3] !== 255) continue;
            const colour = ((data[n] ?? 0) << 16) | ((data[n + 1] ?? 0) << 8) | (data[n + 2] ?? 0);
            seen.set(colour, (seen.get(colour) ?? 0) + 1);
          }
          const tokens = getComputedStyle(document.documentElement);
          const of = (name: string) => tokens.getPropertyValue(`--draw-${name}`).trim().slice(1);
          return names.filter((name) => (seen.get(Number.parseInt(of(name), 16)) ?? 0) > 100);
        },
        [canvas, KEPT] as const,
      );
    const drawn = async () =>
      Number(await page.locator('[data-testid=board-paper] canvas').first().getAttribute('data-drawn'));
    const later = (ms: number) => page.clock.runFor(ms);
    await later(2_000);
    return {
      ...{ page, tell, item, line, stroke, goesOn, box, drawn, later },
      resting: () => on(1),
      settled: () => on(0),
    };
  }

  it('are seen in the next frames, and the paper is not drawn for them while more come', async () => {
    const { page, stroke, goesOn, drawn, later, resting, settled } = await paper();
    const before = await drawn();
    for (const [n, colour] of KEPT.entries()) {
      await stroke(colour, 200 + n * 60);
      await later(50);
      expect(await resting()).toContain(colour);
      await later(150);
      await goesOn(colour, { x: 900, y: 210 + n * 60 });
      await later(250);
    }
    // The first ones were finished long ago.
    expect(await resting()).toEqual([...KEPT]);
    expect(await drawn()).toBe(before);
    await later(1_000);
    expect([await resting(), await settled()]).toEqual([[], [...KEPT]]);
    expect(await drawn()).toBe(before + 1);
    await page.close();
  });

  it('settle together when they are many, though more come', async () => {
    const { page, tell, item, line, stroke, drawn, later, resting, settled } = await paper();
    const before = await drawn();
    await stroke('teal', 200);
    await later(300);
    for (let n = 0; n < 30; n += 1) await tell({ put: [item(`many-${n}`, line('plum', 300 + n * 10))] });
    await later(40);
    expect([await resting(), await settled()]).toEqual([['plum'], ['teal']]);
    await stroke('red', 800);
    await later(300);
    await stroke('green', 900);
    await later(40);
    expect([await resting(), await settled()]).toEqual([
      ['red', 'green'],
      ['teal', 'plum'],
    ]);
    expect(await drawn()).toBe(before + 2);
    await page.close();
  });

  it('settle as soon as something else is put over them, though more come; those that go on, only later', async () => {
    const { page, tell, item, stroke, goesOn, box, later, resting, settled } = await paper();
    await stroke('teal', 200);
    await later(300);
    await stroke('blue', 400);
    await stroke('red', 500);
    await later(100);
    await tell({ put: [item('box', box('ochre', 150))] });
    await later(20);
    // The finished one is under the box now; the others may still go on.
    expect([await resting(), await settled()]).toEqual([
      ['red', 'blue'],
      ['ochre', 'teal'],
    ]);
    await goesOn('red', { x: 900, y: 520 });
    await stroke('green', 600);
    await later(200);
    // What came after the box rests.
    expect([await resting(), await settled()]).toEqual([
      ['red', 'green'],
      ['ochre', 'teal', 'blue'],
    ]);
    await later(100);
    expect(await resting()).toEqual(['red', 'green']);
    await page.close();
  });

  it('settle where one of them is put before the others or behind them', async () => {
    const { page, stroke, later, resting, settled } = await paper();
    await stroke('teal', 300);
    await stroke('blue', 310);
    await later(300);
    expect(await settled()).toEqual([]);
    await stroke('teal', 300, 100);
    await later(20);
    // The one that stayed is settled at once, that which was put anew when it is quiet.
    expect([await resting(), await settled()]).toEqual([['teal'], ['blue']]);
    await later(260);
    expect(await resting()).toEqual([]);
    await page.close();
  });

  it('fade under the eraser before they settle', async () => {
    const { page, stroke, later, resting } = await paper();
    const place = await rect(page.getByTestId('board-paper'));
    await page.getByTestId('tool-eraser').click();
    await stroke('teal', 500);
    await stroke('blue', 800);
    await later(50);
    expect(await resting()).toEqual(['teal', 'blue']);
    const x = place.x + place.width / 2;
    await page.mouse.move(x, place.y + place.height / 3);
    await page.mouse.down();
    await page.mouse.move(x, place.y + place.height * 0.62, { steps: 20 });
    await later(50);
    // All that is seen of it shines through.
    expect(await resting()).toEqual(['blue']);
    await page.mouse.up();
    await page.close();
  });
});

describe('what is said on the board', () => {
  it.each([
    [800, 600],
    [1280, 800],
    [390, 740],
  ])('lies beside its tools, however long the names are: at %i×%i', async (width, height) => {
    const page = await openIn('screen=call&people=3&long&guest&shown&drawn&lang=it', width, height);
    await page.getByTestId('board-opened-by').waitFor();
    await page.evaluate(() =>
      window.fake.change(({ screen }) => {
        if (screen.kind !== 'call') return;
        const [first] = screen.people;
        if (first) first.display_name = 'Prof. Dott.ssa Maria Antonietta Dall’Acqua-Bianchi di Montefiore';
      }),
    );
    await page.getByTestId('board-save').click();
    await page.getByTestId('save-png').click();
    const told = page.locator('[data-testid=board-saved] p');
    await told.waitFor();
    const tools = await rect(page.getByTestId('board-tools'));
    const hints = await page.locator('[data-over=top] p').all();
    expect(hints.length).toBeGreaterThan(0);
    for (const one of hints) {
      apart(await rect(one), tools);
      apart(await rect(one), await rect(told));
      apart(await rect(one), await rect(page.getByTestId('board-save')));
    }
    apart(await rect(told), tools);
    await page.close();
  });
});

describe('a board on a telephone', () => {
  async function onPhone() {
    const page = await openIn('screen=call&people=2&guest', 360, 740, true);
    await page.getByTestId('more').tap();
    await page.getByTestId('more-board').tap();
    await page.getByTestId('board-tools').waitFor();
    return page;
  }

  it('has tools that a finger finds, in one row that scrolls, and the board over it', async () => {
    const page = await onPhone();
    const all = await page.locator('[data-testid=board-tools] button').all();
    expect(all.length).toBeGreaterThan(9);
    const { y } = await rect(page.getByTestId('board-tools'));
    for (const one of all) {
      await one.scrollIntoViewIfNeeded();
      const place = await rect(one);
      expect(Math.min(place.width, place.height)).toBeGreaterThanOrEqual(44);
      expect(place.x >= 0 && place.x + place.width <= 360).toBe(true);
      expect(place.y - y).toBeLessThan(12);
    }
    const board = await rect(page.getByTestId('board'));
    expect(y - board.y).toBeGreaterThan(board.height * 0.7);
    await page.close();
  });

  it('opens its palette while that is wanted', async () => {
    const page = await onPhone();
    const palette = page.getByTestId('board-palette');
    expect(await palette.count()).toBe(0);
    await page.getByTestId('board-palette-open').tap();
    const places = [];
    for (const one of await palette.locator('button').all()) places.push(await rect(one));
    expect(places).toHaveLength(10);
    for (const [n, place] of places.entries()) {
      expect(Math.min(place.width, place.height)).toBeGreaterThanOrEqual(44);
      expect(place.x >= 0 && place.x + place.width <= 360).toBe(true);
      for (const other of places.slice(n + 1)) apart(place, other);
    }
    const paper = await rect(page.getByTestId('board-paper'));
    await page.touchscreen.tap(paper.x + 40, paper.y + 120);
    await palette.waitFor({ state: 'detached' });
    await page.close();
  });

  it.each([
    [390, 844],
    [640, 360],
  ])('opens its figures in the window, over the tools: %i × %i', async (width, height) => {
    const page = await openIn('screen=call&people=2&guest&shown', width, height, true);
    await page.getByTestId('tool-shapes').tap();
    const menu = page.getByRole('menu');
    await menu.waitFor();
    const { x, y, width: wide, height: high } = await rect(menu);
    expect(x >= 0 && x + wide <= width && y >= 0).toBe(true);
    expect(y + high).toBeLessThanOrEqual((await rect(page.getByTestId('tool-shapes'))).y);
    // None of them waits behind an edge.
    const filled = await rect(page.getByTestId('tool-filled'));
    expect(filled.y + filled.height).toBeLessThanOrEqual(y + high);
    await page.close();
  });

  it('says no more how to begin once one has begun', async () => {
    const page = await onPhone();
    await page.getByTestId('board-empty').waitFor();
    const paper = await rect(page.getByTestId('board-paper'));
    await page.touchscreen.tap(paper.x + 40, paper.y + 120);
    await page.getByTestId('board-empty').waitFor({ state: 'detached' });
    await page.close();
  });

  it('writes letters that can be read, in a field that is not enlarged', async () => {
    const page = await onPhone();
    await page.getByTestId('board-palette-open').tap();
    await page.getByTestId('width-0').tap();
    await page.getByTestId('tool-text').tap();
    const paper = await rect(page.getByTestId('board-paper'));
    await page.touchscreen.tap(paper.x + 250, paper.y + 160);
    const field = page.getByTestId('board-text');
    await field.waitFor();
    await field.fill('Knee');
    const size = await field.evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));
    expect(size).toBeGreaterThanOrEqual(16);
    const box = await rect(field);
    expect(box.x >= paper.x && box.x + box.width <= paper.x + paper.width).toBe(true);
    await page.close();
  });
});

describe('a telephone that lies', () => {
  it.each([
    [740, 360, 'guest'],
    [740, 360, 'host'],
    [640, 360, 'guest'],
    [844, 390, 'host'],
  ])('has all of the board’s tools, each where a finger finds it: %i×%i, %s', async (width, height, who) => {
    const page = await openIn(`screen=call&people=3&drawn&shown&lang=it&${who}`, width, height, true);
    await page.getByTestId('board-tools').waitFor();
    const board = await rect(page.getByTestId('board'));
    const over = ['[data-over=bottom]', '[data-over=right]'];
    const [tools, actions] = await Promise.all(over.map((one) => rect(page.locator(one))));
    if (!tools || !actions) throw new Error('they are not seen');
    for (const place of [tools, actions]) {
      expect(place.x >= board.x && place.x + place.width <= board.x + board.width).toBe(true);
      expect(place.y >= board.y && place.y + place.height <= board.y + board.height).toBe(true);
    }
    apart(tools, actions);
    for (const one of await page.getByTestId('board-tools').locator('button').all()) {
      const place = await rect(one);
      expect(Math.min(place.width, place.height)).toBeGreaterThanOrEqual(44);
    }
    // Nobody's picture takes of its room.
    expect(board.width).toBeGreaterThan(width - 40);
    await page.close();
  });

  it('scrolls in a menu what it has no room for', async () => {
    const page = await openIn('screen=call&people=2&guest', 740, 360, true);
    await page.getByTestId('more').tap();
    const menu = page.getByRole('menu');
    const last = menu.getByRole('menuitem').last();
    const { y, height } = await rect(menu);
    expect(y >= 0 && y + height <= 360).toBe(true);
    await last.scrollIntoViewIfNeeded();
    const place = await rect(last);
    expect(place.y >= y && place.y + place.height <= y + height).toBe(true);
    await page.close();
  });
});
