import { Ellipsis, Lock, type LucideIcon, Mic, MicOff, TriangleAlert, Video, VideoOff } from 'lucide-react';
import { useState } from 'react';
import { Button, Dialog, DialogTrigger, ToggleButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button as WordButton } from '../../components/Button';
import { Popup } from '../../components/Popup';
import { useEngine } from '../../engine/context';
import { useTools } from '../../engine/tools';
import type { CallView, Settings } from '../../engine/view';
import { simplePatch } from '../../simple';
import type { BoardOpen } from '../board/useBoardOpen';
import { useUnseenSnapshots } from '../gallery/Unseen';
import type { Panel } from './Call';
import { cameraButton, type DeviceButton, headcount, microphoneButton } from './derive';
import { LeaveButton } from './LeaveButton';
import { ReactChoices } from './ReactSlot';
import styles from './SimpleBar.module.css';
import { useSpotlight } from './useSpotlight';

interface Props {
  call: CallView;
  settings: Settings;
  onPanel: (panel: Panel) => void;
  onShare: () => void;
  /** My answer to being recorded can be changed. */
  onConsent: (() => void) | undefined;
  board: BoardOpen;
}

/** Four large buttons with whole sentences, for whoever should not be distracted; the rest waits behind the third. */
export function SimpleBar(props: Props) {
  const { call } = props;
  const { t } = useTranslation();
  const engine = useEngine();
  const microphone = microphoneButton(call.me);
  const camera = cameraButton(call.me);
  const count = headcount(call);
  return (
    <footer className={styles.bar}>
      <span className="sr-only" data-testid="people-count" data-count={count ?? 0}>
        {count === undefined ? t('call.joiningShort') : t('call.inTheRoom', { count })}
      </span>
      <Device
        button={microphone}
        signs={[Mic, MicOff]}
        words={[t('simple.mute'), t('simple.unmute')]}
        locked={t('simple.mutedByHost')}
        trouble={microphone.trouble && t(`microphone.${microphone.trouble}`)}
        set={(on) => void engine.setMicrophone(on)}
        testid="toggle-microphone"
        state={call.me.microphone.state}
      />
      <Device
        button={camera}
        signs={[Video, VideoOff]}
        words={[t('simple.cameraOff'), t('simple.cameraOn')]}
        locked={t('simple.cameraByHost')}
        trouble={camera.trouble && t(`camera.${camera.trouble}`)}
        set={(on) => void engine.setCamera(on)}
        testid="toggle-camera"
        state={call.me.camera.state}
      />
      {!call.is_test_call && <More {...props} />}
      <div className={styles.slot}>
        <LeaveButton call={call} simple />
      </div>
    </footer>
  );
}

interface DeviceProps {
  button: DeviceButton;
  /** On, off. */
  signs: [LucideIcon, LucideIcon];
  /** What a click does: while on, while off. */
  words: [string, string];
  locked: string;
  trouble: string | undefined;
  set: (on: boolean) => void;
  testid: string;
  state: string;
}

function Device({ button, signs, words, locked, trouble, set, testid, state }: DeviceProps) {
  if (button.absent) return null;
  const off = button.on ? 0 : 1;
  const Icon = button.locked ? Lock : trouble ? TriangleAlert : signs[off];
  const look = [styles.button, !button.on && styles.off, trouble && styles.trouble];
  return (
    <ToggleButton
      className={look.filter(Boolean).join(' ')}
      isSelected={button.on}
      // What an admin took only an admin gives back.
      onChange={() => !button.locked && set(!button.on)}
      data-testid={testid}
      data-state={state}
    >
      <Icon size={32} strokeWidth={1.8} aria-hidden />
      <span>{button.locked ? locked : (trouble ?? words[off])}</span>
    </ToggleButton>
  );
}

/** Everything else that this seat may do. */
function More({ call, settings, onPanel, onShare, onConsent, board }: Props) {
  const { t } = useTranslation();
  const engine = useEngine();
  const [open, setOpen] = useState(false);
  const { gallery } = useTools();
  const spotlight = useSpotlight(call);
  const { tools } = call.me;
  const unread = call.unread_chat ?? 0;
  const unseen = useUnseenSnapshots();
  const news = [
    unread > 0 && t('chat.unread', { count: unread }),
    unseen > 0 && t('gallery.simpleUnseen', { count: unseen }),
  ].filter(Boolean);
  const then = (act: () => void) => () => {
    setOpen(false);
    act();
  };
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <Button
        className={styles.button ?? ''}
        aria-label={[t('simple.more'), ...news].join(', ')}
        data-testid="more"
      >
        <Ellipsis size={32} strokeWidth={1.8} aria-hidden />
        <span>{t('simple.more')}</span>
        {news.length > 0 && <span className={styles.badge}>{unread + unseen}</span>}
      </Button>
      <Popup className={styles.popover} placement="top" offset={14}>
        <Dialog className={styles.more ?? ''} aria-label={t('simple.more')}>
          {engine.seat && <ReactChoices call={call} onDone={() => setOpen(false)} />}
          <div className={styles.moreList}>
            {engine.tools && (tools.chat || tools.file_upload) && (
              <WordButton size="guest" onPress={then(() => onPanel('chat'))} data-testid="more-chat">
                {unread > 0 ? t('chat.simpleUnread', { count: unread }) : t('chat.simple')}
              </WordButton>
            )}
            {board.may && (
              <WordButton size="guest" onPress={then(board.toggle)} data-testid="more-board">
                {board.open ? t('board.close') : t('board.open')}
              </WordButton>
            )}
            {engine.tools && (tools.snapshot || gallery.length > 0) && (
              <WordButton size="guest" onPress={then(() => onPanel('gallery'))} data-testid="more-gallery">
                {unseen > 0 ? t('gallery.simpleUnseen', { count: unseen }) : t('gallery.simple')}
              </WordButton>
            )}
            <WordButton size="guest" onPress={then(() => onPanel('people'))} data-testid="more-show-people">
              {t('simple.people')}
            </WordButton>
          </div>
          <hr className={styles.seldom} />
          <div className={styles.moreList}>
            {spotlight.map(({ id, words, act }) => (
              <WordButton key={id} size="guest" onPress={then(act)} data-testid={`more-${id}`}>
                {words}
              </WordButton>
            ))}
            {engine.share && call.me.tools.screen_sharing && call.me.role !== 'audience' && (
              <WordButton
                size="guest"
                onPress={then(() => (call.share ? void engine.share?.stop() : onShare()))}
                data-testid="more-share"
              >
                {call.share ? t('simple.stopSharing') : t('simple.share')}
              </WordButton>
            )}
            {onConsent && (
              <WordButton size="guest" onPress={then(onConsent)} data-testid="more-consent">
                {t('consent.mine')}
              </WordButton>
            )}
            <WordButton
              size="guest"
              onPress={then(() => void engine.updateSettings(simplePatch(settings, false)))}
              data-testid="more-all"
            >
              {t('simple.allButtons')}
            </WordButton>
          </div>
        </Dialog>
      </Popup>
    </DialogTrigger>
  );
}
