import { Activity, Camera, CircleDot, MessageCircle, Paperclip, Radio } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { minutes } from '../past/derive';
import { type PastSession, told } from './api';
import { useConsole } from './context';
import { PagedList, usePaged } from './PagedList';
import { Head, Name, Pill, useTimes } from './parts';
import styles from './parts.module.css';

/** All sessions of all rooms, the latest first. */
export function Sessions() {
  const { t } = useTranslation();
  const { api, openSession } = useConsole();
  const { moment } = useTimes();
  const list = usePaged((query) => told(api.GET('/v2/sessions', { params: { query } })));
  return (
    <main className={styles.main}>
      <Head title={t('console.sessions')} />
      <PagedList
        list={list}
        name="sessions"
        label={t('console.sessions')}
        icon={Activity}
        none={t('console.noSessions')}
        noneText={t('console.noSessionsText')}
        items={({ sessions }) => sessions}
        idOf={({ session_id }) => session_id}
        nameOf={({ title, session_id }) => title ?? session_id}
        columns={[
          {
            id: 'room',
            label: t('console.session'),
            names: true,
            wide: true,
            cell: ({ title, people, session_id }) => (
              <Name more={people.join(', ') || session_id}>{title ?? t('console.untitled')}</Name>
            ),
          },
          { id: 'from', label: t('console.started'), cell: ({ started_at }) => moment(started_at) },
          { id: 'took', label: t('console.length'), cell: (session) => <Took session={session} /> },
          { id: 'kept', label: t('console.kept'), cell: (session) => <Kept session={session} /> },
          ...(openSession
            ? [
                {
                  id: 'open',
                  label: t('console.actions'),
                  quiet: true,
                  cell: ({ room_id, session_id, title }: PastSession) => (
                    <Button
                      size="dense"
                      kind="quiet"
                      aria-label={t('home.enterName', { title: title ?? session_id })}
                      onPress={() => openSession(room_id, session_id)}
                      data-testid="open-session"
                    >
                      {t('home.enter')}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
    </main>
  );
}

function Took({ session }: { session: PastSession }) {
  const { t } = useTranslation();
  const took = minutes({
    started_at_ms: Date.parse(session.started_at),
    ended_at_ms: session.ended_at ? Date.parse(session.ended_at) : null,
  });
  if (took === undefined)
    return (
      <Pill icon={Radio} look="good">
        {t('console.state_live')}
      </Pill>
    );
  return <>{took === 0 ? t('past.shortly') : t('past.minutes', { count: took })}</>;
}

const KEPT = [
  ['recordings', CircleDot, 'recordings'],
  ['files', Paperclip, 'filesCount'],
  ['snapshots', Camera, 'snapshots'],
  ['messages', MessageCircle, 'messages'],
] as const;

function Kept({ session }: { session: PastSession }) {
  const { t } = useTranslation();
  const kept = KEPT.filter(([key]) => session[key] > 0);
  if (kept.length === 0) return <span className={styles.quiet}>{t('console.nothingKept')}</span>;
  return (
    <span className={styles.marks}>
      {kept.map(([key, Icon, word]) => {
        const words = t(`past.${word}`, { count: session[key] });
        return (
          <span key={key} className={styles.mark} title={words}>
            <Icon size={16} strokeWidth={1.8} aria-hidden />
            <span aria-hidden>{session[key]}</span>
            <span className="sr-only">{words}, </span>
          </span>
        );
      })}
    </span>
  );
}
