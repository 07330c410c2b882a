import { describe, expect, it } from 'vitest';
import { choiceFor, deviceOptions, SYSTEM } from './derive';

describe('device lists', () => {
  const devices = [{ id: 'a', label: 'A' }];

  it('begin with the system’s choice', () => {
    expect(deviceOptions(null, devices, 'System', 'Gone').map(({ label }) => label)).toEqual(['System', 'A']);
  });

  it('keep the chosen device while it is unplugged', () => {
    expect(deviceOptions('b', devices, 'System', 'Gone').at(-1)).toEqual({ id: 'b', label: 'Gone' });
    expect(deviceOptions('a', devices, 'System', 'Gone')).toHaveLength(2);
  });

  it('say what they mean', () => {
    expect(choiceFor(SYSTEM)).toEqual({ kind: 'default' });
    expect(choiceFor('a')).toEqual({ kind: 'device', id: 'a' });
  });
});
