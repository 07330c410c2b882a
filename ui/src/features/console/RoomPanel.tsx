import {
  Activity,
  Ban,
  BellRing,
  Check,
  CircleDot,
  ClipboardCheck,
  Copy,
  Ellipsis,
  LogIn,
  LogOut,
  type LucideIcon,
  PhoneOff,
  Power,
  Radio,
  RefreshCw,
  Sofa,
  Timer,
  Trash2,
  TriangleAlert,
  UserX,
  X,
} from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { MenuTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../components/Avatar';
import { Bars } from '../../components/Bars';
import { Button } from '../../components/Button';
import { IconButton } from '../../components/IconButton';
import { Item, Menu } from '../../components/Menu';
import { Spinner } from '../../components/Spinner';
import { useCopy } from '../../components/useCopy';
import { quality } from '../call/derive';
import { type Participant, type Room, told } from './api';
import { useConsole } from './context';
import { type Happening, happenings, knownAction, roomState, seats, time } from './derive';
import { type Live, useAct, useLive } from './live';
import { Question, Refused, useRefusalWords, useTimes } from './parts';
import styles from './RoomPanel.module.css';

/** By so many minutes a room is extended. */
const EXTENSIONS = [5, 10, 15, 30, 60] as const;

interface Props {
  id: string;
  /** As the list has it, until it has been asked for itself. */
  listed: Room | undefined;
  onClose: () => void;
}

type Asks = { what: 'end' | 'disable' | 'delete' } | { what: 'remove'; person: Participant };

/** One room: what it is, who is in, what happened, and what can be done. */
export function RoomPanel({ id, listed, onClose }: Props) {
  const { t } = useTranslation();
  const { api } = useConsole();
  const { date } = useTimes();
  const { copied, copy } = useCopy();
  const params = { path: { room_id: id } };
  const live = useLive(() => told(api.GET('/v2/rooms/{room_id}', { params })), id);
  const people = useLive(
    () => told(api.GET('/v2/rooms/{room_id}/participants', { params: { ...params, query: { limit: 100 } } })),
    id,
  );
  const room = live.data ?? listed;
  const panel = useFocused(room !== undefined);
  const [asks, ask] = useState<Asks>();
  const act = useAct();
  const title = room?.description ?? t('console.untitled');
  const copyId = () => copy(id);
  return (
    <section
      ref={panel.ref}
      className={styles.panel}
      aria-label={title}
      data-testid="room-panel"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        onClose();
      }}
    >
      <header className={styles.head}>
        <div className={styles.names}>
          <h2 ref={panel.heading} tabIndex={-1} className={styles.title}>
            {title}
          </h2>
          <p className={styles.sub}>
            <span className={styles.id}>{id}</span>
            <IconButton
              icon={copied === id ? Check : Copy}
              label={copied === id ? t('console.copied') : t('console.copyId')}
              className={styles.copy}
              onPress={copyId}
              data-testid="copy-room-id"
            />
            {room && (
              <span>
                {room.created_by
                  ? t('console.createdBy', { name: room.created_by, date: date(room.created_at) })
                  : t('console.createdByKey', { date: date(room.created_at) })}
              </span>
            )}
          </p>
        </div>
        <MenuTrigger>
          <IconButton icon={Ellipsis} label={t('console.moreRoom')} data-testid="room-more" />
          <Menu
            placement="bottom end"
            aria-label={t('console.moreRoom')}
            onAction={() => ask({ what: 'delete' })}
          >
            <Item id="delete" icon={Trash2} end words={t('console.deleteRoom')} data-testid="delete-room" />
          </Menu>
        </MenuTrigger>
        <IconButton icon={X} label={t('console.closePanel')} onPress={onClose} data-testid="close-room" />
      </header>
      <div className={styles.body}>
        <Trouble live={live} />
        {room && (
          <>
            <Facts room={room} />
            <Actions room={room} act={act} ask={ask} />
            <People people={people} room={room} onRemove={(person) => ask({ what: 'remove', person })} />
            <Happened room={room} people={people.data?.participants} />
          </>
        )}
      </div>
      {room?.now && (
        <footer className={styles.foot}>
          <Button kind="end" icon={PhoneOff} onPress={() => ask({ what: 'end' })} data-testid="end-session">
            {t('console.endSession')}
          </Button>
        </footer>
      )}
      {asks && room && <Asked asks={asks} room={room} onDone={() => ask(undefined)} onGone={onClose} />}
    </section>
  );
}

/** The keyboard is brought to the panel, and back to where it came from. */
function useFocused(there: boolean) {
  const ref = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const [opener] = useState(() => document.activeElement);
  useEffect(() => {
    if (!there) return;
    const element = ref.current;
    // A press gives the focus to its row first, and only then has it to give.
    const timer = setTimeout(() => heading.current?.focus({ preventScroll: true }));
    return () => {
      clearTimeout(timer);
      const left = document.activeElement;
      const lost = left === null || left === document.body || element?.contains(left);
      if (lost && opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, [there, opener]);
  return { ref, heading };
}

function Trouble({ live }: { live: Live<unknown> }) {
  const { t } = useTranslation();
  const words = useRefusalWords();
  if (!live.problem) return null;
  return (
    <div className={styles.trouble} role="alert" data-testid="room-problem">
      <TriangleAlert size={18} strokeWidth={1.8} aria-hidden />
      <p>{words(live.problem)}</p>
      <Button size="dense" icon={RefreshCw} onPress={live.refresh} data-testid="room-again">
        {t('problem.tryAgain')}
      </Button>
    </div>
  );
}

function Facts({ room }: { room: Room }) {
  const { t } = useTranslation();
  const { moment } = useTimes();
  const of = time(room);
  const facts: [string, string][] = [
    [t('console.callType'), t(`console.callType_${room.call_type}`)],
    [
      t('console.timeUsed'),
      of
        ? t('console.usedOf', { used: of.used, all: of.all })
        : t('console.minutes', { count: Math.floor((room.duration_used ?? 0) / 60) }),
    ],
    [t('console.recording'), t(`console.recording_${room.recording}`)],
    [t('console.seats'), t('console.seatsOf', { in: room.now?.connected ?? 0, all: seats(room) })],
  ];
  if (room.starts_at) facts.push([t('console.starts'), moment(room.starts_at)]);
  if (room.ends_at) facts.push([t('console.ends'), moment(room.ends_at)]);
  if (room.waiting_room)
    facts.push([
      t('newRoom.waitingRoom'),
      room.now?.waiting ? t('home.waiting', { count: room.now.waiting }) : t('console.nobodyWaits'),
    ]);
  const state = roomState(room, Date.now());
  if (state !== 'live') facts.push([t('console.status'), t(`console.state_${state}`)]);
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface ActionsProps {
  room: Room;
  act: ReturnType<typeof useAct>;
  ask: (asks: Asks) => void;
}

function Actions({ room, act, ask }: ActionsProps) {
  const { t } = useTranslation();
  const { api } = useConsole();
  const [said, say] = useState<string>();
  const params = { path: { room_id: room.room_id } };
  const open = room.status === 'active';
  const extendable = room.duration != null && room.status !== 'disabled';
  const run = async (asked: () => Promise<unknown>, words: string) => {
    say(undefined);
    if (await act.run(asked)) say(words);
  };
  const why = !open ? t(`console.state_${roomState(room, Date.now())}`) : undefined;
  return (
    <section className={styles.part} aria-label={t('console.actions')}>
      <div className={styles.actions}>
        <Button
          size="dense"
          icon={BellRing}
          unavailable={!open || act.busy}
          {...(why && { 'aria-describedby': 'room-why' })}
          onPress={() =>
            void run(
              () => told(api.POST('/v2/rooms/{room_id}/ring', { params, body: {}, parseAs: 'text' })),
              t('console.rings'),
            )
          }
          data-testid="ring-room"
        >
          {t('console.ring')}
        </Button>
        {extendable ? (
          <MenuTrigger>
            <Button size="dense" icon={Timer} data-testid="extend-room">
              {t('console.extend')}
            </Button>
            <Menu
              aria-label={t('console.extend')}
              onAction={(key) =>
                void run(
                  () =>
                    told(
                      api.POST('/v2/rooms/{room_id}/extend', { params, body: { seconds: Number(key) * 60 } }),
                    ),
                  t('console.extended', { count: Number(key) }),
                )
              }
            >
              {EXTENSIONS.map((minutes) => (
                <Item
                  key={minutes}
                  id={String(minutes)}
                  words={t('console.extendBy', { count: minutes })}
                  data-testid={`extend-${minutes}`}
                />
              ))}
            </Menu>
          </MenuTrigger>
        ) : (
          <Button size="dense" icon={Timer} unavailable aria-describedby="room-why" data-testid="extend-room">
            {t('console.extend')}
          </Button>
        )}
        {room.status === 'disabled' ? (
          <Button
            size="dense"
            icon={Power}
            busy={act.busy}
            onPress={() =>
              void run(() => told(api.POST('/v2/rooms/{room_id}/enable', { params })), t('console.enabled'))
            }
            data-testid="enable-room"
          >
            {t('console.enable')}
          </Button>
        ) : (
          <Button size="dense" icon={Ban} onPress={() => ask({ what: 'disable' })} data-testid="disable-room">
            {t('console.disable')}
          </Button>
        )}
      </div>
      {(why || !extendable) && (
        <p id="room-why" className={styles.why}>
          {room.status === 'disabled'
            ? t('console.whyDisabled')
            : !open
              ? t('console.whyEnded')
              : t('console.whyNoLimit')}
        </p>
      )}
      <Refused act={act} own={{ conflict: t('console.roomConflict'), room_empty: t('console.ringNobody') }} />
      <p className={styles.said} role="status" data-testid="room-said">
        {said}
      </p>
    </section>
  );
}

interface PeopleProps {
  people: Live<{ participants: Participant[] }>;
  room: Room;
  onRemove: (person: Participant) => void;
}

function People({ people, room, onRemove }: PeopleProps) {
  const { t } = useTranslation();
  const here = people.data?.participants.filter(({ connected, waits }) => connected || waits);
  return (
    <section className={styles.part} aria-labelledby="room-people">
      <h3 id="room-people" className={styles.heading}>
        {t('console.inNow')}
      </h3>
      {!here ? (
        people.problem ? (
          <Trouble live={people} />
        ) : (
          <p className={styles.nothing} role="status">
            <Spinner size={16} />
            {t('console.loading')}
          </p>
        )
      ) : here.length === 0 ? (
        <p className={styles.nothing}>{t(room.now ? 'console.nobodyLeft' : 'console.nobodyIn')}</p>
      ) : (
        <ul className={styles.people} data-testid="room-people">
          {here.map((person) => (
            <Person key={person.participant_id} person={person} onRemove={() => onRemove(person)} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** What is measured of somebody's way to the media server: "24 ms · 0.8 % lost". */
function useFigures() {
  const { t, i18n } = useTranslation();
  const share = new Intl.NumberFormat(i18n.language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return ({ round_trip_ms, loss_percent }: Participant) =>
    [
      round_trip_ms != null && t('console.roundTrip', { ms: round_trip_ms }),
      loss_percent != null && t('console.lost', { share: share.format(loss_percent) }),
    ]
      .filter(Boolean)
      .join(' · ');
}

const nameOf = ({ display_name, user_id }: Participant) => display_name ?? user_id;

function Person({ person, onRemove }: { person: Participant; onRemove: () => void }) {
  const { t } = useTranslation();
  const times = useTimes();
  const figures = useFigures();
  const name = nameOf(person);
  const role = t(person.is_admin ? 'console.admin' : 'console.guest');
  const since = person.since ? t('console.since', { time: times.moment(person.since) }) : undefined;
  return (
    <li className={styles.person} data-testid="room-person">
      <Avatar name={name} size={30} />
      <span className={styles.who}>
        <span className={styles.whoName}>{name}</span>
        <span className={styles.whoMore}>{[role, since].filter(Boolean).join(' · ')}</span>
      </span>
      {person.waits ? (
        <span className={styles.quality}>
          <Sofa size={16} strokeWidth={1.8} aria-hidden />
          {t('console.waits')}
        </span>
      ) : (
        person.quality != null && (
          <span className={styles.line}>
            <span className={styles.quality} data-quality={quality(person.quality)}>
              <Bars quality={quality(person.quality)} size={16} />
              {t(`quality.q${quality(person.quality)}`)}
            </span>
            <span className={styles.figures}>{figures(person)}</span>
          </span>
        )
      )}
      <IconButton
        icon={UserX}
        label={t('console.removeName', { name })}
        onPress={onRemove}
        data-testid="remove-person"
      />
    </li>
  );
}

interface HappenedProps {
  room: Room;
  people: Participant[] | undefined;
}

/** Asking for either is itself written to the audit log; so they are asked for when somebody came, went or did something. */
function Happened({ room, people }: HappenedProps) {
  const { t } = useTranslation();
  const { api } = useConsole();
  const { exact } = useTimes();
  const { room_id, now, status, duration } = room;
  const session_id = now?.session_id;
  const here = people?.map(({ connected, waits }) => `${connected}${waits}`).join();
  const live = useLive(
    async () => {
      const audit = told(api.GET('/v2/audit', { params: { query: { room_id, limit: 50 } } }));
      const session =
        session_id &&
        told(
          api.GET('/v2/rooms/{room_id}/sessions/{session_id}', { params: { path: { room_id, session_id } } }),
        );
      return { audit: (await audit).entries, session: session ? await session : undefined };
    },
    JSON.stringify([session_id, now?.recording, status, duration, here]),
    null,
  );
  const all = live.data && happenings(live.data.audit, live.data.session, people ?? []);
  return (
    <section className={styles.part} aria-labelledby="room-happened">
      <div className={styles.headingRow}>
        <h3 id="room-happened" className={styles.heading}>
          {t('console.happened')}
        </h3>
        <IconButton
          icon={RefreshCw}
          label={t('console.lookAgain')}
          onPress={live.refresh}
          data-testid="happened-again"
        />
      </div>
      <Trouble live={live} />
      {!all && !live.problem && (
        <p className={styles.nothing} role="status">
          <Spinner size={16} />
          {t('console.loading')}
        </p>
      )}
      {all?.length === 0 && <p className={styles.nothing}>{t('console.nothingHappened')}</p>}
      {all && all.length > 0 && (
        <ul className={styles.happenings} data-testid="room-happened">
          {all.map((one) => {
            const Icon = signOf(one);
            return (
              <li key={one.key} className={styles.happening}>
                <time dateTime={new Date(one.at).toISOString()}>{exact(one.at)}</time>
                <Icon size={16} strokeWidth={1.8} aria-hidden />
                <span>
                  <HappeningWords one={one} />
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

const signs = {
  session_started: Radio,
  joined: LogIn,
  left: LogOut,
  agreed: ClipboardCheck,
  declined: ClipboardCheck,
} as const;

function signOf({ what, action = '' }: Happening): LucideIcon {
  if (what !== 'action') return signs[what];
  if (action.startsWith('recording_')) return CircleDot;
  if (action.startsWith('participant')) return UserX;
  return /extended$/.test(action) ? Timer : Activity;
}

function HappeningWords({ one }: { one: Happening }) {
  const { t } = useTranslation();
  const name = one.name ?? '';
  if (one.what !== 'action') return <>{t(`console.happened_${one.what}`, { name })}</>;
  const known = knownAction(one.action ?? '');
  const action = known ? t(`console.action_${known}`) : (one.action ?? '');
  const what = name ? t('console.actionTo', { action, name }) : action;
  const by =
    one.by ??
    (one.kind && one.kind !== 'participant' && one.kind !== 'user' ? t(`console.by_${one.kind}`) : '');
  return <>{by ? t('console.actionBy', { action: what, name: by }) : what}</>;
}

interface AskedProps {
  asks: Asks;
  room: Room;
  onDone: () => void;
  /** The room is not there any more. */
  onGone: () => void;
}

function Asked({ asks, room, onDone, onGone }: AskedProps) {
  const { t } = useTranslation();
  const { api } = useConsole();
  const act = useAct();
  const { room_id } = room;
  const params = { path: { room_id } };
  const title = room.description ?? t('console.untitled');
  const run = async (asked: () => Promise<unknown>, then = onDone) => {
    if (await act.run(asked)) then();
  };
  switch (asks.what) {
    case 'end':
      return (
        <Question
          title={t('console.endSure')}
          text={t('console.endText', { count: room.now?.connected ?? 0 })}
          yes={t('console.endSession')}
          act={act}
          own={{ conflict: t('console.endConflict') }}
          onNot={onDone}
          onYes={() => void run(() => told(api.POST('/v2/rooms/{room_id}/end', { params, parseAs: 'text' })))}
        />
      );
    case 'disable':
      return (
        <Question
          title={t('console.disableSure', { title })}
          text={t(room.now ? 'console.disableTextLive' : 'console.disableText')}
          yes={t('console.disable')}
          act={act}
          onNot={onDone}
          onYes={() => void run(() => told(api.POST('/v2/rooms/{room_id}/disable', { params })))}
        />
      );
    case 'delete':
      return (
        <Question
          title={t('console.deleteRoomSure', { title })}
          text={t('console.deleteRoomText')}
          yes={t('console.delete')}
          act={act}
          onNot={onDone}
          onYes={() =>
            void run(() => told(api.DELETE('/v2/rooms/{room_id}', { params, parseAs: 'text' })), onGone)
          }
        />
      );
    case 'remove': {
      const { participant_id } = asks.person;
      return (
        <Question
          title={t('console.removeSure', { name: nameOf(asks.person) })}
          text={t('console.removeText')}
          yes={t('console.remove')}
          act={act}
          onNot={onDone}
          onYes={() =>
            void run(() =>
              told(
                api.POST('/v2/rooms/{room_id}/participants/{participant_id}/remove', {
                  params: { path: { room_id, participant_id } },
                  parseAs: 'text',
                }),
              ),
            )
          }
        />
      );
    }
  }
}
