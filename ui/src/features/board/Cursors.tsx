import { useEffect, useState, useSyncExternalStore } from 'react';
import { personColour } from '../../components/people';
import type { CursorView } from '../../engine/view';
import styles from './Cursors.module.css';
import type { Camera } from './camera';
import { Laser } from './Laser';
import type { BoardSession } from './session';
import { toScreen } from './viewport';

interface Props {
  session: BoardSession;
  camera: Camera;
  page: number;
  /** What I am called. */
  me: string;
}

/** Where the others are, each with a name; and what their lasers leave behind them. */
export function Cursors({ session, camera, page, me }: Props) {
  const cursors = useCursors(session);
  const viewport = useSyncExternalStore(camera.subscribe, camera.snapshot);
  const [seenFrom, setSeenFrom] = useState(viewport);
  // What moves because one looks elsewhere moves at once; somebody's hand moves smoothly.
  const still = seenFrom !== viewport;
  useEffect(() => setSeenFrom(viewport), [viewport]);
  return (
    <div className={styles.cursors} aria-hidden>
      <Laser session={session} camera={camera} page={page} me={me} />
      {cursors
        .filter((cursor) => cursor.page === page)
        .map(({ participant_id, display_name, at, laser }) => {
          const { x, y } = toScreen(viewport, at);
          const colour = `var(--person-${personColour(display_name)})`;
          return (
            <div
              key={participant_id}
              // The trace of a laser ends where the laser is.
              className={`${styles.cursor} ${still || laser ? styles.still : ''}`}
              style={{ transform: `translate(${x}px, ${y}px)`, color: colour }}
              data-testid="board-cursor"
              data-laser={laser}
            >
              {laser ? (
                <span className={styles.dot} />
              ) : (
                <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
                  <path
                    d="M1.5 1.5 16 7l-6.2 2.4L7 16z"
                    fill="currentColor"
                    stroke="#fff"
                    strokeWidth="1.5"
                  />
                </svg>
              )}
              <span className={styles.name} style={{ background: colour }}>
                {display_name}
              </span>
            </div>
          );
        })}
    </div>
  );
}

/** At most as often as there are frames, however many people move. */
function useCursors(session: BoardSession): CursorView[] {
  const [cursors, setCursors] = useState(session.board.cursors);
  useEffect(() => {
    let frame = 0;
    setCursors(session.board.cursors);
    const unwatch = session.watch({
      redraw: ({ kind }) => {
        if (kind !== 'cursors' || frame) return;
        frame = requestAnimationFrame(() => {
          frame = 0;
          setCursors(session.board.cursors);
        });
      },
    });
    return () => {
      unwatch();
      cancelAnimationFrame(frame);
    };
  }, [session]);
  return cursors;
}
