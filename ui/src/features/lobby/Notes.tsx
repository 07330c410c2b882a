import { CircleDot, CircleSlash, Wifi, WifiOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Spinner } from '../../components/Spinner';
import type { LobbyView } from '../../engine/view';
import styles from './Notes.module.css';

/** The network in a patient's words, and whether the visit is recorded. */
export function Notes({ lobby }: { lobby: LobbyView }) {
  const { t } = useTranslation();
  const { network, preview } = lobby;
  const weak = network === 'weak' || network === 'unreachable';
  const recorded = preview.recording !== 'none';
  const asked = lobby.consent !== undefined && preview.asks_consent;
  return (
    <div className={`${styles.notes} ${asked ? styles.alone : ''}`}>
      <div
        className={`${styles.note} ${weak ? styles.warn : network === 'good' ? styles.good : ''}`}
        data-network={network}
      >
        {network === 'checking' && <Spinner size={24} />}
        {network === 'unreachable' && <WifiOff size={24} strokeWidth={1.8} aria-hidden />}
        {(network === 'good' || network === 'weak') && <Wifi size={24} strokeWidth={1.8} aria-hidden />}
        <div>
          <p className={styles.title}>{t(`network.${network}`)}</p>
          <p className={styles.text}>{t(`network.${network}Text`)}</p>
        </div>
      </div>
      {/* Where it is asked, the question says it. */}
      {!asked && (
        <div className={styles.note} data-recording={preview.recording}>
          {recorded ? (
            <CircleDot className={styles.red} size={24} strokeWidth={1.8} aria-hidden />
          ) : (
            <CircleSlash size={24} strokeWidth={1.8} aria-hidden />
          )}
          <div>
            <p className={styles.title}>{t(`recording.${preview.recording}`)}</p>
            <p className={styles.text}>{t(`recording.${preview.recording}Text`)}</p>
          </div>
        </div>
      )}
    </div>
  );
}
