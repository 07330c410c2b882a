// First pages of documents, small, kept for as long as the call lasts.

import { createContext, type ReactNode, type RefObject, use, useEffect, useState } from 'react';
import { useEngine } from '../../../engine/context';
import { openPdf } from './open';
import { painted, type Thumbnail, Thumbnails } from './painted';

/** As wide as a card of the chat, on a sharp screen. */
const WIDTH = 560;
const ThumbnailsContext = createContext<Thumbnails<string> | null>(null);

async function firstPage(bytes: string): Promise<Blob | null> {
  const document = await openPdf(bytes);
  try {
    const page = await document.page(1);
    return await painted(page, WIDTH / page.size.width);
  } finally {
    document.close();
  }
}

/** Keeps first pages for as long as it is there. */
export function PdfThumbnails({ children }: { children: ReactNode }) {
  const { tools } = useEngine();
  const [thumbnails, setThumbnails] = useState<Thumbnails<string> | null>(null);
  useEffect(() => {
    if (!tools) return;
    const made = new Thumbnails<string>(async (fileId) => {
      const bytes = await tools.filePicture(fileId, true).catch(() => null);
      if (bytes !== null) return firstPage(bytes);
      made.forget(fileId);
      return null;
    });
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
