import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FlipButton } from '../../components/FlipButton';
import type { CallView } from '../../engine/view';
import { handPlaces } from './derive';
import { type Corner, cornerTowards, nearestCorner } from './layout';
import styles from './OwnPicture.module.css';
import { OwnInside } from './Tile';

interface Props {
  call: CallView;
  simple: boolean;
  mirrored: boolean;
  /** Takes a picture of it. */
  onSnapshot: ((streamId: number) => void) | undefined;
}

/** One's own picture over the stage. It may be dragged, or moved by arrow keys, to another corner and stays there. */
export function OwnPicture({ call, simple, mirrored, onSnapshot }: Props) {
  const { t } = useTranslation();
  const [corner, setCorner] = useState<Corner>('bottom-right');
  const [drag, setDrag] = useState<{ x: number; y: number } | null>(null);
  const start = useRef({ x: 0, y: 0 });
  const down = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    start.current = { x: event.clientX, y: event.clientY };
    setDrag({ x: 0, y: 0 });
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    if (drag) setDrag({ x: event.clientX - start.current.x, y: event.clientY - start.current.y });
  };
  const up = (event: PointerEvent<HTMLDivElement>) => {
    if (!drag) return;
    setDrag(null);
    const stage = event.currentTarget.parentElement?.getBoundingClientRect();
    const box = event.currentTarget.getBoundingClientRect();
    if (!stage) return;
    const x = box.x + box.width / 2 - stage.x;
    const y = box.y + box.height / 2 - stage.y;
    setCorner(nearestCorner(x, y, stage.width, stage.height));
  };
  const key = (event: KeyboardEvent) => {
    const to = cornerTowards(corner, event.key);
    if (to === corner) return;
    event.preventDefault();
    setCorner(to);
  };
  const { me } = call;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group that can be moved has no element of its own
    <div
      className={`${styles.own} ${styles[corner]} ${simple ? styles.simple : ''} ${drag ? styles.dragged : ''}`}
      style={drag ? { transform: `translate(${drag.x}px, ${drag.y}px)` } : undefined}
      data-testid="self-preview"
      data-corner={corner}
      data-camera={me.camera.state}
      role="group"
      aria-label={t('call.preview')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move it
      tabIndex={0}
      onKeyDown={key}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={() => setDrag(null)}
    >
      <div className={styles.inside}>
        <OwnInside
          call={call}
          hand={handPlaces(call).get(me.participant_id)}
          mirrored={mirrored}
          onSnapshot={onSnapshot}
        />
      </div>
      {me.camera.state === 'on' && <FlipButton />}
    </div>
  );
}
