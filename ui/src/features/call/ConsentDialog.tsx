import { Ban, Check, CircleDot, RotateCcw, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Dialog, Heading } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { Sheet } from '../../components/Sheet';
import { useEngine } from '../../engine/context';
import styles from './ConsentDialog.module.css';

/** Names this wording to the server, which keeps it with the answer. It changes with the words of the question. */
export const CONSENT_TEXT = 'recording-1';

interface Props {
  onClose: () => void;
}

/** May it be recorded? No and Yes weigh the same; closing is no answer. */
export function ConsentDialog({ onClose }: Props) {
  const { t } = useTranslation();
  const { seat } = useEngine();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const answer = (agreed: boolean) => {
    void seat?.answerConsent(agreed, CONSENT_TEXT);
    onClose();
  };
  return (
    <Sheet className={styles.modal} onClose={onClose}>
      <Dialog className={styles.dialog ?? ''} data-testid="consent">
        <div className={styles.said}>
          <div className={styles.head}>
            <span className={styles.sign}>
              <CircleDot size={30} strokeWidth={1.8} aria-hidden />
            </span>
            <div>
              <Heading slot="title" ref={heading} tabIndex={-1} className={styles.title ?? ''}>
                {t('consent.title')}
              </Heading>
              <p className={styles.lead}>{t('consent.lead')}</p>
            </div>
          </div>
          <ul className={styles.points}>
            <li>
              <Ban size={22} strokeWidth={1.8} aria-hidden />
              {t('consent.no')}
            </li>
            <li>
              <RotateCcw size={22} strokeWidth={1.8} aria-hidden />
              {t('consent.change')}
            </li>
          </ul>
        </div>
        <div className={styles.ways}>
          <Button
            size="guest"
            className={styles.way}
            icon={X}
            onPress={() => answer(false)}
            data-testid="consent-no"
          >
            {t('consent.answerNo')}
          </Button>
          <Button
            size="guest"
            className={styles.way}
            icon={Check}
            onPress={() => answer(true)}
            data-testid="consent-yes"
          >
            {t('consent.answerYes')}
          </Button>
        </div>
      </Dialog>
    </Sheet>
  );
}
