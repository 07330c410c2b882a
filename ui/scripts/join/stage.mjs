// What all parts stand on: the server, the browser, and how they look at a page.

import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { overflowing } from '../overflowing.mjs';
import { startServer } from './server.mjs';

export const bin = resolve(process.argv[2] ?? process.env.VISITA_BIN_DIR ?? '../target/debug');
const shots = process.env.SCREENSHOTS;
const only = new RegExp(process.env.ONLY ?? '');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Anything that should happen at once. */
export const SOON = 30_000;
/** What a page may load before somebody joins, compressed, in bytes. */
export const FIRST_LOAD = 300_000;

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const folder = await mkdtemp(join(tmpdir(), 'visita-join-'));
if (shots) await mkdir(shots, { recursive: true });

/** What was so, and what was not. */
export const counts = { passed: 0, failed: 0 };

/** Says that something is so, or that it is not. */
export function check(is, words, more = '') {
  if (is) counts.passed += 1;
  else counts.failed += 1;
  console.log(`${is ? '  ok    ' : '  FAILED'} ${words}${more === '' ? '' : ` (${more})`}`);
}

/** Pages that are open, for a picture of what went wrong. */
const pages = new Set();

/** Runs one part; what throws is a failure of it, and the next part goes on. */
export async function part(name, does) {
  if (!only.test(name)) return;
  console.log(name);
  const closing = [];
  try {
    await does((last) => closing.unshift(last));
  } catch (error) {
    check(
      false,
      name,
      String(error?.message ?? error)
        .split('\n')
        .slice(0, 4)
        .join(' | '),
    );
    if (process.env.STACK) console.log(error.stack);
    for (const [n, page] of [...pages].entries()) {
      await picture(page, `failed-${name.replaceAll(' ', '-')}-${n}`).catch(() => {});
    }
  }
  for (const last of closing) await Promise.resolve(last()).catch(() => {});
}

export const server = await startServer({ bin, data: join(folder, 'data') });

export const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: [
    '--no-sandbox',
    '--use-fake-device-for-media-stream=device-count=2',
    '--use-fake-ui-for-media-stream',
    '--autoplay-policy=user-gesture-required',
    // A host that no browser takes for this computer itself.
    '--host-resolver-rules=MAP visits.test 127.0.0.1',
  ],
});

/** A browser of somebody's own, and a page in it that records what it did wrong. */
export async function open(last, options = {}, by = browser) {
  const context = await by.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    acceptDownloads: true,
    ...options,
  });
  last(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(SOON);
  pages.add(page);
  page.on('close', () => pages.delete(page));
  const faults = [];
  const requests = [];
  page.on('console', (line) => {
    // What a killed server leaves behind is the network's, not the page's.
    if (
      line.type() === 'error' &&
      !/net::ERR_|WebSocket connection|status of 4|status of 50/.test(line.text())
    ) {
      faults.push(line.text());
    }
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => requests.push(request));
  return { page, context, faults, requests };
}

export const at = (page, id) => page.getByTestId(id);

export async function picture(page, name) {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`) });
}

/** What axe finds on a page. Where rows scroll under a button that stays, it takes what shows of them for all of it. */
export async function goneOver(page, name, { small = false } = {}) {
  await page.evaluate(axe);
  const found = await page.evaluate(async (targets) => {
    const runOnly = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await globalThis.axe.run(document, {
      runOnly,
      rules: { 'target-size': { enabled: targets } },
    });
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`,
    );
  }, !small);
  check(found.length === 0, `axe finds nothing on ${name}`, found.join('; '));
}

/** Nothing is wider than the window, and no button cut off. */
export async function fits(page, name) {
  const cut = await page.evaluate(overflowing);
  check(cut.length === 0, `nothing is cut off: ${name}`, cut.join('; '));
}

export async function toLobby(page, link) {
  await page.goto(link);
  await at(page, 'join-in-browser').click();
  await at(page, 'screen-lobby').waitFor();
}

export async function toCall(page, link) {
  await toLobby(page, link);
  await at(page, 'join').click();
  await page.locator('[data-testid=screen-call][data-connection=connected]').waitFor();
}

/** Guests begin with four large buttons; here all are looked for. */
export async function allButtons(page) {
  await at(page, 'more').click();
  await at(page, 'more-all').click();
  await at(page, 'chat').waitFor();
}

/** Pictures that were painted of everybody else. */
export async function painted(page, more = 5) {
  const frames = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('[data-testid=tile] video')].map(({ dataset }) => Number(dataset.frames)),
    );
  const before = Math.max(0, ...(await frames()));
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll('[data-testid=tile] video')].some(
        ({ dataset }) => Number(dataset.frames) > wanted,
      ),
    before + more,
  );
  return true;
}

/** The pitch of what is heard of the others, in hertz: what the sound elements play. */
export async function pitch(page) {
  return page.evaluate(async () => {
    const element = document.querySelector('body > audio');
    if (!element || element.paused || element.muted) return 0;
    const context = new AudioContext({ sampleRate: 48_000 });
    await context.resume();
    const analyser = new AnalyserNode(context, { fftSize: 8192 });
    context.createMediaStreamSource(element.srcObject).connect(analyser);
    const bins = new Float32Array(analyser.frequencyBinCount);
    const end = performance.now() + 10_000;
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      analyser.getFloatFrequencyData(bins);
      const loudest = bins.indexOf(Math.max(...bins));
      const hertz = (loudest * context.sampleRate) / analyser.fftSize;
      if (bins[loudest] > -60 || performance.now() > end) {
        await context.close();
        return hertz;
      }
    }
  });
}
