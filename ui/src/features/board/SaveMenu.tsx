import { CircleCheck, Download, FileText, Image as ImageIcon, TriangleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import { MenuTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { Item, Menu } from '../../components/Menu';
import { useEngine } from '../../engine/context';
import { useTools } from '../../engine/tools';
import type { CallView } from '../../engine/view';
import { nameOfFile } from '../files/names';
import { snapshotFileName, snapshotTitle } from '../gallery/words';
import styles from './BoardView.module.css';
import { itemsOn } from './boardState';
import { asPdf, asPng } from './export';
import type { BoardPictures } from './pictures';
import type { BoardSession } from './session';

interface Props {
  session: BoardSession;
  pictures: BoardPictures;
  size: { width: number; height: number };
  /** The snapshot that is drawn on. */
  background: HTMLImageElement | undefined;
  call: CallView;
}

/** What became of it; where it lies is said for a while. */
type Saved = { state: 'busy' | 'failed' } | { state: 'saved'; path: string };

/** For how long it is said where a file lies, in milliseconds. */
const SAID = 8_000;

/** What is on the board, as a file. */
export function SaveMenu({ session, pictures, size, background, call }: Props) {
  const { t } = useTranslation();
  const engine = useEngine();
  const { gallery } = useTools();
  const snapshot = gallery.find(({ file }) => file.info.file_id === session.id);
  const [saved, setSaved] = useState<Saved>();
  const state = saved?.state;
  useEffect(() => {
    if (saved?.state !== 'saved') return;
    const timer = setTimeout(() => setSaved(undefined), SAID);
    return () => clearTimeout(timer);
  }, [saved]);
  const pageAt = (page: number) => ({ items: itemsOn(session.board, page), size, background });
  const save = async (key: string) => {
    setSaved({ state: 'busy' });
    try {
      const { page, pages } = session.snapshot();
      const path = await engine.save(nameOf(key, page, pages), await made(key, page, pages));
      setSaved(path === null ? { state: 'failed' } : { state: 'saved', path });
    } catch {
      setSaved({ state: 'failed' });
    }
  };
  const nameOf = (key: string, page: number, pages: number) => {
    if (background) {
      const title = snapshot ? snapshotTitle(t, snapshot) : t('board.pictureName');
      return snapshotFileName(t, title, snapshot?.at_ms ?? null, key !== 'alone');
    }
    const board = t('board.fileName');
    const what = key === 'pdf' || pages === 1 ? board : `${board} ${page + 1}`;
    return nameOfFile([what, visitName(call)], new Date(), key === 'pdf' ? 'pdf' : 'png');
  };
  const made = (key: string, page: number, pages: number) => {
    if (key === 'pdf')
      return asPdf(
        Array.from({ length: pages }, (_, n) => pageAt(n)),
        pictures,
      );
    return asPng(key === 'alone' ? { ...pageAt(page), items: [] } : pageAt(page), pictures);
  };
  return (
    <>
      <MenuTrigger>
        <Button icon={Download} className={styles.float} busy={state === 'busy'} data-testid="board-save">
          {state === 'busy' ? t('board.saving') : t('board.save')}
        </Button>
        <Menu
          placement="bottom end"
          offset={8}
          aria-label={t('board.save')}
          onAction={(key) => void save(String(key))}
        >
          <Item
            id="png"
            icon={ImageIcon}
            words={background ? t('board.saveBoth') : t('board.savePng')}
            data-testid="save-png"
          />
          {background ? (
            <Item id="alone" icon={ImageIcon} words={t('board.saveAlone')} data-testid="save-alone" />
          ) : (
            <Item id="pdf" icon={FileText} words={t('board.savePdf')} data-testid="save-pdf" />
          )}
        </Menu>
      </MenuTrigger>
      <div role="status" className={styles.told} data-testid="board-saved" data-state={state}>
        {saved?.state === 'saved' && (
          <p className={styles.hint}>
            <CircleCheck size={18} strokeWidth={1.8} aria-hidden />
            <span>{t('board.saved', { path: saved.path })}</span>
          </p>
        )}
        {state === 'failed' && (
          <p className={`${styles.hint} ${styles.failed}`}>
            <TriangleAlert size={18} strokeWidth={1.8} aria-hidden />
            <span>{t('board.saveFailed')}</span>
          </p>
        )}
      </div>
    </>
  );
}

/** The room's title, or who is there where that is one person or two; of more nobody would look for all. */
function visitName({ title, people }: CallView): string | undefined {
  const names = people.map(({ display_name }) => display_name);
  return title || (names.length <= 2 ? names.join(', ') : undefined);
}
