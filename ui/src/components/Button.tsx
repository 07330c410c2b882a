import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import styles from './Button.module.css';
import { Spinner } from './Spinner';

const iconSizes = { dense: 16, host: 18, bar: 20, guest: 22, large: 28 };

interface Props extends Omit<AriaButtonProps, 'className' | 'style' | 'children'> {
  /** One primary a view; red leaves or ends. */
  kind?: 'primary' | 'second' | 'quiet' | 'leave' | 'end';
  /** 32 dense, 40 host, 48 link bar, 56 guest, 74 the one button of a screen. */
  size?: 'dense' | 'host' | 'bar' | 'guest' | 'large';
  icon?: LucideIcon;
  /** Does what it says, and cannot be pressed again until it is done. */
  busy?: boolean;
  /** Cannot be done now; it stays focusable, and the reason stands beside it. */
  unavailable?: boolean;
  children: ReactNode;
  className?: string | undefined;
  'data-testid'?: string;
}

export function Button(props: Props) {
  const { kind = 'second', size = 'host', icon: Icon, busy = false, unavailable = busy, ...others } = props;
  const { children, className, ...rest } = others;
  const look = [styles.button, styles[kind], styles[size], unavailable && styles.unavailable, className];
  const sign = busy ? (
    <Spinner size={iconSizes[size]} />
  ) : (
    Icon && <Icon size={iconSizes[size]} strokeWidth={1.8} aria-hidden />
  );
  if (unavailable) {
    return (
      <button
        type="button"
        aria-disabled
        aria-describedby={rest['aria-describedby']}
        data-testid={rest['data-testid']}
        className={look.filter(Boolean).join(' ')}
      >
        {sign}
        <span>{children}</span>
      </button>
    );
  }
  return (
    <AriaButton {...rest} className={look.filter(Boolean).join(' ')}>
      {sign}
      <span>{children}</span>
    </AriaButton>
  );
}
