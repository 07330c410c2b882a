import type { LucideIcon } from 'lucide-react';
import styles from './Empty.module.css';

interface Props {
  icon: LucideIcon;
  title: string;
  text?: string | undefined;
  testid: string;
}

/** A panel with nothing in it yet, and what will be there. */
export function Empty({ icon: Icon, title, text, testid }: Props) {
  return (
    <div className={styles.empty} data-testid={testid}>
      <Icon size={28} strokeWidth={1.8} aria-hidden />
      <p className={styles.title}>{title}</p>
      {text && <p>{text}</p>}
    </div>
  );
}
