import { Paperclip, SendHorizontal, X } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../components/IconButton';
import { useEngine } from '../../engine/context';
import type { ChatMessageView } from '../../engine/view';
import styles from './Composer.module.css';

/** Longest text of a message, in characters. */
const MAX_TEXT = 4000;
/** From here on it is said how many are left. */
const CLOSING = 200;
/** Whoever pauses so long is not writing any more. */
const IDLE_MS = 4000;
/** Said again with what is typed this long after: with a pause between, before the others drop it, after 6 seconds. */
const SAY_AGAIN_MS = 2000;

interface Props {
  /** What is not sent yet. */
  draft: RefObject<string>;
  /** What is answered. */
  reply: ChatMessageView | undefined;
  onReplyEnd: () => void;
  mayWrite: boolean;
  mayShare: boolean;
  field: RefObject<HTMLTextAreaElement | null>;
}

/** A field that grows with what is written: Enter sends, Shift and Enter begins a line, Escape ends an answer. */
export function Composer({ draft, reply, onReplyEnd, mayWrite, mayShare, field }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState(draft.current);
  const onText = (written: string) => {
    draft.current = written;
    setText(written);
  };
  const { tools: commands } = useEngine();
  const typing = useTyping();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of the text may make it higher
  useLayoutEffect(() => {
    const area = field.current;
    if (!area) return;
    area.style.height = 'auto';
    // Its frame is no part of what it measures.
    area.style.height = `${area.scrollHeight + 2}px`;
  }, [text, field]);
  const said = text.trim();
  // As the server counts them.
  const left = MAX_TEXT - (said.length > MAX_TEXT - CLOSING ? [...said].length : said.length);
  const send = () => {
    if (!said || left < 0) return;
    void commands?.sendChat(said, reply?.id ?? null);
    typing(false);
    onText('');
    onReplyEnd();
    field.current?.focus();
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && reply) {
      event.preventDefault();
      onReplyEnd();
    }
    // What is put together of several keys is not done by Enter.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  if (!mayWrite && !mayShare) return <p className={styles.none}>{t('chat.noRight')}</p>;
  return (
    <div className={styles.composer}>
      {reply && (
        <div className={styles.reply} data-testid="replying">
          <p className={styles.replyWords}>
            <b>{reply.mine ? t('chat.replyToYou') : t('chat.replying', { name: reply.from_name })}</b>
            <span>{reply.text || reply.file?.info.name}</span>
          </p>
          <IconButton icon={X} label={t('chat.replyEnd')} onPress={onReplyEnd} data-testid="reply-end" />
        </div>
      )}
      <form
        className={styles.row}
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        {mayShare && (
          <Button
            className={styles.attach ?? ''}
            aria-label={t('chat.attach')}
            onPress={() => void commands?.pickFiles()}
            data-testid="attach"
          >
            <Paperclip size={20} strokeWidth={1.8} aria-hidden />
            {!mayWrite && t('chat.attach')}
          </Button>
        )}
        {mayWrite && (
          <>
            <textarea
              ref={field}
              className={styles.field}
              rows={1}
              value={text}
              placeholder={t('chat.field')}
              aria-label={t('chat.field')}
              aria-invalid={left < 0}
              onChange={({ target }) => {
                onText(target.value);
                typing(target.value.trim() !== '');
              }}
              onKeyDown={key}
              data-testid="chat-field"
            />
            <Button
              className={styles.send ?? ''}
              type="submit"
              aria-label={t('chat.send')}
              isDisabled={left < 0}
              data-testid="chat-send"
            >
              <SendHorizontal size={20} strokeWidth={1.8} aria-hidden />
            </Button>
          </>
        )}
      </form>
      {left <= CLOSING && (
        <p className={styles.closing} role="status" data-over={left < 0} data-testid="chat-left">
          {left < 0 ? t('chat.over', { count: -left }) : t('chat.closing', { count: left })}
        </p>
      )}
    </div>
  );
}

/** Tells that I write, now and again; and that I do not any more, by a pause or at the end. */
function useTyping(): (typing: boolean) => void {
  const { tools: commands } = useEngine();
  /** When it was said last that I write; nothing while I do not. */
  const told = useRef<number>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const tell = (typing: boolean) => {
    clearTimeout(timer.current);
    if (typing) timer.current = setTimeout(() => tell(false), IDLE_MS);
    const now = performance.now();
    const known = typing
      ? told.current !== undefined && now - told.current < SAY_AGAIN_MS
      : told.current === undefined;
    if (known) return;
    told.current = typing ? now : undefined;
    void commands?.typing(typing);
  };
  const latest = useRef(tell);
  latest.current = tell;
  useEffect(() => () => latest.current(false), []);
  return tell;
}
