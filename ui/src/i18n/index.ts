// The page's languages. A new one is a folder like `it` and a line here.

import i18next, { type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Language } from '../engine/view';
import { type Dictionary, en } from './en';
import { it } from './it';

export const dictionaries = { en, it } satisfies Record<string, Dictionary>;

/** A language the page speaks. */
export type Spoken = keyof typeof dictionaries;

/** The name of each, in itself. */
export const languageNames: Record<Spoken, string> = { en: 'English', it: 'Italiano' };

/** The language for a choice; the system's preferences decide where there is none. */
export function spoken(choice: Language, preferred: readonly string[]): Spoken {
  if (choice !== 'system') return choice;
  for (const tag of preferred) {
    const language = tag.toLowerCase().split('-')[0];
    if (language && language in dictionaries) return language as Spoken;
  }
  return 'en';
}

/** The locale for dates: the region that the system prefers for this language. */
export function dateLocale(language: string, preferred: readonly string[]): string {
  return (
    preferred.find((tag) => tag.toLowerCase().split('-')[0] === language) ??
    (language === 'en' ? 'en-GB' : language)
  );
}

/** Sets the page's words up. */
export function startI18n(language: Spoken): i18n {
  void i18next.use(initReactI18next).init({
    resources: { en: { translation: en }, it: { translation: it } },
    lng: language,
    fallbackLng: 'en',
    // React escapes by itself.
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  return i18next;
}
