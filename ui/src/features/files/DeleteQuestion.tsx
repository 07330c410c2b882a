import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import styles from './DeleteQuestion.module.css';

interface Props {
  /** What is asked. */
  words: string;
  onYes: () => void;
  onNot: () => void;
}

/** Asked before something is gone for everybody; the keyboard is on the way back. */
export function DeleteQuestion({ words, onYes, onNot }: Props) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  // All of it, also at the lower edge of a list. Without layout there is nothing to scroll.
  useEffect(() => box.current?.scrollIntoView?.({ block: 'nearest' }), []);
  return (
    <div ref={box} className={styles.sure} role="alert" data-testid="delete-sure">
      <p>{words}</p>
      <div className={styles.ways}>
        <Button size="dense" onPress={onNot} autoFocus data-testid="delete-not">
          {t('file.deleteNot')}
        </Button>
        <Button size="dense" kind="end" onPress={onYes} data-testid="delete-yes">
          {t('file.deleteYes')}
        </Button>
      </div>
    </div>
  );
}
