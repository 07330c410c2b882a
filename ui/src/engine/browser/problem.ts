// Coded errors, as the servers answer them and as the page words them.

import type { ErrorCode, Problem } from '../view';

/** A coded error, thrown. */
export class Fault extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}

export function fault(code: ErrorCode, message: string): Fault {
  return new Fault({ code, message });
}

/** What went wrong, of whatever was thrown. */
export function problemOf(thrown: unknown): Problem {
  return thrown instanceof Fault ? thrown.problem : { code: 'internal', message: 'a fault of the page' };
}

/** Asks a server of ours: the network's failures become problems too. Where to is never in them, it may be a secret. */
export async function ask(url: string, request: RequestInit, withinMs: number): Promise<Response> {
  const signals = [AbortSignal.timeout(withinMs), ...(request.signal ? [request.signal] : [])];
  try {
    return await fetch(url, {
      referrerPolicy: 'no-referrer',
      credentials: 'omit',
      cache: 'no-store',
      ...request,
      signal: AbortSignal.any(signals),
    });
  } catch {
    throw fault('server_unreachable', 'the server does not answer');
  }
}

/** The answer, where it is a good one. */
export async function good(response: Response): Promise<Response> {
  if (response.ok) return response;
  let body: unknown;
  try {
    body = await response.json();
  } catch {
    throw notUnderstood();
  }
  const error = (body as { error?: Problem } | null)?.error;
  throw error && typeof error.code === 'string' ? new Fault(error) : notUnderstood();
}

export function notUnderstood(why = 'the server answers, but not like a Visita server'): Fault {
  return fault('server_not_understood', why);
}

export async function json<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch {
    throw notUnderstood();
  }
}
