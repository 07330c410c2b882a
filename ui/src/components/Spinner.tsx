import styles from './Spinner.module.css';

/** Something is under way; the words stand beside it. */
export function Spinner({ size = 22 }: { size?: number }) {
  return (
    <svg className={styles.spinner} width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <circle cx="12" cy="12" r="9.5" />
    </svg>
  );
}
