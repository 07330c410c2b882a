import { CircleCheck, TriangleAlert, WifiOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { told } from './api';
import styles from './Console.module.css';
import { useConsole } from './context';
import { wrong } from './derive';
import { useLive } from './live';

/** From here on the disk needs somebody. */
const FULL_PERCENT = 90;
/** From here on calls may suffer. */
const BUSY_PERCENT = 90;

/** How the server is. */
export function StatusBox() {
  const { t } = useTranslation();
  const { api } = useConsole();
  const { data, problem } = useLive(() => told(api.GET('/v2/status')), 'status');
  const line = problem && wrong(problem.code) === 'line';
  const full = (data?.disk_percent ?? 0) >= FULL_PERCENT;
  const busy = (data?.cpu_percent ?? 0) >= BUSY_PERCENT;
  const state = problem
    ? line
      ? 'offline'
      : 'unknown'
    : !data
      ? 'asking'
      : full
        ? 'full'
        : busy
          ? 'busy'
          : 'good';
  const Icon = line ? WifiOff : state === 'good' ? CircleCheck : TriangleAlert;
  const figures = [
    data?.cpu_percent != null && t('console.cpu', { percent: Math.round(data.cpu_percent) }),
    data?.disk_percent != null && t('console.disk', { percent: Math.round(data.disk_percent) }),
  ].filter(Boolean);
  return (
    <section
      className={`${styles.status} ${state === 'good' || state === 'asking' ? '' : styles.warn}`}
      aria-label={t('console.server')}
      data-testid="console-status"
      data-state={state}
    >
      <p className={styles.statusTitle} role="status">
        {state !== 'asking' && <Icon size={16} strokeWidth={1.8} aria-hidden />}
        {t(`console.status_server_${state}`)}
      </p>
      {data && !problem && (
        <>
          <p>
            {t('past.people', { count: data.people })} · {t('console.liveRooms', { count: data.live_rooms })}
          </p>
          {figures.length > 0 && <p>{figures.join(' · ')}</p>}
          <p>{t('console.version', { version: data.version })}</p>
        </>
      )}
    </section>
  );
}
