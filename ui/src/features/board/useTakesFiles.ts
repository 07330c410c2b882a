import { type RefObject, useEffect, useState } from 'react';
import type { BoardCommands } from '../../engine/engine';
import type { Point } from '../../engine/view';
import { pastedPaths, pastes, pastesWords, pasteTaker } from '../files/paste';

/** What may lie on a board. */
const FOR_BOARD = /^(image\/(png|jpeg|webp|gif)|application\/pdf)$/;
const NAMED_SO = /\.(png|jpe?g|webp|gif|pdf)$/i;

/** What is done with them, at the point of the window where they were let go; nothing where one may not, or cannot. */
interface Takes {
  take: ((files: readonly File[], at?: Point) => void) | undefined;
  /** By their paths. */
  takeDropped: ((paths: string[], at?: Point) => void) | undefined;
  /** What lies in the clipboard. */
  takePasted: (() => void) | undefined;
}

/** Pictures and documents that are dropped on the board, or pasted while it is open; whether some are held over it. */
export function useTakesFiles(
  frame: RefObject<HTMLElement | null>,
  { onDrop }: BoardCommands,
  { take, takeDropped, takePasted }: Takes,
): boolean {
  const [dropping, setDropping] = useState(false);
  useEffect(() => {
    if (!onDrop || !takeDropped) return;
    let gone = false;
    const listening = onDrop((drag) => {
      if (gone) return;
      setDropping(drag.state === 'over');
      if (drag.state === 'dropped') takeDropped(drag.paths, drag.at);
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
      take([...(event.dataTransfer?.files ?? [])], { x: event.clientX, y: event.clientY });
    };
    const gone = new AbortController();
    const { signal } = gone;
    element.addEventListener('dragover', over, { signal });
    element.addEventListener('dragleave', left, { signal });
    element.addEventListener('drop', drop, { signal });
    return () => {
      gone.abort();
      setDropping(false);
    };
  }, [frame, take]);
  useEffect(() => {
    const element = frame.current;
    if (!element || !take) return;
    const here = () => pasteTaker() === element;
    let told = false;
    const key = (event: KeyboardEvent) => {
      if (!takePasted || !pastes(event) || !here()) return;
      told = false;
      // Some web views tell a page nothing of pictures and files that are pasted: then the back end looks.
      setTimeout(() => {
        if (!told && !gone.signal.aborted) takePasted();
      });
    };
    const paste = (event: ClipboardEvent) => {
      const { clipboardData: data } = event;
      if (!data || !here()) return;
      if (pastesWords(data)) {
        told = true;
        return;
      }
      const paths = pastedPaths(data.getData('text/uri-list')).filter((path) => NAMED_SO.test(path));
      const files = [...data.files].filter(({ type }) => FOR_BOARD.test(type));
      const byPath = takeDropped && paths.length > 0;
      if (!byPath && files.length === 0) return;
      event.preventDefault();
      told = true;
      if (byPath) takeDropped(paths);
      else take(files);
    };
    const gone = new AbortController();
    const { signal } = gone;
    document.addEventListener('keydown', key, { signal });
    // Before the chat hears of it.
    document.addEventListener('paste', paste, { signal, capture: true });
    return () => gone.abort();
  }, [frame, take, takeDropped, takePasted]);
  return dropping;
}
