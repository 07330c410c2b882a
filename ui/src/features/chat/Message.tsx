import { Check, CheckCheck, CircleAlert, Clock, Copy, CornerUpLeft, type LucideIcon } from 'lucide-react';
import { memo } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { IconButton } from '../../components/IconButton';
import { useEngine } from '../../engine/context';
import type { ChatMessageView, ChatTick } from '../../engine/view';
import { FileCard } from '../files/FileCard';
import { tickOf, withFound, withLinks } from './derive';
import styles from './Message.module.css';

const TICKS: Record<ChatTick, LucideIcon> = {
  sending: Clock,
  sent: Check,
  delivered: CheckCheck,
  seen: CheckCheck,
  failed: CircleAlert,
};

interface Props {
  message: ChatMessageView;
  time: string;
  /** Time and tick stand under it. */
  says: boolean;
  /** What is searched for. */
  wanted: string;
  /** It is the one that was jumped to. */
  lit: boolean;
  copied: boolean;
  /** I may write. */
  mayReply: boolean;
  /** The key of the message it answers; nothing where that is not there any more. */
  answered: string | undefined;
  /** The same at each drawing. */
  actions: MessageActions;
}

/** What can be done about a message. */
export interface MessageActions {
  reply: (message: ChatMessageView) => void;
  copy: (text: string) => void;
  /** Shows another message. */
  jump: (key: string) => void;
  open: (link: string) => void;
}

/** One message: what it answers, its words, its file, and how far it has come. */
export const Message = memo(function Message(props: Props) {
  const { message, time, says, wanted, lit, copied, mayReply, answered, actions } = props;
  const { t } = useTranslation();
  const { tools: commands } = useEngine();
  const { key, mine, from_name: name, text, reply, file } = message;
  const tick = tickOf(message);
  const Tick = tick && TICKS[tick];
  return (
    <li
      className={`${styles.message} ${mine ? styles.mine : ''} ${lit ? styles.lit : ''}`}
      data-testid="message"
      data-key={key}
      data-tick={message.tick}
    >
      <div className={styles.body}>
        {/* Who and when is said with each for whoever hears them one by one. */}
        <span className="sr-only">
          {mine ? t('chat.you') : name}, {time}:{' '}
        </span>
        {text && (
          <div className={styles.bubble}>
            {reply && (
              <Quote
                name={reply.from_name}
                text={reply.text}
                onJump={answered === undefined ? undefined : () => actions.jump(answered)}
                label={t(answered !== undefined ? 'chat.answers' : 'chat.answersGone', {
                  name: reply.from_name,
                })}
              />
            )}
            <p className={styles.text}>
              <Words text={text} wanted={wanted} onOpen={actions.open} />
            </p>
          </div>
        )}
        {file && <FileCard messageKey={key} atMs={message.at_ms} mine={mine} file={file} />}
        <div className={styles.acts}>
          {mayReply && message.id !== null && (
            <IconButton
              icon={CornerUpLeft}
              className={styles.act}
              label={mine ? t('chat.replyToOwn') : t('chat.replyTo', { name })}
              onPress={() => actions.reply(message)}
              data-testid="reply"
            />
          )}
          {text && (
            <IconButton
              icon={copied ? Check : Copy}
              className={styles.act}
              label={copied ? t('chat.copied') : t('chat.copy')}
              onPress={() => actions.copy(text)}
              data-testid="copy"
            />
          )}
        </div>
      </div>
      {mine && says && tick === 'failed' && (
        <div className={styles.failed}>
          <CircleAlert size={15} strokeWidth={1.8} aria-hidden />
          <span>{t('tick.failed')}</span>
          <Button
            kind="quiet"
            size="dense"
            className={styles.way}
            onPress={() => void commands?.tryAgain(key)}
            data-testid="try-again"
          >
            {t('tick.tryAgain')}
          </Button>
          <Button
            kind="quiet"
            size="dense"
            className={styles.way}
            onPress={() => void commands?.discard(key)}
            data-testid="discard"
          >
            {t('tick.discard')}
          </Button>
        </div>
      )}
      {mine && says && Tick && tick !== 'failed' && (
        <p className={styles.meta}>
          <span aria-hidden>{time}</span>
          <Tick size={15} strokeWidth={1.8} className={tick === 'seen' ? styles.seen : ''} aria-hidden />
          {t(`tick.${tick}`)}
        </p>
      )}
    </li>
  );
});

interface QuoteProps {
  name: string;
  text: string;
  label: string;
  onJump: (() => void) | undefined;
}

function Quote({ name, text, label, onJump }: QuoteProps) {
  const inside = (
    <>
      <b>{name}</b>
      <span className={styles.quoted}>{text}</span>
    </>
  );
  if (!onJump) return <div className={styles.quote}>{inside}</div>;
  return (
    <AriaButton className={styles.quote ?? ''} aria-label={label} onPress={onJump} data-testid="quote">
      {inside}
    </AriaButton>
  );
}

interface WordsProps {
  text: string;
  wanted: string;
  onOpen: (link: string) => void;
}

/** Text with links, and with what was searched for marked. */
export function Words({ text, wanted, onOpen }: WordsProps) {
  let at = 0;
  return withFound(withLinks(text), wanted).map(({ text: part, link, found }) => {
    const key = at;
    at += part.length;
    const words = found ? <mark className={styles.found}>{part}</mark> : part;
    if (!link) return <span key={key}>{words}</span>;
    // The page itself never goes there: whichever button it is, the system's browser does.
    const open = (event: React.MouseEvent) => {
      event.preventDefault();
      if (event.button < 2) onOpen(link);
    };
    return (
      <a
        key={key}
        className={styles.link}
        href={link}
        rel="noreferrer noopener"
        draggable={false}
        onClick={open}
        onAuxClick={open}
        data-testid="link"
      >
        {words}
      </a>
    );
  });
}
