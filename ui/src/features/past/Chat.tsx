import { Check, CheckCheck, FileText, MessageCircle, Search, X } from 'lucide-react';
import { Fragment, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../components/Avatar';
import { IconButton } from '../../components/IconButton';
import { useCopy } from '../../components/useCopy';
import { useEngine } from '../../engine/context';
import type { ChatMessageView, KeptView, SnapshotView } from '../../engine/view';
import { dateLocale } from '../../i18n';
import { days, saysTick } from '../chat/derive';
import { Words } from '../chat/Message';
import { titleOfFile } from '../gallery/words';
import styles from './Chat.module.css';
import cards from './Kept.module.css';
import { Nothing } from './Nothing';

/** What is typed is looked for when nobody typed for so long. */
const REST_MS = 250;

/** What was written, to be read and searched. */
export function Chat({ kept }: { kept: KeptView }) {
  const { t, i18n } = useTranslation();
  const engine = useEngine();
  const { copied, copy } = useCopy();
  const { chat, search, session, loading } = kept;
  const [typed, setTyped] = useState<string>();
  const searching = typed !== undefined;
  const { past } = engine;
  const wanted = (typed ?? '').trim();
  useEffect(() => {
    if (wanted === search) return;
    const timer = setTimeout(() => void past?.act({ do: 'search_chat', text: wanted }), REST_MS);
    return () => clearTimeout(timer);
  }, [past, wanted, search]);
  const locale = dateLocale(i18n.language, navigator.languages);
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const date = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
  const drawn = days(chat);
  const open = (link: string) => {
    if (engine.windows?.openUrl) void engine.windows.openUrl(link);
    else copy(link);
  };
  const found = search !== '' && search === wanted;
  return (
    <section className={`${cards.card} ${styles.chat}`} aria-labelledby="kept-chat" data-testid="kept-chat">
      <header className={cards.head}>
        <h2 id="kept-chat" className={cards.title}>
          {t('chat.title')}
        </h2>
        <span className={cards.count} role="status" data-testid="kept-chat-count">
          {found
            ? chat.length > 0
              ? t('past.found', { count: chat.length })
              : t('chat.foundNone')
            : session.messages > 0 && t('past.messages', { count: session.messages })}
        </span>
        {(session.messages > 0 || chat.length > 0 || searching) && (
          <IconButton
            icon={searching ? X : Search}
            label={searching ? t('chat.searchEnd') : t('chat.search')}
            onPress={() => setTyped(searching ? undefined : '')}
            data-testid="kept-search"
          />
        )}
      </header>
      {searching && (
        // biome-ignore lint/a11y/useSemanticElements: older web views do not know the element
        <div role="search" className={styles.search}>
          <input
            className={styles.field}
            type="search"
            value={typed}
            placeholder={t('chat.search')}
            aria-label={t('chat.search')}
            onChange={({ target }) => setTyped(target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') setTyped(undefined);
            }}
            // It was asked for just now.
            // biome-ignore lint/a11y/noAutofocus: the search is opened to be typed into
            autoFocus
            data-testid="kept-search-field"
          />
        </div>
      )}
      {chat.length === 0 && (
        <Nothing
          icon={MessageCircle}
          words={found ? t('chat.foundNone') : t('past.noChat')}
          loading={loading && !found}
          testid="kept-chat-empty"
        />
      )}
      {chat.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll it
        <section className={styles.list} aria-label={t('chat.list')} tabIndex={0}>
          {drawn.map((day) => (
            <Fragment key={day.key}>
              {drawn.length > 1 && <h3 className={styles.day}>{date.format(day.at)}</h3>}
              {day.groups.map((group) => (
                <div key={group.key} className={`${styles.group} ${group.mine ? styles.mine : ''}`}>
                  {!group.mine && <Avatar name={group.name} size={28} />}
                  <div className={styles.said}>
                    {!group.mine && (
                      <p className={styles.who} aria-hidden>
                        <b>{group.name}</b> {time.format(group.messages[0]?.at_ms ?? day.at)}
                      </p>
                    )}
                    <ol className={styles.messages}>
                      {group.messages.map((message, n) => (
                        <Message
                          key={message.key}
                          message={message}
                          time={time.format(message.at_ms ?? day.at)}
                          says={saysTick(message, group.messages[n + 1])}
                          wanted={found ? search : ''}
                          snapshots={kept.snapshots}
                          onOpen={open}
                        />
                      ))}
                    </ol>
                  </div>
                </div>
              ))}
            </Fragment>
          ))}
        </section>
      )}
      <div className="sr-only" role="status">
        {copied !== undefined && t('chat.linkCopied')}
      </div>
    </section>
  );
}

interface MessageProps {
  message: ChatMessageView;
  time: string;
  says: boolean;
  wanted: string;
  /** Of the visit: they have titles of their own. */
  snapshots: readonly SnapshotView[];
  onOpen: (link: string) => void;
}

/** As in the call, but nothing can be done about it any more; its file lies among the files. */
function Message({ message, time, says, wanted, snapshots, onOpen }: MessageProps) {
  const { t } = useTranslation();
  const { mine, from_name: name, text, reply, file, tick } = message;
  return (
    <li className={styles.message} data-testid="kept-message">
      <span className="sr-only">
        {mine ? t('chat.you') : name}, {time}:{' '}
      </span>
      {(text || reply) && (
        <div className={styles.bubble}>
          {reply && (
            <div className={styles.quote}>
              <b>{reply.from_name}</b>
              <span>{reply.text}</span>
            </div>
          )}
          <p className={styles.text}>
            <Words text={text} wanted={wanted} onOpen={onOpen} />
          </p>
        </div>
      )}
      {file && (
        <p className={styles.shared}>
          <FileText size={16} strokeWidth={1.8} aria-hidden />
          <span>
            <Words
              text={titleOfFile(t, file.info, snapshots) ?? file.info.name}
              wanted={wanted}
              onOpen={onOpen}
            />
          </span>
        </p>
      )}
      {mine && says && (
        <p className={styles.meta}>
          <span aria-hidden>{time}</span>
          {tick === 'seen' || tick === 'delivered' ? (
            <CheckCheck
              size={15}
              strokeWidth={1.8}
              className={tick === 'seen' ? styles.seen : ''}
              aria-hidden
            />
          ) : (
            <Check size={15} strokeWidth={1.8} aria-hidden />
          )}
          {t(`tick.${tick ?? 'sent'}`)}
        </p>
      )}
    </li>
  );
}
