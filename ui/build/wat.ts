// Vite plugin: a `.wat` file is assembled when the page is built and becomes bytes inside the bundle, so that nothing has
// to be fetched before the first picture can be painted.

import { readFile } from 'node:fs/promises';
import type { Plugin } from 'vite';
import wabt from 'wabt';

export function wat(): Plugin {
  return {
    name: 'wat',
    enforce: 'pre',
    async load(id) {
      const file = id.split('?')[0] ?? id;
      if (!file.endsWith('.wat')) return null;
      const { parseWat } = await wabt();
      const module = parseWat(file, await readFile(file, 'utf8'), { simd: true });
      module.validate();
      const bytes = Buffer.from(module.toBinary({}).buffer).toString('base64');
      module.destroy();
      return `const text = atob(${JSON.stringify(bytes)});
export default Uint8Array.from(text, (c) => c.charCodeAt(0));`;
    },
  };
}
