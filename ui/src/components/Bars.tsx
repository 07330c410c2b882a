import styles from './Bars.module.css';

/** Five bars for a line's quality, 0 (lost) to 5; the word stands beside them. */
export function Bars({ quality, size = 18 }: { quality: number; size?: number }) {
  return (
    <svg className={styles.bars} width={size} height={size * 0.8} viewBox="0 0 20 16" aria-hidden="true">
      {[0, 1, 2, 3, 4].map((n) => (
        <rect
          key={n}
          className={n < quality ? styles.lit : styles.dim}
          x={n * 4.1}
          y={12 - n * 3}
          width="2.9"
          height={4 + n * 3}
          rx="1.2"
        />
      ))}
    </svg>
  );
}
