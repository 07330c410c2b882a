// Where my pointer is, as the others are told.

import type { Point } from '../../../engine/view';
import { rounded } from '../geometry';

/** It is sent at most every so many milliseconds. */
const EVERY = 34;

/** What is said of it; nowhere when it left. */
export interface Pointed {
  page: number;
  at: Point | null;
  laser: boolean;
}

/** Says where it is: not too often, and nothing twice. */
export class Cursor {
  private point: Point | undefined;
  private sentAt = Number.NEGATIVE_INFINITY;
  private out = false;
  private said = '';

  constructor(
    private readonly clock: () => number,
    private readonly send: (pointed: Pointed) => void,
  ) {}

  /** Where the others see it; nothing while they do not. */
  get resting(): Point | undefined {
    return this.out ? this.point : undefined;
  }

  /** The next is said at once. */
  hurry(): void {
    this.sentAt = Number.NEGATIVE_INFINITY;
  }

  show(at: Point | undefined, page: number, laser: boolean): void {
    this.point = at;
    const now = this.clock();
    if (at === undefined ? !this.out : now - this.sentAt < EVERY) return;
    const pointed = { page, at: at ? rounded(at) : null, laser };
    const said = JSON.stringify(pointed);
    if (said === this.said) return;
    this.said = said;
    this.sentAt = now;
    this.out = at !== undefined;
    this.send(pointed);
  }
}
