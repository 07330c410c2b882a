import { describe, expect, it } from 'vitest';
import type { ConsoleLine } from '../../engine/engine';
import { client, Refusal, type Room, refusal, told } from './api';
import { changeOf, draftOf } from './Branding';
import { happenings, knownAction, pageOf, roomState, seats, time } from './derive';

const room = (more: Partial<Room> = {}): Room => ({
  room_id: 'r',
  user_urls: [],
  call_type: 'audio_video',
  recording: 'none',
  live: false,
  status: 'active',
  created_at: '2026-11-20T09:00:00Z',
  ...more,
});
const now = Date.parse('2026-11-21T09:00:00Z');

describe('a room', () => {
  it.each([
    [{}, 'active'],
    [{ starts_at: '2026-11-21T10:00:00Z' }, 'scheduled'],
    [{ starts_at: '2026-11-21T08:00:00Z' }, 'active'],
    [{ status: 'disabled' }, 'disabled'],
    [{ status: 'ended' }, 'ended'],
    [{ status: 'ended', duration: 600, duration_used: 600 }, 'used_up'],
    [{ now: { session_id: 's', started_at: '', connected: 1, waiting: 0, recording: false } }, 'live'],
  ] as [Partial<Room>, string][])('with %j is %s', (more, state) => {
    expect(roomState(room(more), now)).toBe(state);
  });

  it('has as many seats as links, or as it holds', () => {
    expect(seats(room())).toBe(0);
    expect(seats(room({ kind: 'open', capacity: 25 }))).toBe(25);
  });

  it('tells its time in minutes: what is left begins a new one, what is used is over', () => {
    expect(time({ duration: 1800, duration_used: 719 })).toEqual({ left: 19, used: 11, all: 30 });
    expect(time({ duration: 600, duration_used: 900 })).toEqual({ left: 0, used: 10, all: 10 });
    expect(time({ duration: null })).toBeUndefined();
  });
});

describe('what happened', () => {
  const people = [{ participant_id: 'seat-a', user_id: 'anna', display_name: 'Anna Rossi' }];

  it('leaves out who looked, and the line of media', () => {
    const told = happenings(
      [
        { at: '2026-11-21T09:05:00Z', actor_kind: 'user', actor: 'anna', action: 'chat_viewed' },
        { at: '2026-11-21T09:04:00Z', actor_kind: 'user', actor: 'anna', action: 'room_disabled' },
      ],
      {
        session_id: 's',
        room_id: 'r',
        started_at: '2026-11-21T09:00:00Z',
        connections: [
          { participant_id: 'seat-a', user_id: 'anna', kind: 'media', connected_at: '2026-11-21T09:01:01Z' },
          { participant_id: 'seat-b', user_id: 'b', kind: 'channel', connected_at: '2026-11-21T09:01:00Z' },
        ],
      },
      people,
    );
    expect(told.map(({ what, name, by }) => [what, name, by])).toEqual([
      ['action', undefined, 'Anna Rossi'],
      ['joined', 'seat-b', undefined],
      ['session_started', undefined, undefined],
    ]);
    expect(new Set(told.map(({ key }) => key)).size).toBe(told.length);
  });

  it('has words for what is known', () => {
    expect(knownAction('room_disabled')).toBe('room_disabled');
    expect(knownAction('of_later')).toBeUndefined();
  });
});

it('a page says from where to where', () => {
  expect(pageOf(0, 25, 412)).toEqual({ from: 1, to: 25 });
  expect(pageOf(400, 12, 412)).toEqual({ from: 401, to: 412 });
  expect(pageOf(25, 0, 20)).toEqual({ from: 20, to: 20 });
});

describe('the company', () => {
  const company = {
    name: 'Clinic',
    default_language: 'en',
    web_app_id: 'clinic',
    recording_retention_days: 30,
  };

  it('is sent what is different: nothing is null, lines are a list, days are a number', () => {
    const draft = draftOf(company);
    expect(changeOf(draft, company)).toEqual({});
    const change = { web_app_id: ' ', embed_origins: 'https://a.example\n', recording_retention_days: '90 ' };
    expect(changeOf({ ...draft, ...change }, company)).toEqual({
      web_app_id: null,
      embed_origins: ['https://a.example'],
      recording_retention_days: 90,
    });
  });
});

describe('the line to the server', () => {
  const line = (status: number, body: string, asked: unknown[] = []): ConsoleLine => ({
    request: async (...given) => {
      asked.push(given);
      return { status, body };
    },
  });
  const refusedWith = (asked: Promise<unknown>) =>
    asked.then(
      () => expect.unreachable(),
      (error: Refusal) => [error instanceof Refusal, error.code, error.field],
    );

  it('is asked by path and query, with ids that hold anything', async () => {
    const asked: unknown[] = [];
    const api = client(line(200, '{"user_id":"a/b","role":"plus"}', asked));
    const params = { path: { user_id: 'a/b c' } };
    expect(await told(api.PATCH('/v2/users/{user_id}', { params, body: { role: 'plus' } }))).toEqual({
      user_id: 'a/b',
      role: 'plus',
    });
    await told(api.GET('/v2/users', { params: { query: { search: 'à & b', limit: 2 } } }));
    expect(asked).toEqual([
      ['PATCH', '/v2/users/a%2Fb%20c', '{"role":"plus"}'],
      ['GET', '/v2/users?search=%C3%A0%20%26%20b&limit=2', null],
    ]);
  });

  it('says nothing for 204 and 202', async () => {
    const params = { path: { user_id: 'a' } };
    expect(
      await told(client(line(204, '')).DELETE('/v2/users/{user_id}', { params, parseAs: 'text' })),
    ).toBeFalsy();
    const ring = client(line(202, '')).POST('/v2/rooms/{room_id}/ring', {
      params: { path: { room_id: 'r' } },
      body: {},
      parseAs: 'text',
    });
    expect(await told(ring)).toBeFalsy();
  });

  it('tells why something was refused, and where', async () => {
    const body = JSON.stringify({ error: { code: 'invalid', message: 'x', field: 'embed_origins[1]' } });
    expect(await refusedWith(told(client(line(400, body)).GET('/v2/company')))).toEqual([
      true,
      'invalid',
      'embed_origins[1]',
    ]);
    expect(await refusedWith(told(client(line(502, '<html>')).GET('/v2/company')))).toEqual([
      true,
      'internal',
      undefined,
    ]);
    const down: ConsoleLine = { request: () => Promise.reject({ code: 'server_unreachable', message: '' }) };
    expect(await refusedWith(told(client(down).GET('/v2/company')))).toEqual([
      true,
      'server_unreachable',
      undefined,
    ]);
    expect(refusal(new TypeError('x')).code).toBe('internal');
  });
});
