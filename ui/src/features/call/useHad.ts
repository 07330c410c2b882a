import { useState, useSyncExternalStore } from 'react';
import type { Tools } from '../../engine/view';

/** Which of one's rights were there when the call began: what has a place in the bar keeps it, with a lock if it is taken. */
export function useHad(tools: Tools): Tools {
  const [had] = useState(tools);
  return had;
}

/** Narrower than this there is no room for nine places. */
const NINE = 800;

/** Whether the window has room for the bar's nine places. */
export function useRoomForNine(): boolean {
  return useSyncExternalStore(listen, () => window.innerWidth >= NINE);
}

function listen(changed: () => void) {
  window.addEventListener('resize', changed);
  return () => window.removeEventListener('resize', changed);
}
