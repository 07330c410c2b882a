import { CircleCheck, FolderOpen, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { useEngine } from '../../engine/context';
import type { SavingView } from '../../engine/view';
import { share, wrong } from './derive';
import styles from './Saving.module.css';

interface Props {
  /** What is saved: `WebM`, `MP4`, all of it. */
  name: string;
  saving: SavingView;
  onAgain: () => void;
  testid: string;
}

/** Something on its way into the folder of downloads: how far it is, where it lies, or why it did not come. */
export function Saving({ name, saving, onAgain, testid }: Props) {
  const { t } = useTranslation();
  const { past } = useEngine();
  const done = share(saving);
  return (
    <div className={styles.saving} data-testid={testid} data-state={saving.state}>
      {done !== undefined && (
        <>
          <p className={styles.words}>
            {t(saving.state === 'making' ? 'past.making' : 'past.fetching', {
              name,
              percent: Math.round(done * 100),
            })}
          </p>
          <div
            className={styles.bar}
            role="progressbar"
            aria-label={name}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(done * 100)}
          >
            <span style={{ width: `${done * 100}%` }} />
          </div>
        </>
      )}
      {saving.state === 'saved' && (
        <p className={styles.end} role="status">
          <CircleCheck size={18} strokeWidth={1.8} aria-hidden />
          <span className={styles.words}>{t('past.saved', { name, path: saving.path })}</span>
          <Button
            size="dense"
            icon={FolderOpen}
            aria-label={t('past.openName', { name })}
            onPress={() => void past?.act({ do: 'open_saved', path: saving.path })}
            data-testid={`${testid}-open`}
          >
            {t('file.open')}
          </Button>
        </p>
      )}
      {saving.state === 'failed' && (
        <p className={`${styles.end} ${styles.failed}`} role="alert">
          <TriangleAlert size={18} strokeWidth={1.8} aria-hidden />
          <span className={styles.words}>
            {t('past.notSaved', { name })} {t(`past.wrong_${wrong(saving.problem.code)}`)}
          </span>
          <Button size="dense" onPress={onAgain} data-testid={`${testid}-again`}>
            {t('problem.tryAgain')}
          </Button>
        </p>
      )}
    </div>
  );
}
