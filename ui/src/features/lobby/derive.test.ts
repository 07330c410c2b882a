import { describe, expect, it } from 'vitest';
import type { DeviceState } from '../../engine/view';
import { asksFirst, deviceAction, deviceWord, inTrouble, joinAs, peopleIn } from './derive';

const on: DeviceState = { state: 'on', label: 'X' };
const off: DeviceState = { state: 'off' };
const missing: DeviceState = { state: 'missing' };

describe('the lobby', () => {
  it('has a word and an action for each state of a device', () => {
    expect(deviceWord({ state: 'not_allowed' })).toBe('notAllowed');
    expect(deviceWord(missing)).toBe('missing');
    expect(deviceAction(on)).toBe('turn_off');
    expect(deviceAction(off)).toBe('turn_on');
    expect(deviceAction(missing)).toBeUndefined();
    expect(inTrouble(missing)).toBe(true);
    expect(inTrouble(off)).toBe(false);
  });

  it('says how one joins', () => {
    const lobby = { microphone: on, camera: on, speaker: on, preview: { call_type: 'audio_video' } } as const;
    expect(joinAs(lobby)).toBe('all');
    expect(joinAs({ ...lobby, camera: missing })).toBe('sound');
    expect(joinAs({ ...lobby, microphone: off, camera: off })).toBe('all');
    const without = { ...lobby, microphone: missing, camera: missing };
    expect(joinAs(without)).toBe('attend');
    expect(joinAs({ ...without, preview: { call_type: 'audio_only' } })).toBe('listen');
    expect(joinAs({ ...without, speaker: missing })).toBe('all');
  });

  it('asks before it displaces', () => {
    const preview = { in_use: false } as never;
    const problem = { code: 'seat_in_use', message: '' } as const;
    expect(asksFirst({ preview, problem: null })).toBe(false);
    expect(asksFirst({ preview, problem })).toBe(true);
    expect(asksFirst({ preview: { in_use: true } as never, problem: null })).toBe(true);
  });

  it('names one and counts the rest', () => {
    expect(peopleIn([])).toBeUndefined();
    expect(peopleIn(['Anna'])).toEqual({ first: 'Anna', others: 0 });
    expect(peopleIn(['Anna', 'Bo', 'Cy'])).toEqual({ first: 'Anna', others: 2 });
  });
});
