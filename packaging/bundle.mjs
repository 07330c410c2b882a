// The part of Tauri's configuration that is known only once the programs are built: `node packaging/bundle.mjs RELEASE_FOLDER`.
//
// The program that records lies beside the app, where the server in the app looks for it. Tauri takes such a program under
// a name that ends in the platform's, so a copy with that name is made.
//
// Packages are signed where there is a key: `VISITA_UPDATER_KEY` is the public half, `TAURI_SIGNING_PRIVATE_KEY` the private
// one, as `tauri signer generate` made them.

import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { resolve } from 'node:path';

const folder = process.argv[2];
if (!folder) {
  console.error('node packaging/bundle.mjs RELEASE_FOLDER');
  process.exit(64);
}
const recorder = resolve(folder, 'visita-recorder').replaceAll('\\', '/');
const [, platform] = execFileSync('rustc', ['-vV'], { encoding: 'utf8' }).match(/^host: (.+)$/m);
const suffix = platform.includes('windows') ? '.exe' : '';
copyFileSync(`${recorder}${suffix}`, `${recorder}-${platform}${suffix}`);

const { VISITA_UPDATER_KEY: pubkey, TAURI_SIGNING_PRIVATE_KEY: key } = process.env;
const signed = pubkey && key;
console.log(
  JSON.stringify({
    bundle: { externalBin: [recorder], ...(signed && { createUpdaterArtifacts: true }) },
    ...(signed && { plugins: { updater: { pubkey } } }),
  }),
);
