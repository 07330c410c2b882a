import { CircleCheck, Download, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { useEngine } from '../../engine/context';
import type { FileState, SnapshotView } from '../../engine/view';
import { useDrawings } from '../board/Drawn';
import styles from './SaveAll.module.css';
import { saveDrawn } from './withDrawing';
import { snapshotFileName, snapshotTitle } from './words';

/** What is drawn on one has so long to come, in milliseconds; then the picture is saved without. */
const COMES_MS = 5_000;

/** Saves all snapshots as they were taken, and those that were drawn on once more with the drawing. */
export function SaveAll({ gallery }: { gallery: readonly SnapshotView[] }) {
  const { t } = useTranslation();
  const engine = useEngine();
  const drawings = useDrawings();
  // How many are done.
  const [done, setDone] = useState<number>();
  // Once all was asked for: how many have a drawing, and whether one of these is missing.
  const [asked, setAsked] = useState<{ drawn: number; complete: boolean }>();
  const busy = done !== undefined;
  const save = async () => {
    setAsked(undefined);
    let complete = true;
    let drawn = 0;
    // One after the other: so the first are here soon, and no line is filled by all of them.
    for (const [n, snapshot] of gallery.entries()) {
      setDone(n);
      const { info, state } = snapshot.file;
      try {
        if (state.state !== 'saved') await engine.tools?.download(info.file_id);
        const items = (await drawings?.whole(info.file_id, COMES_MS)) ?? [];
        if (items.length === 0 || !drawings) continue;
        const name = snapshotFileName(t, snapshotTitle(t, snapshot), snapshot.at_ms, true);
        drawn += 1;
        const path = await saveDrawn(engine, info, items, drawings.pictures, name);
        complete = complete && path !== null;
      } catch {
        complete = false;
      }
    }
    setDone(undefined);
    setAsked({ drawn, complete });
  };
  // What was asked for may still be on its way.
  const is = (state: FileState['state']) => (one: SnapshotView) => one.file.state.state === state;
  const failed = asked && (!asked.complete || gallery.some(is('failed')));
  const end = failed ? 'failed' : asked && gallery.every(is('saved')) ? 'saved' : undefined;
  return (
    <section className={styles.all}>
      <div className={styles.row}>
        <p id="save-all-help" className={styles.help}>
          {t('keeps.stay', { keeper: t('keeps.keeper') })}
        </p>
        <Button
          size="dense"
          icon={Download}
          busy={busy}
          className={styles.button}
          aria-describedby="save-all-help"
          onPress={() => void save()}
          data-testid="save-all"
        >
          {busy
            ? t('gallery.savingAll', { at: (done ?? 0) + 1, count: gallery.length })
            : t('gallery.saveAll')}
        </Button>
      </div>
      <div role="status" data-testid="saved-all" data-state={end}>
        {end === 'saved' && (
          <p className={styles.end}>
            <CircleCheck size={16} strokeWidth={1.8} aria-hidden />
            <span>{t(asked?.drawn ? 'gallery.savedAllDrawn' : 'gallery.savedAll')}</span>
          </p>
        )}
        {end === 'failed' && (
          <p className={`${styles.end} ${styles.failed}`}>
            <TriangleAlert size={16} strokeWidth={1.8} aria-hidden />
            <span>{t('gallery.notSavedAll')}</span>
          </p>
        )}
      </div>
    </section>
  );
}
