// A display does not go dark in a call. The browser takes the lock back whenever the page is out of sight.

export class Awake {
  private lock: WakeLockSentinel | undefined;
  private wanted = false;

  constructor() {
    document.addEventListener('visibilitychange', () => void this.ask());
  }

  set(wanted: boolean): void {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    void this.ask();
  }

  private async ask(): Promise<void> {
    if (!this.wanted) {
      const { lock } = this;
      this.lock = undefined;
      await lock?.release().catch(() => {});
      return;
    }
    if (document.visibilityState !== 'visible' || (this.lock && !this.lock.released)) return;
    // A phone that saves its battery refuses: then it is as it was.
    this.lock = await navigator.wakeLock?.request('screen').catch(() => undefined);
    if (!this.wanted) await this.ask();
  }
}
