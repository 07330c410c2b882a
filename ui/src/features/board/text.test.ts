import { describe, expect, it } from 'vitest';
import { wrapped } from './text';

// Where nothing can be drawn a letter is 0.55 of its height wide.
const letters = (count: number) => count * 5.5 + 0.01;

describe('text on a board', () => {
  it('goes on in the next line between words', () => {
    expect(wrapped('take one a day with water', 10, letters(10))).toBe('take one a\nday with\nwater');
  });

  it('keeps the lines that were begun, and what fits as it is', () => {
    expect(wrapped('one  two\n\n  three', 10, letters(10))).toBe('one  two\n\n  three');
    expect(wrapped('anything at all', 10, Number.POSITIVE_INFINITY)).toBe('anything at all');
  });

  it('breaks a word only where it is longer than a line', () => {
    expect(wrapped('a hydrochlorothiazide', 10, letters(8))).toBe('a\nhydrochl\norothiaz\nide');
  });
});
