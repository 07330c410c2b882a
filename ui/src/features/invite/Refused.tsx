import { RotateCcw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { GuestHeader } from '../../components/GuestHeader';
import { useEngine } from '../../engine/context';
import type { Problem, Settings } from '../../engine/view';
import { wayOn } from '../problem/derive';
import { ProblemCard } from '../problem/ProblemCard';
import styles from './Invite.module.css';

interface Props {
  problem: Problem | null;
  settings: Settings;
}

/** A link that lets nobody in: why, in plain words, and what to do. Nothing of the room is told. */
export function Refused({ problem, settings }: Props) {
  const { t } = useTranslation();
  const engine = useEngine();
  const shown: Problem = problem ?? { code: 'link_unknown', message: '' };
  return (
    <div className={styles.screen} data-testid="screen-refused">
      <GuestHeader title={t('app.name')} settings={settings} />
      <main className={styles.main}>
        <div className={styles.refused}>
          <ProblemCard problem={shown}>
            {wayOn(shown.code, true) === 'try_again' && (
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
          </ProblemCard>
        </div>
      </main>
    </div>
  );
}
