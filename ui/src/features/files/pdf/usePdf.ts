import { useCallback, useEffect, useState } from 'react';
import { useFetched } from '../usePicture';
import { openPdf, type PdfDocument, PdfFault, type PdfPage } from './open';

/** What is had of a document whose bytes are there, or on their way. */
export type Opened =
  | { state: 'loading' }
  | { state: 'open'; document: PdfDocument }
  | { state: 'encrypted' | 'broken' }
  /** It could not be fetched, or what shows it could not. */
  | { state: 'missing'; again: () => void };

const LOADING = { state: 'loading' } as const;

/** A document of the room, open for as long as it is looked at. */
export function usePdf(fileId: string): Opened {
  const fetched = useFetched(fileId, true);
  const opened = useOpened(fetched.state === 'there' ? fetched.address : undefined);
  return fetched.state === 'there' ? opened : fetched;
}

/** A document as an address, open for as long as it is looked at. */
export function useOpened(address: string | undefined): Opened {
  const [opened, setOpened] = useState<Opened>(LOADING);
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn asks anew
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
      (error) => {
        if (gone) return;
        const why = error instanceof PdfFault ? error.why : 'broken';
        setOpened(why === 'missing' ? { state: why, again } : { state: why });
      },
    );
    return () => {
      gone = true;
      close();
    };
  }, [address, turn, again]);
  return opened;
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
