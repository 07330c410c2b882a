import { RotateCcw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { GuestHeader } from '../../components/GuestHeader';
import { useEngine } from '../../engine/context';
import type { Problem, Settings } from '../../engine/view';
import { AskForLink } from '../problem/AskForLink';
import { wayOn } from '../problem/derive';
import { ProblemIcon } from '../problem/ProblemIcon';
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
  const code = problem?.code ?? 'link_unknown';
  const again = wayOn(code, true) === 'try_again';
  return (
    <div className={styles.screen} data-testid="screen-refused">
      <GuestHeader title={t('app.name')} settings={settings} />
      <main className={styles.main}>
        <section className={styles.card} role="alert" data-testid="problem" data-code={code}>
          <div className={styles.who}>
            <span className={styles.sign}>
              <ProblemIcon code={code} size={32} />
            </span>
            <div className={styles.words}>
              <h1 className={styles.title}>{t(`problem.${code}`)}</h1>
              <p className={styles.room}>{t(`problem.${code}Text`)}</p>
              {code === 'server_unreachable' && <RetryWords retry={retry} />}
            </div>
          </div>
          <div className={styles.acts}>
            {code === 'server_unreachable' && <TryNow retry={retry} size="guest" />}
            {/* There is no field for another link here. */}
            {!again && <AskForLink code={code} name={settings.display_name} size="guest" />}
            {again && code !== 'server_unreachable' && (
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
            <span className={styles.code}>{t('problem.support', { code })}</span>
          </div>
        </section>
      </main>
    </div>
  );
}
