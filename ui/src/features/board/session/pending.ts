// What differs from the board as it is known: mine, until it comes back.

import type { Shape } from '../../../engine/view';

/** What was done and does not come back in so many milliseconds was refused, or lost. */
const GIVEN_UP = 2_000;

interface Local {
  shape: Shape;
  /** When it was done; nothing while it is still being drawn. */
  done: number | undefined;
}

export class Pending {
  private readonly local = new Map<string, Local>();

  constructor(private readonly clock: () => number) {}

  /** How an item of mine looks. */
  shape(id: string): Shape | undefined {
    return this.local.get(id)?.shape;
  }

  has(id: string): boolean {
    return this.local.has(id);
  }

  all(): [string, Shape][] {
    return [...this.local].map(([id, { shape }]) => [id, shape]);
  }

  /** Those of these that are not done. */
  begun(ids: readonly string[]): [string, Shape][] {
    return ids.flatMap((id): [string, Shape][] => {
      const local = this.local.get(id);
      return local && local.done === undefined ? [[id, local.shape]] : [];
    });
  }

  /** It looks so, and is not done yet. */
  set(id: string, shape: Shape): void {
    this.local.set(id, { shape, done: undefined });
  }

  done(id: string): void {
    const local = this.local.get(id);
    if (local) local.done = this.clock();
  }

  delete(id: string): void {
    this.local.delete(id);
  }

  clear(): void {
    this.local.clear();
  }

  /** An item came back: mine is needed no longer, once all of it is there. */
  confirmed(id: string, known: Shape | undefined): void {
    const local = this.local.get(id);
    if (!local || local.done === undefined || !known) return;
    const { shape } = local;
    const short = shape.kind === 'pen' && known.kind === 'pen' && known.points.length < shape.points.length;
    if (!short) this.local.delete(id);
  }

  /** An item was taken away. */
  removed(id: string): void {
    if (this.local.get(id)?.done !== undefined) this.local.delete(id);
  }

  /** Lets go of what did not come back; which that is. */
  tidy(): string[] {
    const late = this.clock() - GIVEN_UP;
    const gone = [...this.local]
      .filter(([, { done }]) => done !== undefined && done < late)
      .map(([id]) => id);
    for (const id of gone) this.local.delete(id);
    return gone;
  }
}
