import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { Spinner } from '../../components/Spinner';
import { useEngine } from '../../engine/context';
import styles from './Opening.module.css';

/** A link is being looked up, or a test call prepared. */
export function Opening({ host }: { host: string }) {
  const { t } = useTranslation();
  const engine = useEngine();
  return (
    <main className={styles.opening} data-testid="screen-opening">
      <div className={styles.words} role="status">
        <span className={styles.spinner}>
          <Spinner size={40} />
        </span>
        <h1 className={styles.title}>{host ? t('opening.title') : t('opening.testTitle')}</h1>
        <p className={styles.text}>{host ? t('opening.asking', { host }) : t('opening.testText')}</p>
      </div>
      <Button size="guest" data-testid="go-home" onPress={() => void engine.goHome()}>
        {t('opening.cancel')}
      </Button>
    </main>
  );
}
