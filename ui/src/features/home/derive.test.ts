import { describe, expect, it } from 'vitest';
import { deviceRows, pastedLink, usedDevice } from './derive';

const settings = {
  language: 'system',
  theme: 'system',
  display_name: '',
  camera: 'b',
  microphone: 'gone',
  speaker: null,
  simple: false,
} as const;

describe('home', () => {
  it('shows the chosen device while it is there, else the first', () => {
    const list = [
      { id: 'a', label: 'A' },
      { id: 'b', label: 'B' },
    ];
    expect(usedDevice('b', list)?.label).toBe('B');
    expect(usedDevice('gone', list)?.label).toBe('A');
    expect(usedDevice(null, [])).toBeUndefined();
    const rows = deviceRows(settings, { cameras: list, microphones: list, speakers: [] });
    expect(rows).toEqual([
      { kind: 'camera', label: 'B', others: 1 },
      { kind: 'microphone', label: 'A', others: 1 },
      { kind: 'speaker', label: undefined, others: 0 },
    ]);
  });

  it('finds the link in what is pasted', () => {
    expect(pastedLink('  https://visita.example/join/abc\n')).toBe('https://visita.example/join/abc');
    expect(pastedLink('Your visit: <https://visita.example/join/abc>.')).toBe(
      'https://visita.example/join/abc',
    );
    expect(pastedLink('Please open\nhttp://10.0.0.1:7880/join/abc today')).toBe(
      'http://10.0.0.1:7880/join/abc',
    );
    expect(pastedLink('not a link')).toBe('not a link');
  });
});
