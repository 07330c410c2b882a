import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import styles from './Button.module.css';

interface Props extends Omit<AriaButtonProps, 'className' | 'style' | 'children'> {
  /** One primary a view; red leaves or ends. */
  kind?: 'primary' | 'second' | 'quiet' | 'leave' | 'end';
  /** 32 dense, 40 host, 48 link bar, 56 guest, 74 the one button of a screen. */
  size?: 'dense' | 'host' | 'bar' | 'guest' | 'large';
  icon?: ReactNode;
  children: ReactNode;
  className?: string | undefined;
  'data-testid'?: string;
}

export function Button({ kind = 'second', size = 'host', icon, children, className, ...rest }: Props) {
  return (
    <AriaButton
      {...rest}
      className={[styles.button, styles[kind], styles[size], className].filter(Boolean).join(' ')}
    >
      {icon}
      <span>{children}</span>
    </AriaButton>
  );
}
