import { RotateCcw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { GuestHeader } from '../../components/GuestHeader';
import { useEngine } from '../../engine/context';
import type { Problem, Settings } from '../../engine/view';
import { AskForLink } from '../problem/AskForLink';
import { wayOn } from '../problem/derive';
import { ProblemCard } from '../problem/ProblemCard';
import { RetryWords, TryNow } from '../problem/Retrying';
import type { Retry } from '../problem/useRetry';
import styles from './Invite.module.css';

interface Props {
  problem: Problem | null;
  settings: Settings;
  retry: Retry;
}

/** A link that lets nobody in: why, in plain words, and what to do. Nothing of the room is told. */
export function Refused({ problem, settings, retry }: Props) {
  const { t } = useTranslation();
  const engine = useEngine();
  const shown: Problem = problem ?? { code: 'link_unknown', message: '' };
  const { code } = shown;
  const again = wayOn(code, true) === 'try_again';
  const retries = code === 'server_unreachable';
  return (
    <div className={styles.screen} data-testid="screen-refused">
      <GuestHeader title={t('app.name')} settings={settings} />
      <main className={styles.main}>
        <div className={styles.refused}>
          <ProblemCard problem={shown} more={retries && <RetryWords retry={retry} />}>
            {retries && <TryNow retry={retry} size="guest" />}
            {again && !retries && (
              <Button
                kind="primary"
                size="guest"
                icon={RotateCcw}
                onPress={() => void engine.openLink('')}
                data-testid="try-again"
              >
                {t('problem.tryAgain')}
              </Button>
            )}
            {/* There is no field for another link here. */}
            {!again && <AskForLink code={code} name={settings.display_name} size="guest" />}
          </ProblemCard>
        </div>
      </main>
    </div>
  );
}
