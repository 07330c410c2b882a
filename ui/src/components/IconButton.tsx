import type { LucideIcon } from 'lucide-react';
import { Button, type ButtonProps } from 'react-aria-components';
import styles from './IconButton.module.css';

interface Props extends Pick<ButtonProps, 'onPress'> {
  icon: LucideIcon;
  label: string;
  className?: string | undefined;
  'data-testid'?: string;
}

/** A sign alone, at the end of a row. */
export function IconButton({ icon: Icon, label, className = '', ...rest }: Props) {
  return (
    <Button {...rest} className={`${styles.icon} ${className}`} aria-label={label}>
      <Icon size={18} strokeWidth={1.8} aria-hidden />
    </Button>
  );
}

/** The place of an {@link IconButton} in a row that has none. */
export function NoIconButton({ className = '' }: { className?: string | undefined }) {
  return <span className={`${styles.icon} ${className}`} />;
}
