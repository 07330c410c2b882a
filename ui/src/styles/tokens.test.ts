// The tokens' contrast, computed from the file itself (WCAG 2.2, 1.4.3 and 1.4.11).

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(`${import.meta.dirname}/tokens.css`, 'utf8');

function tokens(theme: 'light' | 'dark'): Map<string, string> {
  const block = css.split(`:root[data-theme="${theme}"] {`)[1]?.split('}')[0] ?? '';
  return new Map(
    [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, value]) => [name ?? '', value ?? '']),
  );
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Text on its ground: 4.5. */
const TEXT: [string, string][] = [
  ...['bg', 'surface', 'sunken', 'stage'].flatMap((ground) =>
    ['ink', 'ink-2', 'ink-3'].map((ink): [string, string] => [ink, ground]),
  ),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['soft-ink', 'soft'],
  ['on-red', 'red'],
  ['on-red', 'red-hover'],
  ['red-ink', 'surface'],
  ['red-ink', 'sunken'],
  ['red-ink', 'red-soft'],
  ['warn-ink', 'warn-soft'],
  ['on-off', 'off'],
];

/** Borders and signs on their ground: 3. */
const SIGNS: [string, string][] = [
  ['edge', 'surface'],
  ['edge', 'stage'],
  ['accent', 'stage'],
  ['accent', 'surface'],
  ['focus', 'bg'],
  ['focus', 'surface'],
  ['focus', 'stage'],
];

describe('drawing', () => {
  const drawn = (name: string) =>
    [...css.matchAll(new RegExp(`--draw-${name}: (#[0-9a-f]{6});`, 'g'))].map(([, one]) => one ?? '');

  it.each(['ink', 'red', 'ochre', 'green', 'teal', 'blue', 'plum'])(
    'in %s is seen on paper and on pictures',
    (colour) => {
      const [[onPaper = ''], [onPicture = '']] = [drawn(colour), drawn(`light-${colour}`)];
      expect(contrast(onPaper, '#ffffff')).toBeGreaterThanOrEqual(3);
      // Its edge is nearly black.
      expect(contrast(onPicture, '#0a1011')).toBeGreaterThanOrEqual(7);
    },
  );

  it.each(['ink', 'red', 'ochre', 'green', 'teal', 'blue', 'plum'])(
    'on a note in %s is read as on paper',
    (colour) => {
      // The same in both themes.
      const grounds = drawn(`note-${colour}`);
      expect(grounds).toHaveLength(1);
      for (const ground of grounds) {
        expect(contrast(drawn('ink')[0] ?? '', ground)).toBeGreaterThanOrEqual(7);
      }
    },
  );
});

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  const colours = tokens(theme);
  const of = (name: string) => {
    const colour = colours.get(name);
    if (!colour) throw new Error(`no token ${name}`);
    return colour;
  };

  it.each(TEXT)('%s can be read on %s', (ink, ground) => {
    expect(contrast(of(ink), of(ground))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SIGNS)('%s can be seen on %s', (sign, ground) => {
    expect(contrast(of(sign), of(ground))).toBeGreaterThanOrEqual(3);
  });

  it('white can be read on every person’s colour', () => {
    const people = [...css.matchAll(/--person-\d: (#[0-9a-f]{6})/g)].map(([, colour]) => colour ?? '');
    expect(people).toHaveLength(8);
    for (const colour of people) expect(contrast('#ffffff', colour)).toBeGreaterThanOrEqual(4.5);
  });
});
