// What a call shows beside pictures: words on buttons, time left, a line's quality, what is read out.

import type { CallView, DeviceState, NoticeCode, PersonView, StreamView } from '../../ipc/bindings';

/** A button for one's own microphone or camera. */
export interface DeviceButton {
  /** Left out: the room or the seat has no such thing. */
  absent: boolean;
  on: boolean;
  /** Something is wrong, and a click cannot mend it. */
  trouble: 'missing' | 'busy' | 'denied' | 'failed' | undefined;
}

export function deviceButton(device: DeviceState): DeviceButton {
  switch (device.state) {
    case 'on':
    case 'starting':
      return { absent: false, on: true, trouble: undefined };
    case 'off':
      return { absent: false, on: false, trouble: undefined };
    case 'missing':
    case 'busy':
    case 'denied':
    case 'failed':
      return { absent: false, on: false, trouble: device.state };
    case 'not_allowed':
      return { absent: true, on: false, trouble: undefined };
  }
}

/** How many are in the room, oneself among them. */
export function headcount({ people, connection }: Pick<CallView, 'people' | 'connection'>): number {
  return people.length + (connection.state === 'connecting' ? 0 : 1);
}

/** The stream that shows somebody's face. */
export function cameraStream({ camera, streams }: PersonView): StreamView | undefined {
  return camera ? streams.find(({ source }) => source === 'camera') : undefined;
}

/** A quality that the words exist for. */
export type Quality = 0 | 1 | 2 | 3 | 4 | 5;

export function quality(value: number): Quality {
  return Math.min(5, Math.max(0, Math.round(value))) as Quality;
}

/** A good line needs no word on a tile; from 3 down it is said. */
export function saysQuality(value: number): boolean {
  return quality(value) <= 3;
}

/** How one's own line is said to be; nothing before there is one. While it is down, the last figure holds no longer. */
export function ownQuality({ connection, me }: Pick<CallView, 'connection' | 'me'>): Quality | undefined {
  if (connection.state === 'connecting') return undefined;
  return connection.state === 'reconnecting' ? 0 : quality(me.quality);
}

/** What is left of the time. */
export type TimeLeft = { unit: 'none' } | { unit: 'minutes' | 'seconds'; count: number };

export function timeLeft(seconds: number | null): TimeLeft {
  if (seconds === null) return { unit: 'none' };
  if (seconds < 60) return { unit: 'seconds', count: seconds };
  return { unit: 'minutes', count: Math.ceil(seconds / 60) };
}

/** Five minutes before the end it is said in amber. */
export function endsSoon(seconds: number | null): boolean {
  return seconds !== null && seconds <= 300;
}

/** How a notice looks and what can be done about it. */
export interface NoticeLook {
  tone: 'warn' | 'good' | 'plain';
  action: 'unmute' | 'dismiss';
}

export function noticeLook(code: NoticeCode): NoticeLook {
  switch (code) {
    case 'talking_while_muted':
      return { tone: 'warn', action: 'unmute' };
    case 'camera_lost':
    case 'microphone_lost':
    case 'speaker_lost':
      return { tone: 'warn', action: 'dismiss' };
    case 'camera_back':
    case 'microphone_back':
      return { tone: 'good', action: 'dismiss' };
    case 'person_joined':
    case 'person_left':
      return { tone: 'plain', action: 'dismiss' };
  }
}

/** Something that is read out. */
export type Announcement =
  | { say: 'joined' | 'left' | 'muted' | 'unmuted'; name: string }
  | {
      say: 'youMuted' | 'youUnmuted' | 'youCameraOff' | 'youCameraOn' | 'reconnecting' | 'connected' | 'back';
    };

/** What changed between two views, for those who do not see it. */
export function announcements(before: CallView, now: CallView): Announcement[] {
  const said: Announcement[] = [];
  const was = before.connection.state;
  const is = now.connection.state;
  if (was !== is) {
    if (is === 'reconnecting') said.push({ say: 'reconnecting' });
    if (is === 'connected') said.push({ say: was === 'connecting' ? 'connected' : 'back' });
  }
  const known = new Map(before.people.map((person) => [person.participant_id, person]));
  for (const person of now.people) {
    const { participant_id, display_name: name, microphone } = person;
    const old = known.get(participant_id);
    known.delete(participant_id);
    // Whoever is there when one comes in oneself did not just come.
    if (!old) {
      if (was !== 'connecting') said.push({ say: 'joined', name });
    } else if (old.microphone !== microphone) said.push({ say: microphone ? 'unmuted' : 'muted', name });
  }
  for (const { display_name: name } of known.values()) said.push({ say: 'left', name });
  const mine = (view: CallView, device: 'microphone' | 'camera') => view.me[device].state;
  const turned = (device: 'microphone' | 'camera', to: 'on' | 'off') =>
    mine(now, device) === to && mine(before, device) === (to === 'on' ? 'off' : 'on');
  if (turned('microphone', 'off')) said.push({ say: 'youMuted' });
  if (turned('microphone', 'on')) said.push({ say: 'youUnmuted' });
  if (turned('camera', 'off')) said.push({ say: 'youCameraOff' });
  if (turned('camera', 'on')) said.push({ say: 'youCameraOn' });
  return said;
}
