import { Link } from 'lucide-react';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { Form, Input, Label, TextField } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { pastedLink } from './derive';
import styles from './LinkBar.module.css';

interface Props {
  ref: Ref<HTMLInputElement>;
  value: string;
  onChange: (text: string) => void;
  onOpen: (text: string) => void;
  /** Something else is the first thing to do. */
  second?: boolean;
}

/** The field for a visit link. A paste anywhere on the screen goes into it. */
export function LinkBar({ ref, value, onChange, onOpen, second = false }: Props) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  useImperativeHandle(ref, () => input.current as HTMLInputElement);
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const { target } = event;
      if (target instanceof HTMLInputElement && target !== input.current) return;
      const text = event.clipboardData?.getData('text');
      if (!text) return;
      event.preventDefault();
      onChange(pastedLink(text));
      input.current?.focus();
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  }, [onChange]);
  const mac = /Mac/.test(navigator.userAgent);
  return (
    <Form
      className={styles.bar ?? ''}
      onSubmit={(event) => {
        event.preventDefault();
        onOpen(value);
      }}
    >
      <TextField
        className={styles.field ?? ''}
        value={value}
        onChange={onChange}
        type="text"
        autoComplete="off"
      >
        <Label className="sr-only">{t('home.linkLabel')}</Label>
        <Link className={styles.icon} size={20} strokeWidth={1.8} aria-hidden />
        <Input
          ref={input}
          className={styles.input ?? ''}
          placeholder={t('home.linkPlaceholder')}
          data-testid="link-input"
          spellCheck={false}
          // The one thing to do on this screen; a paste by keyboard needs a field that listens.
          autoFocus
        />
        {!value && <kbd className={styles.kbd}>{mac ? '⌘ V' : 'Ctrl V'}</kbd>}
      </TextField>
      <Button
        kind={second ? 'second' : 'primary'}
        size="bar"
        type="submit"
        data-testid="open-link"
        className={styles.open}
      >
        {t('home.openLink')}
      </Button>
    </Form>
  );
}
