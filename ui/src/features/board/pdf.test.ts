import { describe, expect, it } from 'vitest';
import { pdfOf } from './pdf';

describe('a document', () => {
  const page = { jpeg: new Uint8Array([0xff, 0xd8, 0xff, 0xd9]), width: 1600, height: 1000 };
  const file = pdfOf([page, { ...page, width: 1000, height: 1600 }]);
  const text = [...file].map((byte) => String.fromCharCode(byte)).join('');

  it('finds each of its objects where its table says', () => {
    const table = Number(/startxref\n(\d+)/.exec(text)?.[1]);
    expect(text.slice(table, table + 4)).toBe('xref');
    const starts = [...text.matchAll(/^(\d{10}) 00000 n $/gm)].map(([, start]) => Number(start));
    expect(starts).toHaveLength(8);
    for (const [n, start] of starts.entries()) {
      expect(text.slice(start).startsWith(`${n + 1} 0 obj`)).toBe(true);
    }
  });

  it('has a page for each picture, as it stands', () => {
    expect(text.match(/\/Type \/Page /g)).toHaveLength(2);
    expect(text).toContain('/Count 2 /Kids [3 0 R 6 0 R]');
    expect(text).toContain('[0 0 842.00 526.25]');
    expect(text).toContain('[0 0 526.25 842.00]');
  });
});
