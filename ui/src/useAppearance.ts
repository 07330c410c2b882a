import { useEffect, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings, Theme } from './engine/view';
import { spoken } from './i18n';

const dark = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : undefined;

function useSystemDark(): boolean {
  return useSyncExternalStore(
    (changed) => {
      dark?.addEventListener('change', changed);
      return () => dark?.removeEventListener('change', changed);
    },
    () => dark?.matches ?? false,
  );
}

/** Light or dark, for a choice. */
export function shownTheme(choice: Theme, systemDark: boolean): 'light' | 'dark' {
  if (choice !== 'system') return choice;
  return systemDark ? 'dark' : 'light';
}

/** Brings language, theme and size of text to the whole page. A small window has no room for large text. */
export function useAppearance(settings: Settings | undefined, large = true): void {
  const { i18n } = useTranslation();
  const theme = shownTheme(settings?.theme ?? 'system', useSystemDark());
  const language = spoken(settings?.language ?? 'system', navigator.languages);
  const simple = large && (settings?.simple ?? false);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    document.documentElement.dataset.simple = String(simple);
  }, [theme, simple]);
  useEffect(() => {
    document.documentElement.lang = language;
    if (i18n.language !== language) void i18n.changeLanguage(language);
  }, [language, i18n]);
}
