import { beforeAll, describe, expect, it, vi } from 'vitest';
import { startI18n } from '../../i18n';
import { readyMessage } from './message';

const url = 'https://visits.example.org/join/q7Zk';
const given = { name: 'Anna Rossi', host: 'Dr Elena Conti', url, title: 'Follow-up visit', starts_at: null };
const morning = new Date(2027, 10, 20, 9, 30).getTime() / 1000;
const before = morning - 3600;

beforeAll(() => {
  startI18n('en');
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['en-GB', 'it-IT']);
});

describe('the ready message', () => {
  it('invites, and ends with the link', () => {
    expect(readyMessage('en', given, before)).toBe(
      `Hello Anna, Dr Elena Conti invites you: Follow-up visit. Open this link to come in; it is yours alone.\n${url}`,
    );
  });

  it('tells day and time of a visit with a schedule, in its own language', () => {
    const scheduled = { ...given, starts_at: morning };
    expect(readyMessage('en', scheduled, before)).toMatch(
      /visit\. It begins on Saturday,? 20 November at 09:30\. Open this link/,
    );
    expect(readyMessage('it', scheduled, before)).toMatch(
      /visit\. Comincia sabato 20 novembre (alle ore )?(alle )?09:30\. Apra questo link/,
    );
  });

  it('says no time that is over', () => {
    expect(readyMessage('en', { ...given, starts_at: morning }, morning)).not.toContain('begins');
  });
});
