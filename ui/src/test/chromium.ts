// The page in Chromium, where things have a place and a colour.

import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import type { FakeEngine } from '../engine/fake';

declare global {
  interface Window {
    fake: FakeEngine;
  }
}

let browser: Browser;

/** One browser for the tests of a file. */
export function inChromium(): void {
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run'],
    });
  });
  afterAll(() => browser?.close());
}

/** Opens the page; 800×600 is the smallest window that the app has. `touch` is a telephone or tablet. */
export async function openIn(query: string, width = 800, height = 600, touch = false): Promise<Page> {
  const page = await browser.newPage({
    viewport: { width, height },
    reducedMotion: 'reduce',
    hasTouch: touch,
    isMobile: touch,
  });
  page.setDefaultTimeout(20_000);
  await page.goto(`${inject('page')}?${query}&still`);
  await page.locator('[data-testid^="screen-"]').waitFor();
  return page;
}

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export async function rect(of: Locator): Promise<Rect> {
  const box = await of.boundingBox();
  if (!box) throw new Error('it is not seen');
  return box;
}

/** Neither lies over the other. */
export function apart(a: Rect, b: Rect): void {
  const beside =
    a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
  expect(beside, `${JSON.stringify(a)} and ${JSON.stringify(b)}`).toBe(true);
}

/** Whether what is seen in the middle of it is it. */
export function isOnTop(of: Locator): Promise<boolean> {
  return of.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
  });
}
