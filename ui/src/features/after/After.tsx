import { RotateCcw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { GuestHeader } from '../../components/GuestHeader';
import { useEngine } from '../../engine/context';
import type { AfterView, Settings } from '../../engine/view';
import styles from './After.module.css';
import { saysTime, spell } from './derive';

interface Props {
  after: AfterView;
  settings: Settings;
}

/** Why it is over, and the way on. */
export function After({ after, settings }: Props) {
  const { t } = useTranslation();
  const engine = useEngine();
  const { unit, count } = spell(after.seconds);
  const test = after.is_test_call && after.reason === 'left';
  const again = after.can_rejoin || after.is_test_call;
  return (
    <div className={styles.screen} data-testid="screen-after">
      <GuestHeader title={t('app.name')} settings={settings} />
      <main className={styles.main} data-testid="after-call" data-reason={after.reason}>
        <h1 className={styles.title}>{test ? t('after.test') : t(`after.${after.reason}`)}</h1>
        <div className={styles.text}>
          {saysTime(after) && !test && (
            <p>{unit === 'minutes' ? t('after.spoke', { count }) : t('after.spokeSeconds', { count })}</p>
          )}
          <p>{test ? t('after.testText') : t(`after.${after.reason}Text`)}</p>
          {test && <p>{t('after.testHelp')}</p>}
        </div>
        <div className={styles.ways}>
          {again && (
            <Button
              kind="primary"
              size="guest"
              icon={<RotateCcw size={22} strokeWidth={1.8} aria-hidden />}
              onPress={() => void engine.rejoin()}
              data-testid="rejoin"
            >
              {after.is_test_call ? t('after.testAgain') : t('after.rejoin')}
            </Button>
          )}
          <Button
            kind={again ? 'second' : 'primary'}
            size="guest"
            onPress={() => void engine.goHome()}
            data-testid="go-home"
          >
            {t('after.home')}
          </Button>
        </div>
      </main>
    </div>
  );
}
