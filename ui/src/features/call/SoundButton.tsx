import { Volume2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { useEngine } from '../../engine/context';
import styles from './SoundButton.module.css';

/**
 * A browser may keep a page silent until something on it is pressed: then there is one thing to press. It lies over the stage
 * alone; messages and the way out are not behind it.
 */
export function SoundButton() {
  const { t } = useTranslation();
  const { browser } = useEngine();
  if (!browser) return null;
  return (
    <div className={styles.sound} role="alert" data-testid="sound-refused">
      <p>{t('hear.refused')}</p>
      <Button
        kind="primary"
        size="large"
        icon={Volume2}
        onPress={() => void browser.playSound()}
        data-testid="play-others"
      >
        {t('hear.play')}
      </Button>
    </div>
  );
}
