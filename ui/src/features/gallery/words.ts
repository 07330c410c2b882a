// How a snapshot is called, wherever it is shown or saved.

import type { TFunction } from 'i18next';
import type { FileInfo, SnapshotView } from '../../engine/view';
import { nameOfFile } from '../files/names';

type Shown = Pick<SnapshotView, 'of_name' | 'of_screen'> & { file?: { info: Pick<FileInfo, 'of'> } };

/** Whom it shows, or whose screen; told to whoever `me` is. Names of files are for others too: there nobody is told. */
export function snapshotTitle(t: TFunction, { of_name, of_screen, file }: Shown, me?: string): string {
  if (me !== undefined && file?.info.of === me)
    return t(of_screen ? 'gallery.ofYourScreen' : 'gallery.ofYourself');
  const name = of_name || t('notice.somebody');
  return of_screen ? t('gallery.ofTheirScreen', { name }) : t('gallery.of', { name });
}

/** A snapshot's title by its file alone: as the gallery has it, where it is there; nothing of another file. */
export function titleOfFile(
  t: TFunction,
  info: FileInfo,
  gallery: readonly SnapshotView[],
  me?: string,
): string | undefined {
  const { file_id, purpose, of_name, of_screen } = info;
  if (purpose !== 'snapshot') return undefined;
  const known = gallery.find(({ file }) => file.info.file_id === file_id);
  if (known) return snapshotTitle(t, known, me);
  // On its way it is not known yet who is seen.
  if (!of_name && (me === undefined || info.of !== me)) return undefined;
  return snapshotTitle(t, { of_name: of_name ?? '', of_screen: of_screen ?? false, file: { info } }, me);
}

/** The name of a snapshot that is saved by the page, with what is drawn on it or without. */
export function snapshotFileName(t: TFunction, title: string, atMs: number | null, drawn: boolean): string {
  return nameOfFile([title, drawn && t('gallery.drawnFile')], new Date(atMs ?? Date.now()), 'png');
}
