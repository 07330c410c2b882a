import {
  CircleDot,
  DoorOpen,
  Ellipsis,
  Headphones,
  Link,
  type LucideIcon,
  Plus,
  Presentation,
  RefreshCw,
  Sofa,
  Stethoscope,
  Trash2,
  TriangleAlert,
  Users,
} from 'lucide-react';
import { useState } from 'react';
import { MenuTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { IconButton } from '../../components/IconButton';
import { Item, Menu } from '../../components/Menu';
import rowStyles from '../../components/Row.module.css';
import { Spinner } from '../../components/Spinner';
import { useEngine } from '../../engine/context';
import type { Preset, RoomCardView, RoomsView } from '../../engine/view';
import { dateLocale } from '../../i18n';
import { inOrder } from './derive';
import styles from './RoomList.module.css';

const icons: Record<Preset, LucideIcon> = {
  visit: Stethoscope,
  team: Users,
  webinar: Presentation,
  audio: Headphones,
  interview: CircleDot,
};

interface Props {
  rooms: RoomsView;
  onNew: () => void;
}

/** One's own rooms: who waits, who is in, when. */
export function RoomList({ rooms, onNew }: Props) {
  const { t } = useTranslation();
  const engine = useEngine();
  return (
    <section className={styles.card} data-testid="rooms" data-state={rooms.state}>
      <header className={styles.head}>
        <h2 className={styles.title}>{t('home.rooms')}</h2>
        {rooms.state === 'ready' && rooms.rooms.length > 0 && (
          <span className={styles.count}>{t('home.roomsAll', { count: rooms.rooms.length })}</span>
        )}
      </header>
      {rooms.state === 'loading' && (
        <p className={styles.state} role="status">
          <Spinner size={22} />
          {t('home.roomsLoading')}
        </p>
      )}
      {rooms.state === 'failed' && (
        <div className={styles.state} role="alert">
          <TriangleAlert className={styles.warn} size={24} strokeWidth={1.8} aria-hidden />
          <p>
            <b>{t('home.roomsFailed')}.</b> {t(`problem.${rooms.problem.code}Text`)}
          </p>
          <Button icon={RefreshCw} onPress={() => void engine.rooms?.refresh()} data-testid="rooms-again">
            {t('problem.tryAgain')}
          </Button>
        </div>
      )}
      {rooms.state === 'ready' && rooms.rooms.length === 0 && (
        <div className={styles.state}>
          <DoorOpen size={26} strokeWidth={1.8} aria-hidden />
          <p>
            <b>{t('home.roomsNone')}.</b> {t('home.roomsNoneText')}
          </p>
          <Button icon={Plus} onPress={onNew} data-testid="first-room">
            {t('home.newRoom')}
          </Button>
        </div>
      )}
      {rooms.state === 'ready' && (
        <ul>
          {inOrder(rooms.rooms).map((room) => (
            <Room key={room.room_id} room={room} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** More names than this make the line too long. */
const NAMED = 2;

function Room({ room }: { room: RoomCardView }) {
  const { t, i18n } = useTranslation();
  const { rooms } = useEngine();
  const [asks, setAsks] = useState(false);
  const { room_id: id, people, waiting, people_in } = room;
  const Icon = icons[room.preset];
  const title = room.title ?? t(`newRoom.${room.preset}`);
  const names = people.slice(0, NAMED).join(', ');
  const more = people.length - NAMED;
  return (
    <li className={styles.room} data-testid="room" data-room-id={id}>
      <div className={styles.line}>
        <span className={rowStyles.sign}>
          <Icon size={20} strokeWidth={1.8} aria-hidden />
        </span>
        <div className={`${rowStyles.words} ${styles.words}`}>
          <p className={rowStyles.name}>{title}</p>
          <p className={rowStyles.more}>
            {room.starts_at === null
              ? t('home.alwaysOpen')
              : when(room.starts_at, room.ends_at, dateLocale(i18n.language, navigator.languages))}
            {people.length > 0 &&
              ` · ${more > 0 ? t('home.withMore', { names, count: more }) : t('home.withPeople', { names })}`}
          </p>
        </div>
        <span className={`${styles.now} ${waiting > 0 ? styles.waits : ''}`}>
          {waiting > 0 ? (
            <Sofa size={16} strokeWidth={1.8} aria-hidden />
          ) : (
            <Users size={16} strokeWidth={1.8} aria-hidden />
          )}
          {waiting > 0
            ? t('home.waiting', { count: waiting })
            : people_in > 0
              ? t('home.peopleIn', { count: people_in })
              : t('home.nobodyIn')}
        </span>
        <Button
          size="dense"
          kind={waiting > 0 ? 'primary' : 'second'}
          aria-label={t('home.enterName', { title })}
          onPress={() => void rooms?.enter(id)}
          data-testid="enter-room"
        >
          {waiting > 0 ? t('home.startVisit') : t('home.enter')}
        </Button>
        <MenuTrigger>
          <IconButton icon={Ellipsis} label={t('home.roomMore', { title })} data-testid="room-more" />
          <Menu
            placement="bottom end"
            aria-label={title}
            onAction={(key) => (key === 'links' ? void rooms?.showLinks(id) : setAsks(true))}
          >
            <Item id="links" icon={Link} words={t('home.showLinks')} data-testid="room-links-again" />
            <Item id="delete" icon={Trash2} words={t('home.deleteRoom')} data-testid="room-delete" />
          </Menu>
        </MenuTrigger>
      </div>
      {asks && (
        <div className={styles.sure} role="alert">
          <p>{t('home.deleteSure', { title })}</p>
          <Button size="dense" onPress={() => setAsks(false)} autoFocus>
            {t('home.deleteNot')}
          </Button>
          <Button size="dense" kind="end" onPress={() => void rooms?.remove(id)} data-testid="delete-yes">
            {t('home.deleteRoom')}
          </Button>
        </div>
      )}
    </li>
  );
}

/** From when to when: the day is left out where it is today. */
function when(from: number, to: number | null, locale: string): string {
  const start = new Date(from * 1000);
  const today = start.toDateString() === new Date().toDateString();
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const day = new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'short' });
  const hours = to === null ? time.format(start) : time.formatRange(start, new Date(to * 1000));
  return today ? hours : `${day.format(start)}, ${hours}`;
}
