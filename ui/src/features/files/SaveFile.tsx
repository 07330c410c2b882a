import { CircleCheck, Download, FolderOpen, RotateCcw, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { useEngine } from '../../engine/context';
import type { FileView } from '../../engine/view';
import { dateLocale } from '../../i18n';
import styles from './SaveFile.module.css';
import { failure, mayTryAgain, progress, sizeWords } from './sizes';
import { useFileSource } from './source';

interface Props {
  file: FileView;
  kind?: 'primary' | 'second';
  /** Begins the test ids of its buttons. */
  testid: string;
}

/** Brings a file onto this computer, tells how far it is, and shows it there. */
export function SaveFile({ file, kind = 'second', testid }: Props) {
  const { t, i18n } = useTranslation();
  const source = useFileSource();
  const { browser } = useEngine();
  const { info, state } = file;
  const { file_id: id } = info;
  switch (state.state) {
    case 'ready':
      return (
        <Button
          kind={kind}
          icon={Download}
          onPress={() => void source?.download(id)}
          data-testid={`${testid}-save`}
        >
          {t('file.save')}
        </Button>
      );
    case 'downloading': {
      const locale = dateLocale(i18n.language, navigator.languages);
      const moved = progress(file) ?? { done: 0, share: 0 };
      const done = sizeWords(moved.done, locale);
      return (
        <span className={styles.saving}>
          <span className={styles.words}>
            {t('file.downloading', { done, size: sizeWords(info.size ?? 0, locale) })}
            <ProgressBar label={info.name} share={moved.share} />
          </span>
          {source?.cancelDownload && (
            <Button icon={X} onPress={() => void source.cancelDownload?.(id)} data-testid={`${testid}-stop`}>
              {t('file.stop')}
            </Button>
          )}
        </span>
      );
    }
    case 'saved':
      // A browser opens nothing of what it has saved.
      if (browser) {
        return (
          <span className={styles.saved} role="status" data-testid={`${testid}-saved`}>
            <CircleCheck size={18} strokeWidth={1.8} aria-hidden />
            {t('file.inDownloads')}
          </span>
        );
      }
      return (
        <Button
          kind={kind}
          icon={FolderOpen}
          onPress={() => void source?.openFile(id)}
          data-testid={`${testid}-open`}
        >
          {t('file.open')}
        </Button>
      );
    case 'failed':
      return (
        <span className={styles.saving}>
          <span className={styles.failed}>{t(`file.${failure(state)}`)}</span>
          {mayTryAgain(state) && (
            <Button
              icon={RotateCcw}
              onPress={() => void source?.download(id)}
              data-testid={`${testid}-try-again`}
            >
              {t('file.tryAgain')}
            </Button>
          )}
        </span>
      );
    case 'uploading':
    case 'deleted':
      return null;
  }
}

/** How much of something has come, from 0 to 1. */
export function ProgressBar({ label, share }: { label: string; share: number }) {
  return (
    <span
      className={styles.bar}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
    >
      <span style={{ width: `${share * 100}%` }} />
    </span>
  );
}
