import { HardDrive, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Spinner } from '../../components/Spinner';
import type { BuiltInServerView } from '../../engine/view';
import styles from './ServerCard.module.css';

/** Whether the server inside the app runs. */
export function ServerCard({ server }: { server: BuiltInServerView }) {
  const { t } = useTranslation();
  const words = {
    starting: ['home.serverStarting', 'home.serverStartingMore'],
    running: ['home.serverRunning', 'home.serverRunningMore'],
    failed: ['home.serverFailed', 'home.serverFailedMore'],
  } as const;
  const [title, more] = words[server.state];
  return (
    <div className={styles.card} data-state={server.state} data-testid="built-in-server">
      {server.state === 'starting' && <Spinner size={20} />}
      {server.state === 'running' && <HardDrive size={20} strokeWidth={1.8} aria-hidden />}
      {server.state === 'failed' && <TriangleAlert size={20} strokeWidth={1.8} aria-hidden />}
      <div>
        <p className={styles.title}>{t(title)}</p>
        <p className={styles.more}>{t(more)}</p>
      </div>
    </div>
  );
}
