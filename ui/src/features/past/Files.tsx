import { Download, FolderOpen, Paperclip, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../components/IconButton';
import rowStyles from '../../components/Row.module.css';
import { Spinner } from '../../components/Spinner';
import { useEngine } from '../../engine/context';
import type { FileView } from '../../engine/view';
import { dateLocale } from '../../i18n';
import { DeleteQuestion } from '../files/DeleteQuestion';
import { FileViewer } from '../files/FileViewer';
import { KIND_ICONS } from '../files/icons';
import { failure, fileKind, progress, shownAs, sizeWords } from '../files/sizes';
import styles from './Files.module.css';
import cards from './Kept.module.css';
import { Nothing } from './Nothing';

interface Props {
  files: readonly FileView[];
  /** Who shared a file, by its id. */
  owners: ReadonlyMap<string, string>;
  loading: boolean;
}

/** What was shared: saved, opened, deleted. */
export function Files({ files, owners, loading }: Props) {
  const { t, i18n } = useTranslation();
  const locale = dateLocale(i18n.language, navigator.languages);
  const bytes = files.reduce((sum, { info }) => sum + (info.size ?? 0), 0);
  return (
    <section className={cards.card} aria-labelledby="kept-files" data-testid="kept-files">
      <header className={cards.head}>
        <h2 id="kept-files" className={cards.title}>
          {t('past.files')}
        </h2>
        {files.length > 0 && (
          <span className={cards.count}>
            {files.length} · {sizeWords(bytes, locale)}
          </span>
        )}
      </header>
      {files.length === 0 ? (
        <Nothing icon={Paperclip} words={t('past.noFiles')} loading={loading} testid="kept-files-empty" />
      ) : (
        <ul className={styles.list}>
          {files.map((file) => (
            <File key={file.info.file_id} file={file} owner={owners.get(file.info.file_id)} locale={locale} />
          ))}
        </ul>
      )}
    </section>
  );
}

function File({ file, owner, locale }: { file: FileView; owner: string | undefined; locale: string }) {
  const { t } = useTranslation();
  const { past } = useEngine();
  const [asks, setAsks] = useState(false);
  const [large, setLarge] = useState(false);
  const { info, state, may_delete } = file;
  const { file_id: id, name } = info;
  const Icon = KIND_ICONS[fileKind(info)];
  const size = sizeWords(info.size ?? 0, locale);
  const moved = progress(file);
  const save = () => void past?.act({ do: 'save_file', file_id: id });
  const facts = {
    ready: () => size,
    uploading: () => size,
    downloading: () => t('file.downloading', { done: sizeWords(moved?.done ?? 0, locale), size }),
    saved: () => t('file.saved', { size, path: state.state === 'saved' ? state.path : '' }),
    failed: () => (state.state === 'failed' ? t(`file.${failure(state)}`) : ''),
    deleted: () => t('file.deleted'),
  }[state.state]();
  const shows = shownAs(info) !== undefined && state.state !== 'deleted';
  return (
    <li className={styles.file} data-testid="kept-file" data-file-id={id} data-state={state.state}>
      <div className={styles.row}>
        <span className={rowStyles.sign}>
          <Icon size={20} strokeWidth={1.8} aria-hidden />
        </span>
        <div className={rowStyles.words}>
          {shows ? (
            <AriaButton
              className={`${styles.name} ${styles.open}`}
              aria-label={t('file.enlarge', { name })}
              onPress={() => setLarge(true)}
              data-testid="kept-file-large"
            >
              {name}
            </AriaButton>
          ) : (
            <p className={styles.name} title={name}>
              {name}
            </p>
          )}
          <p className={styles.facts}>
            {owner && <span className={styles.owner}>{owner}</span>}
            <span>
              {owner && '· '}
              {facts}
            </span>
          </p>
        </div>
        {state.state === 'saved' && (
          <IconButton
            icon={FolderOpen}
            label={t('file.openName', { name })}
            onPress={() => void past?.act({ do: 'open_saved', path: state.path })}
            data-testid="kept-file-open"
          />
        )}
        {(state.state === 'ready' || state.state === 'failed') && (
          <IconButton
            icon={Download}
            label={t('file.saveName', { name })}
            onPress={save}
            data-testid="kept-file-save"
          />
        )}
        {state.state === 'downloading' && (
          <span className={styles.coming}>
            <Spinner size={18} />
          </span>
        )}
        {may_delete && state.state !== 'deleted' && (
          <IconButton
            icon={Trash2}
            label={t('past.deleteName', { name })}
            onPress={() => setAsks(true)}
            data-testid="kept-file-delete"
          />
        )}
      </div>
      {asks && (
        <div className={styles.sure}>
          <DeleteQuestion
            words={t('past.deleteFileSure', { name })}
            onYes={() => void past?.act({ do: 'delete_file', file_id: id })}
            onNot={() => setAsks(false)}
          />
        </div>
      )}
      {large && <FileViewer file={file} page={1} onClose={() => setLarge(false)} />}
    </li>
  );
}
