import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../engine/view';
import styles from './ProblemCard.module.css';
import { ProblemIcon } from './ProblemIcon';

interface Props {
  problem: Problem;
  /** What more there is to say of it. */
  more?: ReactNode;
  /** The ways on, as buttons. */
  children: ReactNode;
  /** Nothing where it stays as long as the page does. */
  onClose?: (() => void) | undefined;
}

/** What went wrong in plain words, what to do, and last and small the code. */
export function ProblemCard({ problem, more, children, onClose }: Props) {
  const { t } = useTranslation();
  const { code } = problem;
  return (
    <section
      className={styles.card}
      data-closable={onClose !== undefined}
      data-testid="problem"
      data-code={code}
      role="alert"
    >
      <span className={styles.sign}>
        <ProblemIcon code={code} size={32} />
      </span>
      <div className={styles.words}>
        <h1 className={styles.title}>{t(`problem.${code}`)}</h1>
        <p className={styles.text}>{t(`problem.${code}Text`)}</p>
        {more}
        <div className={styles.ways}>
          {children}
          <span className={styles.code}>{t('problem.support', { code })}</span>
        </div>
      </div>
      {onClose && (
        <AriaButton className={styles.close ?? ''} aria-label={t('problem.close')} onPress={onClose}>
          <X size={18} strokeWidth={1.8} aria-hidden />
        </AriaButton>
      )}
    </section>
  );
}
