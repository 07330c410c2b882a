import styles from './SpeakingBars.module.css';

/** Three moving bars beside the name of whoever speaks. */
export function SpeakingBars() {
  return (
    <span className={styles.bars} aria-hidden>
      <i />
      <i />
      <i />
    </span>
  );
}
