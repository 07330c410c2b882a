import { Check, Copy, Mail, MessageSquareText } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { useCopy } from '../../components/useCopy';
import { useEngine } from '../../engine/context';
import type { ErrorCode } from '../../engine/view';
import styles from './AskForLink.module.css';

interface Props {
  code: ErrorCode;
  /** Who asks; may be empty. */
  name: string;
  size?: 'host' | 'guest';
}

/**
 * A message to whoever invited: they are not known here, so it is written, and sent by whatever people use. The link is not
 * in it: a room that is switched off may be switched on again.
 */
export function AskForLink({ code, name, size = 'host' }: Props) {
  const { t } = useTranslation();
  const { windows } = useEngine();
  const { copied, copy } = useCopy();
  const [open, setOpen] = useState(false);
  const message = t('problem.askMessage', { reason: t(`problem.${code}`) });
  const text = name.trim() ? `${message}\n${name.trim()}` : message;
  return (
    <>
      <Button
        kind="primary"
        size={size}
        icon={MessageSquareText}
        aria-expanded={open}
        onPress={() => setOpen(!open)}
        data-testid="ask-for-link"
      >
        {t('problem.ask')}
      </Button>
      {open && (
        <div className={styles.message} data-testid="ask-message">
          <p className={styles.help}>{t('problem.askHelp')}</p>
          <p className={styles.text}>{text}</p>
          <div className={styles.ways}>
            <Button
              size={size}
              icon={copied === text ? Check : Copy}
              onPress={() => copy(text)}
              data-testid="copy-ask-message"
            >
              {copied === text ? t('links.copied') : t('links.copyText')}
            </Button>
            {windows && (
              <Button
                size={size}
                icon={Mail}
                onPress={() => void windows.mail(t('problem.askSubject'), text)}
                data-testid="mail-ask-message"
              >
                {t('links.mail')}
              </Button>
            )}
          </div>
        </div>
      )}
    </>
  );
}
