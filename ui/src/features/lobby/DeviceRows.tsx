import { Mic, MicOff, Play, TriangleAlert, Video, VideoOff, Volume2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { Meter } from '../../components/Meter';
import { useEngine, useLevels } from '../../engine/context';
import type { DeviceState, LobbyView } from '../../engine/view';
import styles from './DeviceRows.module.css';
import { deviceAction, deviceWord, inTrouble } from './derive';

/** A level that is somebody's voice, or a noise as loud: two blocks of the meter. */
const HEARD = 2 / 24;

/** Microphone, camera, speakers: what is the matter with each, and its switch. */
export function DeviceRows({ lobby }: { lobby: LobbyView }) {
  const { t } = useTranslation();
  const engine = useEngine();
  const { microphone, camera, speaker } = lobby;
  const mic = deviceWord(microphone);
  const cam = deviceWord(camera);
  const spk = deviceWord(speaker);
  // A microphone that is open but switched off at its cable gives silence: it is not said to be heard.
  const label = 'label' in microphone ? microphone.label : '';
  const [heard, setHeard] = useState<string>();
  useLevels(({ microphone: level }) => {
    if (mic === 'on' && heard !== label && (level ?? 0) >= HEARD) setHeard(label);
  });
  // Each browser has another place for it.
  const allow = (word: ReturnType<typeof deviceWord>) =>
    engine.browser && word === 'denied' ? t(`allow.${engine.browser.kind}`) : undefined;
  return (
    <div className={styles.rows}>
      <Row
        device={microphone}
        icon={mic === 'on' ? Mic : MicOff}
        title={t(`microphone.${mic === 'on' && heard !== label ? 'onSilent' : mic}`)}
        more={
          mic === 'on' ? (
            <Meter />
          ) : (
            help(mic) && <Words>{allow(mic) ?? t(`microphone.${help(mic) ?? 'offHelp'}`)}</Words>
          )
        }
      >
        <Switch device={microphone} testid="toggle-microphone" set={(on) => void engine.setMicrophone(on)} />
      </Row>
      {cam !== 'notAllowed' && (
        <Row
          device={camera}
          icon={cam === 'on' || cam === 'starting' ? Video : VideoOff}
          title={t(`camera.${cam}`)}
          more={
            'label' in camera && camera.state === 'on' ? (
              <Label>{camera.label}</Label>
            ) : (
              <Words>{allow(cam) ?? t(`camera.${help(cam) ?? 'offHelp'}`)}</Words>
            )
          }
        >
          <Switch device={camera} testid="toggle-camera" set={(on) => void engine.setCamera(on)} />
        </Row>
      )}
      <Row
        device={speaker}
        icon={Volume2}
        title={t(`speaker.${spk}`)}
        more={
          speaker.state === 'on' ? (
            <Label>{speaker.label || t('hear.here')}</Label>
          ) : (
            <Words>
              {t(
                spk === 'missing'
                  ? 'speaker.missingHelp'
                  : spk === 'starting'
                    ? 'speaker.startingHelp'
                    : 'speaker.failedHelp',
              )}
            </Words>
          )
        }
      >
        {speaker.state === 'on' && (
          <Button
            className={styles.button}
            icon={Play}
            onPress={() => void engine.playTestSound()}
            data-testid="play-sound"
          >
            {t('lobby.play')}
          </Button>
        )}
      </Row>
    </div>
  );
}

type Help = 'missingHelp' | 'busyHelp' | 'deniedHelp' | 'failedHelp' | 'offHelp' | 'notAllowedHelp';

function help(word: ReturnType<typeof deviceWord>): Help | undefined {
  return word === 'on' || word === 'starting' ? undefined : `${word}Help`;
}

interface RowProps {
  device: DeviceState;
  icon: typeof Mic;
  title: string;
  more: ReactNode;
  children: ReactNode;
}

function Row({ device, icon: Icon, title, more, children }: RowProps) {
  const trouble = inTrouble(device);
  const Sign = trouble ? TriangleAlert : Icon;
  return (
    <div className={styles.row} data-state={device.state}>
      <span className={`${styles.sign} ${trouble ? styles.trouble : ''}`}>
        <Sign size={22} strokeWidth={1.8} aria-hidden />
      </span>
      <div className={styles.words}>
        <p className={styles.title}>{title}</p>
        {more}
      </div>
      {children}
    </div>
  );
}

/** What a device is called: makers are wordy, and the row with its button is to be seen at once. */
function Label({ children }: { children: string }) {
  return (
    <p className={`${styles.more} ${styles.label}`} title={children}>
      {children}
    </p>
  );
}

function Words({ children }: { children: ReactNode }) {
  return <p className={styles.more}>{children}</p>;
}

interface SwitchProps {
  device: DeviceState;
  testid: string;
  set: (on: boolean) => void;
}

function Switch({ device, testid, set }: SwitchProps) {
  const { t } = useTranslation();
  const { browser } = useEngine();
  const action = deviceAction(device);
  const name = testid === 'toggle-camera' ? t('home.camera') : t('home.microphone');
  if (browser && device.state === 'denied') {
    return (
      <Button
        className={styles.button}
        onPress={() => set(true)}
        aria-label={`${t('allow.again')}: ${name}`}
        data-testid={`${testid}-again`}
      >
        {t('allow.again')}
      </Button>
    );
  }
  if (!action) return null;
  const word = action === 'turn_off' ? t('lobby.turnOff') : t('lobby.turnOn');
  return (
    <Button
      className={styles.button}
      onPress={() => set(action === 'turn_on')}
      data-testid={testid}
      aria-label={`${word}: ${name}`}
      aria-pressed={action === 'turn_off'}
    >
      {word}
    </Button>
  );
}
