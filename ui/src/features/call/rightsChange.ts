// What an admin gave or took in the middle of a call, by name.

import { useState } from 'react';
import { boardRights, ROOM_BOARD } from '../../engine/rights';
import type { CallView, MeView } from '../../engine/view';
import { mayDraw } from '../board/boardState';

const RIGHTS = [
  'speak',
  'draw',
  'drawOnSnapshots',
  'chat',
  'files',
  'snapshot',
  'share',
  'pointer',
  'present',
] as const;
export type Right = (typeof RIGHTS)[number];

export interface RightsChange {
  taken: readonly Right[];
  /** What there was before is given back. */
  back: readonly Right[];
  given: readonly Right[];
}

export function rightsOf({ tools, role }: Pick<MeView, 'tools' | 'role'>): ReadonlySet<Right> {
  const speaks = role === 'speaker';
  const has: Record<Right, boolean> = {
    speak: speaks,
    draw: mayDraw(boardRights(tools, ROOM_BOARD)),
    drawOnSnapshots: mayDraw(boardRights(tools, '')),
    chat: tools.chat ?? false,
    files: tools.file_upload ?? false,
    snapshot: tools.snapshot ?? false,
    // Whoever is heard and seen no more shows no screen either: that needs no words of its own.
    share: tools.screen_sharing ?? false,
    pointer: tools.live_pointer ?? false,
    present: tools.present_to_everyone ?? false,
  };
  return new Set(RIGHTS.filter((right) => has[right]));
}

/** What is different; `had` was there at some time before. */
export function rightsChange(
  before: ReadonlySet<Right>,
  now: ReadonlySet<Right>,
  had: ReadonlySet<Right>,
): RightsChange | undefined {
  const taken = RIGHTS.filter((right) => before.has(right) && !now.has(right));
  const given = RIGHTS.filter((right) => now.has(right) && !before.has(right));
  if (taken.length + given.length === 0) return undefined;
  return {
    taken,
    back: given.filter((right) => had.has(right)),
    given: given.filter((right) => !had.has(right)),
  };
}

/** The last change of what I may use in this call; nothing before there is one. */
export function useRightsChange({ me, connection }: CallView): RightsChange | undefined {
  const rights = rightsOf(me);
  const settled = connection.state !== 'connecting';
  const [known, setKnown] = useState({ settled, rights, had: rights });
  const [change, setChange] = useState<RightsChange>();
  const same = rights.size === known.rights.size && [...rights].every((right) => known.rights.has(right));
  if (!same || settled !== known.settled) {
    // What comes while one joins was not given by anybody.
    const had = known.settled ? new Set([...known.had, ...rights]) : rights;
    setKnown({ settled, rights, had });
    if (!same && known.settled) setChange(rightsChange(known.rights, rights, known.had));
  }
  return change;
}
