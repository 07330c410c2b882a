import {
  Camera,
  ChevronRight,
  CircleDot,
  History,
  type LucideIcon,
  MessageCircle,
  Paperclip,
  RefreshCw,
  TriangleAlert,
} from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { IconButton } from '../../components/IconButton';
import { Spinner } from '../../components/Spinner';
import { useEngine } from '../../engine/context';
import type { PastSessionView, PastView } from '../../engine/view';
import { dateLocale } from '../../i18n';
import { dayName } from '../chat/derive';
import { byDay, minutes, wrong } from './derive';
import styles from './PastList.module.css';

interface Props {
  /** Nothing before the first answer. */
  past: PastView | undefined;
  /** The session that was looked at last: the keyboard goes back to it. */
  last: string | undefined;
}

/** Past sessions of one's own rooms, by day, the latest first. */
export function PastList({ past, last }: Props) {
  const { t, i18n } = useTranslation();
  const engine = useEngine();
  const locale = dateLocale(i18n.language, navigator.languages);
  const date = new Intl.DateTimeFormat(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  });
  const sessions = past?.sessions ?? [];
  const problem = past?.problem;
  const loading = past === undefined || past.loading;
  const refresh = () => void engine.past?.act({ do: 'refresh' });
  const now = Date.now();
  return (
    <main className={styles.main} data-testid="past" data-loading={loading}>
      <header className={styles.top}>
        <h1 className={styles.title}>{t('past.title')}</h1>
        <IconButton
          icon={RefreshCw}
          className={styles.refresh}
          label={t('past.refresh')}
          onPress={refresh}
          data-testid="past-refresh"
        />
      </header>
      {problem && (
        <div className={`${styles.card} ${styles.state}`} role="alert" data-testid="past-problem">
          <TriangleAlert className={styles.warn} size={24} strokeWidth={1.8} aria-hidden />
          <p>
            <b>{t('past.failed')}</b> {t(`past.wrong_${wrong(problem.code)}`)}
          </p>
          <Button icon={RefreshCw} onPress={refresh} data-testid="past-again">
            {t('problem.tryAgain')}
          </Button>
        </div>
      )}
      {loading && sessions.length === 0 && (
        <p className={`${styles.card} ${styles.state}`} role="status" data-testid="past-loading">
          <Spinner size={22} />
          {t('past.loading')}
        </p>
      )}
      {!loading && !problem && sessions.length === 0 && (
        <div className={`${styles.card} ${styles.state}`} data-testid="past-none">
          <History size={26} strokeWidth={1.8} aria-hidden />
          <p>
            <b>{t('past.none')}</b> {t('past.noneText')}
          </p>
        </div>
      )}
      {byDay(sessions).map((day) => {
        const name = dayName(day.at, now);
        return (
          <section key={day.key} className={styles.day} aria-label={date.format(day.at)}>
            <h2 className={styles.date}>
              {name === 'date' ? capitalised(date.format(day.at)) : t(`chat.${name}`)}
            </h2>
            <ul className={styles.card}>
              {day.sessions.map((session) => (
                <Session
                  key={session.session_id}
                  session={session}
                  locale={locale}
                  focused={session.session_id === last}
                />
              ))}
            </ul>
          </section>
        );
      })}
      {past?.more && (
        <Button
          className={styles.more}
          busy={past.loading}
          onPress={() => void engine.past?.act({ do: 'more' })}
          data-testid="past-more"
        >
          {t('past.more')}
        </Button>
      )}
    </main>
  );
}

const capitalised = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1);

interface SessionProps {
  session: PastSessionView;
  locale: string;
  focused: boolean;
}

function Session({ session, locale, focused }: SessionProps) {
  const { t } = useTranslation();
  const { past } = useEngine();
  const button = useRef<HTMLButtonElement>(null);
  const first = useRef(focused);
  useEffect(() => {
    if (first.current) button.current?.focus();
  }, []);
  const { room_id: room, session_id: id, people } = session;
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const from = session.started_at_ms ?? 0;
  const took = minutes(session);
  return (
    <li className={styles.session}>
      <AriaButton
        ref={button}
        className={styles.open ?? ''}
        onPress={() => void past?.act({ do: 'open', room, session: id })}
        data-testid="past-session"
        data-session={id}
      >
        <span className={styles.time}>
          {session.ended_at_ms === null ? time.format(from) : time.formatRange(from, session.ended_at_ms)}
        </span>
        <span className={styles.words}>
          <span className={styles.name}>{session.title ?? t('past.untitled')}</span>
          <span className={styles.people}>
            {took === undefined
              ? t('past.runs')
              : took === 0
                ? t('past.shortly')
                : t('past.minutes', { count: took })}
            {people.length > 0 && ` · ${people.join(', ')}`}
          </span>
        </span>
        <span className={styles.marks}>
          <Mark icon={CircleDot} count={session.recordings} word="recordings" />
          <Mark icon={Paperclip} count={session.files} word="filesCount" />
          <Mark icon={Camera} count={session.snapshots} word="snapshots" />
          <Mark icon={MessageCircle} count={session.messages} word="messages" />
        </span>
        <ChevronRight className={styles.chevron} size={18} strokeWidth={1.8} aria-hidden />
      </AriaButton>
    </li>
  );
}

interface MarkProps {
  icon: LucideIcon;
  count: number;
  word: 'recordings' | 'filesCount' | 'snapshots' | 'messages';
}

/** How many of something there are; it has its place where there are none, so that those of all rows stand in columns. */
function Mark({ icon: Icon, count, word }: MarkProps) {
  const { t } = useTranslation();
  if (count === 0) return <span className={styles.mark} />;
  const words = t(`past.${word}`, { count });
  return (
    <span className={styles.mark} title={words}>
      <Icon size={16} strokeWidth={1.8} aria-hidden />
      <span aria-hidden>{count}</span>
      <span className="sr-only">, {words}</span>
    </span>
  );
}
