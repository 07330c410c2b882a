import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import styles from './SideBar.module.css';

interface Props {
  label: string;
  /** At its head: whose page it is. */
  brand: ReactNode;
  /** There are many ways. */
  dense?: boolean;
  /** The ways, each a {@link SideButton}. */
  children: ReactNode;
  /** Below them, where there is room for it. */
  foot: ReactNode;
}

/** The ways through a page, at its side; in narrow windows at its head, the ways as signs alone. */
export function SideBar({ label, brand, dense = false, children, foot }: Props) {
  return (
    <aside className={`${styles.side} ${dense ? styles.dense : ''}`}>
      <div className={styles.brand}>{brand}</div>
      <nav className={styles.nav} aria-label={label}>
        {children}
      </nav>
      <div className={styles.foot}>{foot}</div>
    </aside>
  );
}

interface ButtonProps {
  icon: LucideIcon;
  words: string;
  /** What it leads to is shown. */
  current?: boolean;
  /** It leads elsewhere, and stands apart from the others. */
  apart?: boolean;
  onPress: () => void;
  'data-testid'?: string;
}

/** One of its ways. */
export function SideButton({ icon: Icon, words, current = false, apart = false, ...rest }: ButtonProps) {
  return (
    <Button
      {...rest}
      className={`${styles.button} ${current ? styles.current : ''} ${apart ? styles.apart : ''}`}
      aria-current={current ? 'page' : undefined}
    >
      <Icon size={20} strokeWidth={1.8} aria-hidden />
      <span>{words}</span>
    </Button>
  );
}
