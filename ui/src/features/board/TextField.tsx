import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera } from './camera';
import { clamp, NOTE } from './geometry';
import type { BoardSession, Editing } from './session';
import styles from './TextField.module.css';
import { LINE, textSize, wrapped } from './text';
import { toScreen } from './viewport';

interface Props {
  session: BoardSession;
  camera: Camera;
  editing: Editing;
  onPicture: boolean;
  /** Typing was ended by a key: the keyboard goes back to the paper. */
  onDone: () => void;
}

/** Smaller letters cannot be read, and a telephone would enlarge the whole page to show them; in pixels. */
const LEAST = 16;
/** A line has at least so much room, in letters' heights, however near to the edge it begins. */
const LEAST_LINE = 6;
/** What is enlarged keeps so far from the edges of the board, in pixels. */
const EDGE = 8;

/** Words are typed where they will lie; larger where they could not be read, and then inside the board. */
export function TextField({ session, camera, editing, onPicture, onDone }: Props) {
  const { t } = useTranslation();
  const field = useRef<HTMLTextAreaElement>(null);
  const viewport = useSyncExternalStore(camera.subscribe, camera.snapshot);
  useEffect(() => {
    const element = field.current;
    // After the pointer that began it is up: until then the focus goes elsewhere.
    const timer = setTimeout(() => {
      element?.focus();
      element?.setSelectionRange(element.value.length, element.value.length);
    }, 0);
    return () => clearTimeout(timer);
  }, []);
  const size = Math.max(LEAST, editing.size * viewport.scale);
  const { ground } = editing;
  const around = ground ? size * NOTE.around : 0;
  const most = room(size, toScreen(viewport, editing.at).x, camera.width - EDGE - around);
  const { width, height } = textSize(wrapped(editing.text, size, most), size);
  // Room for the next letter, as far as there is some; at the right a note has some already.
  const wide = Math.max(width + 1, Math.min(width + size * (ground ? 0.6 : 1.2), most));
  const wanted = { ...toScreen(viewport, editing.at), width: wide };
  const place = size === LEAST ? inside(wanted, height, camera, EDGE + around) : wanted;
  const light = onPicture && !ground ? 'light-' : '';
  return (
    <textarea
      ref={field}
      className={`${styles.field} ${onPicture ? styles.onPicture : ''} ${ground ? styles.note : ''}`}
      style={{
        transform: `translate(${place.x}px, ${place.y}px)`,
        width: place.width,
        height,
        fontSize: size,
        lineHeight: LINE,
        color: `var(--draw-${light}${editing.colour})`,
        ...(ground && {
          margin: -around,
          padding: around,
          borderRadius: size * NOTE.corner,
          background: `var(--draw-note-${ground})`,
        }),
      }}
      value={editing.text}
      aria-label={t(ground ? 'board.noteHere' : 'board.typeHere')}
      aria-describedby="board-typing"
      spellCheck={false}
      onChange={(event) => session.type(event.target.value, (most * editing.size) / size)}
      onBlur={() => session.commit()}
      onKeyDown={(event) => {
        const done = event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey));
        if (!done) return;
        event.preventDefault();
        event.stopPropagation();
        session.commit();
        onDone();
      }}
      data-testid="board-text"
    />
  );
}

/** How wide a line may be, in pixels: to the edge of what is seen; a board that is not laid out yet has none. */
function room(size: number, x: number, edge: number): number {
  if (edge <= 0) return Number.POSITIVE_INFINITY;
  return size === LEAST ? edge - EDGE : Math.max(edge - x, size * LEAST_LINE);
}

function inside(
  { x, y, width }: { x: number; y: number; width: number },
  height: number,
  camera: Camera,
  edge: number,
) {
  const across = camera.width - 2 * edge;
  const down = camera.height - 2 * edge;
  const wide = Math.min(width, Math.max(across, LEAST));
  return {
    x: clamp(x, edge, Math.max(edge, edge + across - wide)),
    y: clamp(y, edge, Math.max(edge, edge + down - height)),
    width: wide,
  };
}
