import { SendHorizontal } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button, Form, Input, Label, TextField } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { NoteView } from '../engine/view';
import { dateLocale } from '../i18n';
import styles from './Conversation.module.css';

/** Longest note, in characters. */
const MAX_NOTE = 2000;

interface Props {
  notes: NoteView[];
  /** Names the field for those who do not see it. */
  label: string;
  /** Said while there is nothing. */
  empty: string;
  onSend: (text: string) => void;
  /** Larger, for guests. */
  guest?: boolean;
}

/** Notes between a waiting guest and the host. */
export function Conversation({ notes, label, empty, onSend, guest = false }: Props) {
  const { t, i18n } = useTranslation();
  const [typed, setTyped] = useState('');
  const list = useRef<HTMLOListElement>(null);
  const count = notes.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new note is scrolled to
  useEffect(() => {
    // Not into view: the page around it stays where it is.
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [count]);
  const time = new Intl.DateTimeFormat(dateLocale(i18n.language, navigator.languages), {
    hour: '2-digit',
    minute: '2-digit',
  });
  const send = () => {
    const text = typed.trim();
    if (!text) return;
    onSend(text);
    setTyped('');
  };
  return (
    <div className={`${styles.conversation} ${guest ? styles.guest : ''}`} data-testid="conversation">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll it */}
      <ol ref={list} className={styles.notes} aria-label={label} aria-live="polite" tabIndex={0}>
        {count === 0 && <li className={styles.empty}>{empty}</li>}
        {notes.map(({ id, mine, from_name, text, at_ms }) => (
          <li key={id} className={`${styles.note} ${mine ? styles.mine : ''}`} data-testid="note">
            <span className="sr-only">{mine ? t('waiting.youWrote') : from_name}: </span>
            <span className={styles.text}>{text}</span>
            {at_ms !== null && <time className={styles.time}>{time.format(at_ms)}</time>}
          </li>
        ))}
      </ol>
      <Form
        className={styles.form ?? ''}
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <TextField className={styles.field ?? ''} value={typed} onChange={setTyped} maxLength={MAX_NOTE}>
          <Label className="sr-only">{label}</Label>
          <Input className={styles.input ?? ''} placeholder={t('waiting.write')} data-testid="note-input" />
        </TextField>
        <Button
          className={styles.send ?? ''}
          type="submit"
          aria-label={t('waiting.send')}
          data-testid="note-send"
        >
          <SendHorizontal size={guest ? 24 : 18} strokeWidth={1.8} aria-hidden />
        </Button>
      </Form>
    </div>
  );
}
