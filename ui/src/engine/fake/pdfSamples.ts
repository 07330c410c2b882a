// Small documents, written out by hand: whole, protected by a password, and damaged.

const WORDS = [
  'The knee was seen from the side and from the front, standing and lying.',
  'There is no swelling. The range of motion is full, with some pain at the end of it.',
  'Walking is without a limp; going up stairs hurts at the inner side.',
  'Exercises twice a day, ten minutes each. Cold after longer walks.',
  'We meet again in four weeks, or before if it gets worse.',
];

const A4 = { width: 595, height: 842 };

/** A document of so many pages, every third of them lying. */
export function pdfSample(title: string, pages: number): string {
  return dataUrl(written(title, pages, ''));
}

/**
 * One that asks for a password: what it says of the right one (`O` and `U`, ISO 32000-1 section 7.6.3) fits no password, not
 * even the empty one.
 */
export function lockedSample(): string {
  const any = '<'.concat('5a'.repeat(32), '>');
  const id = '<'.concat('17'.repeat(16), '>');
  return dataUrl(
    written(
      'Locked',
      1,
      `/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O ${any} /U ${any} >> /ID [${id} ${id}]`,
    ),
  );
}

/** One of which nothing but the beginning came. */
export function brokenSample(): string {
  return dataUrl('%PDF-1.7\n1 0 obj\n<< /Type /Cata');
}

function written(title: string, pages: number, trailer: string): string {
  let text = '%PDF-1.7\n';
  const starts: number[] = [];
  const object = (body: string) => {
    starts.push(text.length);
    text += `${starts.length} 0 obj\n${body}\nendobj\n`;
  };
  // Catalogue, tree and font are the first three, then two objects for each page.
  object('<< /Type /Catalog /Pages 2 0 R >>');
  const kids = Array.from({ length: pages }, (_, n) => `${4 + 2 * n} 0 R`).join(' ');
  object(`<< /Type /Pages /Count ${pages} /Kids [${kids}] >>`);
  object('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>');
  for (let n = 0; n < pages; n += 1) {
    const { width, height } = n % 3 === 2 ? { width: A4.height, height: A4.width } : A4;
    const drawn = content(`${title}, page ${n + 1}`, width, height);
    const inside = `/MediaBox [0 0 ${width} ${height}] /Resources << /Font << /F 3 0 R >> >>`;
    object(`<< /Type /Page /Parent 2 0 R ${inside} /Contents ${5 + 2 * n} 0 R >>`);
    object(`<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`);
  }
  const table = starts.map((start) => `${String(start).padStart(10, '0')} 00000 n \n`).join('');
  const count = starts.length + 1;
  const end = `trailer\n<< /Size ${count} /Root 1 0 R ${trailer} >>\nstartxref\n${text.length}\n%%EOF\n`;
  return `${text}xref\n0 ${count}\n0000000000 65535 f \n${table}${end}`;
}

function content(title: string, width: number, height: number): string {
  const lines = WORDS.map((words, n) => `/F 11 Tf 1 0 0 1 56 ${height - 130 - n * 22} Tm (${words}) Tj`);
  const bars = WORDS.map((_, n) => `${56 + n * 60} ${height - 420} 36 ${40 + ((n * 47) % 110)} re f`);
  return [
    `0.04 0.41 0.44 rg 0 ${height - 18} ${width} 18 re f`,
    `BT 0.07 0.13 0.12 rg /F 20 Tf 1 0 0 1 56 ${height - 80} Tm (${title}) Tj`,
    ...lines,
    'ET',
    '0.62 0.76 0.78 rg',
    ...bars,
  ].join('\n');
}

function dataUrl(text: string): string {
  return `data:application/pdf;base64,${btoa(text)}`;
}
