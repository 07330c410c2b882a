import { ArrowLeft, Copy, FolderDown, RefreshCw, TriangleAlert } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { IconButton } from '../../components/IconButton';
import { useCopy } from '../../components/useCopy';
import { useEngine } from '../../engine/context';
import type { KeptView, PastSessionView } from '../../engine/view';
import { dateLocale } from '../../i18n';
import { FilesElsewhere } from '../files/source';
import { Boards } from './Boards';
import { Chat } from './Chat';
import { minutes, share, wrong } from './derive';
import { Files } from './Files';
import styles from './Kept.module.css';
import { useKeptFiles, useKeptPictures } from './pictures';
import { Recordings } from './Recordings';
import { Saving } from './Saving';
import { Snapshots } from './Snapshots';

interface Props {
  kept: KeptView;
  onBack: () => void;
}

/** One session, with all that is kept of it. */
export function Kept({ kept, onBack }: Props) {
  const { t } = useTranslation();
  const { past } = useEngine();
  const { copied, copy } = useCopy();
  const pictures = useKeptPictures(kept);
  const source = useKeptFiles(kept, pictures.drawn);
  const owners = useOwners(kept);
  const heading = useRef<HTMLHeadingElement>(null);
  const { session, problem, not_opened, loading, export: all } = kept;
  const id = session.session_id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever reads by ear is brought to another session
  useEffect(() => heading.current?.focus(), [id]);
  const saveAll = () => void past?.act({ do: 'save_everything' });
  return (
    <FilesElsewhere value={source}>
      <main className={styles.main} data-testid="kept" data-session={id}>
        <header className={styles.top}>
          <IconButton
            icon={ArrowLeft}
            className={styles.back}
            label={t('past.back')}
            onPress={onBack}
            data-testid="kept-back"
          />
          <div className={styles.names}>
            <h1 ref={heading} tabIndex={-1} className={styles.name}>
              {session.title ?? t('past.untitled')}
            </h1>
            <p className={styles.when}>
              <When session={session} />
            </p>
          </div>
          <Button
            icon={FolderDown}
            busy={share(all) !== undefined}
            onPress={saveAll}
            data-testid="save-everything"
          >
            {t('past.saveEverything')}
          </Button>
        </header>
        {all && (
          <div className={styles.export}>
            <Saving name={t('past.everything')} saving={all} onAgain={saveAll} testid="saving-everything" />
          </div>
        )}
        {not_opened && (
          <div className={styles.problem} role="alert" data-testid="not-opened">
            <TriangleAlert size={20} strokeWidth={1.8} aria-hidden />
            <p>{t('notice.not_opened', { name: not_opened })}</p>
            <Button size="dense" icon={Copy} onPress={() => copy(not_opened)} data-testid="copy-path">
              {copied === not_opened ? t('chat.copied') : t('message.copyPath')}
            </Button>
          </div>
        )}
        {problem && (
          <div className={styles.problem} role="alert" data-testid="kept-problem">
            <TriangleAlert size={20} strokeWidth={1.8} aria-hidden />
            <p>{t(`past.wrong_${wrong(problem.code)}`)}</p>
            <Button
              size="dense"
              icon={RefreshCw}
              onPress={() => void past?.act({ do: 'open', room: session.room_id, session: id })}
              data-testid="kept-again"
            >
              {t('problem.tryAgain')}
            </Button>
          </div>
        )}
        <div className={styles.columns} aria-busy={loading}>
          <div className={styles.left}>
            <Recordings kept={kept} />
            <div className={styles.pair}>
              <Snapshots snapshots={kept.snapshots} pictures={pictures} loading={loading} />
              <Boards boards={kept.boards} pictures={pictures} loading={loading} />
            </div>
          </div>
          <div className={styles.right}>
            <Files files={kept.files} owners={owners} loading={loading} />
            <Chat key={id} kept={kept} />
          </div>
        </div>
      </main>
    </FilesElsewhere>
  );
}

function When({ session }: { session: PastSessionView }) {
  const { t, i18n } = useTranslation();
  const locale = dateLocale(i18n.language, navigator.languages);
  const from = session.started_at_ms;
  // Of one that no list told of nothing is known before it has come.
  if (!from) return null;
  const day = new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  }).format(from);
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const took = minutes(session);
  const people = t('past.people', { count: session.people.length });
  const names = session.people.join(', ');
  return (
    <>
      {day},{' '}
      {session.ended_at_ms === null
        ? t('past.since', { time: time.format(from) })
        : time.formatRange(from, session.ended_at_ms)}
      {' · '}
      <span title={names}>{people}</span>
      <span className="sr-only">: {names}</span>
      {took !== undefined && ` · ${took === 0 ? t('past.shortly') : t('past.minutes', { count: took })}`}
    </>
  );
}

/** Who shared which file, as the chat tells; what it told before a search still holds. */
function useOwners({ session, chat }: KeptView): ReadonlyMap<string, string> {
  const known = useRef<{ of: string; owners: Map<string, string> }>(undefined);
  if (known.current?.of !== session.session_id) {
    known.current = { of: session.session_id, owners: new Map() };
  }
  const { owners } = known.current;
  for (const { file, from_name } of chat) if (file) owners.set(file.info.file_id, from_name);
  return owners;
}
