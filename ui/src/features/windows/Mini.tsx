import {
  CircleDot,
  Lock,
  Maximize2,
  Mic,
  MicOff,
  MonitorUp,
  MonitorX,
  Phone,
  TriangleAlert,
  Video,
  VideoOff,
} from 'lucide-react';
import { useRef } from 'react';
import { Button, ToggleButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../components/Avatar';
import { SpeakingBars } from '../../components/SpeakingBars';
import { Spinner } from '../../components/Spinner';
import { useEngine } from '../../engine/context';
import { StreamPicture } from '../../engine/frames/StreamPicture';
import type { AppView, CallView, PersonView } from '../../engine/view';
import { Announcer } from '../call/Announcer';
import {
  cameraButton,
  cameraStream,
  clock,
  type DeviceButton,
  microphoneButton,
  muted,
  recordingSlot,
} from '../call/derive';
import { lastSpeaker } from '../call/layout';
import { TimesProvider, useRecorded, useTimes } from '../call/times';
import styles from './Mini.module.css';

/** A small window while the main one is away: who speaks, whether it is recorded, and the four things that matter. */
export function Mini({ view: { screen } }: { view: AppView }) {
  const { t } = useTranslation();
  const { windows } = useEngine();
  if (screen.kind === 'call') return <InCall call={screen} />;
  return (
    <main className={styles.over} data-testid="screen-mini" data-state="over">
      <p>{t('mini.over')}</p>
      <Button className={styles.open ?? ''} onPress={() => void windows?.showMain()} data-testid="mini-open">
        {t('mini.open')}
      </Button>
    </main>
  );
}

function InCall({ call }: { call: CallView }) {
  const { t } = useTranslation();
  const { windows, frame } = useEngine();
  const commands = windows ?? frame;
  const spoke = useRef<string | undefined>(undefined);
  spoke.current = lastSpeaker(spoke.current, call.people);
  const shown = call.people.find(({ participant_id }) => participant_id === spoke.current) ?? call.people[0];
  const times = useTimes(call);
  const away = call.connection.state === 'reconnecting';
  return (
    <TimesProvider value={times}>
      <main className={styles.window} data-testid="screen-mini" data-state={call.connection.state}>
        <h1 className="sr-only">{call.title ?? t('call.title')}</h1>
        <Who person={shown} frozen={away} />
        <Recording call={call} />
        <Button
          className={styles.open ?? ''}
          onPress={() => void commands?.showMain()}
          data-testid="mini-open"
        >
          <Maximize2 size={14} strokeWidth={1.8} aria-hidden />
          {t('mini.open')}
        </Button>
        {away && (
          <p className={styles.away} role="alert">
            {t('mini.reconnecting')}
          </p>
        )}
        <Bar call={call} />
        <Announcer call={call} />
      </main>
    </TimesProvider>
  );
}

function Who({ person, frozen }: { person: PersonView | undefined; frozen: boolean }) {
  const { t } = useTranslation();
  const { pictures } = useEngine();
  if (!person) return <p className={styles.alone}>{t('call.alone')}</p>;
  const { participant_id: id, display_name: name } = person;
  const stream = pictures.supported ? cameraStream(person) : undefined;
  const how = muted(person);
  return (
    <div
      className={`${styles.who} ${frozen ? styles.frozen : ''}`}
      data-testid="mini-person"
      data-participant-id={id}
    >
      {stream ? (
        <StreamPicture key={stream.stream_id} streamId={stream.stream_id} fit="cover" />
      ) : (
        <div className={styles.none}>
          <Avatar name={name} size={72} />
        </div>
      )}
      <span className={styles.label}>
        {how !== 'no' && <MicOff size={14} strokeWidth={1.8} aria-hidden />}
        {how === 'no' && person.speaking && <SpeakingBars />}
        <span className={styles.name}>{name}</span>
        {how !== 'no' && <span className="sr-only">, {t('call.muted')}</span>}
      </span>
    </div>
  );
}

/** Whatever there is to know of a recording; a room that is not recorded says nothing here. */
export function Recording({ call }: { call: CallView }) {
  const { t } = useTranslation();
  const elapsed = useRecorded(call);
  const slot = recordingSlot(call);
  if (slot.kind === 'none' || slot.kind === 'not') return null;
  const look = slot.kind === 'starting' ? styles.plain : slot.kind === 'stopped' ? styles.warn : '';
  return (
    <span className={`${styles.recording} ${look}`} data-testid="mini-recording" data-state={slot.kind}>
      {slot.kind === 'starting' ? (
        <Spinner size={14} />
      ) : slot.kind === 'stopped' ? (
        <TriangleAlert size={14} strokeWidth={1.8} aria-hidden />
      ) : (
        <CircleDot size={14} strokeWidth={2.4} aria-hidden />
      )}
      {slot.kind === 'starting' && t('recording.slotStarting')}
      {slot.kind === 'stopped' && t(`recording.stopped_${slot.reason}`)}
      {slot.kind === 'without' && t('recording.slotWithout')}
      {(slot.kind === 'on' || slot.kind === 'asking') && t('recording.slotOn', { time: clock(elapsed) })}
    </span>
  );
}

/** Microphone, camera, screen, and the way out. */
export function Bar({ call }: { call: CallView }) {
  const { t } = useTranslation();
  const engine = useEngine();
  const commands = engine.windows ?? engine.frame;
  const microphone = microphoneButton(call.me);
  const camera = cameraButton(call.me);
  const screen = engine.share && call.me.tools.screen_sharing && !call.me.muted_by_admin.screen;
  return (
    <footer className={styles.bar}>
      <Device
        button={microphone}
        label={t('call.microphoneSlot')}
        words={[t('call.mute'), t('call.unmute')]}
        state={microphone.on ? t('mini.on') : t('mini.muted')}
        set={(on) => void engine.setMicrophone(on)}
        signs={[Mic, MicOff]}
        wide
        testid="toggle-microphone"
      />
      <Device
        button={camera}
        label={t('call.cameraSlot')}
        words={[t('call.cameraOff'), t('call.cameraOn')]}
        set={(on) => void engine.setCamera(on)}
        signs={[Video, VideoOff]}
        testid="toggle-camera"
      />
      {screen && (
        <Button
          className={styles.button ?? ''}
          aria-label={call.share ? t('simple.stopSharing') : t('share.slotLabel')}
          onPress={() => {
            if (call.share) void engine.share?.stop();
            // There is no room here for the choice; the main window has it.
            else void commands?.showMain();
          }}
          data-testid="mini-share"
        >
          {call.share ? (
            <MonitorX size={19} strokeWidth={1.8} aria-hidden />
          ) : (
            <MonitorUp size={19} strokeWidth={1.8} aria-hidden />
          )}
        </Button>
      )}
      <Button
        className={`${styles.button} ${styles.leave}`}
        onPress={() => void engine.leave()}
        data-testid="leave"
      >
        <Phone className={styles.down} size={18} strokeWidth={1.8} aria-hidden />
        {t('call.leave')}
      </Button>
    </footer>
  );
}

interface DeviceProps {
  button: DeviceButton;
  label: string;
  /** What a click does: while on, while off. */
  words: [string, string];
  /** How it is now, in a word. */
  state?: string;
  set: (on: boolean) => void;
  signs: [typeof Mic, typeof Mic];
  wide?: boolean;
  testid: string;
}

function Device({ button, label, words, state, set, signs, wide = false, testid }: DeviceProps) {
  const { t } = useTranslation();
  if (button.absent) return null;
  const off = button.on ? 0 : 1;
  const Icon = button.locked ? Lock : signs[off];
  const word = button.locked ? t('call.mutedByHost') : words[off];
  return (
    <ToggleButton
      className={`${styles.button} ${wide ? styles.wide : ''} ${button.on ? '' : styles.off}`}
      isSelected={button.on}
      onChange={() => !button.locked && set(!button.on)}
      aria-label={`${word}, ${label}`}
      data-testid={testid}
    >
      <Icon size={19} strokeWidth={1.8} aria-hidden />
      {wide && <span>{state}</span>}
    </ToggleButton>
  );
}
