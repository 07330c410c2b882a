import { useEffect, useState } from 'react';
import { useFetched } from '../usePicture';
import { openPdf, type PdfDocument, PdfFault, type PdfPage } from './open';

export type Opened =
  | { state: 'loading' }
  | { state: 'open'; document: PdfDocument }
  | { state: 'encrypted' | 'broken' }
  /** It could not be fetched. */
  | { state: 'missing'; again: () => void };

const LOADING = { state: 'loading' } as const;

/** A document of the room, open for as long as it is looked at. */
export function usePdf(fileId: string): Opened {
  const fetched = useFetched(fileId, true);
  const [opened, setOpened] = useState<Opened>(LOADING);
  const address = fetched.state === 'there' ? fetched.address : undefined;
  useEffect(() => {
    if (address === undefined) return;
    let gone = false;
    let close = () => {};
    setOpened(LOADING);
    openPdf(address).then(
      (document) => {
        if (gone) return document.close();
        close = () => document.close();
        setOpened({ state: 'open', document });
      },
      (error) => !gone && setOpened({ state: error instanceof PdfFault ? error.why : 'broken' }),
    );
    return () => {
      gone = true;
      close();
    };
  }, [address]);
  return fetched.state === 'there' ? opened : fetched;
}

interface PageNow {
  /** `null` where it cannot be had. */
  page: PdfPage | null;
  /** Not known yet, without. */
  words?: string | undefined;
}

/** A page and its words; nothing while it is on its way. */
export function usePage(document: PdfDocument, n: number): PageNow | undefined {
  const [now, setNow] = useState<PageNow & { n: number }>();
  useEffect(() => {
    let gone = false;
    const tell = (page: PdfPage | null, words?: string) => !gone && setNow({ n, page, words });
    const load = async () => {
      try {
        const page = await document.page(n);
        tell(page);
        tell(page, await page.words().catch(() => ''));
      } catch {
        tell(null);
      }
    };
    void load();
    return () => {
      gone = true;
    };
  }, [document, n]);
  return now?.n === n ? now : undefined;
}
