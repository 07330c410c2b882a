import { MousePointer2 } from 'lucide-react';
import { type PointerEvent, useEffect, useRef } from 'react';
import { personColour } from '../../components/people';
import type { Fitted } from '../../engine/frames/fit';
import { usePointers } from '../../engine/tools';
import type { PointTarget } from '../../engine/view';
import { placeOf, spotAt } from './geometry';
import styles from './PointerLayer.module.css';
import { usePointing } from './Pointing';

interface Props {
  /** What is shown here. */
  target: PointTarget;
  fitted: Fitted;
  mirrored?: boolean;
}

/** Over a picture: where the others point at it, and where I do. */
export function PointerLayer({ target, fitted, mirrored = false }: Props) {
  const { on, point } = usePointing();
  const pointers = usePointers().filter(({ spot }) => same(spot.target, target));
  const mine = useRef(false);
  const move = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const spot = spotAt({ x: event.clientX - box.x, y: event.clientY - box.y }, fitted, mirrored);
    mine.current = spot !== undefined;
    point(spot ? { target, ...spot } : null);
  };
  const leave = () => {
    mine.current = false;
    point(null);
  };
  // What is not shown any more is not pointed at: another page has its place, or nothing has.
  const what = JSON.stringify(target);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when it becomes another
  useEffect(
    () => () => {
      if (mine.current) point(null);
      mine.current = false;
    },
    [what, point],
  );
  return (
    <div
      className={`${styles.layer} ${on ? styles.pointing : ''}`}
      {...(on && { onPointerMove: move, onPointerLeave: leave })}
      aria-hidden
      data-testid="pointer-layer"
    >
      {pointers.map(({ participant_id: id, display_name: name, spot }) => {
        const place = placeOf(spot, fitted, mirrored);
        if (!place) return null;
        const { box } = fitted;
        const look = [
          styles.pointer,
          place.cut && styles.cut,
          place.x + nameWidth(name) > box.width && place.x > box.width / 2 && styles.left,
          place.y > box.height - 52 && styles.above,
        ];
        return (
          <div
            key={id}
            className={look.filter(Boolean).join(' ')}
            style={
              {
                transform: `translate(${place.x}px, ${place.y}px)`,
                '--colour': `var(--person-${personColour(name)})`,
              } as React.CSSProperties
            }
            data-testid="pointer"
            data-participant-id={id}
          >
            <MousePointer2 className={styles.sign} size={22} strokeWidth={1.8} />
            <span className={styles.name} style={{ maxWidth: Math.min(200, box.width / 2) }}>
              {name}
            </span>
          </div>
        );
      })}
    </div>
  );
}

/** About what a name takes, with what lies between it and the tip. */
function nameWidth(name: string): number {
  return Math.min(200, name.length * 8 + 16) + 16;
}

function same(a: PointTarget, b: PointTarget): boolean {
  if (a.kind === 'file' || b.kind === 'file') {
    return a.kind === 'file' && b.kind === 'file' && a.file_id === b.file_id && a.page === b.page;
  }
  return a.kind === b.kind && a.participant_id === b.participant_id;
}
