import { Camera, ChevronLeft, ChevronRight, PencilLine, PencilOff, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { IconButton } from '../../components/IconButton';
import { useEngine } from '../../engine/context';
import type { SnapshotView } from '../../engine/view';
import { dateLocale } from '../../i18n';
import { DeleteQuestion } from '../files/DeleteQuestion';
import { PictureSheet } from '../files/PictureSheet';
import { SaveFile } from '../files/SaveFile';
import { FilesElsewhere, useFileSource } from '../files/source';
import { usePicture } from '../files/usePicture';
import { snapshotTitle } from '../gallery/words';
import cards from './Kept.module.css';
import { Nothing } from './Nothing';
import type { KeptPictures } from './pictures';
import styles from './Snapshots.module.css';

interface Props {
  snapshots: readonly SnapshotView[];
  pictures: KeptPictures;
  loading: boolean;
}

/** Pictures that were taken of the visit; one opens large. */
export function Snapshots({ snapshots, pictures, loading }: Props) {
  const { t } = useTranslation();
  const [large, setLarge] = useState<string>();
  const at = snapshots.findIndex(({ file }) => file.info.file_id === large);
  const shown = snapshots[at];
  const to = (n: number) => {
    const next = snapshots[n]?.file.info.file_id;
    return next === undefined ? undefined : () => setLarge(next);
  };
  return (
    <section className={cards.card} aria-labelledby="kept-snapshots" data-testid="kept-snapshots">
      <header className={cards.head}>
        <h2 id="kept-snapshots" className={cards.title}>
          {t('gallery.title')}
        </h2>
        {snapshots.length > 0 && <span className={cards.count}>{snapshots.length}</span>}
      </header>
      {snapshots.length === 0 ? (
        <Nothing
          icon={Camera}
          words={t('past.noSnapshots')}
          loading={loading}
          testid="kept-snapshots-empty"
        />
      ) : (
        <ul className={styles.grid}>
          {snapshots.map((snapshot) => (
            <Snapshot
              key={snapshot.file.info.file_id}
              snapshot={snapshot}
              drawn={pictures.isDrawn(snapshot.file.info.file_id)}
              onLarge={() => setLarge(snapshot.file.info.file_id)}
            />
          ))}
        </ul>
      )}
      {shown && (
        <Large
          snapshot={shown}
          pictures={pictures}
          onBefore={to(at - 1)}
          onAfter={to(at + 1)}
          onClose={() => setLarge(undefined)}
        />
      )}
    </section>
  );
}

interface SnapshotProps {
  snapshot: SnapshotView;
  drawn: boolean;
  onLarge: () => void;
}

function Snapshot({ snapshot, drawn, onLarge }: SnapshotProps) {
  const { t } = useTranslation();
  const { title, time } = useWords(snapshot);
  const picture = usePicture(snapshot.file.info.file_id, false);
  const name = t('gallery.enlarge', { name: title, time });
  return (
    <li>
      <AriaButton
        className={styles.picture ?? ''}
        aria-label={drawn ? `${name}, ${t('past.drawnOn')}` : name}
        onPress={onLarge}
        data-testid="kept-snapshot"
      >
        {picture && <img src={picture} alt="" draggable={false} />}
        {drawn && (
          <span className={styles.drawn}>
            <PencilLine size={14} strokeWidth={1.8} aria-hidden />
          </span>
        )}
      </AriaButton>
    </li>
  );
}

interface LargeProps {
  snapshot: SnapshotView;
  pictures: KeptPictures;
  onBefore: (() => void) | undefined;
  onAfter: (() => void) | undefined;
  onClose: () => void;
}

/** One of them, with what was drawn over it or without. */
function Large({ snapshot, pictures, onBefore, onAfter, onClose }: LargeProps) {
  const { t } = useTranslation();
  const { past } = useEngine();
  const words = useWords(snapshot);
  const { info, may_delete } = snapshot.file;
  const id = info.file_id;
  // Of one snapshot; the next begins anew.
  const [plainOf, setPlainOf] = useState<string>();
  const [asksOf, setAsksOf] = useState<string>();
  const plain = plainOf === id;
  const source = useFileSource();
  const untouched = useMemo(
    () => source && { ...source, filePicture: pictures.plain },
    [source, pictures.plain],
  );
  return (
    <FilesElsewhere value={plain ? untouched : source}>
      <PictureSheet fileId={id} title={words.title} text={words.taken} size={info.size_px} onClose={onClose}>
        {asksOf === id ? (
          <DeleteQuestion
            words={t('past.deleteSnapshotSure')}
            onYes={() => {
              void past?.act({ do: 'delete_file', file_id: id });
              onClose();
            }}
            onNot={() => setAsksOf(undefined)}
          />
        ) : (
          <>
            <SaveFile file={snapshot.file} testid="large" />
            {pictures.isDrawn(id) && (
              <Button
                icon={plain ? PencilLine : PencilOff}
                onPress={() => setPlainOf(plain ? undefined : id)}
                data-testid="large-plain"
              >
                {plain ? t('past.withDrawing') : t('past.withoutDrawing')}
              </Button>
            )}
            {may_delete && (
              <Button icon={Trash2} onPress={() => setAsksOf(id)} data-testid="large-delete">
                {t('past.delete')}
              </Button>
            )}
            <span className={styles.steps}>
              {onBefore && (
                <IconButton
                  icon={ChevronLeft}
                  label={t('gallery.older')}
                  onPress={onBefore}
                  data-testid="older"
                />
              )}
              {onAfter && (
                <IconButton
                  icon={ChevronRight}
                  label={t('gallery.newer')}
                  onPress={onAfter}
                  data-testid="newer"
                />
              )}
            </span>
          </>
        )}
      </PictureSheet>
    </FilesElsewhere>
  );
}

function useWords(snapshot: SnapshotView) {
  const { t, i18n } = useTranslation();
  const locale = dateLocale(i18n.language, navigator.languages);
  const { by_name, at_ms } = snapshot;
  const at = at_ms ?? 0;
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(at);
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long' }).format(at);
  return {
    title: snapshotTitle(t, snapshot),
    time,
    taken: t('gallery.taken', { day, time, name: by_name || t('notice.somebody') }),
  };
}
