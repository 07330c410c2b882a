import type { Settings } from '../../engine/view';
import { Switch } from './Devices';
import styles from './SettingsPanel.module.css';

/** What the app may say when nobody looks at it. */
export function Notifications({ settings }: { settings: Settings }) {
  return (
    <div className={styles.columns}>
      <section className={`${styles.card} ${styles.column} ${styles.switches}`}>
        <Switch settings={settings} name="notifications" />
        <Switch settings={settings} name="doorbell" />
        <Switch settings={settings} name="start_at_login" />
      </section>
    </div>
  );
}
