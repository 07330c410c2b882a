import { Paperclip } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLeftTools } from '../../engine/tools';
import type { AfterView } from '../../engine/view';
import styles from './After.module.css';
import { notSaved } from './derive';

/**
 * Where files and snapshots are now. The server gives them only to who is in the room: from here they cannot be saved any
 * more. Nothing where all of them are on this computer, or there were none.
 */
export function LeftFiles({ after }: { after: Pick<AfterView, 'company' | 'can_rejoin'> }) {
  const { t } = useTranslation();
  const count = notSaved(useLeftTools());
  if (count === 0) return null;
  const keeper = after.company || t('keeps.keeper');
  return (
    <p className={styles.stays} data-testid="left-files">
      <Paperclip size={20} strokeWidth={1.8} aria-hidden />
      <span>
        {t('after.filesNot', { count })} {t('keeps.stay', { keeper })}{' '}
        {after.can_rejoin ? t('after.filesBack') : t('after.filesAsk')}
      </span>
    </p>
  );
}
