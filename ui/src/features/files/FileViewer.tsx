import type { FileView } from '../../engine/view';
import { PictureSheet } from './PictureSheet';
import { PdfSheet } from './pdf/PdfSheet';
import { SaveFile } from './SaveFile';
import { shownAs } from './sizes';

interface Props {
  file: FileView;
  /** Where to begin, from 1. */
  page: number;
  onClose: () => void;
}

/** A file of the chat as large as the window. */
export function FileViewer({ file, page, onClose }: Props) {
  const { file_id: id, name, size_px } = file.info;
  if (shownAs(file.info) === 'document') return <PdfSheet file={file} first={page} onClose={onClose} />;
  return (
    <PictureSheet fileId={id} title={name} size={size_px} onClose={onClose}>
      <SaveFile file={file} testid="picture" />
    </PictureSheet>
  );
}
