// What the lobby says: each device in words, what joining means now, and whether it asks first.

import type { DeviceState, LobbyView } from '../../engine/view';

export type DeviceWord = 'on' | 'starting' | 'off' | 'missing' | 'busy' | 'denied' | 'failed' | 'notAllowed';

/** The word for a state, under which the dictionaries hold its sentences. */
export function deviceWord(device: DeviceState): DeviceWord {
  return device.state === 'not_allowed' ? 'notAllowed' : device.state;
}

/** Whether a device is in trouble: amber, with a sign, never blocking. */
export function inTrouble(device: DeviceState): boolean {
  return ['missing', 'busy', 'denied', 'failed'].includes(device.state);
}

/** What a device's button does; nothing while there is nothing to switch. */
export function deviceAction(device: DeviceState): 'turn_off' | 'turn_on' | undefined {
  switch (device.state) {
    case 'on':
    case 'starting':
      return 'turn_off';
    case 'off':
      return 'turn_on';
    default:
      return undefined;
  }
}

/** The words on Join: what the others will have of you, or what you will have of them where they can have nothing. */
export function joinAs({
  microphone,
  camera,
  speaker,
  preview,
}: Pick<LobbyView, 'microphone' | 'camera' | 'speaker'> & {
  preview: Pick<LobbyView['preview'], 'call_type'>;
}): 'all' | 'sound' | 'attend' | 'listen' {
  const works = ({ state }: DeviceState) => state === 'on' || state === 'starting';
  if (works(camera)) return 'all';
  if (works(microphone)) return 'sound';
  // Switched off by one's own wish is not less of a visit; and whoever hears nothing is promised nothing.
  if (microphone.state === 'off' || camera.state === 'off' || !works(speaker)) return 'all';
  return preview.call_type === 'audio_only' ? 'listen' : 'attend';
}

/** Whether the seat is taken elsewhere, so that going in asks first. */
export function asksFirst({ preview, problem }: Pick<LobbyView, 'preview' | 'problem'>): boolean {
  return preview.in_use || problem?.code === 'seat_in_use';
}

/** Who is in, as one line has room for: the first name, and how many more. */
export function peopleIn(names: string[]): { first: string; others: number } | undefined {
  const [first, ...rest] = names;
  return first === undefined ? undefined : { first, others: rest.length };
}
