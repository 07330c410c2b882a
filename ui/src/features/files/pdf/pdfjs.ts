// The one place that knows PDF.js. It is a megabyte and more: `open.ts` loads it when the first document is shown.
//
// It is of the last line whose `legacy` build runs in engines as old as Safari 16.4 (from 6 on it wants Safari 18). It
// evaluates no text as code, and WebAssembly is off: pictures in JPEG 2000 and JBIG2 are decoded by scripts.

import { getDocument, type PDFPageProxy, PDFWorker } from 'pdfjs-dist/legacy/build/pdf.mjs';
import Worker from 'pdfjs-dist/legacy/build/pdf.worker.mjs?worker';
import type { TextContent } from 'pdfjs-dist/types/src/display/api';
import { type Painting, type PdfDocument, PdfFault, type PdfPage } from './open';

/** A page at its own size: its points are 1/72 of an inch, pixels of a screen 1/96. */
const OWN_SIZE = 96 / 72;
/** Pictures of more pixels are left out: some are made to fill the memory. */
const MOST_PIXELS = 100_000_000;
/** A document that is not open after so long never will be. */
const LONGEST_MS = 30_000;
/** Only what keeps it from working is told to the console; the rest may have words of the document in it. */
const QUIET = 0;

/** Takes the bytes: they are the worker's afterwards. */
export async function openDocument(data: Uint8Array): Promise<PdfDocument> {
  // A worker of its own: a document that keeps it busy without end keeps nobody else.
  const port = new Worker();
  const worker = PDFWorker.create({ port: port as never, verbosity: QUIET });
  const close = () => {
    worker.destroy();
    port.terminate();
  };
  let limit: ReturnType<typeof setTimeout> | undefined;
  const failed = new Promise<never>((_, reject) => {
    // A worker that does not even come has no words for it (HTML, 10.2.6.3 and 10.2.4).
    const lost = (event: Event) => reject(event instanceof ErrorEvent ? event : new PdfFault('missing'));
    port.addEventListener('error', lost, { once: true });
    limit = setTimeout(reject, LONGEST_MS);
  });
  try {
    const asked = getDocument({ ...resources(), data, worker, maxImageSize: MOST_PIXELS, verbosity: QUIET });
    const document = await Promise.race([asked.promise, failed]);
    return { pages: document.numPages, page: async (n) => page(await document.getPage(n)), close };
  } catch (error) {
    close();
    if (error instanceof PdfFault) throw error;
    throw new PdfFault(error instanceof Error && error.name === 'PasswordException' ? 'encrypted' : 'broken');
  } finally {
    clearTimeout(limit);
  }
}

/** Where `build/pdf.ts` puts what some documents need, and how that is fetched. */
function resources() {
  const at = (folder: string) => new URL(`${import.meta.env.BASE_URL}pdf/${folder}/`, document.baseURI).href;
  return {
    cMapUrl: at('cmaps'),
    standardFontDataUrl: at('standard_fonts'),
    wasmUrl: at('wasm'),
    useWasm: false,
    useSystemFonts: true,
    // The scheme of the app is not of the web: only the page fetches from it.
    useWorkerFetch: false,
    BinaryDataFactory: Fetcher,
  };
}

type Kind = 'cMapUrl' | 'standardFontDataUrl' | 'wasmUrl';

class Fetcher {
  constructor(private readonly at: Record<Kind, string>) {}

  async fetch({ kind, filename }: { kind: Kind; filename: string }): Promise<Uint8Array> {
    const response = await fetch(this.at[kind] + filename);
    if (!response.ok) throw new Error(`no ${filename}`);
    return new Uint8Array(await response.arrayBuffer());
  }
}

function page(proxy: PDFPageProxy): PdfPage {
  const { width, height } = proxy.getViewport({ scale: OWN_SIZE });
  return {
    size: { width, height },
    paint: (canvas, scale) => paint(proxy, canvas, scale * OWN_SIZE),
    words: () => words(proxy),
  };
}

async function words(proxy: PDFPageProxy): Promise<string> {
  // Read piece by piece: WebKit cannot go over a stream by itself, as `getTextContent` would.
  const reader = proxy.streamTextContent().getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    const { items } = value as TextContent;
    for (const item of items) if ('str' in item) text += item.str + (item.hasEOL ? '\n' : '');
  }
}

function paint(proxy: PDFPageProxy, canvas: HTMLCanvasElement, scale: number): Painting {
  const viewport = proxy.getViewport({ scale });
  canvas.width = Math.max(1, Math.round(viewport.width));
  canvas.height = Math.max(1, Math.round(viewport.height));
  const task = proxy.render({ canvas, viewport });
  return { done: task.promise, cancel: () => task.cancel() };
}
