// The lobby's look at the network: what the way to the server is like before anybody is in the room. The app does the same
// (`crates/call/src/trial.rs`).

import type { NetworkCheck } from '../view';
import { type Link, urlOf } from './entry';
import { ask } from './problem';

const ROUNDS = 6;
/** What goes down, and then up. */
const AMOUNT = 128 * 1024;
/** All of it; what has not come by then is too slow. */
const WITHIN_MS = 6_000;

/** Conversation becomes hard beyond. */
const LONG_WAY_MS = 300;
/** Sound would wait this long for what is late. */
const UNEVEN_WAY_MS = 150;
/** A picture at half its size, and sound. */
const ENOUGH_KBPS = 600;

/** Tries the way to the link's server. Nothing of the link is used up. Still checking is what was left off. */
export async function tryWay(link: Link, leave?: AbortSignal): Promise<NetworkCheck> {
  const line = `${urlOf(link)}/line`;
  const over = performance.now() + WITHIN_MS;
  const timed = async (url: string, request: RequestInit) => {
    const started = performance.now();
    leave?.throwIfAborted();
    const answer = await ask(
      url,
      { ...request, signal: leave ?? null },
      Math.max(1, Math.ceil(over - started)),
    );
    if (!answer.ok) throw new Untried();
    await answer.arrayBuffer();
    return performance.now() - started;
  };
  const fetched = (bytes: number) => timed(`${line}?bytes=${bytes}`, {});
  try {
    // The first opens the connection, which the others find open.
    await fetched(1);
    const rounds: number[] = [];
    while (rounds.length < ROUNDS) rounds.push(await fetched(1));
    rounds.sort((a, b) => a - b);
    const [least = 0] = rounds;
    const round = rounds[ROUNDS / 2] ?? 0;
    const spread = (rounds[ROUNDS - 2] ?? 0) - least;
    const kbps = (tookMs: number) => (AMOUNT * 8) / Math.max(1, tookMs - round);
    const down = kbps(await fetched(AMOUNT));
    const body = crypto.getRandomValues(new Uint8Array(AMOUNT / 2));
    const up = kbps(await timed(line, { method: 'POST', body: new Blob([body, body]) }));
    const good = round < LONG_WAY_MS && spread < UNEVEN_WAY_MS && down >= ENOUGH_KBPS && up >= ENOUGH_KBPS;
    return good ? 'good' : 'weak';
  } catch (thrown) {
    if (leave?.aborted) return 'checking';
    // It answers at once that it will not be tried just now, or never: nothing speaks against it.
    if (thrown instanceof Untried) return 'good';
    return performance.now() >= over ? 'weak' : 'unreachable';
  }
}

class Untried extends Error {}
