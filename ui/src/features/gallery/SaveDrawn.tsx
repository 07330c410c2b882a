import { CircleCheck, Download, Image as ImageIcon, PencilLine, TriangleAlert } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { MenuTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { IconButton } from '../../components/IconButton';
import { Item, Menu } from '../../components/Menu';
import { useEngine } from '../../engine/context';
import type { FileView } from '../../engine/view';
import type { Drawing } from '../board/Drawn';
import styles from './SaveDrawn.module.css';
import { saveDrawn } from './withDrawing';
import { snapshotFileName } from './words';

/** A snapshot that is to be saved. */
interface Shown {
  file: FileView;
  /** How its file is called. */
  title: string;
  /** How it is called to me. */
  label: string;
  /** When it was taken. */
  atMs: number | null;
  drawing: Drawing | undefined;
}

/** What became of a picture with its drawing. */
type Saved = { state: 'busy' | 'failed' } | { state: 'saved'; path: string };

export interface SavingDrawn {
  saved: Saved | undefined;
  save: (drawing: Drawing) => Promise<void>;
}

/** Saves a snapshot with what is drawn over it, as the board does. */
export function useSaveDrawn({ file: { info }, title, atMs }: Omit<Shown, 'drawing' | 'label'>): SavingDrawn {
  const { t } = useTranslation();
  const engine = useEngine();
  // Of one snapshot; another one begins anew.
  const [last, setLast] = useState<{ of: string; saved: Saved }>();
  const { file_id: of } = info;
  const save = async ({ drawings }: Drawing) => {
    const set = (saved: Saved) => setLast({ of, saved });
    set({ state: 'busy' });
    try {
      const name = snapshotFileName(t, title, atMs, true);
      const path = await saveDrawn(engine, info, drawings.items(of), drawings.pictures, name);
      set(path === null ? { state: 'failed' } : { state: 'saved', path });
    } catch {
      set({ state: 'failed' });
    }
  };
  return { saved: last?.of === of ? last.saved : undefined, save };
}

interface Props extends Shown {
  saving: SavingDrawn;
  /** A sign at the end of a row, or a button with its word. */
  look: 'sign' | 'word';
  testid: string;
  /** How it is saved where nothing is drawn on it, and how far that is. */
  children: ReactNode;
}

/** Saves a snapshot: where something is drawn on it, with that or without. */
export function SaveDrawn({ file, label: called, drawing, saving, look, testid, children }: Props) {
  const { t } = useTranslation();
  const { tools: commands } = useEngine();
  const { info, state } = file;
  const there = state.state === 'ready' || state.state === 'saved';
  if (!drawing || !there) return children;
  const label = t('file.saveName', { name: called });
  const busy = saving.saved?.state === 'busy';
  return (
    <>
      {/* What is here already can be opened; with the drawing it may not be here yet. */}
      {state.state === 'saved' && children}
      <MenuTrigger>
        {look === 'sign' ? (
          <IconButton icon={Download} label={label} data-testid={`${testid}-save`} />
        ) : (
          <Button icon={Download} busy={busy} data-testid={`${testid}-save`}>
            {busy ? t('board.saving') : t('file.save')}
          </Button>
        )}
        <Menu
          placement="bottom end"
          offset={6}
          aria-label={label}
          onAction={(key) => {
            if (key === 'drawn') void saving.save(drawing);
            else void commands?.download(info.file_id);
          }}
        >
          <Item id="drawn" icon={PencilLine} words={t('past.withDrawing')} data-testid="save-drawn" />
          <Item id="plain" icon={ImageIcon} words={t('past.withoutDrawing')} data-testid="save-plain" />
        </Menu>
      </MenuTrigger>
    </>
  );
}

/** Where it lies, or that it could not be saved. */
export function SavedDrawn({ saving: { saved } }: { saving: SavingDrawn }) {
  const { t } = useTranslation();
  return (
    <div role="status" className={styles.line} data-testid="saved-drawn" data-state={saved?.state}>
      {saved?.state === 'busy' && <p className={styles.saved}>{t('board.saving')}</p>}
      {saved?.state === 'saved' && (
        <p className={styles.saved}>
          <CircleCheck size={16} strokeWidth={1.8} aria-hidden />
          <span>{t('board.saved', { path: saved.path })}</span>
        </p>
      )}
      {saved?.state === 'failed' && (
        <p className={`${styles.saved} ${styles.failed}`}>
          <TriangleAlert size={16} strokeWidth={1.8} aria-hidden />
          <span>{t('board.saveFailed')}</span>
        </p>
      )}
    </div>
  );
}
