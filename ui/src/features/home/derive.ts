// What the home screen shows of devices and of the server inside the app.

import type { AppView, DevicesView, DeviceView, RoomCardView, RoomsView, Settings } from '../../engine/view';

export type DeviceKind = 'camera' | 'microphone' | 'speaker';

/** One line of "This computer". */
export interface DeviceRow {
  kind: DeviceKind;
  /** The device that is used; nothing where there is none. */
  label: string | undefined;
  /** How many others there are to choose from. */
  others: number;
}

/** The device that will be used: the chosen one while it is there, else the first. */
export function usedDevice(chosen: string | null, devices: DeviceView[]): DeviceView | undefined {
  return devices.find(({ id }) => id === chosen) ?? devices[0];
}

export function deviceRows(settings: Settings, devices: DevicesView): DeviceRow[] {
  const row = (kind: DeviceKind, list: DeviceView[]): DeviceRow => ({
    kind,
    label: usedDevice(settings[kind], list)?.label,
    others: Math.max(0, list.length - 1),
  });
  return [
    row('camera', devices.cameras),
    row('microphone', devices.microphones),
    row('speaker', devices.speakers),
  ];
}

/** Whether a test call can be made: it needs the server inside. */
export function canTestCall(view: Pick<AppView, 'server'>): boolean {
  return view.server.state !== 'failed';
}

/** What a paste brings: the first word that looks like an address, else all of it on one line. */
export function pastedLink(text: string): string {
  const words = text.trim().split(/\s+/);
  const address = words.find((word) => /^<?(https?|visita):\/\//i.test(word));
  return (address ?? words.join(' ')).replace(/^<|[>.,;]+$/g, '');
}

/** How many wait in all one's rooms. */
export function waitingIn(rooms: RoomsView | undefined): number {
  if (rooms?.state !== 'ready') return 0;
  return rooms.rooms.reduce((sum, { waiting }) => sum + waiting, 0);
}

/** Those where somebody waits first, then by their time; always open ones last. */
export function inOrder(rooms: RoomCardView[]): RoomCardView[] {
  const start = (room: RoomCardView) => room.starts_at ?? Number.POSITIVE_INFINITY;
  return [...rooms].sort((a, b) => {
    if (a.waiting > 0 !== b.waiting > 0) return a.waiting > 0 ? -1 : 1;
    const [first, second] = [start(a), start(b)];
    return first === second ? 0 : first - second;
  });
}
