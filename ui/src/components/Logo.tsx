import styles from './Logo.module.css';

/** The mark: a person in a V, on a rounded square. Decorative: the name stands beside it. */
export function Logo({ size = 30 }: { size?: number }) {
  return (
    <svg className={styles.logo} width={size} height={size} viewBox="0 0 64 64" aria-hidden="true">
      <rect className={styles.ground} width="64" height="64" rx="16" />
      <circle className={styles.mark} cx="32" cy="18" r="6.2" />
      <path className={styles.line} d="M17.8 27 L32 47 L46.2 27" />
    </svg>
  );
}
