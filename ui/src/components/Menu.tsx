import { Check, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  Menu as AriaMenu,
  type MenuProps as AriaMenuProps,
  MenuItem,
  type PopoverProps,
  Separator,
} from 'react-aria-components';
import styles from './Menu.module.css';
import { Popup } from './Popup';

interface MenuProps
  extends Omit<AriaMenuProps<object>, 'className' | 'style'>,
    Pick<PopoverProps, 'placement' | 'offset'> {
  /** Of what it stands in. */
  className?: string | undefined;
  /** In place of the list: what is asked before one of its things is done. */
  instead?: ReactNode;
}

/** A list of things to do or to choose from, which opens beside its button. */
export function Menu({ placement, offset, className = '', instead, ...menu }: MenuProps) {
  return (
    <Popup
      className={`${styles.popup} ${className}`}
      {...(placement && { placement })}
      {...(offset !== undefined && { offset })}
    >
      {instead || <AriaMenu {...menu} className={styles.menu ?? ''} />}
    </Popup>
  );
}

interface ItemProps {
  id: string;
  icon?: LucideIcon;
  words: string;
  /** A second line. */
  help?: ReactNode;
  /** It ends something, or takes it away. */
  end?: boolean;
  /** The menu stays open, since something is asked first. */
  asks?: boolean;
  /** Behind the words. */
  children?: ReactNode;
  'data-testid'?: string | undefined;
}

/** One of them. */
export function Item({ id, icon: Icon, words, help, end, asks, children, ...rest }: ItemProps) {
  return (
    <MenuItem
      {...rest}
      {...(asks && { shouldCloseOnSelect: false })}
      id={id}
      textValue={words}
      className={`${styles.item} ${end ? styles.end : ''}`}
    >
      {Icon && <Icon size={18} strokeWidth={1.8} aria-hidden />}
      <span className={styles.words}>
        <span>{words}</span>
        {help && <span className={styles.help}>{help}</span>}
      </span>
      {children}
    </MenuItem>
  );
}

/** Shown while its {@link Item} is chosen. */
export function ItemCheck() {
  return <Check className={styles.check} size={16} strokeWidth={2} aria-hidden />;
}

/** A line between two parts of a {@link Menu}. */
export function Line() {
  return <Separator className={styles.line ?? ''} />;
}
