// Large text and few buttons: by choice everywhere, and for guests from the start.

import type { AppView, ScreenView, Settings, SettingsPatch } from './engine/view';

/** Whether somebody else leads what is on the screen: then the person is a guest there. */
export function isGuest(screen: ScreenView): boolean {
  switch (screen.kind) {
    case 'lobby':
      return !screen.is_test_call && !screen.preview.is_admin;
    case 'waiting':
      return true;
    case 'call':
      return !screen.is_test_call && !screen.me.is_admin;
    case 'after':
      return screen.was_admin === false && !screen.is_test_call;
    case 'home':
    case 'opening':
      return false;
  }
}

/** The settings as they are drawn: simple by choice, or because of being a guest. */
export function drawnSettings({ screen, settings }: Pick<AppView, 'screen' | 'settings'>): Settings {
  const simple = settings.simple || (settings.simple_for_guests === true && isGuest(screen));
  return simple === settings.simple ? settings : { ...settings, simple };
}

/** What to ask for when it is switched. Whoever switches it off as a guest does not want it the next time either. */
export function simplePatch(settings: Settings, simple: boolean): SettingsPatch {
  return simple || settings.simple_for_guests === undefined
    ? { simple }
    : { simple, simple_for_guests: false };
}

/** What a guest asks for who wants the large text back: for visits that others lead, where that is told apart. */
export function largeAgain(settings: Settings): SettingsPatch {
  return settings.simple_for_guests === undefined ? { simple: true } : { simple_for_guests: true };
}
