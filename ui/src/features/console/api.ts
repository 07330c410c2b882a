// The server's API as the console asks it, with the types of its own description. Every refusal is thrown as one kind.

import createClient from 'openapi-fetch';
import { useMemo } from 'react';
import { useEngine } from '../../engine/context';
import type { ConsoleLine, ConsoleMethod } from '../../engine/engine';
import type { ErrorCode } from '../../engine/view';
import type { components, paths } from '../../ipc/v2';

type Schemas = components['schemas'];
/** What a call answers when it went well. */
type Told<Path extends keyof paths, Status extends number = 200> = paths[Path] extends {
  get: { responses: { [S in Status]: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

export type Room = Schemas['Room'];
export type Participant = Schemas['Participant'];
export type AuditEntry = Schemas['AuditEntry'];
export type SessionDetails = Schemas['SessionDetails'];
export type PastSession = Schemas['PastSession'];
export type User = Told<'/v2/users'>['users'][number];
export type Role = Schemas['Role'];
export type Recording = Schemas['Recording'];
export type Composition = Schemas['Composition'];
export type Webhook = Schemas['Webhook'];
export type EventKind = Schemas['EventKind'];
export type Company = Schemas['Company'];
export type Status = Told<'/v2/status'>;
export type Upload = Told<'/v2/uploads'>['uploads'][number];
export type ApiKey = Told<'/v2/api-keys'>['keys'][number];

/** What was refused, by the server or on the way to it. */
export class Refusal extends Error {
  constructor(
    readonly code: ErrorCode,
    /** The field that is wrong, as the API names it. */
    readonly field?: string,
  ) {
    super(code);
  }
}

export type Api = ReturnType<typeof createClient<paths>>;

/** The client, over the engine's line. */
export function useApi(): Api {
  const { console: line } = useEngine();
  return useMemo(() => client(line), [line]);
}

/** No address of its own: the engine knows the server. */
const BASE = 'https://console.invalid';

export function client(line: ConsoleLine | undefined): Api {
  return createClient<paths>({
    baseUrl: BASE,
    fetch: async (request: Request) => {
      if (!line) throw new Refusal('unauthorized');
      const { pathname, search } = new URL(request.url);
      const body = (await request.text()) || null;
      const answer = await line.request(request.method as ConsoleMethod, pathname + search, body);
      const { status } = answer;
      // An answer without a body may have none, not even an empty one.
      return new Response(status === 204 ? null : answer.body, { status });
    },
  });
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** What the server answered; whatever else happened is thrown as a {@link Refusal}. */
export async function told<T>(asked: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await asked;
  } catch (error) {
    throw refusal(error);
  }
  if (!answer.response.ok) throw refusal(answer.error);
  // Answers without a body are asked for as such.
  return answer.data as T;
}

/** Of an error's body, of the engine's problem, or of what nobody expects. */
export function refusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const problem = problemIn(error);
  return problem ? new Refusal(problem.code, problem.field ?? undefined) : new Refusal('internal');
}

function problemIn(error: unknown): { code: ErrorCode; field?: string | null } | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const inner = 'error' in error ? error.error : error;
  const coded = typeof inner === 'object' && inner !== null && 'code' in inner;
  return coded ? (inner as { code: ErrorCode; field?: string | null }) : undefined;
}
