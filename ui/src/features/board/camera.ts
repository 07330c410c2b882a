// What a person sees of a board. It moves with each event of a wheel, so it is no state of React's.

import type { Point } from '../../engine/view';
import type { Box } from './geometry';
import { type Insets, showing, type Viewport, zoomed } from './viewport';

export class Camera {
  now: Viewport = { x: 0, y: 0, scale: 1 };
  width = 0;
  height = 0;
  private moved = false;
  private readonly listeners = new Set<() => void>();

  constructor(
    /** What is to be seen at first: the page, and what lies on it. */
    private readonly whole: () => Box,
    private readonly insets: () => Insets,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly snapshot = (): Viewport => this.now;

  resize(width: number, height: number): void {
    const { x, y, scale } = this.now;
    const [dx, dy] = [(width - this.width) / 2, (height - this.height) / 2];
    this.width = width;
    this.height = height;
    if (this.moved) this.set({ scale, x: x + dx, y: y + dy });
    else this.fit();
  }

  fit(): void {
    this.moved = false;
    if (this.width > 0) this.tell(showing(this.whole(), this.width, this.height, this.insets()));
  }

  /** Shows the whole again, unless somebody looked closer. */
  refit(): void {
    if (!this.moved) this.fit();
  }

  zoom(factor: number, at: Point = { x: this.width / 2, y: this.height / 2 }): void {
    this.set(zoomed(this.now, factor, at));
  }

  pan(dx: number, dy: number): void {
    const { x, y, scale } = this.now;
    this.set({ scale, x: x + dx, y: y + dy });
  }

  set(viewport: Viewport): void {
    this.moved = true;
    this.tell(viewport);
  }

  private tell(viewport: Viewport): void {
    this.now = viewport;
    for (const listener of this.listeners) listener();
  }
}
