// First pages of documents, small. They are made one after the other, and kept for as long as the call lasts.

import { createContext, type ReactNode, type RefObject, use, useEffect, useState } from 'react';
import { useEngine } from '../../../engine/context';
import { openPdf } from './open';

/** As wide as a card of the chat, on a sharp screen. */
const WIDTH = 560;
/** A page that is not painted after so long is not worth the wait. */
const LONGEST_MS = 15_000;

/** The address of a picture, or nothing where there is none to be made. */
type Thumbnail = string | null;

class Thumbnails {
  private readonly made = new Map<string, Promise<Thumbnail>>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly fetch: (fileId: string) => Promise<string | null>) {}

  of(fileId: string): Promise<Thumbnail> {
    let made = this.made.get(fileId);
    if (!made) {
      made = this.last.then(() => this.make(fileId)).catch(() => null);
      this.made.set(fileId, made);
      this.last = made;
    }
    return made;
  }

  clear(): void {
    for (const made of this.made.values()) void made.then((url) => url && URL.revokeObjectURL(url));
    this.made.clear();
  }

  private async make(fileId: string): Promise<Thumbnail> {
    const bytes = await this.fetch(fileId);
    if (bytes === null) {
      // It may be there the next time somebody looks.
      this.made.delete(fileId);
      return null;
    }
    const document = await openPdf(bytes);
    let limit: ReturnType<typeof setTimeout> | undefined;
    try {
      const page = await document.page(1);
      const canvas = window.document.createElement('canvas');
      if (!canvas.getContext('2d')) return null;
      const { done } = page.paint(canvas, WIDTH / page.size.width);
      const late = new Promise<never>((_, reject) => {
        limit = setTimeout(reject, LONGEST_MS);
      });
      await Promise.race([done, late]);
      const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
      return blob && URL.createObjectURL(blob);
    } finally {
      clearTimeout(limit);
      document.close();
    }
  }
}

const ThumbnailsContext = createContext<Thumbnails | null>(null);

/** Keeps first pages for as long as it is there. */
export function PdfThumbnails({ children }: { children: ReactNode }) {
  const { tools } = useEngine();
  const [thumbnails, setThumbnails] = useState<Thumbnails | null>(null);
  useEffect(() => {
    if (!tools) return;
    const made = new Thumbnails((fileId) => tools.filePicture(fileId, true).catch(() => null));
    setThumbnails(made);
    return () => made.clear();
  }, [tools]);
  return <ThumbnailsContext value={thumbnails}>{children}</ThumbnailsContext>;
}

/** The first page of a document, once it was in sight; nothing before, and where there is none to be made. */
export function usePdfThumbnail(fileId: string, wanted: boolean): string | undefined {
  const thumbnails = use(ThumbnailsContext);
  const [made, setMade] = useState<{ of: string; url: Thumbnail }>();
  useEffect(() => {
    if (!thumbnails || !wanted) return;
    let gone = false;
    void thumbnails.of(fileId).then((url) => !gone && setMade({ of: fileId, url }));
    return () => {
      gone = true;
    };
  }, [thumbnails, fileId, wanted]);
  return (made?.of === fileId && made.url) || undefined;
}

/** Whether something was in sight. */
export function useSeen(element: RefObject<Element | null>): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (seen || !element.current) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element, seen]);
  return seen;
}
