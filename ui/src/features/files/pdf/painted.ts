// Pages as pictures, made one after the other: each takes a canvas, and the document's one worker.

import type { PdfPage } from './open';

/** A small picture that is not painted after so long is not worth the wait. */
const LONGEST_MS = 15_000;
/** The machine was busy. */
const LATE = new Error('not painted in time');

/** A page so many times as large, on white; nothing where nothing can be painted on. */
export async function painted(page: PdfPage, scale: number, longestMs = LONGEST_MS): Promise<Blob | null> {
  const canvas = window.document.createElement('canvas');
  if (!canvas.getContext('2d')) return null;
  const painting = page.paint(canvas, scale);
  let limit: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    limit = setTimeout(() => {
      reject(LATE);
      painting.cancel();
    }, longestMs);
  });
  try {
    await Promise.race([painting.done, late]);
    return await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
  } finally {
    clearTimeout(limit);
  }
}

/** The address of a picture, or nothing where there is none to be made. */
export type Thumbnail = string | null;

/** Small pictures, each made once when it is first asked for. */
export class Thumbnails<Key> {
  private readonly made = new Map<Key, Promise<Thumbnail>>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly make: (key: Key) => Promise<Blob | null>) {}

  of(key: Key): Promise<Thumbnail> {
    let made = this.made.get(key);
    if (!made) {
      made = this.last
        .then(() => this.make(key))
        .then((blob) => blob && URL.createObjectURL(blob))
        .catch((error) => {
          // What cannot be painted never can; what came late is made when it is asked for again.
          if (error === LATE) this.made.delete(key);
          return null;
        });
      this.made.set(key, made);
      this.last = made;
    }
    return made;
  }

  /** It may be there the next time somebody looks. */
  forget(key: Key): void {
    this.made.delete(key);
  }

  clear(): void {
    for (const made of this.made.values()) void made.then((url) => url && URL.revokeObjectURL(url));
    this.made.clear();
  }
}
