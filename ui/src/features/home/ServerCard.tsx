import { HardDrive, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Spinner } from '../../components/Spinner';
import { Toggle } from '../../components/Toggle';
import { useEngine } from '../../engine/context';
import type { BuiltInServerView, NetworkSwitchView } from '../../engine/view';
import styles from './ServerCard.module.css';

interface Props {
  server: BuiltInServerView;
  /** Whether people on this network may join. */
  network?: NetworkSwitchView | undefined;
}

/** Whether the server inside the app runs, and how far its links reach. */
export function ServerCard({ server, network }: Props) {
  const { account } = useEngine();
  const { t } = useTranslation();
  const words = {
    starting: ['home.serverStarting', 'home.serverStartingMore'],
    running: ['home.serverRunning', 'home.serverRunningMore'],
    failed: ['home.serverFailed', 'home.serverFailedMore'],
  } as const;
  const [title, more] = words[server.state];
  return (
    <div className={styles.card} data-state={server.state} data-testid="built-in-server">
      <div className={styles.line}>
        {server.state === 'starting' && <Spinner size={20} />}
        {server.state === 'running' && <HardDrive size={20} strokeWidth={1.8} aria-hidden />}
        {server.state === 'failed' && <TriangleAlert size={20} strokeWidth={1.8} aria-hidden />}
        <div>
          <p className={styles.title}>{t(title)}</p>
          <p className={styles.more}>{t(more)}</p>
        </div>
      </div>
      {network && account && server.state === 'running' && (
        <div className={styles.network}>
          <Toggle
            label={t('home.network')}
            help={
              network.problem
                ? t('home.networkProblem')
                : network.on && network.url
                  ? t('home.networkOn', { url: network.url.replace(/^https?:\/\/|\/$/g, '') })
                  : t('home.networkOff')
            }
            on={network.on}
            onChange={(on) => void account.allowNetwork(on)}
            data-testid="allow-network"
          />
        </div>
      )}
    </div>
  );
}
