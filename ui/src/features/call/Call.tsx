import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngine } from '../../engine/context';
import type { CallView, DevicesView, NoticeView, Settings } from '../../engine/view';
import { Announcer } from './Announcer';
import styles from './Call.module.css';
import { ConsentDialog } from './ConsentDialog';
import { ControlBar } from './ControlBar';
import { cameraButton, handPlaces, microphoneButton } from './derive';
import type { LayoutChoice } from './layout';
import { Messages } from './Messages';
import { PeoplePanel } from './PeoplePanel';
import { SharePicker } from './SharePicker';
import { SimpleBar } from './SimpleBar';
import { Stage } from './Stage';
import { TopBar } from './TopBar';
import { TimesProvider, useTimes } from './times';
import { useFullscreen, useFullscreenEnd } from './useFullscreen';

interface Props {
  call: CallView;
  settings: Settings;
  devices: DevicesView;
  notice: NoticeView | null;
}

/** Where letters mean something else than shortcuts. */
const TYPING = 'input, textarea, [contenteditable], [role="menu"], [role="listbox"], [role="dialog"]';

/** The call: bars that never move, and a stage between them. */
export function Call({ call, settings, devices, notice }: Props) {
  const { t } = useTranslation();
  const engine = useEngine();
  const { simple } = settings;
  const [choice, setChoice] = useState<LayoutChoice>('automatic');
  const [pinned, setPinned] = useState<string>();
  const [panel, setPanel] = useState(false);
  const [queue, setQueue] = useState(false);
  const [picks, setPicks] = useState(false);
  const { consent } = call.me;
  // Asked once by itself; whoever closed it finds it in the recording slot and under More.
  const [consentOpen, setConsentOpen] = useState(consent === 'asked');
  useEffect(() => setConsentOpen(consent === 'asked'), [consent]);
  const asksConsent = engine.seat && call.recording !== 'none';
  const openConsent = asksConsent ? () => setConsentOpen(true) : undefined;
  useShortcuts(call);
  const times = useTimes(call);
  return (
    <TimesProvider value={times}>
      <div
        className={`${styles.screen} ${simple ? styles.simple : ''}`}
        data-testid="screen-call"
        data-connection={call.connection.state}
      >
        <TopBar
          call={call}
          simple={simple}
          choice={choice}
          pinned={pinned}
          onChoose={(chosen) => {
            setChoice(chosen);
            setPinned(undefined);
          }}
          onUnpin={() => setPinned(undefined)}
          onConsent={openConsent}
        />
        <div className={styles.between}>
          <main className={styles.middle} aria-label={t('call.stage')}>
            <Stage
              call={call}
              simple={simple}
              mirrored={settings.mirror !== false}
              choice={choice}
              pinned={pinned}
              onPin={setPinned}
              onShowPeople={() => setPanel(true)}
            />
            <Messages
              call={call}
              notice={notice}
              settings={settings}
              seesQueue={queue || panel}
              onShowQueue={() => setQueue(true)}
            />
          </main>
          {panel && (
            <PeoplePanel call={call} pinned={pinned} onPin={setPinned} onClose={() => setPanel(false)} />
          )}
        </div>
        {simple ? (
          <SimpleBar
            settings={settings}
            call={call}
            onPeople={() => setPanel(true)}
            onShare={() => setPicks(true)}
            onConsent={openConsent}
          />
        ) : (
          <ControlBar
            call={call}
            settings={settings}
            devices={devices}
            panel={panel}
            onPanel={setPanel}
            queue={queue}
            onQueue={setQueue}
            onShare={() => setPicks(true)}
            onConsent={openConsent}
          />
        )}
        {picks && <SharePicker sources={call.share_sources ?? undefined} onClose={() => setPicks(false)} />}
        {consentOpen && asksConsent && <ConsentDialog onClose={() => setConsentOpen(false)} />}
        <Announcer call={call} />
      </div>
    </TimesProvider>
  );
}

/** M, V, H and F, where no letter is typed. */
function useShortcuts(call: CallView) {
  const engine = useEngine();
  const microphone = microphoneButton(call.me);
  const camera = cameraButton(call.me);
  const raised = handPlaces(call).has(call.me.participant_id);
  const { toggle } = useFullscreen();
  useFullscreenEnd();
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      // A letter typed into a field, or to find an entry of a menu, is no shortcut.
      if (event.target instanceof Element && event.target.closest(TYPING)) return;
      const usable = (button: typeof microphone) => !button.absent && !button.locked;
      switch (event.key.toLowerCase()) {
        case 'm':
          if (usable(microphone)) void engine.setMicrophone(!microphone.on);
          break;
        case 'v':
          if (usable(camera)) void engine.setCamera(!camera.on);
          break;
        case 'h':
          void engine.seat?.raiseHand(!raised);
          break;
        case 'f':
          toggle();
          break;
      }
    };
    document.addEventListener('keydown', key);
    return () => document.removeEventListener('keydown', key);
  }, [engine, microphone, camera, raised, toggle]);
}
