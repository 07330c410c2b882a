// What the person chose. Of a guest nothing personal outlives the tab: the name is kept for it only, the rest of it stays
// on this device.

import type { DeviceChoice, Settings, SettingsPatch } from '../view';

const KEY = 'visita.settings';
const NAME = 'visita.name';

const FIRST: Settings = {
  language: 'system',
  theme: 'system',
  display_name: '',
  camera: null,
  microphone: null,
  speaker: null,
  simple: false,
  simple_for_guests: true,
  echo_cancellation: true,
  noise_suppression: true,
  automatic_gain: true,
  mirror: true,
  talking_while_muted: true,
  doorbell: true,
};

/** Storage that a browser may refuse. */
export function kept(storage: 'localStorage' | 'sessionStorage', key: string): string | null {
  try {
    return window[storage].getItem(key);
  } catch {
    return null;
  }
}

export function keep(storage: 'localStorage' | 'sessionStorage', key: string, value: string | null): void {
  try {
    if (value === null) window[storage].removeItem(key);
    else window[storage].setItem(key, value);
  } catch {
    // Then it holds until the page is closed.
  }
}

export function openSettings(): Settings {
  const display_name = kept('sessionStorage', NAME) ?? '';
  try {
    const chosen = JSON.parse(kept('localStorage', KEY) ?? '{}') as Partial<Settings>;
    // Of what another version wrote only what is still known.
    const known = Object.entries(chosen).filter(
      ([name, value]) => name in FIRST && (value === null || typeof value !== 'object'),
    );
    return { ...FIRST, ...Object.fromEntries(known), display_name };
  } catch {
    return { ...FIRST, display_name };
  }
}

export function patched(settings: Settings, patch: SettingsPatch): Settings {
  const { camera, microphone, speaker, ...rest } = patch;
  const chosen = (choice: DeviceChoice | null | undefined, before: string | null) =>
    choice ? (choice.kind === 'device' ? choice.id : null) : before;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value != null));
  const now = {
    ...settings,
    ...given,
    camera: chosen(camera, settings.camera),
    microphone: chosen(microphone, settings.microphone),
    speaker: chosen(speaker, settings.speaker),
  };
  const { display_name, ...stays } = now;
  keep('localStorage', KEY, JSON.stringify(stays));
  keep('sessionStorage', NAME, display_name || null);
  return now;
}
