import { type RefObject, useEffect } from 'react';
import type { Camera } from './camera';
import type { BoardSession, Tool } from './session';
import { toolsOf } from './session';
import { toBoard } from './viewport';

/** A letter for each tool. Those of the call itself (M, V, H, F) are not among them. */
export const KEYS: Record<Tool | 'picture', string> = {
  select: 'S',
  pen: 'P',
  line: 'D',
  arrow: 'A',
  rectangle: 'R',
  ellipse: 'O',
  text: 'T',
  note: 'K',
  eraser: 'E',
  laser: 'L',
  picture: 'I',
};

/** As in other drawing programs; with Control held too. */
export const ORDER_KEYS = { front: ']', back: '[' } as const;

/** Where letters mean something else. */
const TYPING = 'input, textarea, [contenteditable], [role="menu"], [role="listbox"], [role="dialog"]';

/** How far an arrow key moves, in units of the board; with Shift held, exactly one. */
const STEP = 10;

/** All that a board does by keys: letters anywhere in the call, the rest while the paper has the focus. */
export function useKeys(
  host: RefObject<HTMLElement | null>,
  session: BoardSession,
  camera: Camera,
  addPicture: (() => void) | undefined,
): void {
  useEffect(() => {
    const anywhere = (event: KeyboardEvent): boolean => {
      const key = event.key.toLowerCase();
      if (event.ctrlKey || event.metaKey) {
        if (event.altKey) return false;
        if (key === 'z') {
          if (event.shiftKey) session.redo();
          else session.undo();
          return true;
        }
        if (key === 'y') {
          session.redo();
          return true;
        }
        return false;
      }
      if (event.altKey || event.repeat) return false;
      const { rights } = session.board;
      if (key === KEYS.picture.toLowerCase() && addPicture) {
        addPicture();
        return true;
      }
      const tool = toolsOf(rights).find((one) => KEYS[one].toLowerCase() === key);
      if (tool) session.choose(tool);
      return tool !== undefined;
    };
    const onPaper = (event: KeyboardEvent): boolean => {
      const { selected, chosen, page } = session.snapshot();
      const step = (event.shiftKey ? 1 : STEP) * session.unit;
      const arrows: Record<string, [number, number]> = {
        ArrowLeft: [-step, 0],
        ArrowRight: [step, 0],
        ArrowUp: [0, -step],
        ArrowDown: [0, step],
      };
      if (event.key === ORDER_KEYS.front || event.key === ORDER_KEYS.back) {
        session.order(event.key === ORDER_KEYS.front ? 'front' : 'back');
        return true;
      }
      const arrow = arrows[event.key];
      if (arrow) {
        const [dx, dy] = arrow;
        if (selected.length > 0) session.nudge(dx, dy);
        else camera.pan(-Math.sign(dx) * 60, -Math.sign(dy) * 60);
        return true;
      }
      switch (event.key) {
        case 'Delete':
        case 'Backspace':
          session.removeSelected();
          return true;
        case 'Escape':
          // With nothing to let go of, it is the call's.
          if (!session.busy && selected.length === 0) return false;
          session.cancel();
          session.select([]);
          return true;
        case 'Enter': {
          const [only] = selected;
          if (chosen && only !== undefined && session.edit(only)) return true;
          const middle = { x: camera.width / 2, y: camera.height / 2 };
          session.putInMiddle(toBoard(camera.now, middle));
          return true;
        }
        case 'n':
        case 'N':
          session.step(event.shiftKey ? -1 : 1);
          return true;
        case '+':
        case '=':
          camera.zoom(1.25);
          return true;
        case '-':
          camera.zoom(0.8);
          return true;
        case '0':
          camera.fit();
          return true;
        case '>':
          session.grow(1.1);
          return true;
        case '<':
          session.grow(1 / 1.1);
          return true;
        case 'PageUp':
          session.go(page - 1);
          return true;
        case 'PageDown':
          session.go(page + 1);
          return true;
        case 'a':
          if (!event.ctrlKey && !event.metaKey) return false;
          session.selectAll();
          return true;
        default:
          return false;
      }
    };
    const key = (event: KeyboardEvent) => {
      if (event.defaultPrevented || !(event.target instanceof Element)) return;
      if (event.target.closest(TYPING)) return;
      const done = (event.target === host.current && onPaper(event)) || anywhere(event);
      if (done) event.preventDefault();
    };
    document.addEventListener('keydown', key);
    return () => document.removeEventListener('keydown', key);
  }, [host, session, camera, addPicture]);
}
