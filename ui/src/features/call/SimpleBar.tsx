import { Mic, MicOff, TriangleAlert, Video, VideoOff } from 'lucide-react';
import { ToggleButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useEngine } from '../../engine/context';
import type { CallView } from '../../ipc/bindings';
import { deviceButton, headcount } from './derive';
import { LeaveButton } from './LeaveButton';
import styles from './SimpleBar.module.css';

/** Large buttons with whole sentences, for whoever should not be distracted. */
export function SimpleBar({ call }: { call: CallView }) {
  const { t } = useTranslation();
  const engine = useEngine();
  const microphone = deviceButton(call.me.microphone);
  const camera = deviceButton(call.me.camera);
  const MicIcon = microphone.trouble ? TriangleAlert : microphone.on ? Mic : MicOff;
  const CamIcon = camera.trouble ? TriangleAlert : camera.on ? Video : VideoOff;
  const count = headcount(call);
  return (
    <footer className={styles.bar}>
      <span className="sr-only" data-testid="people-count" data-count={count}>
        {t('call.inTheRoom', { count })}
      </span>
      {!microphone.absent && (
        <ToggleButton
          className={`${styles.button} ${microphone.on ? '' : styles.off} ${microphone.trouble ? styles.trouble : ''}`}
          isSelected={microphone.on}
          onChange={() => void engine.setMicrophone(!microphone.on)}
          data-testid="toggle-microphone"
          data-state={call.me.microphone.state}
        >
          <MicIcon size={32} strokeWidth={1.8} aria-hidden />
          <span>
            {microphone.trouble
              ? t('simple.noMicrophone')
              : microphone.on
                ? t('simple.mute')
                : t('simple.unmute')}
          </span>
        </ToggleButton>
      )}
      {!camera.absent && (
        <ToggleButton
          className={`${styles.button} ${camera.on ? '' : styles.off} ${camera.trouble ? styles.trouble : ''}`}
          isSelected={camera.on}
          onChange={() => void engine.setCamera(!camera.on)}
          data-testid="toggle-camera"
          data-state={call.me.camera.state}
        >
          <CamIcon size={32} strokeWidth={1.8} aria-hidden />
          <span>
            {camera.trouble ? t('simple.noCamera') : camera.on ? t('simple.cameraOff') : t('simple.cameraOn')}
          </span>
        </ToggleButton>
      )}
      <div className={styles.slot}>
        <LeaveButton call={call} simple />
      </div>
    </footer>
  );
}
