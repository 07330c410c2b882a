import { Download, FileText, FolderOpen, RotateCcw, Trash2, TriangleAlert, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../components/IconButton';
import { useEngine } from '../../engine/context';
import { useOwnSeat, useTools } from '../../engine/tools';
import type { FileView } from '../../engine/view';
import { dateLocale } from '../../i18n';
import { type Drawing, Drawn, useDrawing, useInSight } from '../board/Drawn';
import { SaveDrawn, SavedDrawn, useSaveDrawn } from '../gallery/SaveDrawn';
import { titleOfFile } from '../gallery/words';
import { PointedChip } from '../pointer/PointedFiles';
import { DeleteQuestion } from './DeleteQuestion';
import styles from './FileCard.module.css';
import { FileViewer } from './FileViewer';
import { KIND_ICONS } from './icons';
import { usePdfThumbnail, useSeen } from './pdf/thumbnails';
import { ProgressBar } from './SaveFile';
import { failure, fileKind, MOST_PREVIEWED, mayTryAgain, progress, shownAs, sizeWords } from './sizes';
import { usePicture } from './usePicture';

interface Props {
  /** Of the message it came with. */
  messageKey: string;
  /** When that was said. */
  atMs: number | null;
  mine: boolean;
  file: FileView;
}

/** A file that was shared: what it is, where it stands, and what can be done with it. */
export function FileCard({ messageKey, atMs, mine, file }: Props) {
  const { t, i18n } = useTranslation();
  const { tools: commands, browser } = useEngine();
  const [asks, setAsks] = useState(false);
  // Open large, from this page on.
  const [open, setOpen] = useState<number>();
  const { info, state } = file;
  const { file_id: id } = info;
  const { gallery } = useTools();
  const me = useOwnSeat();
  const name = titleOfFile(t, info, gallery, me) ?? info.name;
  const fileTitle = titleOfFile(t, info, gallery) ?? info.name;
  const place = useRef<HTMLDivElement>(null);
  const inSight = useInSight(place);
  const drawing = useDrawing(id, info.purpose === 'snapshot' && inSight);
  const saved = { file, title: fileTitle, label: name, atMs };
  const saving = useSaveDrawn(saved);
  const locale = dateLocale(i18n.language, navigator.languages);
  const size = sizeWords(info.size ?? 0, locale);
  const moved = progress(file);
  const there = state.state === 'ready' || state.state === 'saved' || state.state === 'downloading';
  const failed = state.state === 'failed';
  const Icon = failed ? TriangleAlert : KIND_ICONS[fileKind(info)];
  const done = sizeWords(moved?.done ?? 0, locale);
  const words = {
    uploading: () => t('file.uploading', { done, size }),
    downloading: () => t('file.downloading', { done, size }),
    ready: () => size,
    saved: () =>
      browser
        ? t('file.savedHere', { size })
        : t('file.saved', { size, path: state.state === 'saved' ? state.path : '' }),
    failed: () => failed && t(`file.${failure(state)}`),
    deleted: () => t('file.deleted'),
  };
  return (
    <div ref={place} className={styles.card} data-testid="file" data-state={state.state} data-file-id={id}>
      {there && shownAs(info) && (
        <div className={styles.shown}>
          <Thumbnail file={file} name={name} drawing={drawing} onOpen={() => setOpen(1)} />
          <PointedChip fileId={id} onOpen={setOpen} />
        </div>
      )}
      <div className={styles.row}>
        <span className={`${styles.kind} ${failed ? styles.trouble : ''}`}>
          <Icon size={20} strokeWidth={1.8} aria-hidden />
        </span>
        <div className={styles.words}>
          <p className={styles.name} title={info.name}>
            {name}
          </p>
          <p className={failed ? styles.failed : styles.help}>{words[state.state]()}</p>
        </div>
        <SaveDrawn {...saved} drawing={drawing} saving={saving} look="sign" testid="file">
          {state.state === 'ready' && (
            <IconButton
              icon={Download}
              label={t('file.saveName', { name })}
              onPress={() => void commands?.download(id)}
              data-testid="file-save"
            />
          )}
          {state.state === 'saved' && (!browser || shownAs(info)) && (
            <IconButton
              icon={FolderOpen}
              label={t('file.openName', { name })}
              // A browser opens nothing of what it has saved: what can be shown is shown here.
              onPress={() => (browser ? setOpen(1) : void commands?.openFile(id))}
              data-testid="file-open"
            />
          )}
        </SaveDrawn>
        {failed && mayTryAgain(state) && (
          <IconButton
            icon={RotateCcw}
            label={t('file.tryAgain')}
            onPress={() => void (mine ? commands?.tryAgain(messageKey) : commands?.download(id))}
            data-testid="file-try-again"
          />
        )}
        {(state.state === 'uploading' || (failed && mine)) && (
          <IconButton
            icon={X}
            label={t('file.cancelName', { name })}
            onPress={() => void commands?.discard(messageKey)}
            data-testid="file-discard"
          />
        )}
        {state.state === 'downloading' && (
          <IconButton
            icon={X}
            label={t('file.stopName', { name })}
            onPress={() => void commands?.cancelDownload(id)}
            data-testid="file-stop"
          />
        )}
        {there && file.may_delete && (
          <IconButton
            icon={Trash2}
            label={`${t('file.delete')}: ${name}`}
            onPress={() => setAsks(true)}
            data-testid="file-delete"
          />
        )}
      </div>
      <SavedDrawn saving={saving} />
      {moved && (
        <>
          <ProgressBar label={name} share={moved.share} />
          {state.state === 'uploading' && (
            <p className={styles.help}>
              {Math.round(moved.share * 100)} % · {t('file.goesOn')}
            </p>
          )}
        </>
      )}
      {asks && (
        <DeleteQuestion
          words={t('file.deleteSure', { name })}
          onYes={() => void commands?.deleteFile(id)}
          onNot={() => setAsks(false)}
        />
      )}
      {there && open !== undefined && (
        <FileViewer
          file={file}
          title={name}
          fileTitle={fileTitle}
          atMs={atMs}
          page={open}
          onClose={() => setOpen(undefined)}
        />
      )}
    </div>
  );
}

interface ThumbnailProps {
  file: FileView;
  name: string;
  drawing: Drawing | undefined;
  onOpen: () => void;
}

/** A small picture of it, which opens large. It has its room before it is there, so that nothing moves when it comes. */
function Thumbnail({ file: { info }, name, drawing, onOpen }: ThumbnailProps) {
  const { t } = useTranslation();
  const place = useRef<HTMLButtonElement>(null);
  const seen = useSeen(place);
  const document = shownAs(info) === 'document';
  const picture = usePicture(info.file_id, false, !document);
  const first = usePdfThumbnail(info.file_id, document && seen && (info.size ?? 0) <= MOST_PREVIEWED);
  const shown = document ? first : picture;
  const label = t('file.enlarge', { name });
  const [width, height] = (!document && info.size_px) || [4, 3];
  return (
    <AriaButton
      ref={place}
      className={`${styles.thumbnail} ${document ? styles.document : ''}`}
      style={{ aspectRatio: `${width} / ${height}` }}
      aria-label={drawing ? `${label}, ${t('past.drawnOn')}` : label}
      onPress={onOpen}
      data-testid="file-picture"
    >
      {shown && <img src={shown} alt="" draggable={false} />}
      {shown && drawing && info.size_px && <Drawn drawing={drawing} size={info.size_px} />}
      {!shown && document && <FileText size={32} strokeWidth={1.6} aria-hidden />}
    </AriaButton>
  );
}
