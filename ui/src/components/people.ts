// Initials and colours of people who are not seen.

/** Up to two letters for a name: of its first and its last word. Titles and signs do not count. */
export function initials(name: string): string {
  const words = name
    .split(/\s+/)
    .filter((word) => /^[\p{L}\p{N}]/u.test(word) && !/^\p{L}{1,4}\.(ssa|ssi)?$/iu.test(word))
    .filter((word, at, all) => all.length < 2 || at > 0 || !TITLES.has(word.toLowerCase()));
  const first = words[0];
  if (!first) return '';
  const last = words.length > 1 ? words[words.length - 1] : undefined;
  const letters = [...first].slice(0, 1).concat(last ? [...last].slice(0, 1) : []);
  return letters.join('').toLocaleUpperCase();
}

const TITLES = new Set([
  'dr',
  'dott',
  'dottor',
  'dottoressa',
  'prof',
  'mr',
  'mrs',
  'ms',
  'sig',
  'signora',
  'signor',
]);

/** Number of colours that people have; the tokens are `--person-0` and on. */
export const PERSON_COLOURS = 8;

/** A colour that stays with somebody, by the name they are shown under: not every place knows more of them. */
export function personColour(name: string): number {
  let hash = 0;
  for (const sign of name.trim().toLowerCase()) hash = (hash * 31 + (sign.codePointAt(0) ?? 0)) >>> 0;
  return hash % PERSON_COLOURS;
}

/** What to call somebody in a greeting: the first name, without the title; a surname alone keeps it. */
export function firstName(name: string): string {
  const words = name.trim().split(/\s+/);
  const named = words.filter((word) => !TITLES.has(word.toLowerCase().replace(/\..*$/, '')));
  return named.length > 1 ? (named[0] ?? '') : words.join(' ');
}
