// A file's size and how far it has come, as people read it; and what its kind is.

import type { FileInfo, FileState, FileView } from '../../engine/view';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** `1.8 MB`, as the language writes it. */
export function sizeWords(bytes: number, locale: string): string {
  let unit = 0;
  let amount = Math.max(0, bytes);
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: UNITS[unit] ?? 'byte',
    unitDisplay: unit === 0 ? 'long' : 'short',
    maximumFractionDigits: amount < 10 && unit > 0 ? 1 : 0,
  }).format(amount);
}

/** The share of it that has come, 0 to 1; nothing while nothing is on its way. */
export function progress({ info, state }: FileView): { done: number; share: number } | undefined {
  const done = movedBytes(state);
  if (done === undefined) return undefined;
  const size = info.size ?? 0;
  return { done, share: size > 0 ? Math.min(1, done / size) : 0 };
}

function movedBytes(state: FileState): number | undefined {
  if (state.state === 'uploading') return state.sent ?? 0;
  return state.state === 'downloading' ? (state.received ?? 0) : undefined;
}

export type FileKind = 'picture' | 'video' | 'sound' | 'table' | 'archive' | 'text' | 'other';

export function fileKind({ media_type: type, name }: Pick<FileInfo, 'media_type' | 'name'>): FileKind {
  if (type.startsWith('image/')) return 'picture';
  if (type.startsWith('video/')) return 'video';
  if (type.startsWith('audio/')) return 'sound';
  const end = name.toLowerCase().match(/\.(\w+)$/)?.[1] ?? '';
  if (['csv', 'ods', 'xls', 'xlsx'].includes(end)) return 'table';
  if (['zip', 'gz', 'xz', '7z', 'rar', 'tar'].includes(end)) return 'archive';
  if (type.startsWith('text/') || ['pdf', 'doc', 'docx', 'odt', 'rtf', 'txt'].includes(end)) return 'text';
  // Until it is there in full its name is all that is known.
  if (['png', 'jpg', 'jpeg', 'webp', 'gif', 'heic'].includes(end)) return 'picture';
  if (['mp4', 'mov', 'webm', 'mkv'].includes(end)) return 'video';
  return ['mp3', 'wav', 'ogg', 'm4a', 'flac'].includes(end) ? 'sound' : 'other';
}

/** Larger documents are not given to the page by the app; they are saved and opened by the system. */
const MOST_SHOWN = 40 * 1024 * 1024;
/** Of larger ones no first page is made by itself: all of it would have to come for that. */
export const MOST_PREVIEWED = 12_000_000;

/** As what a file is shown here, small and large. */
export function shownAs({ media_type, size, has_thumbnail }: FileInfo): 'picture' | 'document' | undefined {
  if (has_thumbnail) return 'picture';
  return media_type === 'application/pdf' && (size ?? 0) <= MOST_SHOWN ? 'document' : undefined;
}

/** Why a file did not go through. */
export function failure(state: Extract<FileState, { state: 'failed' }>) {
  const code: string = state.problem.code;
  switch (code) {
    case 'too_large':
      return 'failed_too_large';
    case 'forbidden':
    case 'unauthorized':
      return 'failed_forbidden';
    case 'file_type_refused':
      return 'failed_type';
    case 'invalid':
      return state.problem.field === 'size' ? 'failed_empty' : 'failed_invalid';
    case 'server_unreachable':
      return 'failed_line';
    default:
      return 'failed';
  }
}

/** Whether trying once more can help. */
export function mayTryAgain(state: Extract<FileState, { state: 'failed' }>): boolean {
  return !['failed_too_large', 'failed_forbidden', 'failed_type', 'failed_invalid'].includes(failure(state));
}
