// Draws every screen from the fake engine, in both themes and languages: `npm run screenshots -- FOLDER [PATTERN]`.
// With a pattern, only the pictures whose name it matches. Each screen is also gone over by axe, contrast included, which
// a test without layout cannot see. With `--check` in place of a folder that is all: each screen at each size once, light
// in English or dark in Italian by turns, and no pictures.

import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';
import { overflowing } from './overflowing.mjs';
import { screens, variants } from './screenshots/screens.mjs';

const checks = process.argv[2] === '--check';
const folder = resolve(process.env.INIT_CWD ?? '.', process.argv[2] ?? 'screenshots');
const only = new RegExp(process.argv[3] ?? '');

/** What Chromium says when an interface comes or goes. */
const NETWORK = /ERR_NETWORK_CHANGED/;

// A page that is built once opens much quicker than one of many files, and stays as it is while files change.
const outDir = await mkdtemp(join(tmpdir(), 'visita-page-'));
const made = { mode: 'fake', logLevel: 'error', build: { outDir, emptyOutDir: true } };
await build(made);
const server = await preview({ ...made, preview: { port: 0, host: '127.0.0.1' } });
const base = server.resolvedUrls.local[0];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-sync',
    '--no-first-run',
  ],
});
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
if (!checks) await mkdir(folder, { recursive: true });
let count = 0;
let complaints = 0;
const complainedOf = new Set();
const contexts = new Map();
const wanted = [];
let turn = 0;
const small = [{ width: 800, height: 600 }];
const gone = checks ? variants.map((query, n) => [`variant-${n + 1}`, query, small]) : [];
for (const [name, query, sizes, act] of [...screens, ...gone]) {
  for (const size of sizes) {
    turn += 1;
    for (const theme of ['light', 'dark']) {
      for (const lang of ['en', 'it']) {
        if (checks && `${theme} ${lang}` !== (turn % 2 === 0 ? 'light en' : 'dark it')) continue;
        const file = `${name}-${size.width}-${theme}-${lang}.png`;
        if (only.test(file)) wanted.push({ file, query, size, theme, lang, act });
      }
    }
  }
}
try {
  // Two at a time: a page waits for the one core, while another has its turn on the other.
  await Promise.all([drawAll(), drawAll()]);
} finally {
  await browser.close();
  await server.close();
  await rm(outDir, { recursive: true });
}
if (checks) console.log(`${count} checked, ${complainedOf.size} failed`);
else console.log(`${count} pictures in ${folder}, ${complaints} complaints`);
process.exitCode = complaints > 0 ? 1 : 0;

async function drawAll() {
  for (let next = wanted.shift(); next; next = wanted.shift()) {
    const { file } = next;
    // One that cannot be reached is no reason not to look at the others.
    await draw(next).catch((error) => complain(file, error.message));
  }
}

async function draw({ file, query, size, theme, lang, act }) {
  const page = await (await contextIn(lang)).newPage();
  await page.setViewportSize(size);
  page.on('pageerror', (error) => complain(file, error));
  page.on(
    'console',
    (message) =>
      message.type() === 'error' && !NETWORK.test(message.text()) && complain(file, message.text()),
  );
  await open(page, `${base}?${query}&theme=${theme}&lang=${lang}&still`);
  // Pictures are set in Inter, whatever this system's own font is.
  await page.addStyleTag({ content: ':root { --sans: Inter, sans-serif !important }' });
  await act?.(page);
  await page.waitForTimeout(150);
  await page.waitForFunction(settled);
  const cut = await page.evaluate(overflowing);
  if (cut.length > 0) complain(file, `cut off: ${cut.join(' | ')}`);
  await page.evaluate(axe);
  const found = await page.evaluate(violations, { small: size.width < 1280, opened: act !== undefined });
  for (const violation of found) complain(file, violation);
  if (!checks) await page.screenshot({ path: join(folder, file) });
  await page.close();
  count += 1;
}

/** One for each language: what a page is made of is read and compiled once in it. */
function contextIn(lang) {
  const made =
    contexts.get(lang) ??
    browser.newContext({ reducedMotion: 'reduce', locale: lang === 'it' ? 'it-IT' : 'en-GB' });
  contexts.set(lang, made);
  return made;
}

/** Opens a page. A computer whose network changes just then loses the files of a page; it is opened again. */
async function open(page, url) {
  for (let tries = 1; ; tries += 1) {
    await page.goto(url);
    try {
      return await page.locator('[data-testid^="screen-"]').waitFor({ timeout: 15_000 });
    } catch (error) {
      if (tries === 4) throw error;
    }
  }
}

function complain(file, what) {
  complaints += 1;
  complainedOf.add(file);
  console.error(`${file}: ${what}`);
}

/** Whether everything has come and nothing fades in any more. Runs in the page. */
function settled() {
  const fades = (one) =>
    one.playState === 'running' && one.effect.getComputedTiming().iterations !== Infinity;
  return !document.querySelector('[data-testid="panel-coming"]') && !document.getAnimations().some(fades);
}

/** What axe finds, one line each. Runs in the page. */
async function violations({ small, opened }) {
  const runOnly = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];
  // In small windows rows scroll under the button that stays; axe takes what shows of them for the whole target.
  // What opens beside a button lies at the page's end, in none of its landmarks.
  const rules = { 'target-size': { enabled: !small }, region: { enabled: !opened } };
  const found = await globalThis.axe.run(document, { runOnly, rules });
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
}
