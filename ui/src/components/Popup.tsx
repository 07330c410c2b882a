import { Popover, type PopoverProps } from 'react-aria-components';
import styles from './Popup.module.css';

interface Props extends Omit<PopoverProps, 'className' | 'style'> {
  className?: string | undefined;
}

/** What opens beside a button. */
export function Popup({ className = '', ...rest }: Props) {
  return <Popover {...rest} className={`${styles.popup} ${className}`} />;
}
