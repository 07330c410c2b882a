// Choices of devices as lists show them.

import type { Option } from '../../components/Choice';
import {
  type DeviceChoice,
  type DeviceView,
  SHORTCUTS,
  type ShortcutName,
  type Shortcuts,
} from '../../engine/view';

/** The entry that leaves it to the system; no device has this id. */
export const SYSTEM = ' system';

/** The entries of a list: the system's choice, the devices, and the chosen one also while it is unplugged. */
export function deviceOptions(
  chosen: string | null,
  devices: DeviceView[],
  system: string,
  gone: string,
): Option<string>[] {
  const options = [{ id: SYSTEM, label: system }, ...devices];
  if (chosen !== null && !devices.some(({ id }) => id === chosen)) options.push({ id: chosen, label: gone });
  return options;
}

/** What an entry says to the back end. */
export function choiceFor(id: string): DeviceChoice {
  return id === SYSTEM ? { kind: 'default' } : { kind: 'device', id };
}

/** A pressed key with what was held, as shortcuts are written; nothing while only such keys are held, or none of them. */
export function keysOf(
  event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey'>,
): string | undefined {
  const held = [
    event.ctrlKey && 'Control',
    event.altKey && 'Alt',
    event.shiftKey && 'Shift',
    event.metaKey && 'Super',
  ].filter((key) => key !== false);
  // By its place on the keyboard: with Shift or Alt held the letter is another one.
  const key = /^(Key|Digit)(.)$/.exec(event.code)?.[2] ?? (/^(F\d{1,2}|Space)$/.exec(event.code) ?? [])[0];
  if (!key) return undefined;
  // A plain letter would be taken from every other program.
  const plain = held.length === 0 || (held.length === 1 && held[0] === 'Shift');
  if (plain && !/^F\d/.test(key)) return undefined;
  return [...held, key].join('+');
}

/** Shortcuts as keyboards name their keys. */
export function keysShown(keys: string): string {
  return keys.replace('Control', 'Ctrl').replaceAll('+', ' + ');
}

/** Which other shortcut has these keys already. */
export function takenBy(keys: string, mine: ShortcutName, shortcuts: Shortcuts): ShortcutName | undefined {
  return SHORTCUTS.find((name) => name !== mine && shortcuts[name] === keys);
}

/** A sign-in link, rather than a token. */
export function looksLikeLink(text: string): boolean {
  return /^\s*(https?|visita):\/\//i.test(text);
}
