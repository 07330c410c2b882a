// A document of which pages are shown, and why one is not.

import type { Size } from '../../../engine/frames/fit';

export interface PdfDocument {
  /** How many pages. */
  readonly pages: number;
  /** A page, from 1. */
  page(n: number): Promise<PdfPage>;
  /** Lets go of all of it. */
  close(): void;
}

export interface PdfPage {
  /** At its own size, in pixels of a screen. */
  readonly size: Size;
  /** Paints it so many times as large onto a canvas, whose size it sets. */
  paint(canvas: HTMLCanvasElement, scale: number): Painting;
  /** Its words, in the order in which they are written. */
  words(): Promise<string>;
}

export interface Painting {
  done: Promise<void>;
  /** It is not wanted any more; `done` never ends well then. */
  cancel(): void;
}

/** A document that cannot be shown, or what shows it is `missing`: it may come another time. */
export class PdfFault extends Error {
  constructor(readonly why: 'encrypted' | 'broken' | 'missing') {
    super(why);
  }
}

/** Opens what `file_picture` gives for a document. What it takes to do so comes with the first. */
export async function openPdf(dataUrl: string): Promise<PdfDocument> {
  const bytes = bytesOf(dataUrl);
  if (!bytes) throw new PdfFault('broken');
  const { openDocument } = await import('./pdfjs').catch(() => {
    throw new PdfFault('missing');
  });
  return openDocument(bytes);
}

const KIND = 'data:application/pdf;base64,';

/** A document's bytes, as `file_picture` would give them. */
export const addressOf = (base64: string) => KIND + base64;

/** The content policy lets nothing be fetched from a data URL, so it is taken apart here. */
export function bytesOf(dataUrl: string): Uint8Array | undefined {
  if (!dataUrl.startsWith(KIND)) return undefined;
  try {
    return Uint8Array.from(atob(dataUrl.slice(KIND.length)), (sign) => sign.charCodeAt(0));
  } catch {
    return undefined;
  }
}
