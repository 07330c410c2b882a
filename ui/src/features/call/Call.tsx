import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngine } from '../../engine/context';
import { ROOM_BOARD } from '../../engine/rights';
import { ToolsProvider } from '../../engine/tools';
import type { CallView, DevicesView, NoticeView, RecordingLayout, Settings } from '../../engine/view';
import { CallBoard } from '../board/CallBoard';
import { DrawingsProvider } from '../board/Drawn';
import { useBoardClosed } from '../board/useBoardClosed';
import { hasBoard, useBoardOpen } from '../board/useBoardOpen';
import { FileDrop } from '../files/FileDrop';
import { PdfThumbnails } from '../files/pdf/thumbnails';
import { UnseenSnapshots } from '../gallery/Unseen';
import { PointingProvider } from '../pointer/Pointing';
import { Announcer } from './Announcer';
import styles from './Call.module.css';
import { ConsentDialog } from './ConsentDialog';
import { ControlBar } from './ControlBar';
import { cameraButton, handPlaces, microphoneButton } from './derive';
import { type LayoutChoice, takable } from './layout';
import { MainSwitch } from './MainSwitch';
import { Messages } from './Messages';
import { PeoplePanel } from './PeoplePanel';
import { ChatPanel, Gallery } from './panels';
import { SharePicker } from './SharePicker';
import { SimpleBar } from './SimpleBar';
import { SoundButton } from './SoundButton';
import { Stage } from './Stage';
import { TopBar } from './TopBar';
import { TimesProvider, useTimes } from './times';
import { useFullscreen, useFullscreenEnd } from './useFullscreen';
import { useLayout } from './useLayout';
import { presentingNow, useMain } from './useMain';

interface Props {
  call: CallView;
  settings: Settings;
  devices: DevicesView;
  notice: NoticeView | null;
}

/** What is open at the right; one at a time. */
export type Panel = 'people' | 'chat' | 'gallery';

/** In windows narrower than this a picture that is drawn on has the place of the gallery. */
const GALLERY_BESIDE = 1000;

/** Where letters mean something else than shortcuts. */
const TYPING = 'input, textarea, [contenteditable], [role="menu"], [role="listbox"], [role="dialog"]';

/** The call: bars that never move, and a stage between them. */
export function Call({ call, settings, devices, notice }: Props) {
  const { t } = useTranslation();
  const engine = useEngine();
  const { simple } = settings;
  const [choice, setChoice] = useState<LayoutChoice>('automatic');
  const [pinned, setPinned] = useState<string>();
  const [panel, setPanel] = useState<Panel>();
  const draft = useRef('');
  const [queue, setQueue] = useState(false);
  const [picks, setPicks] = useState(false);
  const [recorded, setRecorded] = useRecordingLayout(call);
  const { consent } = call.me;
  // Asked once by itself; whoever closed it finds it in the recording slot and under More.
  const [consentOpen, setConsentOpen] = useState(consent === 'asked');
  useEffect(() => setConsentOpen(consent === 'asked'), [consent]);
  const asksConsent = engine.seat && call.recording !== 'none';
  const openConsent = asksConsent ? () => setConsentOpen(true) : undefined;
  useShortcuts(call);
  const times = useTimes(call);
  const now = useLayout(call, { choice, pinned });
  const { me } = call;
  // A test call has nobody to write to.
  const tools = call.is_test_call ? undefined : engine.tools;
  const mayTake = tools !== undefined && (me.tools.snapshot ?? false);
  const take = (stream: number) => {
    void tools?.takeSnapshot(stream);
    setPanel('gallery');
  };
  const board = useBoardOpen(call);
  const closed = useBoardClosed(call, board.open);
  // A snapshot that is drawn on; the room's board takes its place when it opens.
  const [drawnOn, setDrawnOn] = useState<string>();
  useEffect(() => {
    if (board.open) setDrawnOn(undefined);
  }, [board.open]);
  const close = () => setPanel(undefined);
  // Who has no snapshots of their own looks on all the same while the others draw on one.
  const mayLook = engine.board !== undefined && hasBoard(me.tools);
  const snapshot = mayLook ? drawnOn : undefined;
  const opened = snapshot ?? (board.open ? ROOM_BOARD : undefined);
  const [newest, setMain] = useMain(call, opened);
  const presents = presentingNow(call) !== undefined;
  // The board is open, and nobody who presents has its place.
  const seesBoard = opened !== undefined && !(presents && newest === 'presenter');
  const toBoard = () => {
    if (opened === undefined) board.toggle();
    setMain('board');
  };
  const slot = {
    ...board,
    open: board.open && seesBoard,
    toggle: () => (board.open && !seesBoard ? toBoard() : board.toggle()),
  };
  const drawOn = (file: string) => {
    board.close();
    setDrawnOn(file);
    setMain('board');
    // In a small window there is no room for the gallery beside it.
    if (window.innerWidth < GALLERY_BESIDE) close();
  };
  const closeBoard = () => {
    if (snapshot !== undefined) setPanel('gallery');
    setDrawnOn(undefined);
    board.close();
  };
  // A browser asks itself what is to be shown, at the press alone.
  const share = () => (engine.share?.openPicker ? setPicks(true) : void engine.share?.start(null));
  const show = (one: Panel) => setPanel(one);
  const toggle = (one: Panel) => setPanel(panel === one ? undefined : one);
  return (
    <TimesProvider value={times}>
      <ToolsProvider me={me.participant_id}>
        <PointingProvider allowed={tools !== undefined && (me.tools.live_pointer ?? false)}>
          <PdfThumbnails>
            <DrawingsProvider may={mayLook}>
              <UnseenSnapshots looks={panel === 'gallery' || panel === 'chat'}>
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
                      setDrawnOn(undefined);
                      board.close();
                    }}
                    onUnpin={() => setPinned(undefined)}
                    board={seesBoard}
                    onConsent={openConsent}
                  />
                  <div className={styles.between}>
                    <main className={styles.middle} aria-label={t('call.stage')}>
                      {presents && (opened !== undefined || (call.whiteboard.shown && board.may)) && (
                        <MainSwitch
                          call={call}
                          main={seesBoard ? 'board' : 'presenter'}
                          onMain={(main) => (main === 'board' ? toBoard() : setMain(main))}
                          snapshot={snapshot !== undefined}
                          simple={simple}
                        />
                      )}
                      <Stage
                        call={call}
                        simple={simple}
                        mirrored={settings.mirror !== false}
                        now={now}
                        pinned={pinned}
                        onPin={setPinned}
                        onShowPeople={() => show('people')}
                        onSnapshot={mayTake && !simple ? take : undefined}
                        board={
                          seesBoard
                            ? (face) => (
                                <CallBoard call={call} snapshot={snapshot} onClose={closeBoard}>
                                  {face}
                                </CallBoard>
                              )
                            : undefined
                        }
                      />
                      <Messages
                        call={call}
                        notice={notice}
                        settings={settings}
                        seesQueue={queue || panel === 'people'}
                        onShowQueue={() => setQueue(true)}
                        seesChat={panel === 'chat'}
                        onShow={tools && show}
                        drawnOn={seesBoard ? snapshot : undefined}
                        onDraw={mayLook ? drawOn : undefined}
                        boardClosed={closed}
                        board={seesBoard ? (snapshot !== undefined ? 'snapshot' : 'room') : undefined}
                      />
                      {call.sound_refused && <SoundButton />}
                    </main>
                    {panel === 'people' && (
                      <PeoplePanel
                        call={call}
                        pinned={pinned}
                        onPin={setPinned}
                        layout={[recorded, setRecorded]}
                        onClose={close}
                      />
                    )}
                    {panel === 'chat' && tools && <ChatPanel me={me} draft={draft} onClose={close} />}
                    {panel === 'gallery' && tools && (
                      <Gallery
                        me={me}
                        takable={mayTake ? takable(call, now) : undefined}
                        onTake={take}
                        drawnOn={seesBoard ? snapshot : undefined}
                        onDraw={mayLook ? drawOn : undefined}
                        onClose={close}
                      />
                    )}
                    {tools && me.tools.file_upload && <FileDrop onDropped={() => show('chat')} />}
                  </div>
                  {simple ? (
                    <SimpleBar
                      settings={settings}
                      call={call}
                      onPanel={show}
                      onShare={share}
                      onConsent={openConsent}
                      board={slot}
                    />
                  ) : (
                    <ControlBar
                      call={call}
                      settings={settings}
                      devices={devices}
                      panel={panel}
                      onPanel={show}
                      onToggle={toggle}
                      queue={queue}
                      onQueue={setQueue}
                      onShare={share}
                      onConsent={openConsent}
                      board={slot}
                    />
                  )}
                  {picks && (
                    <SharePicker sources={call.share_sources ?? undefined} onClose={() => setPicks(false)} />
                  )}
                  {consentOpen && asksConsent && <ConsentDialog onClose={() => setConsentOpen(false)} />}
                  <Announcer call={call} />
                </div>
              </UnseenSnapshots>
            </DrawingsProvider>
          </PdfThumbnails>
        </PointingProvider>
      </ToolsProvider>
    </TimesProvider>
  );
}

/** How the next recording is arranged: as was chosen last, or as the last one was, whoever began it. */
function useRecordingLayout({ recording_state: state }: CallView) {
  const chosen = useState<RecordingLayout>('grid');
  const [, choose] = chosen;
  const now = state.state === 'on' ? state.layout : undefined;
  useEffect(() => {
    if (now) choose(now);
  }, [now]);
  return chosen;
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
