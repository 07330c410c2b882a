// Builds the widget: `dist/widget.js` beside the page's own files, which a server hands out at `/widget.js`, and the npm
// package in `widget/dist`; types come from `tsc`.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
/** The browsers of `vite.config.ts`. */
const target = ['safari17', 'chrome120', 'firefox121'];

const made = (outDir, lib) =>
  build({
    configFile: false,
    root: here,
    publicDir: false,
    logLevel: 'warn',
    build: { outDir, emptyOutDir: false, target, minify: true, lib },
  });

await made(join(here, '../dist'), {
  entry: join(here, 'src/global.ts'),
  name: 'Visita',
  formats: ['iife'],
  fileName: () => 'widget.js',
});
await made(join(here, 'dist'), {
  entry: join(here, 'src/index.ts'),
  formats: ['es'],
  fileName: () => 'visita-widget.js',
});
