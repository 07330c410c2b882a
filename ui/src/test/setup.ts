// What jsdom lacks, as far as the page needs it.

import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';
import { startI18n } from '../i18n';

class NoResizeObserver implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
globalThis.ResizeObserver ??= NoResizeObserver;

/** Nothing is ever in sight. */
class NoIntersectionObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
globalThis.IntersectionObserver ??= NoIntersectionObserver as unknown as typeof IntersectionObserver;
globalThis.CSS ??= { escape: (text: string) => text.replace(/[^\w-]/g, '\\$&') } as unknown as typeof CSS;
HTMLCanvasElement.prototype.getContext = () => null;

// No media either: it begins and stops as it is told, and stays where it is put.
const plays = new WeakSet<HTMLMediaElement>();
Object.defineProperty(HTMLMediaElement.prototype, 'paused', {
  get(this: HTMLMediaElement) {
    return !plays.has(this);
  },
});
HTMLMediaElement.prototype.play = async function () {
  plays.add(this);
  this.dispatchEvent(new Event('playing'));
};
HTMLMediaElement.prototype.pause = function () {
  if (plays.delete(this)) this.dispatchEvent(new Event('pause'));
};
HTMLMediaElement.prototype.load = () => {};

// Parts that are loaded when they are first shown take their time on a busy machine.
configure({ asyncUtilTimeout: 15_000 });
document.title = 'Visita';
startI18n('en');
afterEach(cleanup);
