// Pictures that others took of me: told until I have seen that, as it is I who is on them.

import { useState } from 'react';
import type { CallView, NoticeView, SnapshotView } from '../../engine/view';

export interface SnapshotsOfMe {
  /** Who took them. */
  names: readonly string[];
  /** More than one. */
  several: boolean;
  /** All of them show my screen. */
  screen: boolean;
}

/** Begins with a notice; what comes after it is told together, until it is dismissed. */
export function useSnapshotsOfMe(
  { me }: CallView,
  notice: NoticeView | null,
  gallery: readonly SnapshotView[],
): [SnapshotsOfMe | undefined, dismiss: () => void] {
  const ofMe = gallery.filter(
    ({ file: { info }, by_name }) => info.of === me.participant_id && by_name !== me.display_name,
  );
  const name = notice?.code === 'snapshot_of_me' ? (notice.name ?? '') : undefined;
  const ids = ofMe.map(({ file }) => file.info.file_id);
  /** Those that were there when I last had seen all. */
  const [seen, setSeen] = useState<ReadonlySet<string>>();
  const [last, setLast] = useState<string>();
  const [told, setTold] = useState<{ names: string[]; before: ReadonlySet<string>; count: number }>();
  if (name !== last) {
    setLast(name);
    if (name !== undefined) {
      const { names = [], before = seen ?? new Set(ids), count = 0 } = told ?? {};
      setTold({ names: [...new Set([...names, name])], before, count: count + 1 });
    }
  }
  // The picture itself comes before the notice, or after it.
  if (!told && name === undefined && (!seen || ids.some((id) => !seen.has(id)))) setSeen(new Set(ids));
  if (!told) return [undefined, () => {}];
  const fresh = ofMe.filter(({ file }) => !told.before.has(file.info.file_id));
  const pictures =
    fresh.length > 0 ? fresh : ofMe.filter(({ by_name }) => told.names.includes(by_name)).slice(0, 1);
  const names = [...new Set([...told.names, ...fresh.map(({ by_name }) => by_name)])].filter(Boolean);
  const shown = {
    names,
    several: Math.max(told.count, fresh.length) > 1,
    screen: pictures.length > 0 && pictures.every(({ of_screen }) => of_screen),
  };
  return [
    shown,
    () => {
      setSeen(new Set(ids));
      setTold(undefined);
    },
  ];
}
