import {
  File,
  FileArchive,
  FileSpreadsheet,
  FileText,
  Film,
  Image,
  type LucideIcon,
  Music,
} from 'lucide-react';
import type { FileKind } from './sizes';

/** The sign of each kind of file. */
export const KIND_ICONS: Record<FileKind, LucideIcon> = {
  picture: Image,
  video: Film,
  sound: Music,
  table: FileSpreadsheet,
  archive: FileArchive,
  text: FileText,
  other: File,
};
