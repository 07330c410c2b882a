import {
  AudioLines,
  BellRing,
  Camera,
  CameraOff,
  CircleDot,
  CircleStop,
  Hand,
  Info,
  MessageCircle,
  Mic,
  MicOff,
  Paperclip,
  PencilLine,
  Presentation,
  Timer,
  TriangleAlert,
  UserMinus,
  UserPlus,
  Video,
  VolumeX,
  Wifi,
  X,
} from 'lucide-react';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { useCopy } from '../../components/useCopy';
import { useEngine } from '../../engine/context';
import { useTools } from '../../engine/tools';
import type { CallView, NoticeView, Settings } from '../../engine/view';
import type { BoardClosed } from '../board/useBoardClosed';
import { arrival, arrivalWords } from '../chat/derive';
import styles from './Messages.module.css';
import { type Message, message, stillClosed } from './messages';
import { type RightsChange, useRightsChange } from './rightsChange';
import { rightsWords } from './rightsWords';
import { useSnapshotsOfMe } from './snapshotsOfMe';

interface Props {
  call: CallView;
  notice: NoticeView | null;
  settings: Settings;
  /** The queue of those who wait is in sight. */
  seesQueue: boolean;
  onShowQueue: () => void;
  /** The chat is in sight. */
  seesChat: boolean;
  /** Opens a panel; nothing where there is none. */
  onShow: ((panel: 'chat' | 'gallery') => void) | undefined;
  /** A snapshot that I draw on, or look at while others do. */
  drawnOn: string | undefined;
  /** Opens one; nothing for whoever may not. */
  onDraw: ((fileId: string) => void) | undefined;
  /** The board was closed for everybody while I looked at it. */
  boardClosed: BoardClosed | undefined;
  /** Which board is in sight: it says itself that I may not draw on it any more. */
  board: 'room' | 'snapshot' | undefined;
}

/** How much time one press adds, in seconds. */
const EXTENSION = 600;

/**
 * One message, over the lower edge of the stage: pictures keep their place and what is seen of them. Names and one's own
 * picture at that edge make room for it.
 */
export function Messages(props: Props) {
  const {
    call,
    notice,
    settings,
    seesQueue,
    onShowQueue,
    seesChat,
    onShow,
    drawnOn,
    onDraw,
    boardClosed,
    board,
  } = props;
  const { t } = useTranslation();
  const engine = useEngine();
  const { copied, copy } = useCopy();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const canExtend = call.me.is_admin && engine.admin !== undefined;
  const { chat, gallery } = useTools();
  const last =
    notice?.code === 'chat_message'
      ? chat.messages.findLast(({ mine, from_name }) => !mine && from_name === notice.name)
      : undefined;
  const came = last && arrival(last, gallery);
  const drawnBy = (name: string | null) =>
    gallery.find(({ editing }) => name !== null && editing.includes(name))?.file.info.file_id;
  const [snapshotsOfMe, seenMine] = useSnapshotsOfMe(call, notice, gallery);
  const change = useRightsChange(call);
  const saysItself = board === 'room' ? 'draw' : board === 'snapshot' ? 'drawOnSnapshots' : undefined;
  const rights = change && { ...change, taken: change.taken.filter((right) => right !== saysItself) };
  const seesDrawing = (name: string | null) => drawnOn !== undefined && drawnBy(name) === drawnOn;
  const given = {
    call,
    notice,
    settings,
    closed,
    canExtend,
    seesQueue,
    seesChat,
    came,
    boardClosed,
    snapshotsOfMe,
    rights,
    seesDrawing,
  };
  const still = stillClosed(given);
  useEffect(() => {
    if (still.size !== closed.size) setClosed(still);
  }, [still, closed]);
  const said = message(given);
  const box = useRoomOnStage(said?.id);
  if (!said) return null;
  const close = () => {
    if (said.kind === 'snapshot_of_me') {
      seenMine();
      if (notice?.code === 'snapshot_of_me') void engine.dismissNotice();
      return;
    }
    if (said.kind === 'notice') void engine.dismissNotice();
    else if (said.kind === 'asked') void engine.seat?.declineUnmute();
    setClosed(new Set([...closed, said.id]));
  };
  const act = (word: string, press: () => void) => (
    <Button size="dense" className={styles.action} onPress={press} data-testid="notice-action">
      {word}
    </Button>
  );
  return (
    <div
      key={said.id}
      ref={box}
      className={`${styles.notice} ${styles[said.tone]}`}
      // What an admin or the clock wants is read at once; the rest waits for its turn.
      role={said.kind === 'asked' || said.kind === 'half_minute' ? 'alert' : 'status'}
      data-testid="notice"
      data-code={said.kind === 'notice' ? said.notice.code : said.kind}
    >
      <Sign said={said} />
      <p className={styles.words}>
        <Words said={said} rights={rights} />
      </p>
      {actions()}
      {!(said.kind === 'notice' && said.action === 'unmute') && (
        <AriaButton
          className={styles.close ?? ''}
          aria-label={t('call.dismiss')}
          onPress={close}
          data-testid="notice-close"
        >
          <X size={18} strokeWidth={1.8} aria-hidden />
        </AriaButton>
      )}
    </div>
  );

  function actions(): ReactNode {
    if (!said) return null;
    switch (said.kind) {
      case 'notice': {
        const { action } = said;
        if (action === 'unmute') {
          return act(t('call.unmute'), () => {
            void engine.setMicrophone(true);
            void engine.dismissNotice();
          });
        }
        if (action === 'copy') {
          const { name } = said.notice;
          if (name === null) return null;
          return act(copied === name ? t('chat.copied') : t('message.copyPath'), () => copy(name));
        }
        if (action === 'dismiss' || !onShow) return null;
        if (action === 'live_edit') {
          const drawn = drawnBy(said.notice.name);
          return act(t('gallery.openDrawn'), () => {
            if (drawn !== undefined && onDraw) onDraw(drawn);
            else onShow('gallery');
            void engine.dismissNotice();
          });
        }
        return act(action === 'chat' ? t('chat.show') : t('gallery.show'), () => {
          onShow(action);
          void engine.dismissNotice();
        });
      }
      case 'snapshot_of_me':
        return (
          onShow &&
          act(t('gallery.show'), () => {
            onShow('gallery');
            close();
          })
        );
      case 'asked':
        return act(said.source === 'camera' ? t('message.switchOn') : t('call.unmute'), () => {
          if (said.source === 'camera') void engine.setCamera(true);
          else void engine.setMicrophone(true);
          close();
        });
      case 'waiting':
        return (
          engine.admin && (
            <>
              {said.others > 0 && act(t('message.showQueue'), onShowQueue)}
              {act(t('people.admit'), () => void engine.admin?.admit(said.participant))}
            </>
          )
        );
      case 'five_minutes':
      case 'half_minute':
        return (
          said.extend &&
          act(t('message.extend', { count: EXTENSION / 60 }), () => void engine.admin?.extend(EXTENSION))
        );
      default:
        return null;
    }
  }
}

/** Tells the stage how much of its lower edge a message takes. */
function useRoomOnStage(id: string | undefined) {
  const box = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each message is an element of its own
  useLayoutEffect(() => {
    const element = box.current;
    const stage = element?.parentElement;
    const around = stage?.parentElement;
    if (!element || !stage || !around) return;
    const measure = () => {
      const height = `${element.offsetHeight + 8}px`;
      stage.style.setProperty('--notice', height);
      // A panel that lies over the stage makes room too.
      around.style.setProperty('--said', height);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      observer.disconnect();
      stage.style.removeProperty('--notice');
      around.style.removeProperty('--said');
    };
  }, [id]);
  return box;
}

function Sign({ said }: { said: Message }) {
  const Icon = icon(said);
  return <Icon size={20} strokeWidth={1.8} aria-hidden />;
}

function icon(said: Message): typeof Info {
  switch (said.kind) {
    case 'asked':
      return MicOff;
    case 'waiting':
      return BellRing;
    case 'five_minutes':
    case 'half_minute':
      return Timer;
    case 'recording_stopped':
    case 'recording_trouble':
    case 'unstable':
      return TriangleAlert;
    case 'snapshot_of_me':
      return Camera;
    case 'board_closed':
      return Presentation;
    case 'test_call':
      return AudioLines;
    case 'trouble':
      return { microphone: MicOff, camera: CameraOff, speaker: VolumeX }[said.device];
    case 'notice':
      switch (said.notice.code) {
        case 'talking_while_muted':
          return MicOff;
        case 'person_joined':
          return UserPlus;
        case 'person_left':
          return UserMinus;
        case 'hand_lowered':
          return Hand;
        case 'chat_message':
          if (said.came?.kind === 'snapshot') return Camera;
          return said.came?.kind === 'file' ? Paperclip : MessageCircle;
        case 'snapshot_of_me':
          return Camera;
        case 'live_edit_began':
          return PencilLine;
        case 'recording_started':
          return CircleDot;
        case 'recording_stopped':
          return CircleStop;
        case 'microphone_back':
          return Mic;
        case 'camera_back':
          return Video;
        case 'connection_back':
          return Wifi;
        default:
          return Info;
      }
  }
}

function Words({ said, rights }: { said: Message; rights: RightsChange | undefined }) {
  const { t, i18n } = useTranslation();
  switch (said.kind) {
    case 'asked':
      return said.source === 'camera'
        ? t('message.askedCamera', { name: said.by })
        : t('message.askedMicrophone', { name: said.by });
    case 'waiting':
      return (
        <>
          <b>{t('message.waits', { name: said.name })}</b>{' '}
          {said.others > 0 && t('message.waitsMore', { count: said.others })}
        </>
      );
    case 'five_minutes':
      return (
        <>
          <b>{t('message.fiveMinutes')}</b> {t('message.timeText')}
        </>
      );
    case 'half_minute':
      return (
        <>
          <b>{t('message.halfMinute')}</b> {t('message.timeText')}
        </>
      );
    case 'recording_stopped':
      return <b>{t(`recording.stopped_${said.reason}Text`)}</b>;
    case 'recording_trouble':
      return <>{t(`recording.trouble_${said.trouble}`)}</>;
    case 'unstable':
      return <>{t('message.unstable')}</>;
    case 'snapshot_of_me': {
      const list = new Intl.ListFormat(i18n.language, { type: 'conjunction' });
      const name = list.format(said.names) || t('notice.somebody');
      if (said.several)
        return <>{t('notice.snapshotsOfMe', { name, count: Math.max(1, said.names.length) })}</>;
      return <>{t(said.screen ? 'notice.snapshotOfMyScreen' : 'notice.snapshot_of_me', { name })}</>;
    }
    case 'board_closed':
      return <>{said.by === undefined ? t('board.closed') : t('board.closedBy', { name: said.by })}</>;
    case 'test_call':
      return <>{t('call.testHint')}</>;
    case 'trouble':
      return <>{t(`trouble.${said.device}_${said.state}`)}</>;
    case 'notice':
      if (said.came && said.came.kind !== 'words') {
        return <>{arrivalWords(t, said.notice.name ?? t('notice.somebody'), said.came)}</>;
      }
      if (said.notice.code === 'rights_changed' && rights) {
        return <>{rightsWords(t, i18n.language, rights)}</>;
      }
      return <>{t(`notice.${said.notice.code}`, { name: said.notice.name ?? t('notice.somebody') })}</>;
  }
}
