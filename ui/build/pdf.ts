// Vite plugin: what PDF.js fetches while it shows a document, under the names by which it asks: tables of characters, two
// fonts of signs, decoders of pictures. They are files of their own, so that only what a document needs is read.

import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

/** Where they lie, from the page. */
const UNDER = 'pdf/';

/** Folders of the package, and what of them is taken. Latin fonts are the system's; decoders are those without WebAssembly. */
const TAKEN: Record<string, RegExp> = {
  cmaps: /\.bcmap$|^LICENSE$/,
  standard_fonts: /^Foxit(Symbol|Dingbats)\.pfb$|^LICENSE_FOXIT$/,
  wasm: /_nowasm_fallback\.js$|^LICENSE_/,
};

export function pdfData(): Plugin {
  const root = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
  return {
    name: 'pdf-data',
    async generateBundle() {
      for (const [folder, taken] of Object.entries(TAKEN)) {
        for (const name of await readdir(join(root, folder))) {
          if (!taken.test(name)) continue;
          const source = await readFile(join(root, folder, name));
          this.emitFile({ type: 'asset', fileName: `${UNDER}${folder}/${name}`, source });
        }
      }
    },
    configureServer({ middlewares }) {
      middlewares.use(`/${UNDER}`, (request, response, next) => {
        const [, folder = '', name = ''] = (request.url ?? '').split('/');
        if (!TAKEN[folder]?.test(name)) return next();
        readFile(join(root, folder, name)).then((bytes) => {
          response.setHeader(
            'Content-Type',
            name.endsWith('.js') ? 'text/javascript' : 'application/octet-stream',
          );
          response.end(bytes);
        }, next);
      });
    },
  };
}
