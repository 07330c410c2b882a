// Choices of devices as lists show them.

import type { Option } from '../../components/Choice';
import type { DeviceChoice, DeviceView } from '../../engine/view';

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
