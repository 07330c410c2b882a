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

  it('has tools that a finger finds, none over another', async () => {
    const page = await onPhone();
    const all = page.locator('[data-testid=board-tools] button, [data-testid=board-palette] button');
    const places = [];
    for (const one of await all.all()) places.push(await rect(one));
    expect(places.length).toBeGreaterThan(15);
    for (const [n, place] of places.entries()) {
      expect(Math.min(place.width, place.height)).toBeGreaterThanOrEqual(44);
      expect(place.x >= 0 && place.x + place.width <= 360).toBe(true);
      for (const other of places.slice(n + 1)) apart(place, other);
    }
    await page.close();
  });

  it('writes letters that can be read, in a field that is not enlarged', async () => {
    const page = await onPhone();
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
