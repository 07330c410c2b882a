// Past sessions as the engine last told them. They come by a way of their own, apart from the view.

import { useEffect, useState } from 'react';
import { useEngine } from './context';
import type { PastView } from './view';

/** Listens for as long as somebody looks, and asks for the list anew; nothing before the first answer. */
export function usePast(wanted = true): PastView | undefined {
  const { past } = useEngine();
  const [view, setView] = useState<PastView>();
  useEffect(() => {
    if (!past || !wanted) return;
    let gone = false;
    let unlisten: (() => void) | undefined;
    const listen = async () => {
      unlisten = await past.onNews((now) => {
        if (!gone) setView(now);
      });
      if (gone) unlisten();
      else await past.act({ do: 'refresh' });
    };
    void listen();
    return () => {
      gone = true;
      unlisten?.();
    };
  }, [past, wanted]);
  return view;
}
