import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inventLines, Line, lastLine } from '../../../test/line';
import type { UserServerMessage } from './messages';
import { User, type UserEvent } from './user';

const FOLDER = join(import.meta.dirname, '../../../../../crates/server/tests/snapshots');

/** What the server's own tests saw. */
function told<Type extends UserServerMessage['type']>(
  name: string,
): Extract<UserServerMessage, { type: Type }> {
  const text = readFileSync(join(FOLDER, `users__${name}.snap`), 'utf8');
  return JSON.parse(text.slice(text.indexOf('\n---\n') + 5));
}

let events: UserEvent[] = [];
let user: User;
const line = () => lastLine<UserServerMessage>();
const names = () => events.map(({ event }) => event);
const welcome = (more = {}) => ({ ...told<'welcome'>('user_welcome'), ...more });
const rings = (seconds = 45) => {
  const message = told<'incoming_call'>('incoming_call');
  return { ...message, call: { ...message.call, rings_for_s: seconds } };
};

function signIn(): void {
  user.signIn('dr', 'TOKEN');
  line().open();
  line().hear(welcome({ expires_in_s: 3599, online: ['pat'] }));
}

beforeEach(() => {
  vi.useFakeTimers();
  inventLines();
  events = [];
  user = new User('wss://visits.example.org/user-channel', (event) => events.push(event));
});

afterEach(() => {
  user.signOut();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('signing in', () => {
  it('says the token first, and tells who is online', () => {
    signIn();
    expect(line().said).toEqual([{ type: 'hello', token: 'TOKEN' }]);
    expect(events).toEqual([{ event: 'connected', userId: 'dr', expiresInS: 3599, online: ['pat'] }]);
  });

  it('hears who comes and goes', () => {
    signIn();
    line().hear(
      { type: 'presence', user_id: 'anna', online: true },
      { type: 'presence', user_id: 'pat', online: false },
    );
    expect(events.slice(1)).toEqual([
      { event: 'presence', userId: 'anna', isOnline: true, online: ['pat', 'anna'] },
      { event: 'presence', userId: 'pat', isOnline: false, online: ['anna'] },
    ]);
  });

  it('is over where the token is refused', () => {
    user.signIn('dr', 'TOKEN');
    line().open();
    line().hear({ type: 'refused', error: { code: 'token_expired', message: 'it is over' } });
    vi.advanceTimersByTime(60_000);
    expect(events).toEqual([{ event: 'out', problem: { code: 'token_expired', message: 'it is over' } }]);
    expect(Line.all).toHaveLength(1);
  });

  it('refuses the token of somebody else', () => {
    user.signIn('pat', 'TOKEN');
    line().open();
    line().hear(welcome());
    expect(events).toMatchObject([{ event: 'out', problem: { code: 'forbidden' } }]);
  });

  it('comes back by itself, later from try to try', () => {
    signIn();
    line().close();
    expect(names()).toEqual(['connected', 'lost']);
    vi.advanceTimersByTime(300);
    expect(Line.all).toHaveLength(2);
    line().open();
    line().hear(welcome());
    expect(names()).toEqual(['connected', 'lost', 'connected']);
    for (let n = 0; n < 8; n += 1) {
      line().close();
      vi.advanceTimersByTime(20_000);
    }
    const tries = Line.all.length;
    line().close();
    vi.advanceTimersByTime(15_000);
    expect(Line.all).toHaveLength(tries);
  });

  it('comes back when the server that stopped is there again', () => {
    signIn();
    line().hear({ type: 'closed', reason: 'server_stopping' });
    vi.advanceTimersByTime(300);
    expect(Line.all).toHaveLength(2);
  });

  it('is over for whoever is deleted, and floods', () => {
    signIn();
    line().hear({ type: 'refused', error: { code: 'unauthorized', message: 'deleted' } });
    signIn();
    line().hear(told('user_closed_flooding'));
    const outs = events.flatMap((one) => (one.event === 'out' ? [one.problem.code] : []));
    expect(outs).toEqual(['unauthorized', 'rate_limited']);
  });
});

describe('the token', () => {
  it('is said to end, and is replaced on the same line', () => {
    signIn();
    line().hear({ ...told<'token_expiring'>('token_expiring'), expires_in_s: 120 });
    expect(events.at(-1)).toEqual({ event: 'expiring', expiresInS: 120 });
    user.renew('NEWER');
    expect(line().said.at(-1)).toEqual({ type: 'renew', token: 'NEWER' });
    line().hear({ ...told<'renewed'>('renewed'), expires_in_s: 3600 });
    expect(events.at(-1)).toEqual({ event: 'renewed', expiresInS: 3600 });
    line().close();
    vi.advanceTimersByTime(300);
    line().open();
    expect(line().said).toEqual([{ type: 'hello', token: 'NEWER' }]);
  });

  it('stays the old one where the newer is refused', () => {
    signIn();
    user.renew('ANOTHER');
    line().hear(told('user_refused_forbidden'));
    expect(events.at(-1)).toMatchObject({ event: 'not_renewed', problem: { code: 'forbidden' } });
    line().close();
    vi.advanceTimersByTime(300);
    line().open();
    expect(line().said).toEqual([{ type: 'hello', token: 'TOKEN' }]);
  });

  it('brings somebody back after its end', () => {
    signIn();
    line().hear({ type: 'closed', reason: 'token_expired' });
    line().close();
    vi.advanceTimersByTime(60_000);
    expect(Line.all).toHaveLength(1);
    user.renew('NEWER');
    line().open();
    expect(line().said).toEqual([{ type: 'hello', token: 'NEWER' }]);
  });
});

describe('a call', () => {
  it('rings, and is answered with my own link', () => {
    signIn();
    line().hear(rings());
    expect(user.view()).toMatchObject({
      call_id: 1,
      caller_name: 'Dr. Conti',
      rings_until_ms: Date.now() + 45_000,
    });
    user.answer(1, false);
    expect(line().said.at(-1)).toEqual({ type: 'answer', call_id: 1 });
    line().hear({ ...told<'call_answered'>('call_answered'), url: 'https://visits.example.org/join/x' });
    expect(events.slice(2)).toMatchObject([
      { event: 'over', until: 'answered' },
      { event: 'answered', url: 'https://visits.example.org/join/x', camera: false },
    ]);
    expect(user.view()).toBeNull();
  });

  it('is declined, or I am busy', () => {
    signIn();
    line().hear(rings());
    user.decline(1);
    line().hear(rings());
    user.decline(1, true);
    expect(line().said.slice(1)).toEqual([
      { type: 'decline', call_id: 1, busy: false },
      { type: 'decline', call_id: 1, busy: true },
    ]);
    const until = events.flatMap((one) => (one.event === 'over' ? [one.until] : []));
    expect(until).toEqual(['declined', 'busy']);
  });

  it('stops when it is answered elsewhere', () => {
    signIn();
    line().hear(rings(), told('call_over_answered_elsewhere'));
    expect(events.at(-1)).toMatchObject({ event: 'over', until: 'answered_elsewhere' });
  });

  it('stops by itself when nobody says so', () => {
    signIn();
    line().hear(rings(10));
    vi.advanceTimersByTime(11_000);
    expect(events.at(-1)).toMatchObject({ event: 'over', until: 'no_answer' });
  });

  it('that rang before one came is there, and one that ended while away is not', () => {
    signIn();
    line().hear(rings());
    line().close();
    vi.advanceTimersByTime(300);
    line().open();
    line().hear(welcome({ calls: [{ ...rings().call, call_id: 2 }] }));
    expect(user.calls.map(({ call_id }) => call_id)).toEqual([2]);
  });

  it('that rings no more cannot be answered', () => {
    signIn();
    line().hear(rings());
    user.answer(1, true);
    line().hear({ type: 'refused', error: { code: 'not_found', message: 'it does not ring any more' } });
    expect(events.slice(2)).toMatchObject([
      { event: 'over', until: 'cancelled' },
      { event: 'not_answered', problem: { code: 'not_found' } },
    ]);
  });

  it('rings on when the line breaks while it is answered', () => {
    signIn();
    line().hear(rings());
    user.answer(1, true);
    line().close();
    expect(names().slice(2)).toEqual(['not_answered', 'lost']);
    user.answer(1, true);
    expect(names().slice(4)).toEqual(['not_answered']);
    expect(user.calls).toHaveLength(1);
  });
});
