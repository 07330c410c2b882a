// Who has the main place of the stage while somebody presents and a board is open too: the newer of the two. The other is one
// press away.

import { useState } from 'react';
import type { CallView } from '../../engine/view';
import { presenterOf } from './layout';

export type Main = 'presenter' | 'board';

/** What there is to have it. */
export interface Going {
  /** Who presents, myself among them. */
  presenter: string | undefined;
  /** The room's board is open for everybody. */
  shown: boolean;
  /** What I have open: the room's board, or a snapshot to draw on. */
  board: string | undefined;
}

/** What has it now. Whoever comes in while both go on is shown who presents: that asks for everybody's eyes. */
export function mainOf(main: Main, before: Going, now: Going): Main {
  if (now.presenter !== undefined && now.presenter !== before.presenter) return 'presenter';
  if (now.shown && !before.shown) return 'board';
  return now.board !== undefined && now.board !== before.board ? 'board' : main;
}

/** Who presents, as far as anything of them is to be seen. */
export function presentingNow(call: CallView): string | undefined {
  const { me, presenter } = call;
  return presenter === me.participant_id ? presenter : presenterOf(call)?.participant_id;
}

/** What has the main place, and a way to choose. `board` is what I have open. */
export function useMain(call: CallView, board: string | undefined): [Main, (main: Main) => void] {
  const now: Going = { presenter: presentingNow(call), shown: call.whiteboard.shown, board };
  const [{ main, seen }, set] = useState<{ main: Main; seen: Going }>({ main: 'presenter', seen: now });
  const same = seen.presenter === now.presenter && seen.shown === now.shown && seen.board === now.board;
  const next = same ? main : mainOf(main, seen, now);
  if (!same) set({ main: next, seen: now });
  return [next, (chosen) => set({ main: chosen, seen: now })];
}
