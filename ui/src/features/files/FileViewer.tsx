import type { FileView } from '../../engine/view';
import { useDrawing } from '../board/Drawn';
import { SaveDrawn, SavedDrawn, useSaveDrawn } from '../gallery/SaveDrawn';
import { PictureSheet } from './PictureSheet';
import { PdfSheet } from './pdf/PdfSheet';
import { SaveFile } from './SaveFile';
import { shownAs } from './sizes';

interface Props {
  file: FileView;
  /** How it is called; without one, as its file is. */
  title?: string;
  /** How it is called where it is saved. */
  fileTitle?: string;
  /** When it came. */
  atMs?: number | null;
  /** Where to begin, from 1. */
  page: number;
  onClose: () => void;
}

/** A file of the chat as large as the window. */
export function FileViewer(props: Props) {
  const { file, title = file.info.name, fileTitle = title, atMs = null, page, onClose } = props;
  const { file_id: id, size_px, purpose } = file.info;
  const drawing = useDrawing(id, purpose === 'snapshot');
  const saved = { file, title: fileTitle, label: title, atMs };
  const saving = useSaveDrawn(saved);
  if (shownAs(file.info) === 'document') return <PdfSheet file={file} first={page} onClose={onClose} />;
  return (
    <PictureSheet fileId={id} title={title} size={size_px} drawing={drawing} onClose={onClose}>
      <SaveDrawn {...saved} drawing={drawing} saving={saving} look="word" testid="picture">
        <SaveFile file={file} testid="picture" />
      </SaveDrawn>
      <SavedDrawn saving={saving} />
    </PictureSheet>
  );
}
