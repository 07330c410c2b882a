// Writes what an app asks for to learn of a newer version: `node packaging/latest.mjs VERSION URL FOLDER > latest.json`.
// FOLDER holds the packages with their signatures (`*.sig`), URL is where the packages will lie.

import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';

/** Which platform a signed package is for, as Tauri's updater names it. */
const PLATFORMS = [
  [/_amd64\.deb$/, 'linux-x86_64-deb'],
  [/_arm64\.deb$/, 'linux-aarch64-deb'],
  [/\.x86_64\.rpm$/, 'linux-x86_64-rpm'],
  [/\.aarch64\.rpm$/, 'linux-aarch64-rpm'],
  [/_x64-setup\.exe$/, 'windows-x86_64-nsis'],
  [/_x64\.app\.tar\.gz$/, 'darwin-x86_64-app'],
  [/_aarch64\.app\.tar\.gz$/, 'darwin-aarch64-app'],
];

const [version, url, folder] = process.argv.slice(2);
if (!version || !url || !folder) {
  console.error('node packaging/latest.mjs VERSION URL FOLDER');
  process.exit(64);
}
const platforms = {};
for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !entry.name.endsWith('.sig')) continue;
  const name = basename(entry.name, '.sig');
  const platform = PLATFORMS.find(([pattern]) => pattern.test(name))?.[1];
  if (!platform) {
    console.error(`for which platform is ${name}?`);
    process.exit(1);
  }
  platforms[platform] = {
    signature: (await readFile(`${entry.parentPath}/${entry.name}`, 'utf8')).trim(),
    url: `${url.replace(/\/$/, '')}/${encodeURIComponent(name)}`,
  };
}
if (Object.keys(platforms).length === 0) {
  console.error(`nothing signed in ${folder}`);
  process.exit(1);
}
const date = new Date().toISOString();
console.log(JSON.stringify({ version: version.replace(/^v/, ''), pub_date: date, platforms }, null, 2));
