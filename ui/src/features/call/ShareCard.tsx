import { MonitorUp, MonitorX, Pause, Play } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { useEngine } from '../../engine/context';
import type { ShareView } from '../../engine/view';
import styles from './ShareCard.module.css';

/** What I show, and what the others do not see. */
export function ShareCard({ share }: { share: ShareView }) {
  const { t } = useTranslation();
  const { share: commands } = useEngine();
  const title = share.kind === 'window' ? t('share.youWindow') : t('share.youScreen');
  const text = share.kind === 'window' ? t('share.windowText') : t('share.screenText');
  return (
    <section
      className={`${styles.card} ${share.paused ? styles.paused : ''}`}
      aria-label={t('share.banner')}
      data-testid="share-card"
      data-paused={share.paused}
    >
      <h2 className={styles.title}>
        <MonitorUp size={18} strokeWidth={1.8} aria-hidden />
        {share.paused ? t('share.paused') : title}
      </h2>
      <p className={styles.text}>{share.paused ? t('share.pausedText') : text}</p>
      <div className={styles.ways}>
        <Button
          size="dense"
          icon={share.paused ? Play : Pause}
          onPress={() => void commands?.pause(!share.paused)}
          data-testid="pause-share"
        >
          {share.paused ? t('share.resume') : t('share.pause')}
        </Button>
        <Button size="dense" icon={MonitorX} onPress={() => void commands?.stop()} data-testid="stop-share">
          {t('share.stop')}
        </Button>
      </div>
    </section>
  );
}
