import { Circle, CircleDot, Lock, Timer, TriangleAlert } from 'lucide-react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Bars } from '../../components/Bars';
import { Logo } from '../../components/Logo';
import { Spinner } from '../../components/Spinner';
import type { CallView } from '../../engine/view';
import { clock, endsSoon, ownQuality, recordingSlot, timeLeft } from './derive';
import { LayoutMenu } from './LayoutMenu';
import type { LayoutChoice } from './layout';
import styles from './TopBar.module.css';
import { useLeft, useRecorded } from './times';

interface Props {
  call: CallView;
  simple: boolean;
  choice: LayoutChoice;
  pinned: string | undefined;
  onChoose: (choice: LayoutChoice) => void;
  onUnpin: () => void;
  /** A board has the main place. */
  board: boolean;
  /** The slot is pressed, to answer once more. */
  onConsent: (() => void) | undefined;
}

/** What this is, whether it is recorded, how long it goes on, how the line is, how it lies. */
export function TopBar({ call, simple, choice, pinned, onChoose, onUnpin, board, onConsent }: Props) {
  const { t } = useTranslation();
  const line = ownQuality(call);
  const title = call.is_test_call ? t('call.testTitle') : (call.title ?? t('call.title'));
  return (
    <header className={`${styles.bar} ${simple ? styles.simple : ''}`}>
      <div className={styles.left}>
        <Logo size={simple ? 28 : 24} />
        <h1 className={styles.title} title={title}>
          {simple && !call.is_test_call ? t('simple.title') : title}
        </h1>
        {!simple && call.invited_only && (
          <span className={styles.tag}>
            <Lock size={14} strokeWidth={1.8} aria-hidden />
            {t('call.invitedOnly')}
          </span>
        )}
      </div>
      <RecordingSlot call={call} simple={simple} onConsent={onConsent} />
      <div className={styles.right}>
        <TimeLeft call={call} simple={simple} />
        {!simple && line !== undefined && (
          <span className={styles.item} data-testid="my-quality">
            <Bars quality={line} />
            {t(`quality.q${line}`)}
          </span>
        )}
        {!simple && !call.is_test_call && (
          <LayoutMenu
            call={call}
            choice={choice}
            pinned={pinned}
            onChoose={onChoose}
            onUnpin={onUnpin}
            board={board}
          />
        )}
      </div>
    </header>
  );
}

/** It always says something, and is red in every state in which it runs. */
function RecordingSlot({ call, simple, onConsent }: Pick<Props, 'call' | 'simple' | 'onConsent'>) {
  const { t } = useTranslation();
  const slot = recordingSlot(call);
  const runs = slot.kind === 'on' || slot.kind === 'without' || slot.kind === 'asking';
  const elapsed = useRecorded(call);
  const look = runs ? styles.red : slot.kind === 'stopped' ? styles.warn : '';
  const style = `${styles.recording} ${look}`;
  const inside = (
    <>
      {(slot.kind === 'none' || slot.kind === 'not') && <Circle size={14} strokeWidth={1.8} aria-hidden />}
      {slot.kind === 'starting' && <Spinner size={15} />}
      {runs && <CircleDot size={17} strokeWidth={2.4} aria-hidden />}
      {slot.kind === 'stopped' && <TriangleAlert size={15} strokeWidth={1.8} aria-hidden />}
      <span className={styles.recordingWord}>
        {slot.kind === 'none' && t('recording.slotNone')}
        {slot.kind === 'not' && t('recording.slotNot')}
        {slot.kind === 'starting' && t('recording.slotStarting')}
        {slot.kind === 'asking' && (
          <>
            {t('recording.slotAsking', { time: clock(elapsed), agreed: slot.agreed, of: slot.of })}
            <span className="sr-only"> {t('recording.slotAgreed')}</span>
          </>
        )}
        {slot.kind === 'on' &&
          (simple && call.me.consent === 'yes'
            ? t('recording.slotWithYou')
            : t('recording.slotOn', { time: clock(elapsed) }))}
        {slot.kind === 'without' && t('recording.slotWithout')}
        {slot.kind === 'stopped' && t(`recording.stopped_${slot.reason}`)}
      </span>
    </>
  );
  const data = { 'data-testid': 'recording-slot', 'data-state': slot.kind };
  if (onConsent && (runs || slot.kind === 'starting')) {
    return (
      <Button className={style} onPress={onConsent} aria-describedby="consent-hint" {...data}>
        {inside}
        <span id="consent-hint" className="sr-only">
          {t('recording.slotHint')}
        </span>
      </Button>
    );
  }
  return (
    <div className={style} {...data}>
      {inside}
    </div>
  );
}

function TimeLeft({ call, simple }: { call: CallView; simple: boolean }) {
  const { t } = useTranslation();
  const seconds = useLeft(call);
  const left = timeLeft(seconds);
  if (simple && left.unit === 'none') return null;
  return (
    <span className={`${styles.item} ${endsSoon(seconds) ? styles.soon : ''}`} data-testid="time-left">
      <Timer size={17} strokeWidth={1.8} aria-hidden />
      {left.unit === 'none' && t('call.noLimit')}
      {left.unit === 'seconds' && t('call.secondsLeft', { count: left.count })}
      {left.unit === 'minutes' &&
        (simple
          ? t('simple.minutesLeft', { count: left.count })
          : t('call.minutesLeft', { count: left.count }))}
    </span>
  );
}
