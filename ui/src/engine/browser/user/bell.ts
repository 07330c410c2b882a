// The sound of a call that rings, where the browser lets the page be heard.

import { Meter } from '../devices/meter';

const EVERY_MS = 3_000;
/** As notes in hertz. */
const RING = [659, 784, 659, 784];

export class Bell {
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly sounds = new Meter();

  set(rings: boolean, speaker: string | null): void {
    if (rings === (this.timer !== undefined)) return;
    clearInterval(this.timer);
    this.timer = undefined;
    if (!rings) {
      this.sounds.close();
      return;
    }
    const ring = () => this.sounds.chime(RING, speaker);
    ring();
    this.timer = setInterval(ring, EVERY_MS);
  }
}
