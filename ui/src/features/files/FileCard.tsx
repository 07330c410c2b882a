import {
  Download,
  File,
  FileArchive,
  FileSpreadsheet,
  FileText,
  Film,
  FolderOpen,
  Image,
  type LucideIcon,
  Music,
  RotateCcw,
  Trash2,
  TriangleAlert,
  X,
} from 'lucide-react';
import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../components/IconButton';
import { useEngine } from '../../engine/context';
import type { FileView } from '../../engine/view';
import { dateLocale } from '../../i18n';
import { DeleteQuestion } from './DeleteQuestion';
import styles from './FileCard.module.css';
import { PictureSheet } from './PictureSheet';
import { type FileKind, failure, fileKind, mayTryAgain, progress, sizeWords } from './sizes';
import { usePicture } from './usePicture';

const ICONS: Record<FileKind, LucideIcon> = {
  picture: Image,
  video: Film,
  sound: Music,
  table: FileSpreadsheet,
  archive: FileArchive,
  text: FileText,
  other: File,
};

interface Props {
  /** Of the message it came with. */
  messageKey: string;
  mine: boolean;
  file: FileView;
}

/** A file that was shared: what it is, where it stands, and what can be done with it. */
export function FileCard({ messageKey, mine, file }: Props) {
  const { t, i18n } = useTranslation();
  const { tools: commands } = useEngine();
  const [asks, setAsks] = useState(false);
  const { info, state } = file;
  const { file_id: id, name } = info;
  const locale = dateLocale(i18n.language, navigator.languages);
  const size = sizeWords(info.size ?? 0, locale);
  const moved = progress(file);
  const there = state.state === 'ready' || state.state === 'saved' || state.state === 'downloading';
  const failed = state.state === 'failed';
  const Icon = failed ? TriangleAlert : ICONS[fileKind(info)];
  const done = sizeWords(moved?.done ?? 0, locale);
  const words = {
    uploading: () => t('file.uploading', { done, size }),
    downloading: () => t('file.downloading', { done, size }),
    ready: () => size,
    saved: () => t('file.saved', { size }),
    failed: () => failed && t(`file.${failure(state)}`),
    deleted: () => t('file.deleted'),
  };
  return (
    <div className={styles.card} data-testid="file" data-state={state.state} data-file-id={id}>
      {there && info.has_thumbnail && <Thumbnail file={file} />}
      <div className={styles.row}>
        <span className={`${styles.kind} ${failed ? styles.trouble : ''}`}>
          <Icon size={20} strokeWidth={1.8} aria-hidden />
        </span>
        <div className={styles.words}>
          <p className={styles.name} title={name}>
            {name}
          </p>
          <p className={failed ? styles.failed : styles.help}>{words[state.state]()}</p>
        </div>
        {state.state === 'ready' && (
          <IconButton
            icon={Download}
            label={t('file.saveName', { name })}
            onPress={() => void commands?.download(id)}
            data-testid="file-save"
          />
        )}
        {state.state === 'saved' && (
          <IconButton
            icon={FolderOpen}
            label={t('file.openName', { name })}
            onPress={() => void commands?.openFile(id)}
            data-testid="file-open"
          />
        )}
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
        {there && file.may_delete && (
          <IconButton
            icon={Trash2}
            label={`${t('file.delete')}: ${name}`}
            onPress={() => setAsks(true)}
            data-testid="file-delete"
          />
        )}
      </div>
      {moved && (
        <>
          <div
            className={styles.bar}
            role="progressbar"
            aria-label={name}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(moved.share * 100)}
          >
            <span style={{ width: `${moved.share * 100}%` }} />
          </div>
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
    </div>
  );
}

/** A small picture of it, which opens large. */
function Thumbnail({ file: { info } }: { file: FileView }) {
  const { t } = useTranslation();
  const picture = usePicture(info.file_id, false);
  const [open, setOpen] = useState(false);
  const [width, height] = info.size_px ?? [4, 3];
  return (
    <>
      <AriaButton
        className={styles.thumbnail ?? ''}
        // It has its room before it is there, so that nothing moves when it comes.
        style={{ aspectRatio: `${width} / ${height}` }}
        aria-label={t('file.enlarge', { name: info.name })}
        onPress={() => setOpen(true)}
        data-testid="file-picture"
      >
        {picture && <img src={picture} alt="" draggable={false} />}
      </AriaButton>
      {open && <PictureSheet fileId={info.file_id} title={info.name} onClose={() => setOpen(false)} />}
    </>
  );
}
