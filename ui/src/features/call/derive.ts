// What a call shows beside pictures: words on buttons, time left, a line's quality, what is read out.

import type {
  CallView,
  ConsentView,
  DeviceState,
  MeView,
  PersonView,
  RecorderTrouble,
  RecordingStop,
  StreamView,
  WaitingPersonView,
} from '../../engine/view';

/** A button for one's own microphone or camera. */
export interface DeviceButton {
  /** Left out: the room or the seat has no such thing. */
  absent: boolean;
  on: boolean;
  /** An admin took the right to send it: a click cannot give it back. */
  locked: boolean;
  /** Something is wrong, and a click cannot mend it. */
  trouble: 'missing' | 'busy' | 'denied' | 'failed' | undefined;
}

export function deviceButton(device: DeviceState, takenByAdmin = false): DeviceButton {
  const button = { absent: false, on: false, locked: takenByAdmin, trouble: undefined };
  if (takenByAdmin && device.state !== 'not_allowed') return button;
  switch (device.state) {
    case 'on':
    case 'starting':
      return { ...button, on: true };
    case 'off':
      return button;
    case 'missing':
    case 'busy':
    case 'denied':
    case 'failed':
      return { ...button, trouble: device.state };
    case 'not_allowed':
      return { ...button, absent: true, locked: false };
  }
}

/** One's own microphone as a button. */
export const microphoneButton = ({ microphone, muted_by_admin }: MeView) =>
  deviceButton(microphone, muted_by_admin.microphone);

/** One's own camera as a button. */
export const cameraButton = ({ camera, muted_by_admin }: MeView) =>
  deviceButton(camera, muted_by_admin.camera);

/** How many are in the room, oneself among them; not known before one is in oneself. */
export function headcount({
  people,
  connection,
}: Pick<CallView, 'people' | 'connection'>): number | undefined {
  return connection.state === 'connecting' ? undefined : people.length + 1;
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

/** How somebody is muted. */
export type Muted = 'no' | 'self' | 'admin';

export function muted({
  microphone,
  muted_by_admin,
}: Pick<PersonView, 'microphone' | 'muted_by_admin'>): Muted {
  if (muted_by_admin.microphone) return 'admin';
  return microphone ? 'no' : 'self';
}

/** Places of raised hands: 1 was first. One's own hand counts among them. */
export function handPlaces({ people, me }: Pick<CallView, 'people' | 'me'>): Map<string, number> {
  const raised = [me, ...people].filter(({ hand }) => hand !== null);
  raised.sort((a, b) => (a.hand ?? 0) - (b.hand ?? 0));
  return new Map(raised.map(({ participant_id }, n) => [participant_id, n + 1]));
}

/** People as the panel lists them: raised hands first, in their order; then as they came. */
export function listed(people: PersonView[]): PersonView[] {
  const hand = (person: PersonView) => person.hand ?? Number.POSITIVE_INFINITY;
  return [...people].sort((a, b) => {
    const [first, second] = [hand(a), hand(b)];
    return first === second ? 0 : first - second;
  });
}

/** What the recording slot says. It always says something. */
export type RecordingSlot =
  | { kind: 'none' | 'not' | 'starting' }
  /** `without`: my voice and picture are left out. */
  | { kind: 'on' | 'without'; elapsed: number }
  /** It runs, and not everybody has answered; admins only. */
  | { kind: 'asking'; elapsed: number; agreed: number; of: number }
  | { kind: 'stopped'; reason: RecordingStop };

export function recordingSlot(
  call: Pick<CallView, 'recording' | 'recording_state' | 'me' | 'consents'>,
): RecordingSlot {
  const { recording, recording_state: now, me, consents } = call;
  switch (now.state) {
    case 'off':
      return { kind: recording === 'none' ? 'none' : 'not' };
    case 'starting':
      return { kind: 'starting' };
    case 'on': {
      const elapsed = now.elapsed_s;
      if (me.consent !== 'yes') return { kind: 'without', elapsed };
      const { yes, awaited } = answers(consents);
      return awaited > 0
        ? { kind: 'asking', elapsed, agreed: yes, of: consents.length }
        : { kind: 'on', elapsed };
    }
    case 'stopped':
      // What is wrong with the server's disk is no guest's business.
      return { kind: 'stopped', reason: me.is_admin ? now.reason : 'failed' };
  }
}

/** How many said what. */
export function answers(consents: readonly ConsentView[]): { yes: number; no: number; awaited: number } {
  const count = (wanted: boolean | null) => consents.filter(({ answer }) => answer === wanted).length;
  return { yes: count(true), no: count(false), awaited: count(null) };
}

/** What is wrong with a recording that goes on; for admins. */
export type RecordingTrouble = Exclude<RecorderTrouble, 'connection_back'>;

export function recordingTrouble({
  recording_state: now,
  me,
}: Pick<CallView, 'recording_state' | 'me'>): RecordingTrouble | undefined {
  if (now.state !== 'on' || !me.is_admin || !now.trouble) return undefined;
  return now.trouble === 'connection_back' ? undefined : now.trouble;
}

/** Minutes and seconds, as a clock says them. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** How long somebody has waited: in minutes, and not at all in the first. */
export function waitedMinutes({ waited_s }: Pick<WaitingPersonView, 'waited_s'>): number {
  return Math.floor(waited_s / 60);
}

/** Something that is read out. */
export type Announcement =
  | {
      say:
        | 'joined'
        | 'left'
        | 'muted'
        | 'unmuted'
        | 'mutedByHost'
        | 'hand'
        | 'waiting'
        | 'shares'
        | 'sharesNoMore'
        | 'presents'
        | 'agreed'
        | 'refused';
      name: string;
    }
  | {
      say:
        | 'youMuted'
        | 'youUnmuted'
        | 'youMutedByHost'
        | 'youReleased'
        | 'youCameraOff'
        | 'youCameraOn'
        | 'reconnecting'
        | 'connected'
        | 'back'
        | 'recordingStarts'
        | 'recordingOn'
        | 'recordingOff'
        | 'recordingNot'
        | `recordingStopped_${RecordingStop}`
        | `recorder_${RecordingTrouble}`
        | 'recorderFine'
        | 'fiveMinutes'
        | 'halfMinute'
        | 'presentsNoMore';
    };

/** Of my own devices, what happens by itself as one comes. What goes off somebody switched. */
const COMES_ON: ReadonlySet<Announcement['say']> = new Set(['youUnmuted', 'youCameraOn']);

/**
 * What changed between two views, for those who do not see it. Of whoever just came, devices come on one after the other:
 * `isNew` knows by id of whom that is not told.
 */
export function announcements(
  before: CallView,
  now: CallView,
  isNew: (id: string) => boolean = () => false,
): Announcement[] {
  return [
    ...line(before, now),
    ...recording(before, now),
    ...time(before, now),
    ...others(before, now, isNew),
    ...presenting(before, now),
    ...atTheDoor(before, now),
    ...own(before, now).filter(({ say }) => !COMES_ON.has(say) || !isNew(now.me.participant_id)),
  ];
}

function line(before: CallView, now: CallView): Announcement[] {
  const was = before.connection.state;
  const is = now.connection.state;
  if (was === is) return [];
  if (is === 'reconnecting') return [{ say: 'reconnecting' }];
  if (is === 'connected') return [{ say: was === 'connecting' ? 'connected' : 'back' }];
  return [];
}

function recording(before: CallView, now: CallView): Announcement[] {
  const [was, is] = [before.recording_state, now.recording_state];
  const said: Announcement[] = [];
  if (was.state !== is.state) {
    if (is.state === 'starting') said.push({ say: 'recordingStarts' });
    else if (is.state === 'on') said.push({ say: 'recordingOn' });
    else if (is.state === 'stopped' && now.me.is_admin) said.push({ say: `recordingStopped_${is.reason}` });
    else if (was.state === 'on') said.push({ say: 'recordingOff' });
    else if (was.state === 'starting') said.push({ say: 'recordingNot' });
  }
  const [had, has] = [recordingTrouble(before), recordingTrouble(now)];
  if (has && had !== has) said.push({ say: `recorder_${has}` });
  if (had && !has && is.state === 'on') said.push({ say: 'recorderFine' });
  return [...said, ...consents(before, now)];
}

/** What others answered; one's own answer one gave oneself. */
function consents(before: CallView, now: CallView): Announcement[] {
  const known = new Map(before.consents.map(({ participant_id, answer }) => [participant_id, answer]));
  return now.consents.flatMap(({ participant_id: id, display_name: name, answer }) => {
    const told =
      !known.has(id) || known.get(id) === answer || answer === null || id === now.me.participant_id;
    return told ? [] : [{ say: answer ? 'agreed' : 'refused', name } as const];
  });
}

function time(before: CallView, now: CallView): Announcement[] {
  const passed = (mark: number) =>
    (before.seconds_left ?? 0) > mark && now.seconds_left !== null && now.seconds_left <= mark;
  if (passed(30)) return [{ say: 'halfMinute' }];
  return passed(300) ? [{ say: 'fiveMinutes' }] : [];
}

function others(before: CallView, now: CallView, isNew: (id: string) => boolean): Announcement[] {
  const said: Announcement[] = [];
  const known = new Map(before.people.map((person) => [person.participant_id, person]));
  const shares = ({ streams }: PersonView) => streams.some(({ source }) => source === 'screen');
  for (const person of now.people) {
    const { participant_id, display_name: name } = person;
    const old = known.get(participant_id);
    known.delete(participant_id);
    if (!old) {
      // Whoever is there when one comes in oneself did not just come.
      if (before.connection.state !== 'connecting') said.push({ say: 'joined', name });
      continue;
    }
    if (muted(old) !== muted(person) && !isNew(participant_id) && !isNew(now.me.participant_id)) {
      const say = { no: 'unmuted', self: 'muted', admin: 'mutedByHost' } as const;
      said.push({ say: say[muted(person)], name });
    }
    if (old.hand === null && person.hand !== null) said.push({ say: 'hand', name });
    if (shares(old) !== shares(person)) said.push({ say: shares(person) ? 'shares' : 'sharesNoMore', name });
  }
  for (const { display_name: name } of known.values()) said.push({ say: 'left', name });
  return said;
}

function presenting(before: CallView, now: CallView): Announcement[] {
  const [was, is] = [before.presenter ?? null, now.presenter ?? null];
  if (was === is) return [];
  if (is === null) return [{ say: 'presentsNoMore' }];
  const by = now.people.find(({ participant_id }) => participant_id === is);
  return by ? [{ say: 'presents', name: by.display_name }] : [];
}

function atTheDoor(before: CallView, now: CallView): Announcement[] {
  const known = new Set(before.waiting.map(({ participant_id }) => participant_id));
  return now.waiting
    .filter(({ participant_id }) => !known.has(participant_id))
    .map(({ display_name: name }) => ({ say: 'waiting', name }));
}

function own({ me: before }: CallView, { me: now }: CallView): Announcement[] {
  const said: Announcement[] = [];
  const taken = (me: MeView) => me.muted_by_admin.microphone ?? false;
  const turned = (device: 'microphone' | 'camera', to: 'on' | 'off') =>
    now[device].state === to && before[device].state === (to === 'on' ? 'off' : 'on');
  if (taken(before) !== taken(now)) said.push({ say: taken(now) ? 'youMutedByHost' : 'youReleased' });
  else if (turned('microphone', 'off')) said.push({ say: 'youMuted' });
  if (turned('microphone', 'on')) said.push({ say: 'youUnmuted' });
  if (turned('camera', 'off')) said.push({ say: 'youCameraOff' });
  if (turned('camera', 'on')) said.push({ say: 'youCameraOn' });
  return said;
}
