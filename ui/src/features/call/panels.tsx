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

type Title = 'chat.title' | 'gallery.title';

interface Of {
  onClose: () => void;
}

/** What stands there until a panel has come, and where it does not. */
function instead(title: Title) {
  return {
    coming: (of: Of) => <Coming title={title} {...of} />,
    missing: ({ of, again }: { of: Of; again: () => void }) => <Lacks title={title} again={again} {...of} />,
  };
}

function Coming({ title, onClose }: Of & { title: Title }) {
  const { t } = useTranslation();
  return (
    <Panel title={t(title)} takesFocus late onClose={onClose} testid="panel-coming">
      <div className={styles.coming} role="status" aria-label={t('problem.coming')}>
        <Spinner size={32} />
      </div>
    </Panel>
  );
}

function Lacks({ title, again, onClose }: Of & { title: Title; again: () => void }) {
  const { t } = useTranslation();
  return (
    <Panel title={t(title)} onClose={onClose} testid="panel-missing">
      <Missing again={again} />
    </Panel>
  );
}
