// Draws the app's icons from `assets/icon.svg`: `npm run icons`. ICO and ICNS are containers of PNGs.

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../../', import.meta.url));
const svg = await readFile(`${root}assets/icon.svg`, 'utf8');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
});
const page = await browser.newPage();

/** The icon at so many pixels. */
async function png(size) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>html,body{margin:0;background:transparent}svg{display:block;width:100vw;height:100vh}</style>${svg}`,
  );
  return page.screenshot({ omitBackground: true });
}

const sizes = new Map();
for (const size of [16, 24, 32, 48, 64, 128, 256, 512, 1024]) sizes.set(size, await png(size));
await browser.close();

/** Windows: a directory of pictures, then the pictures. */
function ico(list) {
  const head = Buffer.alloc(6 + 16 * list.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(list.length, 4);
  let offset = head.length;
  list.forEach((size, n) => {
    const data = sizes.get(size);
    const at = 6 + 16 * n;
    // 256 is written as 0.
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(data.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += data.length;
  });
  return Buffer.concat([head, ...list.map((size) => sizes.get(size))]);
}

/** macOS: blocks of type, length and picture. */
function icns(list) {
  const blocks = list.map(([type, size]) => {
    const data = sizes.get(size);
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32BE(data.length + 8, 4);
    return Buffer.concat([head, data]);
  });
  const head = Buffer.alloc(8);
  head.write('icns', 'latin1');
  head.writeUInt32BE(8 + blocks.reduce((sum, { length }) => sum + length, 0), 4);
  return Buffer.concat([head, ...blocks]);
}

const files = {
  '32x32.png': sizes.get(32),
  '128x128.png': sizes.get(128),
  '128x128@2x.png': sizes.get(256),
  'icon.png': sizes.get(512),
  'icon.ico': ico([16, 24, 32, 48, 64, 256]),
  'icon.icns': icns([
    ['ic11', 32],
    ['ic12', 64],
    ['ic07', 128],
    ['ic13', 256],
    ['ic08', 256],
    ['ic14', 512],
    ['ic09', 512],
    ['ic10', 1024],
  ]),
};
for (const [name, data] of Object.entries(files)) await writeFile(`${root}icons/${name}`, data);
