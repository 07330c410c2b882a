import { useCallback, useSyncExternalStore } from 'react';
import { useEngine } from '../../engine/context';

/** Whether the page fills the screen, and the way in and out. */
export function useFullscreen(): { full: boolean; toggle: () => void } {
  const { windows } = useEngine();
  const full = useSyncExternalStore(listen, () => document.fullscreenElement !== null);
  const toggle = useCallback(() => {
    const on = document.fullscreenElement === null;
    // The window follows where there is one: some web views fill only themselves.
    void windows?.setFullscreen(on);
    const done = on ? document.documentElement.requestFullscreen?.() : document.exitFullscreen?.();
    // A web view may refuse; the window's own full screen stays.
    done?.catch(() => {});
  }, [windows]);
  return { full, toggle };
}

function listen(changed: () => void) {
  document.addEventListener('fullscreenchange', changed);
  return () => document.removeEventListener('fullscreenchange', changed);
}
