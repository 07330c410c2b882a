import { useState } from 'react';
import { Input, Label, Text, TextField } from 'react-aria-components';
import fieldStyles from './Field.module.css';
import styles from './NameField.module.css';

interface Props {
  label: string;
  help: string;
  value: string;
  onChange: (name: string) => void;
  /** Enter was pressed. */
  onDone?: () => void;
  guest?: boolean;
}

/** Longest name that a seat takes. */
const MAX_NAME = 120;

/** A name. What is typed stays the field's own, so that an answer that is under way never moves the caret. */
export function NameField({ label, help, value, onChange, onDone, guest }: Props) {
  const [typed, setTyped] = useState(value);
  return (
    <TextField
      className={`${fieldStyles.field} ${guest ? styles.guest : ''}`}
      value={typed}
      onChange={(name) => {
        setTyped(name);
        onChange(name);
      }}
      onKeyDown={(event) => event.key === 'Enter' && onDone?.()}
      maxLength={MAX_NAME}
      autoComplete="name"
    >
      <Label className={`${fieldStyles.label} ${styles.label}`}>{label}</Label>
      <Input className={`${fieldStyles.input} ${styles.input}`} data-testid="name-input" spellCheck={false} />
      <Text slot="description" className={styles.help ?? ''}>
        {help}
      </Text>
    </TextField>
  );
}
