import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../engine/view';
import { en } from '../../i18n/en';
import { sign, wayOn } from './derive';

const codes = Object.keys(en.problem).filter((key) => `${key}Text` in en.problem) as ErrorCode[];

describe('problems', () => {
  it('have words, a sign and a way on, each of them', () => {
    expect(codes.length).toBeGreaterThan(20);
    for (const code of codes) {
      expect(sign(code)).toBeTruthy();
      expect(wayOn(code, true)).toBeTruthy();
    }
  });

  it('are tried again only with a link to try', () => {
    expect(wayOn('server_unreachable', true)).toBe('try_again');
    expect(wayOn('server_unreachable', false)).toBe('paste_again');
    expect(wayOn('link_unknown', true)).toBe('paste_again');
  });

  it('lead to whoever invites where only another link helps', () => {
    for (const code of ['link_expired', 'link_revoked', 'room_ended', 'room_disabled', 'removed'] as const)
      expect(wayOn(code, true)).toBe('ask_for_link');
  });
});
