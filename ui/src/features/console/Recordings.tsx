import {
  CircleCheck,
  CircleDot,
  Clapperboard,
  LoaderCircle,
  Play,
  Trash2,
  TriangleAlert,
} from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Choice } from '../../components/Choice';
import { IconButton } from '../../components/IconButton';
import { clock } from '../call/derive';
import { sizeWords } from '../files/sizes';
import { type Recording, told } from './api';
import { useConsole } from './context';
import { PagedList, usePaged } from './PagedList';
import { DeleteQuestion, Head, Name, Pill, useOpened, useTimes } from './parts';
import styles from './parts.module.css';
import { Tracks } from './Tracks';

const STATES = ['all', 'recording', 'processing', 'available', 'failed'] as const;

const signs = {
  recording: CircleDot,
  processing: LoaderCircle,
  available: CircleCheck,
  failed: TriangleAlert,
} as const;
const looks = { recording: 'red', processing: undefined, available: 'good', failed: 'warn' } as const;

/** What was recorded in any room, the latest first. */
export function Recordings({ onComposed }: { onComposed: () => void }) {
  const { t } = useTranslation();
  const { api, openSession } = useConsole();
  const { moment, date, locale } = useTimes();
  const [state, setState] = useState<(typeof STATES)[number]>('all');
  const { opened, open, close } = useOpened<Recording>();
  const tracks = useOpened<Recording>();
  const list = usePaged(
    (page) =>
      told(api.GET('/v2/recordings', { params: { query: { ...page, ...(state !== 'all' && { state }) } } })),
    { by: state },
  );
  return (
    <main className={styles.main}>
      <Head title={t('console.recordings')}>
        <div className={styles.filter}>
          <Choice
            label={t('console.status')}
            hidden
            value={state}
            options={STATES.map((id) => ({
              id,
              label: id === 'all' ? t('console.status_all') : t(`console.file_${id}`),
            }))}
            onChange={(id) => list.ask(() => setState(id))}
            data-testid="filter-state"
          />
        </div>
      </Head>
      <PagedList
        list={list}
        name="recordings"
        label={t('console.recordings')}
        icon={CircleDot}
        none={t('console.noRecordings')}
        noneText={t('console.noRecordingsText')}
        narrowed={state !== 'all'}
        items={({ recordings }) => recordings}
        idOf={({ recording_id }) => recording_id}
        nameOf={({ started_at }) => moment(started_at)}
        columns={[
          {
            id: 'started',
            label: t('console.recording'),
            names: true,
            wide: true,
            cell: ({ started_at, room_id, layout, separate_tracks }) => (
              <Name
                more={`${separate_tracks ? t('console.tracks') : t(`recording.layout_${layout}`)} · ${room_id}`}
              >
                {moment(started_at)}
              </Name>
            ),
          },
          {
            id: 'state',
            label: t('console.status'),
            cell: ({ state, reason }) => (
              <span className={styles.stack}>
                <Pill icon={signs[state]} look={looks[state]}>
                  {t(`console.file_${state}`)}
                </Pill>
                {reason && <span className={styles.quiet}>{t(`console.reason_${reason}`)}</span>}
              </span>
            ),
          },
          {
            id: 'length',
            label: t('console.length'),
            cell: ({ duration_ms, bytes }) => (
              <Name more={bytes > 0 ? sizeWords(bytes, locale) : undefined}>{clock(duration_ms / 1000)}</Name>
            ),
          },
          {
            id: 'until',
            label: t('console.keptUntil'),
            cell: ({ kept_until }) => (kept_until ? date(kept_until) : t('console.noLimit')),
          },
          {
            id: 'more',
            label: t('console.actions'),
            quiet: true,
            cell: (one) => {
              const name = moment(one.started_at);
              return (
                <span className={styles.rowWays}>
                  {one.separate_tracks && one.state === 'available' && (
                    <IconButton
                      icon={Clapperboard}
                      label={t('console.openTracks', { name })}
                      onPress={() => tracks.open(one)}
                      data-testid="open-tracks"
                    />
                  )}
                  {openSession && !one.separate_tracks && one.state === 'available' && (
                    <IconButton
                      icon={Play}
                      label={t('console.playName', { name })}
                      onPress={() => openSession(one.room_id, one.session_id)}
                      data-testid="play-recording"
                    />
                  )}
                  {(one.state === 'available' || one.state === 'failed') && (
                    <IconButton
                      icon={Trash2}
                      label={t('past.deleteName', { name })}
                      onPress={() => open(one)}
                      data-testid="delete-recording"
                    />
                  )}
                </span>
              );
            },
          },
        ]}
      />
      {tracks.opened && <Tracks recording={tracks.opened} onMade={onComposed} onClose={tracks.close} />}
      {opened && <DeleteRecording recording={opened} onClose={close} />}
    </main>
  );
}

function DeleteRecording({ recording, onClose }: { recording: Recording; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useConsole();
  const { moment } = useTimes();
  const { room_id, recording_id } = recording;
  const params = { path: { room_id, recording_id } };
  return (
    <DeleteQuestion
      title={t('console.deleteRecordingSure', { time: moment(recording.started_at) })}
      text={t('console.deleteRecordingText')}
      own={{ conflict: t('console.recordingConflict') }}
      onDelete={() =>
        told(api.DELETE('/v2/rooms/{room_id}/recordings/{recording_id}', { params, parseAs: 'text' }))
      }
      onClose={onClose}
    />
  );
}
