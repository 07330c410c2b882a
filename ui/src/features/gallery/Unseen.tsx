import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react';
import { useTools } from '../../engine/tools';

/** Where a page that is loaded anew finds what was seen before. */
const KEPT = 'visita.seen-snapshots';
/** Of more visits than one tab has, the oldest are forgotten. */
const MOST = 500;

const UnseenContext = createContext(0);

/** How many snapshots of others have come that were not before my eyes yet. */
export function useUnseenSnapshots(): number {
  return use(UnseenContext);
}

/** Counts snapshots that come; `looks` while they are before my eyes, in their list or in the chat. */
export function UnseenSnapshots({ looks, children }: { looks: boolean; children: ReactNode }) {
  const { chat } = useTools();
  const [seen, setSeen] = useState(kept);
  const unseen = useMemo(
    () =>
      chat.messages.flatMap(({ mine, file }) => {
        const info = mine ? undefined : file?.info;
        return info?.purpose === 'snapshot' && !seen.has(info.file_id) ? [info.file_id] : [];
      }),
    [chat.messages, seen],
  );
  useEffect(() => {
    if (looks && unseen.length > 0) setSeen((before) => keep([...before, ...unseen]));
  }, [looks, unseen]);
  return <UnseenContext value={looks ? 0 : unseen.length}>{children}</UnseenContext>;
}

function kept(): ReadonlySet<string> {
  try {
    return new Set(JSON.parse(sessionStorage.getItem(KEPT) ?? '[]') as string[]);
  } catch {
    // Kept by nobody, or by no page of ours.
    return new Set();
  }
}

function keep(ids: string[]): ReadonlySet<string> {
  const last = ids.slice(-MOST);
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(last));
  } catch {
    // For as long as this page is there it is known all the same.
  }
  return new Set(last);
}
