import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import styles from './Button.module.css';

interface Props extends Omit<AriaButtonProps, 'className' | 'style' | 'children'> {
  /** One primary a view; red leaves or ends. */
  kind?: 'primary' | 'second' | 'quiet' | 'leave' | 'end';
  /** 32 dense, 40 host, 48 link bar, 56 guest, 74 the one button of a screen. */
  size?: 'dense' | 'host' | 'bar' | 'guest' | 'large';
  icon?: ReactNode;
  /** Cannot be done now; it stays focusable, and the reason stands beside it. */
  unavailable?: boolean;
  children: ReactNode;
  className?: string | undefined;
  'data-testid'?: string;
}

export function Button(props: Props) {
  const { kind = 'second', size = 'host', icon, unavailable = false, children, className, ...rest } = props;
  const look = [styles.button, styles[kind], styles[size], unavailable && styles.unavailable, className];
  if (unavailable) {
    return (
      <button
        type="button"
        aria-disabled
        aria-describedby={rest['aria-describedby']}
        data-testid={rest['data-testid']}
        className={look.filter(Boolean).join(' ')}
      >
        {icon}
        <span>{children}</span>
      </button>
    );
  }
  return (
    <AriaButton {...rest} className={look.filter(Boolean).join(' ')}>
      {icon}
      <span>{children}</span>
    </AriaButton>
  );
}
