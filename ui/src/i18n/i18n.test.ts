import { describe, expect, it } from 'vitest';
import { dateLocale, dictionaries, spoken } from '.';

function leaves(words: object, path = ''): [string, string][] {
  return Object.entries(words).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[`${path}${key}`, value]] : leaves(value as object, `${path}${key}.`),
  );
}

describe('the dictionaries', () => {
  const english = new Map(leaves(dictionaries.en));

  it.each(Object.entries(dictionaries))('%s says everything, with the same names in it', (_, dictionary) => {
    const said = new Map(leaves(dictionary));
    expect([...said.keys()].sort()).toEqual([...english.keys()].sort());
    const names = (text: string) => [...new Set(text.match(/{{\w+}}/g))].sort();
    for (const [key, text] of said) {
      expect(text.trim(), key).not.toBe('');
      // A plural for one may spell the number out.
      const expected = names(english.get(key) ?? '').filter(
        (name) => !key.endsWith('_one') || name !== '{{count}}',
      );
      expect(names(text), key).toEqual(expect.arrayContaining(expected));
    }
  });

  it('address people in Italian as «Lei»', () => {
    const familiar = /\b(tu|ti|te|tuo|tua|tuoi|tue|hai|sei|puoi|vuoi|devi|sai|stai)\b/i;
    expect(leaves(dictionaries.it).filter(([, text]) => familiar.test(text))).toEqual([]);
  });

  it('follow the choice, else the system, else English', () => {
    expect(spoken('it', ['en-US'])).toBe('it');
    expect(spoken('system', ['de-DE', 'it-CH', 'en'])).toBe('it');
    expect(spoken('system', ['de'])).toBe('en');
    expect(spoken('system', [])).toBe('en');
  });

  it('write dates as the system does in that language', () => {
    expect(dateLocale('en', ['it-IT', 'en-US'])).toBe('en-US');
    expect(dateLocale('en', ['it-IT'])).toBe('en-GB');
    expect(dateLocale('it', ['en-US'])).toBe('it');
  });
});
