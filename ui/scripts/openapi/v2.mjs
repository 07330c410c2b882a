// Makes `src/ipc/v2.ts` of `src/ipc/v2.json`: `npm run v2`.

import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const ipc = new URL('../../src/ipc/', import.meta.url);
const document = JSON.parse(await readFile(new URL('v2.json', ipc), 'utf8'));
// The server names its calls by what they do, so that many are called the same; here each stands at its path.
for (const calls of Object.values(document.paths))
  for (const call of Object.values(calls)) delete call.operationId;
const lines = ['// Made of v2.json by `npm run v2`; changes are lost.', ''];
// What has a default may be missing, in answers too.
const types = astToString(await openapiTS(document, { defaultNonNullable: false }));
await writeFile(new URL('v2.ts', ipc), `${lines.join('\n')}\n${types}`);
