import { Check, ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, Label, ListBox, ListBoxItem, Select, SelectValue } from 'react-aria-components';
import styles from './Choice.module.css';
import { Popup } from './Popup';

export interface Option<T extends string> {
  id: T;
  label: string;
}

interface Props<T extends string> {
  label: ReactNode;
  /** The label is read out, not shown. */
  hidden?: boolean;
  value: T;
  options: Option<T>[];
  onChange: (value: T) => void;
  /** Without a border, in a header. */
  quiet?: boolean;
  icon?: ReactNode;
  'data-testid'?: string;
}

/** One of several. */
export function Choice<T extends string>(props: Props<T>) {
  const { label, hidden, value, options, onChange, quiet, icon } = props;
  return (
    <Select
      className={styles.choice ?? ''}
      value={value}
      onChange={(key) => onChange(key as T)}
      data-testid={props['data-testid']}
    >
      <Label className={hidden ? 'sr-only' : styles.label}>{label}</Label>
      <Button className={`${styles.button} ${quiet ? styles.quiet : ''}`}>
        {icon}
        <SelectValue className={styles.value ?? ''}>{({ selectedText }) => selectedText}</SelectValue>
        <ChevronDown size={18} strokeWidth={1.8} aria-hidden />
      </Button>
      <Popup className={styles.popover} placement="bottom end">
        <ListBox className={styles.list ?? ''} items={options}>
          {(option) => (
            <ListBoxItem id={option.id} textValue={option.label} className={styles.item ?? ''}>
              <span>{option.label}</span>
              <Check size={16} strokeWidth={2} aria-hidden />
            </ListBoxItem>
          )}
        </ListBox>
      </Popup>
    </Select>
  );
}
