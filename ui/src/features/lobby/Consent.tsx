import { Check, CircleDot, X } from 'lucide-react';
import { ToggleButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useEngine } from '../../engine/context';
import type { ConsentAnswer } from '../../engine/view';
import { CONSENT_TEXT } from '../call/ConsentDialog';
import styles from './Consent.module.css';

/** Where a room records from its start it is asked before. Both answers weigh the same; none of them bars the way in. */
export function Consent({ answer }: { answer: ConsentAnswer }) {
  const { t } = useTranslation();
  const { seat } = useEngine();
  if (!seat) return null;
  const way = (agreed: boolean) => (
    <ToggleButton
      className={styles.way ?? ''}
      isSelected={answer === (agreed ? 'yes' : 'no')}
      onChange={() => void seat.answerConsent(agreed, CONSENT_TEXT)}
      data-testid={agreed ? 'consent-yes' : 'consent-no'}
    >
      {agreed ? (
        <Check size={20} strokeWidth={1.8} aria-hidden />
      ) : (
        <X size={20} strokeWidth={1.8} aria-hidden />
      )}
      {agreed ? t('consent.answerYes') : t('consent.answerNo')}
    </ToggleButton>
  );
  return (
    <section className={styles.consent} aria-labelledby="lobby-consent" data-testid="lobby-consent">
      <h2 id="lobby-consent" className={styles.title}>
        <CircleDot size={22} strokeWidth={1.8} aria-hidden />
        {t('consent.title')}
      </h2>
      <p className={styles.text}>
        {answer === 'yes' && t('consent.saidYesMore')}
        {answer === 'no' && t('consent.saidNoMore')}
        {(answer === 'asked' || answer === 'not_asked') && t('consent.lead')}
      </p>
      <div className={styles.ways}>
        {way(false)}
        {way(true)}
      </div>
    </section>
  );
}
