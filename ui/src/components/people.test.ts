import { describe, expect, it } from 'vitest';
import { firstName, initials, PERSON_COLOURS, personColour } from './people';

describe('people', () => {
  it('have initials of their first and last name, without titles', () => {
    expect(initials('Anna Rossi')).toBe('AR');
    expect(initials('Dr Elena Conti')).toBe('EC');
    expect(initials('Dott.ssa Elena Maria Conti')).toBe('EC');
    expect(initials('Cher')).toBe('C');
    expect(initials('  ')).toBe('');
    expect(initials('Ólafur Þórsson')).toBe('ÓÞ');
    expect(initials('李 小龍')).toBe('李小');
    expect(initials('Dr')).toBe('D');
  });

  it('keep their colour', () => {
    expect(personColour(' Anna rossi')).toBe(personColour('Anna Rossi'));
    for (const name of ['', 'a', 'x'.repeat(128)]) expect(personColour(name)).toBeLessThan(PERSON_COLOURS);
  });

  it('are greeted by their first name', () => {
    expect(firstName('Dr. Elena Conti')).toBe('Elena');
    expect(firstName('Anna')).toBe('Anna');
    expect(firstName('Dott.ssa Elena Conti')).toBe('Elena');
    expect(firstName('Dr. Conti')).toBe('Dr. Conti');
    expect(firstName('')).toBe('');
  });
});
