import { Camera, MessageCircle, MonitorUp, ShieldCheck, Users } from 'lucide-react';
import { Button, DialogTrigger, Toolbar } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Popup } from '../../components/Popup';
import { useEngine } from '../../engine/context';
import type { CallView, DevicesView, Settings } from '../../engine/view';
import type { BoardOpen } from '../board/useBoardOpen';
import { useUnseenSnapshots } from '../gallery/Unseen';
import { BarSlot } from './BarSlot';
import { BoardSlot } from './BoardSlot';
import type { Panel } from './Call';
import styles from './ControlBar.module.css';
import { DeviceSlot } from './DeviceSlot';
import { cameraButton, headcount, microphoneButton } from './derive';
import { LeaveButton } from './LeaveButton';
import { MoreSlot } from './MoreSlot';
import { ReactSlot } from './ReactSlot';
import { useHad, useRoomForNine } from './useHad';
import { WaitingQueue } from './WaitingQueue';

interface Props {
  call: CallView;
  settings: Settings;
  devices: DevicesView;
  /** What is open at the right. */
  panel: Panel | undefined;
  onPanel: (panel: Panel) => void;
  /** Opens a panel, or closes it. */
  onToggle: (panel: Panel) => void;
  /** The queue of those who wait is open. */
  queue: boolean;
  onQueue: (open: boolean) => void;
  onShare: () => void;
  /** My answer to being recorded can be changed. */
  onConsent: (() => void) | undefined;
  board: BoardOpen;
}

/** People on the left, what one can switch in the middle, the way out on the right; none of them ever moves. */
export function ControlBar(props: Props) {
  const { call, settings, devices, panel, onPanel, onToggle, queue, onQueue, onShare, onConsent, board } =
    props;
  const { t } = useTranslation();
  const engine = useEngine();
  const { me } = call;
  const waiting = call.waiting;
  const had = useHad(me.tools);
  const roomy = useRoomForNine();
  const tools = call.is_test_call ? undefined : engine.tools;
  const shares = engine.share && me.tools.screen_sharing && !call.is_test_call && me.role !== 'audience';
  const chats = tools !== undefined && (had.chat || had.file_upload);
  const mayChat = me.tools.chat || me.tools.file_upload;
  const takes = tools !== undefined && had.snapshot;
  const unread = call.unread_chat ?? 0;
  const unseen = useUnseenSnapshots();
  return (
    <footer className={styles.bar}>
      <div className={styles.left}>
        <PeopleCount call={call} open={panel === 'people'} onPress={() => onToggle('people')} />
      </div>
      <Toolbar className={styles.slots ?? ''} aria-label={t('call.controls')}>
        <DeviceSlot
          kind="microphone"
          device={me.microphone}
          button={microphoneButton(me)}
          set={(on) => void engine.setMicrophone(on)}
          menus={[
            { kind: 'microphone', devices: devices.microphones, chosen: settings.microphone },
            { kind: 'speaker', devices: devices.speakers, chosen: settings.speaker },
          ]}
        />
        <DeviceSlot
          kind="camera"
          device={me.camera}
          button={cameraButton(me)}
          set={(on) => void engine.setCamera(on)}
          menus={[{ kind: 'camera', devices: devices.cameras, chosen: settings.camera }]}
        />
        {shares && roomy && (
          <BarSlot
            icon={MonitorUp}
            word={
              me.muted_by_admin.screen ? t('call.byHost') : call.share ? t('share.sharing') : t('share.slot')
            }
            label={me.muted_by_admin.screen ? t('share.byHost') : t('share.slotLabel')}
            open={call.share !== null}
            locked={me.muted_by_admin.screen ?? false}
            onPress={() => {
              if (me.muted_by_admin.screen) return;
              if (call.share) void engine.share?.stop();
              else onShare();
            }}
            testid="share"
          />
        )}
        {roomy && <BoardSlot board={board} />}
        {takes && roomy && (
          <BarSlot
            icon={Camera}
            word={me.tools.snapshot ? t('gallery.slot') : t('call.byHost')}
            label={unseen > 0 ? t('gallery.openUnseen', { count: unseen }) : t('gallery.open')}
            open={panel === 'gallery'}
            locked={!me.tools.snapshot}
            badge={unseen}
            onPress={() => onToggle('gallery')}
            testid="gallery"
          />
        )}
        {chats && (
          <BarSlot
            icon={MessageCircle}
            word={mayChat ? t('chat.slot') : t('call.byHost')}
            label={unread > 0 ? t('chat.openUnread', { count: unread }) : t('chat.open')}
            open={panel === 'chat'}
            locked={!mayChat}
            badge={unread}
            onPress={() => onToggle('chat')}
            testid="chat"
          />
        )}
        {engine.seat && !call.is_test_call && <ReactSlot call={call} />}
        {engine.admin && me.is_admin && !call.is_test_call && (
          <DialogTrigger
            isOpen={queue}
            onOpenChange={(open) => {
              // With nobody waiting, or beside the panel, the slot is the panel's.
              if (open && (waiting.length === 0 || panel === 'people')) onToggle('people');
              else onQueue(open);
            }}
          >
            <BarSlot
              icon={ShieldCheck}
              word={t('people.manage')}
              open={panel === 'people' || queue}
              badge={waiting.length}
              label={
                waiting.length > 0
                  ? t('people.manageWaiting', { count: waiting.length })
                  : t('people.manageLabel')
              }
              testid="manage"
            />
            <Popup className={styles.queue} placement="top" offset={16}>
              <WaitingQueue
                waiting={waiting}
                settings={settings}
                onManage={() => {
                  onQueue(false);
                  onPanel('people');
                }}
              />
            </Popup>
          </DialogTrigger>
        )}
        <MoreSlot
          call={call}
          settings={settings}
          onPanel={onPanel}
          onConsent={onConsent}
          onShare={shares && !roomy ? onShare : undefined}
          chat={tools !== undefined && !chats}
          gallery={tools !== undefined && !(takes && roomy)}
          board={board.may && !(board.slot && roomy) ? board : undefined}
        />
      </Toolbar>
      <div className={styles.leave}>
        <LeaveButton call={call} />
      </div>
    </footer>
  );
}

/** How many are in, and the way to who they are. */
function PeopleCount({ call, open, onPress }: { call: CallView; open: boolean; onPress: () => void }) {
  const { t } = useTranslation();
  const count = headcount(call);
  return (
    <Button
      className={`${styles.people} ${open ? styles.peopleOpen : ''}`}
      onPress={onPress}
      aria-expanded={open}
      data-testid="people-count"
      data-count={count ?? 0}
    >
      <Users size={19} strokeWidth={1.8} aria-hidden />
      {count === undefined ? (
        <span>{t('call.joiningShort')}</span>
      ) : (
        <>
          <b>{count}</b> <span className={styles.peopleWord}>{t('call.inTheRoomWord', { count })}</span>
        </>
      )}
    </Button>
  );
}
