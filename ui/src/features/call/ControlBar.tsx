import { Users } from 'lucide-react';
import { Toolbar } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useEngine } from '../../engine/context';
import type { CallView, DevicesView, Settings } from '../../ipc/bindings';
import styles from './ControlBar.module.css';
import { DeviceSlot } from './DeviceSlot';
import { headcount } from './derive';
import { LeaveButton } from './LeaveButton';

interface Props {
  call: CallView;
  settings: Settings;
  devices: DevicesView;
}

/** People on the left, what one can switch in the middle, the way out on the right; none of them ever moves. */
export function ControlBar({ call, settings, devices }: Props) {
  const { t } = useTranslation();
  const engine = useEngine();
  const count = headcount(call);
  return (
    <footer className={styles.bar}>
      <p className={styles.people} data-testid="people-count" data-count={count}>
        <Users size={19} strokeWidth={1.8} aria-hidden />
        <b>{count}</b> <span className={styles.peopleWord}>{t('call.inTheRoomWord', { count })}</span>
      </p>
      <Toolbar className={styles.slots ?? ''} aria-label={t('call.controls')}>
        <DeviceSlot
          kind="microphone"
          device={call.me.microphone}
          set={(on) => void engine.setMicrophone(on)}
          menus={[
            { kind: 'microphone', devices: devices.microphones, chosen: settings.microphone },
            { kind: 'speaker', devices: devices.speakers, chosen: settings.speaker },
          ]}
        />
        <DeviceSlot
          kind="camera"
          device={call.me.camera}
          set={(on) => void engine.setCamera(on)}
          menus={[{ kind: 'camera', devices: devices.cameras, chosen: settings.camera }]}
        />
      </Toolbar>
      <div className={styles.leave}>
        <LeaveButton call={call} />
      </div>
    </footer>
  );
}
