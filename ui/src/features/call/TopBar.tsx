import { Circle, Timer } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Bars } from '../../components/Bars';
import { Logo } from '../../components/Logo';
import type { CallView } from '../../ipc/bindings';
import { endsSoon, ownQuality, timeLeft } from './derive';
import styles from './TopBar.module.css';

/** What this is, whether it is recorded, how long it goes on, how the line is. */
export function TopBar({ call, simple }: { call: CallView; simple: boolean }) {
  const { t } = useTranslation();
  const line = ownQuality(call);
  const title = call.is_test_call ? t('call.testTitle') : (call.title ?? t('call.title'));
  return (
    <header className={`${styles.bar} ${simple ? styles.simple : ''}`}>
      <div className={styles.left}>
        <Logo size={simple ? 28 : 24} />
        <h1 className={styles.title}>{simple && !call.is_test_call ? t('simple.title') : title}</h1>
      </div>
      <div className={styles.recording} data-testid="recording-slot">
        {call.recording === 'none' ? (
          t('recording.slotNone')
        ) : (
          <>
            <Circle size={14} strokeWidth={1.8} aria-hidden />
            {t('recording.slotNot')}
          </>
        )}
      </div>
      <div className={styles.right}>
        <TimeLeft seconds={call.seconds_left} simple={simple} />
        {!simple && line !== undefined && (
          <span className={styles.item} data-testid="my-quality">
            <Bars quality={line} />
            {t(`quality.q${line}`)}
          </span>
        )}
      </div>
    </header>
  );
}

function TimeLeft({ seconds, simple }: { seconds: number | null; simple: boolean }) {
  const { t } = useTranslation();
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
