import { AudioLines, Mic, Play, RefreshCw, TriangleAlert, VideoOff } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { Choice } from '../../components/Choice';
import { Meter } from '../../components/Meter';
import { Spinner } from '../../components/Spinner';
import { Toggle } from '../../components/Toggle';
import { useEngine } from '../../engine/context';
import { StreamPicture } from '../../engine/frames/StreamPicture';
import { LOCAL_PREVIEW } from '../../engine/frameWire';
import type { AppView, DeviceState, DeviceView, Settings } from '../../engine/view';
import { canTestCall } from '../home/derive';
import { deviceWord } from '../lobby/derive';
import { choiceFor, deviceOptions, SYSTEM } from './derive';
import styles from './SettingsPanel.module.css';

/** Camera, microphone and speakers, tried as they are chosen. */
export function Devices({ view }: { view: AppView }) {
  const { t } = useTranslation();
  const engine = useEngine();
  const { settings, devices, device_check: check } = view;
  const { devices: commands } = engine;
  useEffect(() => {
    void commands?.preview(true);
    return () => void commands?.preview(false);
  }, [commands]);
  const device = (kind: 'camera' | 'microphone' | 'speaker', list: DeviceView[]) => (
    <Choice
      label={t(`home.${kind}`)}
      value={settings[kind] ?? SYSTEM}
      options={deviceOptions(settings[kind], list, t('settings.systemDefault'), t('settings.gone'))}
      onChange={(id) => void engine.updateSettings({ [kind]: choiceFor(id) })}
      data-testid={`settings-${kind}`}
    />
  );
  return (
    <div className={styles.columns}>
      <div className={styles.column}>
        <section className={styles.card}>
          {check && <Preview camera={check.camera} mirrored={settings.mirror !== false} />}
          {device('camera', devices.cameras)}
          <Switch settings={settings} name="mirror" />
        </section>
      </div>
      <div className={styles.column}>
        <section className={styles.card}>
          {device('microphone', devices.microphones)}
          {check && <Level microphone={check.microphone} />}
          <Switch settings={settings} name="echo_cancellation" />
          <Switch settings={settings} name="noise_suppression" />
          <Switch settings={settings} name="automatic_gain" />
          <Switch settings={settings} name="talking_while_muted" />
        </section>
        <section className={styles.card}>
          {device('speaker', devices.speakers)}
          {check && (
            <Button
              icon={Play}
              unavailable={check.speaker.state !== 'on'}
              onPress={() => void engine.playTestSound()}
              data-testid="settings-play"
            >
              {t('lobby.play')}
            </Button>
          )}
        </section>
        <Button
          kind="quiet"
          size="dense"
          className={styles.again}
          icon={RefreshCw}
          onPress={() => void engine.refreshDevices()}
        >
          {t('settings.lookAgain')}
        </Button>
        <section className={styles.try}>
          <AudioLines size={22} strokeWidth={1.8} aria-hidden />
          <p>{t('settings.tryTitle')}</p>
          <Button
            kind="primary"
            unavailable={!canTestCall(view)}
            onPress={() => void engine.startTestCall()}
            data-testid="settings-test-call"
          >
            {t('home.testCall')}
          </Button>
        </section>
      </div>
    </div>
  );
}

type SwitchName =
  | 'mirror'
  | 'simple_for_guests'
  | 'echo_cancellation'
  | 'noise_suppression'
  | 'automatic_gain'
  | 'talking_while_muted'
  | 'doorbell'
  | 'notifications'
  | 'start_at_login';

/** A setting that is on or off; nothing where the back end has no such setting. */
export function Switch({ settings, name }: { settings: Settings; name: SwitchName }) {
  const { t } = useTranslation();
  const engine = useEngine();
  const on = settings[name];
  if (on === undefined) return null;
  return (
    <div className={styles.divided}>
      <Toggle
        label={t(`settings.${name}`)}
        help={t(`settings.${name}Help`)}
        on={on}
        onChange={(now) => void engine.updateSettings({ [name]: now })}
        data-testid={`settings-${name}`}
      />
    </div>
  );
}

/** One's own picture, or why there is none. */
function Preview({ camera, mirrored }: { camera: DeviceState; mirrored: boolean }) {
  const { t } = useTranslation();
  const { pictures } = useEngine();
  const word = deviceWord(camera);
  return (
    <div className={styles.preview} data-testid="settings-preview" data-camera={camera.state}>
      {word === 'on' && pictures.supported ? (
        <StreamPicture streamId={LOCAL_PREVIEW} fit="cover" mirrored={mirrored} />
      ) : (
        <div className={styles.none}>
          {word === 'starting' ? <Spinner size={28} /> : <VideoOff size={28} strokeWidth={1.8} aria-hidden />}
          <p>{word === 'on' ? t('lobby.noDecoder') : t(`camera.${word}`)}</p>
        </div>
      )}
    </div>
  );
}

/** How loud one is, live. */
function Level({ microphone }: { microphone: DeviceState }) {
  const { t } = useTranslation();
  const word = deviceWord(microphone);
  return (
    <div className={styles.level} data-testid="settings-level">
      {word === 'on' ? (
        <>
          <Mic size={18} strokeWidth={1.8} aria-hidden />
          <div className={styles.meter}>
            <Meter blocks={28} />
            <p className={styles.scale} aria-hidden>
              <span>{t('settings.quiet')}</span>
              <span>{t('settings.justRight')}</span>
              <span>{t('settings.tooLoud')}</span>
            </p>
          </div>
        </>
      ) : (
        <p className={styles.trouble}>
          <TriangleAlert size={18} strokeWidth={1.8} aria-hidden />
          {t(`microphone.${word}`)}
        </p>
      )}
    </div>
  );
}
