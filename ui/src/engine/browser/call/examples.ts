// For tests: messages as the room server's own tests saw them.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerMessage } from './messages';

const FOLDER = join(import.meta.dirname, '../../../../../crates/server/tests/snapshots');

/** All there are of the room channel. */
export const EXAMPLES = readdirSync(FOLDER)
  .filter((name) => /^(admission|channel)__.*\.snap$/.test(name))
  .map((name) => name.replace('.snap', ''));

/** What the server said. Seats are called HOST and GUEST there. */
export function told<Type extends ServerMessage['type']>(
  name: string,
): Extract<ServerMessage, { type: Type }> {
  const text = readFileSync(join(FOLDER, `${name}.snap`), 'utf8');
  // Before the message insta writes where it is from.
  return JSON.parse(text.slice(text.indexOf('\n---\n') + 5));
}
