import { describe, expect, it } from 'vitest';
import { toolsOf } from '../../engine/rights';
import { fault, fromField, nextQuarter, preset, shortLink, toField, toolsOn } from './draft';

const named = (kind: Parameters<typeof preset>[0] = 'visit') => {
  const draft = preset(kind, 'Elena');
  for (const seat of draft.seats) seat.display_name ||= 'Anna';
  return draft;
};
const now = 1_800_000_000;

describe('a preset', () => {
  it('begins with what it is for', () => {
    expect(preset('visit', 'E')).toMatchObject({ waiting_room: true, duration_s: 1800, recording: 'none' });
    expect(preset('audio', 'E').call_type).toBe('audio_only');
    expect(preset('interview', 'E').recording).toBe('manual');
    expect(preset('interview', 'E', undefined, false).recording).toBe('none');
    expect(preset('webinar', 'E').seats[1]?.tools).toMatchObject({ chat: true, screen_sharing: false });
  });

  it('keeps who was named', () => {
    const before = named();
    before.title = 'Knee';
    const after = preset('team', 'Elena', before);
    expect(after.seats.map(({ display_name }) => display_name)).toEqual(['Elena', 'Anna']);
    expect(after.title).toBe('Knee');
    expect(toolsOn(after.seats[1]?.tools ?? toolsOf([]))).toHaveLength(9);
  });
});

describe('a draft', () => {
  it('says the first thing that is wrong', () => {
    expect(fault(named(), now)).toBeUndefined();
    expect(fault(preset('visit', 'Elena'), now)).toBe('nameless');
    expect(fault({ ...named(), seats: named().seats.slice(0, 1) }, now)).toBe('too_few');
    const plain = named().seats.map((seat) => ({ ...seat, role: 'basic' as const }));
    expect(fault({ ...named(), seats: plain }, now)).toBe('no_plus');
    const led = named().seats.map((seat) => ({ ...seat, is_admin: false }));
    expect(fault({ ...named(), seats: led }, now)).toBe('no_admin');
    expect(fault({ ...named(), seats: led, waiting_room: false }, now)).toBeUndefined();
    expect(fault({ ...named(), starts_at: now + 60, ends_at: now }, now)).toBe('times');
    expect(fault({ ...named(), starts_at: now - 60, ends_at: now }, now)).toBe('past');
  });

  it('has its times as fields have them', () => {
    const at = fromField('2026-11-21T09:30');
    expect(toField(at)).toBe('2026-11-21T09:30');
    expect(fromField('')).toBeNull();
    expect(toField(null)).toBe('');
    expect(nextQuarter(899 * 3) % 900).toBe(0);
    expect(nextQuarter(900)).toBe(1800);
  });

  it('shortens links in the middle', () => {
    expect(shortLink('https://v.example/join/q7ZkABCDEFGHIJKLXr9d')).toBe('/join/q7Zk…Xr9d');
    expect(shortLink('https://v.example/join/short')).toBe('/join/short');
  });
});
