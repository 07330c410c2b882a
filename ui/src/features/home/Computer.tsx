import { CircleCheck, Mic, TriangleAlert, Video, Volume2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import rowStyles from '../../components/Row.module.css';
import type { AppView } from '../../engine/view';
import styles from './Computer.module.css';
import { type DeviceKind, deviceRows } from './derive';

const icons = { camera: Video, microphone: Mic, speaker: Volume2 } satisfies Record<DeviceKind, unknown>;
const missing = {
  camera: 'home.noCamera',
  microphone: 'home.noMicrophone',
  speaker: 'home.noSpeaker',
} as const;

/** The devices that a visit will use. */
export function Computer({ view, onChange }: { view: AppView; onChange: () => void }) {
  const { t } = useTranslation();
  return (
    <section className={styles.card}>
      <h2 className={styles.title}>{t('home.thisComputer')}</h2>
      <ul>
        {deviceRows(view.settings, view.devices).map(({ kind, label, others }) => {
          const Icon = icons[kind];
          return (
            <li key={kind} className={styles.row}>
              <span className={rowStyles.sign}>
                <Icon size={20} strokeWidth={1.8} aria-hidden />
              </span>
              <div className={`${rowStyles.words} ${styles.words}`}>
                <p className={styles.kind}>{t(`home.${kind}`)}</p>
                <p className={`${rowStyles.more} ${styles.label}`}>
                  {label ?? t(missing[kind])}
                  {others > 0 && (
                    <span className={styles.others}> · {t('home.others', { count: others })}</span>
                  )}
                </p>
              </div>
              <span className={label ? styles.good : styles.bad}>
                {label ? (
                  <CircleCheck size={16} strokeWidth={1.8} aria-hidden />
                ) : (
                  <TriangleAlert size={16} strokeWidth={1.8} aria-hidden />
                )}
                {label ? t('home.found') : t('home.notFound')}
              </span>
              <Button
                size="dense"
                onPress={onChange}
                aria-label={`${t('home.change')}: ${t(`home.${kind}`)}`}
              >
                {t('home.change')}
              </Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
