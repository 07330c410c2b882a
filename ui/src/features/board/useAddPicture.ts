import { useCallback, useMemo, useState } from 'react';
import type { BoardCommands, PickedPicture } from '../../engine/engine';
import type { PickedDocument } from './FromDocument';

/** Choosing what is put on the board: a picture at once, of a document a page. Nothing where one may not, or cannot. */
export function useAddPicture(
  { pickForBoard: pick, putPicture: put }: BoardCommands,
  may: boolean,
  place: (picture: PickedPicture) => void,
) {
  const [document, setDocument] = useState<PickedDocument>();
  const coming = document !== undefined;
  const addPicture = useMemo(() => {
    if (!pick || !may) return undefined;
    return () => {
      // One after the other: a second document would take the place of the first.
      if (coming) return;
      void pick().then((picked) => {
        if (picked?.kind === 'picture') place(picked);
        if (picked?.kind === 'document') setDocument(picked);
      });
    };
  }, [pick, may, place, coming]);
  const close = useCallback(() => setDocument(undefined), []);
  const fromDocument =
    may && put && document ? { picked: document, put, onPut: place, onClose: close } : undefined;
  return { addPicture, fromDocument };
}
