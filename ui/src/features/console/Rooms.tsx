import {
  Ban,
  CalendarClock,
  CircleDot,
  CircleSlash,
  DoorOpen,
  ListFilter,
  type LucideIcon,
  Plus,
  Radio,
} from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { Choice } from '../../components/Choice';
import { type Room, told } from './api';
import { useConsole } from './context';
import { type RoomState, roomState, seats, time } from './derive';
import { Narrowed, PagedList, usePaged } from './PagedList';
import { Head, Name, Pill, useTimes } from './parts';
import partStyles from './parts.module.css';
import { RoomPanel } from './RoomPanel';
import styles from './Rooms.module.css';

const STATUSES = ['all', 'live', 'scheduled', 'active', 'disabled', 'ended'] as const;
const RECORDINGS = ['all', 'running', 'automatic', 'manual', 'none'] as const;

const signs: Record<RoomState, LucideIcon> = {
  live: Radio,
  scheduled: CalendarClock,
  active: DoorOpen,
  used_up: CircleSlash,
  ended: CircleSlash,
  disabled: Ban,
};

interface Props {
  /** Where rooms can be made. */
  onNew: (() => void) | undefined;
}

/** All rooms of the company, and beside them the one that is chosen. */
export function Rooms({ onNew }: Props) {
  const { t } = useTranslation();
  const { api } = useConsole();
  const [status, setStatus] = useState<(typeof STATUSES)[number]>('all');
  const [recording, setRecording] = useState<(typeof RECORDINGS)[number]>('all');
  const [chosen, choose] = useState<string>();
  const list = usePaged(
    (page) => {
      const query = {
        ...page,
        ...(status !== 'all' && { status }),
        ...(recording !== 'all' && { recording }),
      };
      return told(api.GET('/v2/rooms', { params: { query } }));
    },
    { by: `${status} ${recording}` },
  );
  const now = Date.now();
  const room = list.live.data?.rooms.find(({ room_id }) => room_id === chosen);
  return (
    <main className={`${styles.rooms} ${chosen ? styles.withPanel : ''}`}>
      <div className={`${partStyles.main} ${styles.list}`}>
        <Head title={t('console.rooms')}>
          {onNew && (
            <Button kind="primary" icon={Plus} onPress={onNew} data-testid="console-new-room">
              {t('home.newRoom')}
            </Button>
          )}
        </Head>
        <Narrowed list={list} label={t('console.searchRooms')}>
          <div className={styles.filter}>
            <Choice
              label={t('console.status')}
              hidden
              icon={<ListFilter size={18} strokeWidth={1.8} aria-hidden />}
              value={status}
              options={STATUSES.map((id) => ({ id, label: t(`console.status_${id}`) }))}
              onChange={(id) => list.ask(() => setStatus(id))}
              data-testid="filter-status"
            />
          </div>
          <div className={styles.filter}>
            <Choice
              label={t('console.recording')}
              hidden
              icon={<CircleDot size={18} strokeWidth={1.8} aria-hidden />}
              value={recording}
              options={RECORDINGS.map((id) => ({ id, label: t(`console.recording_${id}`) }))}
              onChange={(id) => list.ask(() => setRecording(id))}
              data-testid="filter-recording"
            />
          </div>
        </Narrowed>
        <PagedList
          list={list}
          name="rooms"
          label={t('console.rooms')}
          icon={DoorOpen}
          none={t('console.noRooms')}
          noneText={t('console.noRoomsText')}
          narrowed={list.search !== '' || status !== 'all' || recording !== 'all'}
          items={({ rooms }) => rooms}
          idOf={({ room_id }) => room_id}
          nameOf={(room) => room.description ?? room.room_id}
          selected={chosen}
          // What is pressed again stays open; its panel has a way out.
          onSelect={(id) => id && choose(id)}
          columns={[
            {
              id: 'room',
              label: t('console.room'),
              names: true,
              wide: true,
              cell: (room) => <Name more={room.room_id}>{room.description ?? t('console.untitled')}</Name>,
            },
            { id: 'status', label: t('console.status'), cell: (room) => <StatePill room={room} now={now} /> },
            {
              id: 'seats',
              label: t('console.seats'),
              cell: (room) => (
                <span className={styles.number}>
                  {t('console.seatsOf', { in: room.now?.connected ?? 0, all: seats(room) })}
                </span>
              ),
            },
            { id: 'recording', label: t('console.recording'), cell: (room) => <RecordingWord room={room} /> },
            {
              id: 'left',
              label: t('console.left'),
              cell: (room) => {
                const of = time(room);
                return (
                  <span className={styles.number}>
                    {of ? t('console.minutes', { count: of.left }) : t('console.noLimit')}
                  </span>
                );
              },
            },
          ]}
        />
      </div>
      {chosen && <RoomPanel key={chosen} id={chosen} listed={room} onClose={() => choose(undefined)} />}
    </main>
  );
}

function StatePill({ room, now }: { room: Room; now: number }) {
  const { t } = useTranslation();
  const { moment } = useTimes();
  const state = roomState(room, now);
  return (
    <Pill icon={signs[state]} look={state === 'live' ? 'good' : undefined}>
      {state === 'scheduled'
        ? t('console.scheduledAt', { time: moment(room.starts_at ?? 0) })
        : t(`console.state_${state}`)}
    </Pill>
  );
}

function RecordingWord({ room }: { room: Room }) {
  const { t } = useTranslation();
  if (!room.now?.recording) return <>{t(`console.recording_${room.recording}`)}</>;
  return (
    <span className={styles.records}>
      <span className={styles.dot} aria-hidden />
      {t('console.recording_running')}
    </span>
  );
}
