import styles from './SpeakingBars.module.css';

/** Three bars beside the name of whoever speaks; still, since each painted frame costs. */
export function SpeakingBars() {
  return (
    <span className={styles.bars} aria-hidden>
      <i />
      <i />
      <i />
    </span>
  );
}
