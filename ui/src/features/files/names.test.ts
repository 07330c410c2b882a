import { describe, expect, it } from 'vitest';
import { nameOfFile } from './names';

const at = new Date(2026, 10, 22, 15, 4, 9);

describe('names of files', () => {
  it('say what it is, of which visit, and when', () => {
    expect(nameOfFile(['Whiteboard', 'Dr Rossi visit'], at, 'pdf')).toBe(
      'Whiteboard - Dr Rossi visit - 2026-11-22 15.04.pdf',
    );
    expect(nameOfFile(['Whiteboard', undefined, false, ' '], at, 'png')).toBe(
      'Whiteboard - 2026-11-22 15.04.png',
    );
  });

  it('have nothing in them that a system refuses', () => {
    const name = nameOfFile(['a/b\\c:d*e?f"g<h>i|j', '\u202eevil\u0007 ...', 'two\n lines.'], at, 'png');
    expect(name).toBe('a b c d e f g h i j - evil - two lines - 2026-11-22 15.04.png');
  });

  it('are not too long, and cut no sign in two', () => {
    const name = nameOfFile(['😀'.repeat(200)], at, 'png');
    expect([...name]).toHaveLength(60 + ' - 2026-11-22 15.04.png'.length);
    expect(name).not.toMatch(/\p{Cs}/u);
  });
});
