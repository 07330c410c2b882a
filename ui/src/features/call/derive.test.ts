import { describe, expect, it } from 'vitest';
import { callView, personView } from '../../engine/fake/samples';
import type { CallView, PersonView, RecorderTrouble } from '../../engine/view';
import {
  announcements,
  cameraStream,
  clock,
  deviceButton,
  endsSoon,
  handPlaces,
  headcount,
  listed,
  muted,
  ownQuality,
  quality,
  recordingSlot,
  recordingTrouble,
  saysQuality,
  timeLeft,
} from './derive';

describe('a call', () => {
  it('has a button for each state of a device', () => {
    expect(deviceButton({ state: 'on', label: 'X' })).toMatchObject({ on: true, absent: false });
    expect(deviceButton({ state: 'off' })).toMatchObject({ on: false, trouble: undefined });
    expect(deviceButton({ state: 'missing' }).trouble).toBe('missing');
    expect(deviceButton({ state: 'not_allowed' }).absent).toBe(true);
    expect(deviceButton({ state: 'on', label: 'X' }, true)).toMatchObject({ on: false, locked: true });
    expect(deviceButton({ state: 'not_allowed' }, true)).toMatchObject({ absent: true, locked: false });
  });

  it('counts oneself once one is in', () => {
    const people = [personView(1), personView(2)];
    expect(headcount({ people, connection: { state: 'connected' } })).toBe(3);
    expect(headcount({ people: [], connection: { state: 'connecting' } })).toBeUndefined();
  });

  it('shows no picture of a camera that is off', () => {
    const person = personView(1);
    expect(cameraStream(person)?.source).toBe('camera');
    expect(cameraStream({ ...person, camera: false })).toBeUndefined();
    expect(cameraStream({ ...person, streams: [] })).toBeUndefined();
  });

  it('says a weak line, and what time is left', () => {
    expect(quality(9)).toBe(5);
    expect(quality(-1)).toBe(0);
    expect([5, 4, 3, 2, 1, 0].map(saysQuality)).toEqual([false, false, true, true, true, true]);
    expect(timeLeft(null)).toEqual({ unit: 'none' });
    expect(timeLeft(61)).toEqual({ unit: 'minutes', count: 2 });
    expect(timeLeft(59)).toEqual({ unit: 'seconds', count: 59 });
    expect(endsSoon(null)).toBe(false);
    expect(endsSoon(300)).toBe(true);
  });
});

describe('one’s own line', () => {
  const me = { ...callView(2).me, quality: 4 };

  it('is as good as it was measured, and lost while it is down', () => {
    expect(ownQuality({ me, connection: { state: 'connected' } })).toBe(4);
    expect(ownQuality({ me, connection: { state: 'reconnecting', attempt: 1 } })).toBe(0);
    expect(ownQuality({ me, connection: { state: 'connecting' } })).toBeUndefined();
  });
});

describe('hands', () => {
  it('stand in the order of their raising, one’s own among them', () => {
    const [first, second] = [personView(1), personView(2)];
    const people = [{ ...first, hand: 9 }, { ...second, hand: 4 }, personView(3)];
    const me = { ...callView(2).me, hand: 5 };
    expect([...handPlaces({ people, me })]).toEqual([
      [second.participant_id, 1],
      ['seat-me', 2],
      [first.participant_id, 3],
    ]);
    expect(listed(people).map(({ hand }) => hand ?? null)).toEqual([4, 9, null]);
  });
});

describe('the recording slot', () => {
  const call = callView(2);
  const slot = (change: Partial<CallView>, consent: 'yes' | 'no' | 'asked' = 'yes') =>
    recordingSlot({ ...call, ...change, me: { ...call.me, consent } });
  const on = { state: 'on', elapsed_s: 252, layout: 'grid', megabytes: 38 } as const;

  it('always says something', () => {
    expect(slot({ recording: 'none' })).toEqual({ kind: 'none' });
    expect(slot({ recording: 'manual' })).toEqual({ kind: 'not' });
    expect(slot({ recording: 'manual', recording_state: { state: 'starting' } })).toEqual({
      kind: 'starting',
    });
    expect(slot({ recording_state: on })).toEqual({ kind: 'on', elapsed: 252 });
    expect(slot({ recording_state: on }, 'no').kind).toBe('without');
    // Whoever did not answer is left out, too.
    expect(slot({ recording_state: on }, 'asked').kind).toBe('without');
  });

  it('tells admins who have answered how many have not', () => {
    const consents = [true, false, null].map((answer, n) => ({
      participant_id: `seat-${n}`,
      display_name: '',
      answer,
      at_ms: null,
    }));
    expect(slot({ recording_state: on, consents })).toEqual({
      kind: 'asking',
      elapsed: 252,
      agreed: 1,
      of: 3,
    });
    // That one is left out oneself matters more.
    expect(slot({ recording_state: on, consents }, 'asked').kind).toBe('without');
    expect(slot({ recording_state: on, consents: consents.slice(0, 2) }).kind).toBe('on');
  });

  it('has a reason for admins when it ended by itself', () => {
    const stopped = { state: 'stopped', reason: 'disk_full' } as const;
    expect(slot({ recording_state: stopped })).toEqual({ kind: 'stopped', reason: 'disk_full' });
    const guest = { ...call, recording_state: stopped, me: { ...call.me, is_admin: false } };
    expect(recordingSlot(guest)).toEqual({ kind: 'stopped', reason: 'failed' });
  });

  it('has trouble for admins only, and none once the line is back', () => {
    const recorder = (trouble: RecorderTrouble, is_admin = true) =>
      recordingTrouble({ recording_state: { ...on, trouble }, me: { ...call.me, is_admin } });
    expect(recorder('too_slow')).toBe('too_slow');
    expect(recorder('too_slow', false)).toBeUndefined();
    expect(recorder('connection_back')).toBeUndefined();
  });

  it('counts like a clock', () => {
    expect([0, 252, 3661].map(clock)).toEqual(['00:00', '04:12', '1:01:01']);
  });
});

describe('being muted', () => {
  it('is one’s own doing, or an admin’s', () => {
    const taken = { microphone: true, camera: false, screen: false };
    expect(muted({ microphone: true, muted_by_admin: {} })).toBe('no');
    expect(muted({ microphone: false, muted_by_admin: {} })).toBe('self');
    expect(muted({ microphone: false, muted_by_admin: taken })).toBe('admin');
  });
});

describe('what is read out', () => {
  const call = callView(3);
  const [anna, kenji] = call.people;
  if (!anna || !kenji) throw new Error('two others');

  it('joins, leaves and mutes', () => {
    const later = { ...call, people: [{ ...anna, microphone: !anna.microphone }, personView(7)] };
    expect(announcements(call, later)).toEqual([
      { say: anna.microphone ? 'muted' : 'unmuted', name: anna.display_name },
      { say: 'joined', name: personView(7).display_name },
      { say: 'left', name: kenji.display_name },
    ]);
  });

  it('nothing where nothing changed', () => {
    expect(announcements(call, structuredClone(call))).toEqual([]);
  });

  it('not those who were there before', () => {
    const connecting = { ...call, people: [], connection: { state: 'connecting' } as const };
    expect(announcements(connecting, call)).toEqual([{ say: 'connected' }]);
  });

  it('nor devices that come on with whoever just came', () => {
    const off = (person: PersonView): PersonView => ({ ...person, microphone: false });
    const on = (person: PersonView): PersonView => ({ ...person, microphone: true });
    const before = { ...call, people: call.people.map(off) };
    const now = { ...call, people: call.people.map(on) };
    const [anna] = call.people;
    expect(announcements(before, now)).toHaveLength(now.people.length);
    const told = announcements(before, now, (id) => id === anna?.participant_id);
    expect(told).toHaveLength(now.people.length - 1);
    // While I have just come, none of it was switched by anybody.
    const meOn = { ...now, me: { ...now.me, microphone: { state: 'on', label: 'x' } as const } };
    const meOff = { ...before, me: { ...before.me, microphone: { state: 'off' } as const } };
    expect(announcements(meOff, meOn, (id) => id === call.me.participant_id)).toEqual([]);
  });

  it('one’s own devices and the line', () => {
    const muted = { ...call, me: { ...call.me, microphone: { state: 'off' } as const } };
    expect(announcements(call, muted)).toEqual([{ say: 'youMuted' }]);
    const lost = { ...call, connection: { state: 'reconnecting', attempt: 1 } as const };
    expect(announcements(call, lost)).toEqual([{ say: 'reconnecting' }]);
    expect(announcements(lost, call)).toEqual([{ say: 'back' }]);
    const gone = { ...call, me: { ...call.me, camera: { state: 'missing' } as const } };
    expect(announcements(call, gone)).toEqual([]);
  });

  it('an admin’s doings, hands, the door, recording and time', () => {
    const taken = { microphone: true, camera: false, screen: false };
    const later: CallView = {
      ...call,
      me: { ...call.me, muted_by_admin: taken },
      people: [{ ...anna, muted_by_admin: taken, hand: 1 }, kenji],
      waiting: [{ participant_id: 'x', display_name: 'Tomás', waited_s: 0, connected: true, notes: [] }],
      recording_state: { state: 'on', elapsed_s: 0, layout: 'grid', megabytes: 0 },
    };
    expect(announcements(call, later).map(({ say }) => say)).toEqual([
      'recordingOn',
      'mutedByHost',
      'hand',
      'waiting',
      'youMutedByHost',
    ]);
    const at = (seconds_left: number) => ({ ...call, seconds_left });
    expect(announcements(at(301), at(300))).toEqual([{ say: 'fiveMinutes' }]);
    expect(announcements(at(31), at(30))).toEqual([{ say: 'halfMinute' }]);
    expect(announcements(at(200), at(199))).toEqual([]);
  });

  it('each step of a recording, and the answers of the others', () => {
    type Step = [change: Partial<CallView>, said: string[]];
    const on = { state: 'on', elapsed_s: 1, layout: 'grid', megabytes: 1 } as const;
    const consent = (participant_id: string, answer: boolean | null) => ({
      participant_id,
      display_name: participant_id,
      answer,
      at_ms: null,
    });
    const asked = [consent('seat-me', null), consent('seat-0', null), consent('seat-1', null)];
    const steps: Step[] = [
      [{ recording_state: { state: 'starting' }, consents: asked }, ['recordingStarts']],
      [{ recording_state: on }, ['recordingOn']],
      [
        { consents: [consent('seat-me', true), consent('seat-0', true), consent('seat-1', null)] },
        ['agreed'],
      ],
      [{ consents: [consent('seat-me', true), consent('seat-0', false)] }, ['refused']],
      [{ recording_state: { ...on, trouble: 'connection_lost' } }, ['recorder_connection_lost']],
      [{ recording_state: { ...on, trouble: 'connection_back' } }, ['recorderFine']],
      [{ recording_state: { ...on, elapsed_s: 9 } }, []],
      [{ recording_state: { state: 'stopped', reason: 'disk_full' } }, ['recordingStopped_disk_full']],
      [{ recording_state: { state: 'starting' } }, ['recordingStarts']],
      [{ recording_state: { state: 'off' } }, ['recordingNot']],
    ];
    let before = call;
    for (const [change, said] of steps) {
      const now = { ...before, ...change };
      expect(announcements(before, now).map(({ say }) => say)).toEqual(said);
      before = now;
    }
    // What is wrong with the disk is no guest's business.
    const guest = (recording_state: CallView['recording_state']) => ({
      ...call,
      me: { ...call.me, is_admin: false },
      recording_state,
    });
    const ended = guest({ state: 'stopped', reason: 'disk_full' });
    expect(announcements(guest(on), ended)).toEqual([{ say: 'recordingOff' }]);
  });
});
