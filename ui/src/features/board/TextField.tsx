import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera } from './camera';
import type { BoardSession, Editing } from './session';
import styles from './TextField.module.css';
import { LINE, textSize } from './text';
import { toScreen } from './viewport';

interface Props {
  session: BoardSession;
  camera: Camera;
  editing: Editing;
  onPicture: boolean;
  /** Typing was ended by a key: the keyboard goes back to the paper. */
  onDone: () => void;
}

/** Words are typed where they will lie. */
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
  const { x, y } = toScreen(viewport, editing.at);
  const size = editing.size * viewport.scale;
  const { width, height } = textSize(editing.text, editing.size);
  return (
    <textarea
      ref={field}
      className={`${styles.field} ${onPicture ? styles.onPicture : ''}`}
      style={{
        transform: `translate(${x}px, ${y}px)`,
        width: (width + editing.size * 1.2) * viewport.scale,
        height: height * viewport.scale,
        fontSize: size,
        lineHeight: LINE,
        color: `var(--draw-${onPicture ? 'light-' : ''}${editing.colour})`,
      }}
      value={editing.text}
      aria-label={t('board.typeHere')}
      aria-describedby="board-typing"
      spellCheck={false}
      onChange={(event) => session.type(event.target.value)}
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
