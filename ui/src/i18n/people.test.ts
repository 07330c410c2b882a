import i18next from 'i18next';
import { describe, expect, it } from 'vitest';
import './index';

describe('who is in already', () => {
  it.each([
    ['en', 1, 'Dr. Conti and one more person are already in'],
    ['en', 3, 'Dr. Conti and 3 more people are already in'],
    ['it', 1, 'Dr. Conti e un’altra persona sono già dentro'],
    ['it', 3, 'Dr. Conti e altre 3 persone sono già dentro'],
  ])('in %s, %i others', async (language, others, words) => {
    await i18next.changeLanguage(language);
    expect(i18next.t('lobby.peopleIn', { count: others + 1, first: 'Dr. Conti', others })).toBe(words);
  });
});
