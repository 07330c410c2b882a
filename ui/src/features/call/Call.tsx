import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngine } from '../../engine/context';
import type { CallView, DevicesView, NoticeView, Settings } from '../../ipc/bindings';
import { Announcer } from './Announcer';
import styles from './Call.module.css';
import { ControlBar } from './ControlBar';
import { deviceButton } from './derive';
import { Notice } from './Notice';
import { SimpleBar } from './SimpleBar';
import { Stage } from './Stage';
import { TopBar } from './TopBar';

interface Props {
  call: CallView;
  settings: Settings;
  devices: DevicesView;
  notice: NoticeView | null;
}

/** Where letters mean something else than shortcuts. */
const TYPING = 'input, textarea, [contenteditable], [role="menu"], [role="listbox"]';

/** The call: bars that never move, and a stage between them. */
export function Call({ call, settings, devices, notice }: Props) {
  const { t } = useTranslation();
  const engine = useEngine();
  const { simple } = settings;
  const microphone = deviceButton(call.me.microphone);
  const camera = deviceButton(call.me.camera);
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      // A letter typed into a field, or to find an entry of a menu, is no shortcut.
      if (event.target instanceof Element && event.target.closest(TYPING)) return;
      const pressed = event.key.toLowerCase();
      if (pressed === 'm' && !microphone.absent) void engine.setMicrophone(!microphone.on);
      if (pressed === 'v' && !camera.absent) void engine.setCamera(!camera.on);
    };
    document.addEventListener('keydown', key);
    return () => document.removeEventListener('keydown', key);
  }, [engine, microphone.absent, microphone.on, camera.absent, camera.on]);
  return (
    <div
      className={`${styles.screen} ${simple ? styles.simple : ''}`}
      data-testid="screen-call"
      data-connection={call.connection.state}
    >
      <TopBar call={call} simple={simple} />
      <main className={styles.middle} aria-label={t('call.stage')}>
        <Stage call={call} simple={simple} />
        {notice && <Notice notice={notice} />}
      </main>
      {simple ? <SimpleBar call={call} /> : <ControlBar call={call} settings={settings} devices={devices} />}
      <Announcer call={call} />
    </div>
  );
}
