// A link in a browser, for real: `npm run join -- [FOLDER OF PROGRAMS]`. A `visita-server` with its own page, a `visita-peer`
// as host and headless Chromium with invented devices as guest, each tool once; Firefox for the call itself. Prints what it checked; the exit status is 1
// when something was not so. SCREENSHOTS=FOLDER keeps pictures of what was seen; ONLY=PATTERN runs the parts it matches.

import { rm } from 'node:fs/promises';
import { browser, counts, folder, server } from './join/stage.mjs';

// One after the other: each has the machine for itself.
for (const parts of ['invitation', 'call', 'rules', 'badDays', 'looks', 'widget', 'firefox'])
  await import(`./join/${parts}.mjs`);

await browser.close();
await server.stop();
await rm(folder, { recursive: true, force: true });
console.log(`${counts.passed} checked, ${counts.failed} failed`);
process.exit(counts.failed === 0 ? 0 : 1);
