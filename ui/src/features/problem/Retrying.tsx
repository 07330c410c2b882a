import { RotateCcw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { useSeconds } from '../../components/useSeconds';
import styles from './Retrying.module.css';
import type { Retry } from './useRetry';

/** When it is tried again. Read aloud once, without the seconds. */
export function RetryWords({ retry }: { retry: Retry }) {
  const { t } = useTranslation();
  if (retry.held === null && retry.wait === undefined) return null;
  return (
    <p className={styles.words} data-testid="retry">
      <span className="sr-only">{t('problem.byOurselves')}</span>
      <span aria-hidden>
        {retry.held ? t('problem.trying') : <CountDown key={retry.turn} retry={retry} />}
      </span>
    </p>
  );
}

function CountDown({ retry: { wait = 0, now } }: { retry: Retry }) {
  const { t } = useTranslation();
  const [since] = useState(() => performance.now());
  const left = useSeconds(wait, true, -1, since);
  const seen = useSeen();
  const due = left === 0 && seen;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when its time has come
  useEffect(() => {
    if (due) now();
  }, [due]);
  // The time stands out; where it stands in the sentence is the language's affair.
  const [before, after] = t('problem.nextIn', { time: '\u0000' }).split('\u0000');
  return (
    <>
      {before}
      <b>{t('problem.seconds', { count: left })}</b>
      {after}
    </>
  );
}

/** The button of it. */
export function TryNow({ retry, size = 'host' }: { retry: Retry; size?: 'host' | 'guest' }) {
  const { t } = useTranslation();
  return (
    <Button kind="primary" size={size} icon={RotateCcw} onPress={retry.now} data-testid="try-again">
      {retry.held || retry.wait !== undefined ? t('problem.tryNow') : t('problem.tryAgain')}
    </Button>
  );
}

/** Whether the window is before somebody's eyes: behind them no camera is opened. */
function useSeen(): boolean {
  const [seen, setSeen] = useState(!document.hidden);
  useEffect(() => {
    const change = () => setSeen(!document.hidden);
    document.addEventListener('visibilitychange', change);
    return () => document.removeEventListener('visibilitychange', change);
  }, []);
  return seen;
}
