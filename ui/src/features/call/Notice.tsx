import { Info, MicOff, TriangleAlert, UserMinus, UserPlus, X } from 'lucide-react';
import { Button as AriaButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { useEngine } from '../../engine/context';
import type { NoticeView } from '../../ipc/bindings';
import { noticeLook } from './derive';
import styles from './Notice.module.css';

/** One message above the control bar. */
export function Notice({ notice }: { notice: NoticeView }) {
  const { t } = useTranslation();
  const engine = useEngine();
  const { code } = notice;
  const { tone, action } = noticeLook(code);
  const Icon =
    code === 'talking_while_muted'
      ? MicOff
      : code === 'person_joined'
        ? UserPlus
        : code === 'person_left'
          ? UserMinus
          : tone === 'warn'
            ? TriangleAlert
            : Info;
  return (
    <div className={`${styles.notice} ${styles[tone]}`} role="status" data-testid="notice" data-code={code}>
      <Icon size={20} strokeWidth={1.8} aria-hidden />
      <p className={styles.words}>{t(`notice.${code}`, { name: notice.name ?? t('notice.somebody') })}</p>
      {action === 'unmute' ? (
        <Button
          size="dense"
          className={styles.action}
          onPress={() => {
            void engine.setMicrophone(true);
            void engine.dismissNotice();
          }}
        >
          {t('call.unmute')}
        </Button>
      ) : (
        <AriaButton
          className={styles.close ?? ''}
          aria-label={t('call.dismiss')}
          onPress={() => void engine.dismissNotice()}
        >
          <X size={18} strokeWidth={1.8} aria-hidden />
        </AriaButton>
      )}
    </div>
  );
}
