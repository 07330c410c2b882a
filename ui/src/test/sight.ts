// What is in sight, where nothing is laid out.

import { act } from '@testing-library/react';
import { vi } from 'vitest';

/** From now on a test says what is in sight: `show` brings the elements it names into it, and all others out. */
export function watchSight(): { show: (named: (element: HTMLElement) => boolean) => void } {
  const all = new Set<{
    heard: IntersectionObserverCallback;
    element: HTMLElement;
    self: IntersectionObserver;
  }>();
  let shown: (element: HTMLElement) => boolean = () => false;
  const tell = (one: typeof all extends Set<infer One> ? One : never) =>
    one.heard([{ isIntersecting: shown(one.element) } as unknown as IntersectionObserverEntry], one.self);
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(private readonly heard: IntersectionObserverCallback) {}
      observe(element: Element): void {
        const one = {
          heard: this.heard,
          element: element as HTMLElement,
          self: this as unknown as IntersectionObserver,
        };
        all.add(one);
        tell(one);
      }
      disconnect(): void {
        for (const one of all) if (one.self === (this as unknown)) all.delete(one);
      }
    },
  );
  return {
    show: (named) => {
      shown = named;
      act(() => {
        for (const one of all) tell(one);
      });
    },
  };
}
