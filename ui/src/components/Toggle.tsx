import { Check } from 'lucide-react';
import { Switch } from 'react-aria-components';
import styles from './Toggle.module.css';

interface Props {
  label: string;
  help?: string;
  on: boolean;
  onChange: (on: boolean) => void;
  'data-testid'?: string;
}

/** A switch with its words; the check mark says "on" to whoever does not see the colour. */
export function Toggle({ label, help, on, onChange, ...rest }: Props) {
  return (
    <Switch className={styles.row ?? ''} isSelected={on} onChange={onChange} {...rest}>
      <span className={styles.words}>
        <span className={styles.label}>{label}</span>
        {help && <span className={styles.help}>{help}</span>}
      </span>
      <span className={styles.track}>
        <span className={styles.thumb}>{on && <Check size={13} strokeWidth={3} aria-hidden />}</span>
      </span>
    </Switch>
  );
}
