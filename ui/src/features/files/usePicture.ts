import { useEffect, useState } from 'react';
import { useEngine } from '../../engine/context';

/** Asked again after so long, while there is none: it may be on its way. */
const AGAIN_MS = [500, 1500, 4000];

/** A file's picture, as soon as there is one. */
export function usePicture(fileId: string, large: boolean, wanted = true): string | undefined {
  const { tools: commands } = useEngine();
  const [picture, setPicture] = useState<{ of: string; address: string }>();
  useEffect(() => {
    if (!commands || !wanted) return;
    let gone = false;
    let timer: ReturnType<typeof setTimeout>;
    const ask = async (tries: number) => {
      const address = await commands.filePicture(fileId, large).catch(() => null);
      if (gone) return;
      const wait = AGAIN_MS[tries];
      if (address !== null) setPicture({ of: fileId, address });
      else if (wait !== undefined) timer = setTimeout(() => void ask(tries + 1), wait);
    };
    void ask(0);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [commands, fileId, large, wanted]);
  // Of another file it is not shown for this one.
  return picture?.of === fileId ? picture.address : undefined;
}
