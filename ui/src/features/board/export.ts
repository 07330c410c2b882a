// A board as a file: a page as a picture, or all pages as a document.

import type { ItemView } from '../../engine/view';
import { boxOf, look, paint, pathOf } from './draw';
import { type Box, grown, union } from './geometry';
import { pdfOf } from './pdf';
import type { BoardPictures } from './pictures';

/** A page of the room's board, in its own units. */
export const PAGE = { width: 1600, height: 1000 };
/** No side of an exported picture is longer. */
const LONGEST = 6_000;

interface Page {
  items: readonly ItemView[];
  /** What is shown at least. */
  size: { width: number; height: number };
  /** Under all of it, in live edit. */
  background: HTMLImageElement | undefined;
}

/** All of a page on one canvas. */
export async function flattened(
  page: Page,
  pictures: BoardPictures,
  sharp: number,
): Promise<HTMLCanvasElement> {
  const { items, size, background } = page;
  await pictures.all(
    new Set(items.flatMap(({ shape }) => (shape.kind === 'picture' ? [shape.file_id] : []))),
  );
  const box = background ? { x: 0, y: 0, ...size } : covering(items, size);
  const scale = Math.min(sharp, LONGEST / box.width, LONGEST / box.height);
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(box.width * scale));
  canvas.height = Math.max(1, Math.round(box.height * scale));
  const ctx = canvas.getContext('2d');
  if (!ctx) return canvas;
  ctx.fillStyle = '#ffffff';
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.scale(scale, scale);
  ctx.translate(-box.x, -box.y);
  if (background) ctx.drawImage(background, 0, 0, size.width, size.height);
  const colours = look(background !== undefined);
  for (const { shape } of items) paint(ctx, shape, colours, pictures.of, pathOf(shape));
  return canvas;
}

/** The page, and whatever lies beyond its edges. */
export function covering(items: readonly ItemView[], size: { width: number; height: number }): Box {
  const page = { x: 0, y: 0, ...size };
  const all = union([page, ...items.map(({ shape }) => grown(boxOf(shape), 20))]) ?? page;
  return all;
}

export async function asPng(page: Page, pictures: BoardPictures): Promise<string> {
  return (await flattened(page, pictures, page.background ? 1 : 2)).toDataURL('image/png');
}

export async function asPdf(pages: Page[], pictures: BoardPictures): Promise<string> {
  const drawn = [];
  for (const page of pages) {
    const canvas = await flattened(page, pictures, 2);
    drawn.push({
      jpeg: bytesOf(canvas.toDataURL('image/jpeg', 0.94)),
      width: canvas.width,
      height: canvas.height,
    });
  }
  return `data:application/pdf;base64,${base64(pdfOf(drawn))}`;
}

export function bytesOf(dataUrl: string): Uint8Array {
  const text = atob(dataUrl.slice(dataUrl.indexOf(',') + 1));
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0));
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}
