// A document of one picture a page. That takes six kinds of objects; a library for it weighs more than the whole board.

import { DOCUMENT } from '../../engine/bytes';

export interface PdfPage {
  jpeg: Uint8Array;
  /** In pixels. */
  width: number;
  height: number;
}

/** The longer side of a page in points: that of A4. */
const LONG_SIDE = 842;

export function pdfOf(pages: readonly PdfPage[]): Uint8Array {
  const written: Uint8Array[] = [];
  const starts: number[] = [];
  let length = 0;
  const write = (part: string | Uint8Array) => {
    const bytes = typeof part === 'string' ? new TextEncoder().encode(part) : part;
    written.push(bytes);
    length += bytes.length;
  };
  const object = (body: string, stream?: Uint8Array) => {
    starts.push(length);
    write(`${starts.length} 0 obj\n${body}\n`);
    if (stream) {
      write('stream\n');
      write(stream);
      write('\nendstream\n');
    }
    write('endobj\n');
  };
  // Catalogue and tree are the first two, then three objects for each page.
  const pageObject = (n: number) => 3 + n * 3;
  write(`${String.fromCharCode(...DOCUMENT)}1.4\n`);
  object('<< /Type /Catalog /Pages 2 0 R >>');
  const kids = pages.map((_, n) => `${pageObject(n)} 0 R`).join(' ');
  object(`<< /Type /Pages /Count ${pages.length} /Kids [${kids}] >>`);
  pages.forEach(({ jpeg, width, height }, n) => {
    const scale = LONG_SIDE / Math.max(width, height);
    const [wide, high] = [(width * scale).toFixed(2), (height * scale).toFixed(2)];
    const drawing = new TextEncoder().encode(`${wide} 0 0 ${high} 0 0 cm /P Do`);
    const [contents, image] = [pageObject(n) + 1, pageObject(n) + 2];
    object(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${wide} ${high}] /Contents ${contents} 0 R ` +
        `/Resources << /XObject << /P ${image} 0 R >> >> >>`,
    );
    object(`<< /Length ${drawing.length} >>`, drawing);
    object(
      `<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB ` +
        `/BitsPerComponent 8 /Filter /DCTDecode /Length ${jpeg.length} >>`,
      jpeg,
    );
  });
  const table = length;
  const lines = starts.map((start) => `${String(start).padStart(10, '0')} 00000 n \n`).join('');
  write(`xref\n0 ${starts.length + 1}\n0000000000 65535 f \n${lines}`);
  write(`trailer\n<< /Size ${starts.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`);
  const file = new Uint8Array(length);
  let at = 0;
  for (const part of written) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}
