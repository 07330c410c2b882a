import { useRef } from 'react';
import type { CallView } from '../../engine/view';
import { type Layout, lastSpeaker, layout, type Wish } from './layout';

/** How the stage lies now; it remembers who spoke last. */
export function useLayout(call: CallView, wish: Omit<Wish, 'speaker'>): Layout {
  const spoke = useRef<string | undefined>(undefined);
  spoke.current = lastSpeaker(spoke.current, call.people);
  return layout(call, { ...wish, speaker: spoke.current });
}
