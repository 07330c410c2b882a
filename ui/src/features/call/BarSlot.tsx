import { Lock, type LucideIcon } from 'lucide-react';
import { Button, ToggleButton } from 'react-aria-components';
import styles from './DeviceSlot.module.css';

interface Props {
  icon: LucideIcon;
  /** What a click does, or what is open. */
  word: string;
  /** More than the word, for those who do not see the picture. */
  label?: string;
  /** Something of it is open: soft and edged. */
  open?: boolean;
  /** A number at its corner. */
  badge?: number;
  /** The right to it was taken: a lock instead of its sign. */
  locked?: boolean;
  shortcut?: string;
  onPress?: () => void;
  testid: string;
}

/** One of the bar's places. It keeps its place; only sign, fill and word change. */
export function BarSlot(props: Props) {
  const { icon, word, label, open, badge = 0, locked = false, shortcut, onPress, testid } = props;
  const Icon = locked ? Lock : icon;
  const inside = (
    <>
      <span className={`${styles.pill} ${styles.plain}`}>
        <Icon size={20} strokeWidth={1.8} aria-hidden />
      </span>
      <span className={styles.word}>{word}</span>
      {badge > 0 && <span className={styles.badge}>{badge}</span>}
    </>
  );
  const name = [label ?? word, badge > 0 && badge].filter(Boolean).join(', ');
  const look = `${styles.toggle} ${open ? styles.open : ''}`;
  return (
    <div className={`${styles.slot} ${locked ? styles.off : ''}`}>
      {/* Without an action of its own it opens what stands beside it. */}
      {open === undefined || !onPress ? (
        <Button className={look} {...(onPress && { onPress })} aria-label={name} data-testid={testid}>
          {inside}
        </Button>
      ) : (
        <ToggleButton
          className={look}
          isSelected={open}
          onChange={onPress}
          aria-label={name}
          aria-keyshortcuts={shortcut}
          data-testid={testid}
        >
          {inside}
        </ToggleButton>
      )}
    </div>
  );
}
