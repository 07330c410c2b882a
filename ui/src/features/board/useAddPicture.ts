import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { BoardCommands, PickedForBoard, PickedPicture } from '../../engine/engine';
import type { PickedDocument } from './FromDocument';

/**
 * Choosing what is put on the board: pictures at once, of a document some pages. Nothing where one may not, or cannot.
 * `take` is for files that were dropped there, or pasted.
 */
export function useAddPicture(
  { pickForBoard: pick, takeForBoard: takes, dropOnBoard: drops, putPicture: put }: BoardCommands,
  may: boolean,
  place: (pictures: PickedPicture[]) => void,
) {
  /** One after the other is asked for its pages. */
  const [documents, setDocuments] = useState<readonly PickedDocument[]>([]);
  const [first] = documents;
  const coming = first !== undefined;
  const gone = useRef(false);
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
    };
  }, []);
  const lay = useCallback(
    (picked: readonly PickedForBoard[]) => {
      if (gone.current) return;
      place(picked.flatMap((one) => (one.kind === 'picture' ? [one] : [])));
      const more = picked.flatMap((one) => (one.kind === 'document' ? [one] : []));
      if (more.length > 0) setDocuments((before) => [...before, ...more]);
    },
    [place],
  );
  const addPicture = useMemo(() => {
    if (!pick || !may) return undefined;
    return () => {
      // While one is asked about, no other question is put over it.
      if (!coming) void pick().then(lay);
    };
  }, [pick, may, lay, coming]);
  const take = useMemo(() => {
    if (!takes || !may) return undefined;
    return (files: readonly File[]) => void takes(files).then(lay);
  }, [takes, may, lay]);
  const takeDropped = useMemo(() => {
    if (!drops || !may) return undefined;
    return (paths: string[]) => void drops(paths).then(lay);
  }, [drops, may, lay]);
  const [turn, setTurn] = useState(0);
  const close = useCallback(() => {
    setDocuments(([, ...others]) => others);
    setTurn((before) => before + 1);
  }, []);
  const fromDocument = may && put && first ? { picked: first, put, onClose: close } : undefined;
  return { addPicture, take, takeDropped, fromDocument, turn };
}
