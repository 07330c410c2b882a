import { User } from 'lucide-react';
import styles from './Avatar.module.css';
import { initials, personColour } from './people';

interface Props {
  name: string;
  size: number | string;
}

/** Somebody's initials; always with the name beside it, so it is not read out. */
export function Avatar({ name, size }: Props) {
  const letters = initials(name);
  return (
    <span
      className={styles.avatar}
      style={
        {
          '--size': typeof size === 'number' ? `${size}px` : size,
          background: `var(--person-${personColour(name)})`,
        } as React.CSSProperties
      }
      aria-hidden
    >
      {letters || <User size="50%" strokeWidth={1.8} />}
    </span>
  );
}
