import { useEffect, useRef, useState } from 'react';
import type { CallView } from '../../engine/view';

/** That somebody closed the board for everybody, and who, where that is known. */
export interface BoardClosed {
  by: string | undefined;
}

/** As long as a notice. */
const SAID_MS = 6_000;

/** The board went from under my eyes: said for a while, to whoever had it open and did not close it themselves. */
export function useBoardClosed(call: CallView, open: boolean): BoardClosed | undefined {
  const { whiteboard, me, people } = call;
  const { shown, by } = whiteboard;
  const [closed, setClosed] = useState<BoardClosed>();
  const was = useRef({ shown, open });
  useEffect(() => {
    const before = was.current;
    was.current = { shown, open };
    if (shown) return setClosed(undefined);
    if (!before.shown || !before.open) return;
    // Nobody did: the room began anew.
    if (by === null || by === me.participant_id) return;
    setClosed({ by: people.find(({ participant_id }) => participant_id === by)?.display_name });
  }, [shown, open, by, me.participant_id, people]);
  useEffect(() => {
    if (!closed) return;
    const timer = setTimeout(() => setClosed(undefined), SAID_MS);
    return () => clearTimeout(timer);
  }, [closed]);
  return closed;
}
