import { SwitchCamera } from 'lucide-react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useAppView, useEngine } from '../engine/context';
import styles from './FlipButton.module.css';

/** To the camera on the other side of a phone; nothing where there is no other side. */
export function FlipButton() {
  const { t } = useTranslation();
  const flip = useEngine().browser?.flipCamera;
  const view = useAppView();
  if (!flip || (view?.devices.cameras.length ?? 0) < 2) return null;
  return (
    // What it lies on may be dragged.
    <span className={styles.place} onPointerDown={(event) => event.stopPropagation()}>
      <Button
        className={styles.flip ?? ''}
        aria-label={t('flip')}
        onPress={() => void flip()}
        data-testid="flip-camera"
      >
        <SwitchCamera size={22} strokeWidth={1.8} aria-hidden />
      </Button>
    </span>
  );
}
