import { describe, expect, it } from 'vitest';
import { callView, personView } from '../../engine/fake/samples';
import {
  announcements,
  cameraStream,
  deviceButton,
  endsSoon,
  headcount,
  ownQuality,
  quality,
  saysQuality,
  timeLeft,
} from './derive';

describe('a call', () => {
  it('has a button for each state of a device', () => {
    expect(deviceButton({ state: 'on', label: 'X' })).toMatchObject({ on: true, absent: false });
    expect(deviceButton({ state: 'off' })).toMatchObject({ on: false, trouble: undefined });
    expect(deviceButton({ state: 'missing' }).trouble).toBe('missing');
    expect(deviceButton({ state: 'not_allowed' }).absent).toBe(true);
  });

  it('counts oneself once one is in', () => {
    const people = [personView(1), personView(2)];
    expect(headcount({ people, connection: { state: 'connected' } })).toBe(3);
    expect(headcount({ people: [], connection: { state: 'connecting' } })).toBe(0);
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

  it('one’s own devices and the line', () => {
    const muted = { ...call, me: { ...call.me, microphone: { state: 'off' } as const } };
    expect(announcements(call, muted)).toEqual([{ say: 'youMuted' }]);
    const lost = { ...call, connection: { state: 'reconnecting', attempt: 1 } as const };
    expect(announcements(call, lost)).toEqual([{ say: 'reconnecting' }]);
    expect(announcements(lost, call)).toEqual([{ say: 'back' }]);
    const gone = { ...call, me: { ...call.me, camera: { state: 'missing' } as const } };
    expect(announcements(call, gone)).toEqual([]);
  });
});
