import { type RefObject, useEffect, useState } from 'react';
import type { BoardCommands } from '../../engine/engine';

/** What may lie on a board. */
const FOR_BOARD = /^(image\/(png|jpeg|webp|gif)|application\/pdf)$/;

/** What is done with them; nothing where one may not, or cannot. */
interface Takes {
  take: ((files: readonly File[]) => void) | undefined;
  /** By their paths. */
  takeDropped: ((paths: string[]) => void) | undefined;
}

/** Pictures and documents that are dropped on the board, or pasted while the keyboard is there; whether some are held over it. */
export function useTakesFiles(
  frame: RefObject<HTMLElement | null>,
  { onDrop }: BoardCommands,
  { take, takeDropped }: Takes,
): boolean {
  const [dropping, setDropping] = useState(false);
  useEffect(() => {
    if (!onDrop || !takeDropped) return;
    let gone = false;
    const listening = onDrop((drag) => {
      if (gone) return;
      setDropping(drag.state === 'over');
      if (drag.state === 'dropped') takeDropped(drag.paths);
    });
    return () => {
      gone = true;
      setDropping(false);
      void listening.then((unlisten) => unlisten());
    };
  }, [onDrop, takeDropped]);
  useEffect(() => {
    const element = frame.current;
    if (!element || !take) return;
    const wanted = (data: DataTransfer | null) =>
      [...(data?.files ?? [])].filter(({ type }) => FOR_BOARD.test(type));
    const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setDropping(true);
    };
    const left = (event: DragEvent) => {
      const to = event.relatedTarget;
      if (!(to instanceof Node && element.contains(to))) setDropping(false);
    };
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      // Else the browser would leave the call and show the file.
      event.preventDefault();
      setDropping(false);
      // What cannot lie there is said by its name.
      take([...(event.dataTransfer?.files ?? [])]);
    };
    const paste = (event: ClipboardEvent) => {
      // Words are pasted into the field they are typed in.
      if (event.target instanceof Element && event.target.closest('textarea, input')) return;
      const files = wanted(event.clipboardData);
      if (files.length === 0) return;
      event.preventDefault();
      take(files);
    };
    const gone = new AbortController();
    const { signal } = gone;
    element.addEventListener('dragover', over, { signal });
    element.addEventListener('dragleave', left, { signal });
    element.addEventListener('drop', drop, { signal });
    element.addEventListener('paste', paste, { signal });
    return () => {
      gone.abort();
      setDropping(false);
    };
  }, [frame, take]);
  return dropping;
}
