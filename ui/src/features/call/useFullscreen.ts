import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { useEngine } from '../../engine/context';

/** Whether the desktop's window fills the screen: what the page does not learn by itself. */
let windowIsFull = false;
const listeners = new Set<() => void>();

/**
 * Whether the call fills the screen, and the way in and out. Where there is a window it fills the screen and the page stays
 * in it: a web view that does so too would be in the window's way.
 */
export function useFullscreen(): { full: boolean; toggle: () => void } {
  const { windows } = useEngine();
  const full = useSyncExternalStore(listen, () => windowIsFull || document.fullscreenElement !== null);
  const toggle = useCallback(() => {
    if (windows) {
      windowIsFull = !windowIsFull;
      void windows.setFullscreen(windowIsFull);
      for (const changed of listeners) changed();
      return;
    }
    const done = document.fullscreenElement
      ? document.exitFullscreen?.()
      : document.documentElement.requestFullscreen?.();
    // A browser may refuse; then nothing has changed.
    done?.catch(() => {});
  }, [windows]);
  return { full, toggle };
}

/** Escape leaves what fills the screen, unless something closer closes by it; and with the call it is over. */
export function useFullscreenEnd(): void {
  const { full, toggle } = useFullscreen();
  const { windows } = useEngine();
  useEffect(() => {
    if (!full || !windows) return;
    const key = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector(CLOSER)) toggle();
    };
    document.addEventListener('keydown', key);
    return () => document.removeEventListener('keydown', key);
  }, [full, toggle, windows]);
  useEffect(
    () => () => {
      if (!windowIsFull) return;
      windowIsFull = false;
      void windows?.setFullscreen(false);
    },
    [windows],
  );
}

const CLOSER = '[role="dialog"], [role="menu"], [role="listbox"]';

function listen(changed: () => void) {
  listeners.add(changed);
  document.addEventListener('fullscreenchange', changed);
  return () => {
    listeners.delete(changed);
    document.removeEventListener('fullscreenchange', changed);
  };
}
