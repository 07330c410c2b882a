import { ArrowDown, ChevronDown, ChevronUp, MessageCircle, Search, X } from 'lucide-react';
import { Fragment, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../components/Avatar';
import { Empty } from '../../components/Empty';
import { IconButton } from '../../components/IconButton';
import { Panel } from '../../components/Panel';
import { useCopy } from '../../components/useCopy';
import { useEngine } from '../../engine/context';
import { useTools } from '../../engine/tools';
import type { ChatMessageView, MeView, SnapshotView } from '../../engine/view';
import { dateLocale } from '../../i18n';
import styles from './ChatPanel.module.css';
import { Composer } from './Composer';
import { arrival, arrivalWords, dayName, days, find, firstUnread, saysTick, withLinks } from './derive';
import { Message, type MessageActions } from './Message';
import { useEnd } from './useEnd';

/** How long a message that was jumped to is lit. */
const LIT_MS = 1600;

interface Props {
  me: MeView;
  /** What is not sent yet; it is kept while the panel is closed. */
  draft: RefObject<string>;
  onClose: () => void;
}

/** The conversation of everybody in the call. */
export function ChatPanel({ me, draft, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const { chat, gallery } = useTools();
  const { messages } = chat;
  const engine = useEngine();
  const { copied, copy } = useCopy();
  const [reply, setReply] = useState<ChatMessageView>();
  const [lit, setLit] = useState<string>();
  const search = useSearch(messages);
  const unread = useUnread();
  const field = useRef<HTMLTextAreaElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const { missed, toEnd } = useEnd(list, messages);
  const mayWrite = me.tools.chat ?? false;
  const mayShare = me.tools.file_upload ?? false;
  useEffect(() => {
    if (mayWrite) field.current?.focus();
  }, [mayWrite]);
  useEffect(() => {
    if (lit === undefined) return;
    const timer = setTimeout(() => setLit(undefined), LIT_MS);
    return () => clearTimeout(timer);
  }, [lit]);
  const jump = (key: string) => {
    const message = list.current?.querySelector(`[data-key="${CSS.escape(key)}"]`);
    // Without layout there is nothing to scroll.
    message?.scrollIntoView?.({ block: 'center' });
    setLit(key);
  };
  const actions: MessageActions = {
    reply: (message) => {
      setReply(message);
      field.current?.focus();
    },
    copy,
    jump,
    open: (link) => {
      const openUrl = engine.windows?.openUrl ?? engine.browser?.openUrl;
      if (openUrl) void openUrl(link);
      else copy(link.replace(/^mailto:/, ''));
    },
  };
  const stable = useRef(actions);
  const locale = dateLocale(i18n.language, navigator.languages);
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const date = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
  const now = Date.now();
  const drawn = useMemo(() => days(messages, unread.first), [messages, unread.first]);
  // Where no browser can be asked to open it.
  const linkCopied = copied !== undefined && withLinks(copied)[0]?.link === copied;
  const byId = new Map(messages.flatMap(({ id, key }) => (id === null ? [] : [[id, key] as const])));
  return (
    <Panel
      title={t('chat.title')}
      onClose={onClose}
      takesFocus={mayWrite}
      testid="chat-panel"
      head={
        messages.length > 0 && (
          <IconButton
            icon={Search}
            label={search.on ? t('chat.searchEnd') : t('chat.search')}
            onPress={() => search.set(search.on ? undefined : '')}
            data-testid="chat-search"
          />
        )
      }
    >
      {search.on && <SearchBar search={search} onShow={jump} />}
      <div className={styles.room}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll it */}
        <section ref={list} className={styles.list} aria-label={t('chat.list')} tabIndex={0}>
          <div className={styles.inside}>
            {messages.length === 0 && (
              <Empty
                icon={MessageCircle}
                title={t('chat.empty')}
                text={mayWrite ? t('chat.emptyText') : undefined}
                testid="chat-empty"
              />
            )}
            {drawn.map((day) => {
              const name = dayName(day.at, now);
              return (
                <Fragment key={day.key}>
                  <h3 className={styles.day}>{name === 'date' ? date.format(day.at) : t(`chat.${name}`)}</h3>
                  {day.groups.map((group) => (
                    <Fragment key={group.key}>
                      {group.key === unread.first && (
                        <p className={styles.unread} data-testid="unread">
                          {t('chat.unread', { count: unread.count })}
                        </p>
                      )}
                      <div
                        className={`${styles.group} ${group.mine ? styles.mine : ''}`}
                        data-testid="chat-group"
                      >
                        {!group.mine && <Avatar name={group.name} size={28} />}
                        <div className={styles.said}>
                          {!group.mine && (
                            <p className={styles.who} aria-hidden>
                              <b>{group.name}</b> {time.format(group.messages[0]?.at_ms ?? day.at)}
                            </p>
                          )}
                          <ol className={styles.messages}>
                            {group.messages.map((message, n) => {
                              const answered = message.reply ? byId.get(message.reply.id) : undefined;
                              return (
                                <Message
                                  key={message.key}
                                  message={message}
                                  time={time.format(message.at_ms ?? day.at)}
                                  says={saysTick(message, group.messages[n + 1])}
                                  wanted={search.on ? search.wanted : ''}
                                  lit={message.key === lit}
                                  copied={copied !== undefined && copied === message.text}
                                  mayReply={mayWrite}
                                  answered={answered}
                                  actions={stable.current}
                                />
                              );
                            })}
                          </ol>
                        </div>
                      </div>
                    </Fragment>
                  ))}
                </Fragment>
              );
            })}
          </div>
        </section>
        {missed !== undefined && (
          <Button className={styles.toEnd ?? ''} onPress={toEnd} data-testid="to-end">
            <ArrowDown size={16} strokeWidth={1.8} aria-hidden />
            {missed > 0 ? t('chat.toNew', { count: missed }) : t('chat.toEnd')}
          </Button>
        )}
      </div>
      <p className={styles.typing} data-testid="typing">
        {linkCopied ? t('chat.linkCopied') : <Typing names={chat.typing} />}
      </p>
      <Composer
        draft={draft}
        reply={reply}
        onReplyEnd={() => setReply(undefined)}
        mayWrite={mayWrite}
        mayShare={mayShare}
        field={field}
      />
      <News messages={messages} gallery={gallery} />
      <div className="sr-only" role="status">
        {copied !== undefined && t(linkCopied ? 'chat.linkCopied' : 'chat.copied')}
      </div>
    </Panel>
  );
}

function Typing({ names }: { names: string[] }) {
  const { t } = useTranslation();
  const [name, other] = names;
  if (name === undefined) return null;
  if (other === undefined) return t('chat.typing1', { name });
  return names.length === 2 ? t('chat.typing2', { name, other }) : t('chat.typingMore');
}

/** Reads out what others write while the panel is open. */
function News({ messages, gallery }: { messages: ChatMessageView[]; gallery: SnapshotView[] }) {
  const { t } = useTranslation();
  const known = useRef<Set<string>>(undefined);
  const [said, setSaid] = useState<ChatMessageView[]>([]);
  useEffect(() => {
    const before = known.current;
    known.current = new Set(messages.map(({ key }) => key));
    const fresh = before ? messages.filter(({ key, mine }) => !mine && !before.has(key)) : [];
    if (fresh.length > 0) setSaid(fresh);
  }, [messages]);
  return (
    <div className="sr-only" role="log" aria-live="polite" data-testid="chat-news">
      {said.map((message) => {
        const { key, from_name: name, text } = message;
        const came = arrival(message, gallery);
        return <p key={key}>{came.kind === 'words' ? `${name}: ${text}` : arrivalWords(t, name, came)}</p>;
      })}
    </div>
  );
}

/** Where what is new begins, as it was when the panel opened. Tells that the chat is before one's eyes, while it is. */
function useUnread(): { first: string | undefined; count: number } {
  const { tools: commands } = useEngine();
  const { chat } = useTools();
  const [unread, setUnread] = useState(() => ({
    first: firstUnread(chat.messages, chat.unread),
    count: chat.unread,
  }));
  useEffect(() => {
    const tell = () => void commands?.showChat(!document.hidden);
    tell();
    document.addEventListener('visibilitychange', tell);
    return () => {
      document.removeEventListener('visibilitychange', tell);
      void commands?.showChat(false);
    };
  }, [commands]);
  // What comes while nobody looks is new too.
  useEffect(() => {
    if (!document.hidden || chat.unread === 0) return;
    setUnread({ first: firstUnread(chat.messages, chat.unread), count: chat.unread });
  }, [chat]);
  return unread;
}

interface Searching {
  on: boolean;
  wanted: string;
  set: (wanted: string | undefined) => void;
  found: string[];
}

function useSearch(messages: ChatMessageView[]): Searching {
  const [wanted, set] = useState<string>();
  const found = useMemo(() => find(messages, wanted ?? ''), [messages, wanted]);
  return { on: wanted !== undefined, wanted: wanted ?? '', set, found };
}

/** What is looked for, and the way from one place to the next. The newest comes first. */
function SearchBar({ search, onShow }: { search: Searching; onShow: (key: string) => void }) {
  const { t } = useTranslation();
  const { wanted, found } = search;
  const [at, setAt] = useState(0);
  const show = (to: number, among = found) => {
    const key = among[to];
    setAt(to);
    if (key !== undefined) onShow(key);
  };
  const shown = useRef(onShow);
  shown.current = onShow;
  // Another word: from its newest place on. What is written meanwhile does not move it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another word begins anew
  useEffect(() => {
    const last = found.length - 1;
    setAt(last);
    const key = found[last];
    if (key !== undefined) shown.current(key);
  }, [wanted]);
  const step = (by: number) => found.length > 0 && show((at + by + found.length) % found.length);
  return (
    // biome-ignore lint/a11y/useSemanticElements: older web views do not know the element
    <div role="search" className={styles.search}>
      <input
        className={styles.searchField}
        type="search"
        value={wanted}
        placeholder={t('chat.search')}
        aria-label={t('chat.search')}
        onChange={({ target }) => search.set(target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') step(event.shiftKey ? 1 : -1);
          if (event.key !== 'Escape') return;
          event.preventDefault();
          search.set(undefined);
        }}
        // It was asked for just now.
        // biome-ignore lint/a11y/noAutofocus: the search is opened to be typed into
        autoFocus
        data-testid="search-field"
      />
      <span className={styles.count} role="status" data-testid="search-count">
        {wanted.trim() &&
          (found.length > 0
            ? t('chat.found', { at: Math.min(at, found.length - 1) + 1, count: found.length })
            : t('chat.foundNone'))}
      </span>
      <IconButton icon={ChevronUp} label={t('chat.before')} onPress={() => step(-1)} data-testid="before" />
      <IconButton icon={ChevronDown} label={t('chat.after')} onPress={() => step(1)} data-testid="after" />
      <IconButton
        icon={X}
        label={t('chat.searchEnd')}
        onPress={() => search.set(undefined)}
        data-testid="search-end"
      />
    </div>
  );
}
