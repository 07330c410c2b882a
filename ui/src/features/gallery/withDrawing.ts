// A snapshot as a file, with what is drawn over it.

import type { Engine } from '../../engine/engine';
import type { FileInfo, ItemView } from '../../engine/view';
import { asPng } from '../board/export';
import { type BoardPictures, loadImage } from '../board/pictures';

/** Saves it under a name, as the board does; answers where, or nothing when that failed. */
export async function saveDrawn(
  engine: Engine,
  { file_id, size_px }: FileInfo,
  items: readonly ItemView[],
  pictures: BoardPictures,
  name: string,
): Promise<string | null> {
  const address = await engine.tools?.filePicture(file_id, true);
  const background = address ? await loadImage(address) : undefined;
  if (!background) return null;
  const [width, height] = size_px ?? [background.naturalWidth, background.naturalHeight];
  return engine.save(name, await asPng({ items, size: { width, height }, background }, pictures));
}
