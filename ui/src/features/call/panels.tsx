import type { ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import { later } from '../../components/later';
import { Panel } from '../../components/Panel';
import { Spinner } from '../../components/Spinner';
import { Missing } from '../problem/Missing';
import styles from './panels.module.css';

type Chat = typeof import('../chat/ChatPanel').ChatPanel;
type Snapshots = typeof import('../gallery/Gallery').Gallery;

/** The conversation: fetched when it is opened first. */
export const ChatPanel = later<ComponentProps<Chat>>(
  async () => (await import('../chat/ChatPanel')).ChatPanel,
  instead('chat.title'),
);

/** The snapshots: fetched when they are opened first. */
export const Gallery = later<ComponentProps<Snapshots>>(
  async () => (await import('../gallery/Gallery')).Gallery,
  instead('gallery.title'),
);

function instead(title: 'chat.title' | 'gallery.title') {
  interface Of {
    onClose: () => void;
  }
  function Coming({ onClose }: Of) {
    const { t } = useTranslation();
    return (
      <Panel title={t(title)} takesFocus late onClose={onClose} testid="panel-coming">
        <div className={styles.coming} role="status" aria-label={t('problem.coming')}>
          <Spinner size={32} />
        </div>
      </Panel>
    );
  }
  function Lacks({ of: { onClose }, again }: { of: Of; again: () => void }) {
    const { t } = useTranslation();
    return (
      <Panel title={t(title)} onClose={onClose} testid="panel-missing">
        <Missing again={again} />
      </Panel>
    );
  }
  return { coming: Coming, missing: Lacks };
}
