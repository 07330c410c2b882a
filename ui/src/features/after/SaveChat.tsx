import { CircleCheck, MessageSquareText, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { asBase64 } from '../../engine/bytes';
import { useEngine } from '../../engine/context';
import { useLeftTools } from '../../engine/tools';
import type { AfterView } from '../../engine/view';
import { dateLocale } from '../../i18n';
import { nameOfFile } from '../files/names';
import styles from './After.module.css';
import { chatAsText } from './copy';

/** A copy of what was written, for whoever has no way back to it; nothing where nothing was. */
export function SaveChat({ after }: { after: Pick<AfterView, 'with_names'> }) {
  const { t, i18n } = useTranslation();
  const engine = useEngine();
  const left = useLeftTools();
  // Null where it could not be saved.
  const [path, setPath] = useState<string | null>();
  const text = chatAsText(left, t, dateLocale(i18n.language, navigator.languages));
  if (text === '') return null;
  const save = async () => {
    const names = after.with_names ?? [];
    // Of more nobody would look for all.
    const who = names.length <= 2 && names.join(', ');
    const name = nameOfFile([t('chat.title'), who], new Date(), 'txt');
    const bytes = await asBase64(new Blob([text]));
    setPath(await engine.save(name, `data:text/plain;base64,${bytes}`).catch(() => null));
  };
  return (
    <div className={styles.copy}>
      <Button size="guest" icon={MessageSquareText} onPress={() => void save()} data-testid="save-chat">
        {t('after.saveChat')}
      </Button>
      <div role="status" data-testid="chat-saved">
        {path && (
          <p className={styles.thanks}>
            <CircleCheck size={22} strokeWidth={1.8} aria-hidden />
            <span>{t('after.savedTo', { path })}</span>
          </p>
        )}
        {path === null && (
          <p className={styles.trouble}>
            <TriangleAlert size={20} strokeWidth={1.8} aria-hidden />
            <span>{t('after.chatNotSaved')}</span>
          </p>
        )}
      </div>
    </div>
  );
}
