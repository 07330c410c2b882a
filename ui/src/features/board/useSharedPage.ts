import { useEffect, useRef } from 'react';
import { useEngine } from '../../engine/context';
import type { CallView } from '../../engine/view';
import type { BoardSession } from './session';
import type { Scene } from './session/scene';

/**
 * While the board is shown to everybody, whoever shows it turns the pages for all. Others may look at another page until the
 * next is turned. Nothing is shared of a board without `call`.
 */
export function useSharedPage(session: BoardSession, scene: Scene, call: CallView | undefined): void {
  const { admin } = useEngine();
  const { shown = false, by = null, page: theirs = 0 } = call?.whiteboard ?? {};
  const leads = shown && admin !== undefined && by === call?.me.participant_id;
  /** To be turned to, once it is there. */
  const waits = useRef<number>(undefined);
  const opening = useRef(true);
  useEffect(() => {
    if (shown && (opening.current || !leads)) waits.current = theirs;
    opening.current = false;
  }, [shown, leads, theirs]);
  const { loading, page, pages } = scene;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a page that is turned elsewhere is not turned back
  useEffect(() => {
    if (loading) return;
    if (waits.current !== undefined) {
      if (waits.current >= pages) return;
      session.go(waits.current);
      waits.current = undefined;
    } else if (leads && page !== theirs) {
      void admin?.showWhiteboard(true, page);
    }
  }, [session, loading, page, pages, theirs, shown]);
}
