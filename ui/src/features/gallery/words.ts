// How a snapshot is called, wherever it is shown or saved.

import type { TFunction } from 'i18next';
import type { FileInfo, SnapshotView } from '../../engine/view';
import { nameOfFile } from '../files/names';

type Shown = Pick<SnapshotView, 'of_name' | 'of_screen'>;

/** Whom it shows, or whose screen. */
export function snapshotTitle(t: TFunction, { of_name, of_screen }: Shown): string {
  const name = of_name || t('notice.somebody');
  return of_screen ? t('gallery.ofTheirScreen', { name }) : t('gallery.of', { name });
}

/** A snapshot's title by its file alone: as the gallery has it, where it is there; nothing of another file. */
export function titleOfFile(
  t: TFunction,
  { file_id, purpose, of_name, of_screen }: FileInfo,
  gallery: readonly SnapshotView[],
): string | undefined {
  if (purpose !== 'snapshot') return undefined;
  const known = gallery.find(({ file }) => file.info.file_id === file_id);
  if (known) return snapshotTitle(t, known);
  // On its way it is not known yet who is seen.
  return of_name ? snapshotTitle(t, { of_name, of_screen: of_screen ?? false }) : undefined;
}

/** The name of a snapshot that is saved by the page, with what is drawn on it or without. */
export function snapshotFileName(t: TFunction, title: string, atMs: number | null, drawn: boolean): string {
  return nameOfFile([title, drawn && t('gallery.drawnFile')], new Date(atMs ?? Date.now()), 'png');
}
