import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { BoardCommands, PickedForBoard, PickedPicture } from '../../engine/engine';
import type { Point } from '../../engine/view';
import type { PickedDocument } from './FromDocument';

/**
 * Choosing what is put on the board: pictures at once, of a document some pages. Nothing where one may not, or cannot.
 * `take` is for files that were dropped there, or pasted; pictures come to lie at the point of the window where they were.
 */
export function useAddPicture(
  {
    pickForBoard: pick,
    takeForBoard: takes,
    dropOnBoard: drops,
    pasteOnBoard: pastes,
    putPicture: put,
  }: BoardCommands,
  may: boolean,
  place: (pictures: PickedPicture[], at?: Point) => void,
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
    (picked: readonly PickedForBoard[], at?: Point) => {
      if (gone.current) return;
      place(
        picked.flatMap((one) => (one.kind === 'picture' ? [one] : [])),
        at,
      );
      const more = picked.flatMap((one) => (one.kind === 'document' ? [one] : []));
      if (more.length > 0) setDocuments((before) => [...before, ...more]);
    },
    [place],
  );
  const addPicture = useMemo(() => {
    if (!pick || !may) return undefined;
    return () => {
      // While one is asked about, no other question is put over it.
      if (!coming) void pick().then((picked) => lay(picked));
    };
  }, [pick, may, lay, coming]);
  const take = useMemo(() => {
    if (!takes || !may) return undefined;
    return (files: readonly File[], at?: Point) => void takes(files).then((picked) => lay(picked, at));
  }, [takes, may, lay]);
  const takeDropped = useMemo(() => {
    if (!drops || !may) return undefined;
    return (paths: string[], at?: Point) => void drops(paths).then((picked) => lay(picked, at));
  }, [drops, may, lay]);
  const takePasted = useMemo(() => {
    if (!pastes || !may) return undefined;
    return () => void pastes().then((picked) => lay(picked));
  }, [pastes, may, lay]);
  const [turn, setTurn] = useState(0);
  const close = useCallback(() => {
    setDocuments(([, ...others]) => others);
    setTurn((before) => before + 1);
  }, []);
  const fromDocument = may && put && first ? { picked: first, put, onClose: close } : undefined;
  return { addPicture, take, takeDropped, takePasted, fromDocument, turn };
}
