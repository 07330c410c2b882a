import { useCallback, useEffect, useState } from 'react';
import { useFileSource } from './source';

/** Asked again after so long, while there is none: it may be on its way. */
const AGAIN_MS = [500, 1500, 4000];

/** What of a file is shown: on its way, there, or not to be had. */
export type Fetched =
  | { state: 'loading' }
  | { state: 'there'; address: string }
  | { state: 'missing'; again: () => void };

const LOADING = { state: 'loading' } as const;

/** A file's picture, or a document, as an address. */
export function useFetched(fileId: string, large: boolean, wanted = true): Fetched {
  const picture = useFileSource()?.filePicture;
  const [fetched, setFetched] = useState<{ of: string; now: Fetched }>();
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => {
    setFetched(undefined);
    setTurn((before) => before + 1);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn asks anew
  useEffect(() => {
    if (!picture || !wanted) return;
    let gone = false;
    let timer: ReturnType<typeof setTimeout>;
    const ask = async (tries: number) => {
      const address = await picture(fileId, large).catch(() => null);
      if (gone) return;
      const wait = AGAIN_MS[tries];
      if (address !== null) setFetched({ of: fileId, now: { state: 'there', address } });
      else if (wait !== undefined) timer = setTimeout(() => void ask(tries + 1), wait);
      else setFetched({ of: fileId, now: { state: 'missing', again } });
    };
    void ask(0);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [picture, fileId, large, wanted, turn, again]);
  // Of another file it is not shown for this one.
  return fetched?.of === fileId ? fetched.now : LOADING;
}

/** A file's picture, as soon as there is one. */
export function usePicture(fileId: string, large: boolean, wanted = true): string | undefined {
  const fetched = useFetched(fileId, large, wanted);
  return fetched.state === 'there' ? fetched.address : undefined;
}
