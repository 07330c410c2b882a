import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { useEngine } from '../../engine/context';
import type { CallView } from '../../engine/view';
import styles from './EndQuestion.module.css';

interface Props {
  call: CallView;
  /** It goes on. */
  onNot: () => void;
}

/** Asked before a call ends for all who are in; the keyboard is on the way back. */
export function EndQuestion({ call, onNot }: Props) {
  const { t } = useTranslation();
  const engine = useEngine();
  return (
    <div data-testid="end-question">
      <p className={styles.words}>{t('call.endSure', { count: call.people.length })}</p>
      <div className={styles.ways}>
        {/* On the left: where it was asked for, a second click must not end it. */}
        <Button kind="leave" onPress={() => void engine.endForEveryone()} data-testid="end-sure">
          {t('call.endForEveryone')}
        </Button>
        <Button onPress={onNot} autoFocus data-testid="end-not">
          {t('call.endNot')}
        </Button>
      </div>
    </div>
  );
}
