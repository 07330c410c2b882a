import { useRef } from 'react';
import { useLevels } from '../engine/context';
import styles from './Meter.module.css';

/** How loud the microphone is, as a row of blocks. Decorative beside words: it is not read out. */
export function Meter({ blocks = 24, on = true }: { blocks?: number; on?: boolean }) {
  const row = useRef<HTMLSpanElement>(null);
  useLevels(({ microphone }) => {
    if (!row.current) return;
    const lit = on ? Math.round((microphone ?? 0) * blocks) : 0;
    [...row.current.children].forEach((block, n) => {
      block.classList.toggle(styles.lit ?? 'lit', n < lit);
    });
  });
  return (
    <span ref={row} className={styles.meter} aria-hidden>
      {Array.from({ length: blocks }, (_, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks are alike and never move
        <i key={n} />
      ))}
    </span>
  );
}
