import { describe, expect, it } from 'vitest';
import { afterView } from '../../engine/fake/samples';
import type { PastSessionView, SnapshotView } from '../../engine/view';
import { agreement, byDay, marks, minutes, sessionOf, share } from './derive';

const at = (day: number, hour: number, minute = 0) => new Date(2026, 10, day, hour, minute).getTime();

const session = (id: string, from: number, to: number | null): PastSessionView => ({
  room_id: 'room',
  session_id: id,
  title: null,
  started_at_ms: from,
  ended_at_ms: to,
  people: [],
  recordings: 0,
  files: 0,
  snapshots: 0,
  messages: 0,
});

describe('sessions', () => {
  it('stand by day, in their order', () => {
    const days = byDay([
      session('c', at(21, 9), null),
      session('b', at(21, 0, 1), at(21, 1)),
      session('a', at(20, 23, 59), at(21, 0, 30)),
    ]);
    expect(days.map(({ sessions }) => sessions.map((one) => one.session_id))).toEqual([['c', 'b'], ['a']]);
    expect(byDay([])).toEqual([]);
  });

  it('took so many minutes, once they are over', () => {
    expect(minutes(session('a', at(20, 9), at(20, 9, 26)))).toBe(26);
    expect(minutes(session('a', at(20, 9), at(20, 9) + 20_000))).toBe(0);
    expect(minutes(session('a', at(20, 9), null))).toBeUndefined();
    // A clock that was set back.
    expect(minutes(session('a', at(20, 9), at(20, 8)))).toBe(0);
  });

  it('are found by the time of a call', () => {
    const now = at(21, 12);
    const call = (from: number, to: number) => {
      const { report, ...rest } = afterView();
      if (!report) throw new Error('there is one');
      return { ...rest, report: { ...report, started_at: from / 1000, ended_at: to / 1000 } };
    };
    const list = [
      session('later', at(21, 10), at(21, 10, 30)),
      session('this', at(21, 9, 25), at(21, 9, 58)),
      session('earlier', at(21, 8), at(21, 9, 26)),
    ];
    const found = (from: number, to: number) => sessionOf(list, call(from, to), now)?.session_id;
    expect(found(at(21, 9, 31), at(21, 9, 57))).toBe('this');
    // A server whose clock is a little behind.
    expect(found(at(21, 10, 31), at(21, 10, 32))).toBe('later');
    expect(found(at(21, 11), at(21, 11, 30))).toBeUndefined();
    // One that still runs; and without a report the last minutes count.
    const runs = [session('runs', at(21, 11, 30), null), ...list];
    expect(sessionOf(runs, { report: null, seconds: 600 }, now)?.session_id).toBe('runs');
    expect(sessionOf([], { report: null, seconds: 600 }, now)).toBeUndefined();
  });
});

describe('a recording', () => {
  const snapshot = (id: string, at_ms: number | null) =>
    ({ file: { info: { file_id: id } }, at_ms }) as unknown as SnapshotView;

  it('has marks where snapshots were taken while it ran', () => {
    const recording = { started_at_ms: 10_000, duration_s: 60 };
    const all = [
      snapshot('before', 9_000),
      snapshot('in', 22_500),
      snapshot('after', 70_001),
      snapshot('x', null),
    ];
    expect(marks(recording, all).map(({ id, at }) => [id, at])).toEqual([['in', 12.5]]);
    expect(marks({ started_at_ms: null, duration_s: 60 }, all)).toEqual([]);
  });

  it('leaves out whoever did not say yes', () => {
    const consent = (answer: boolean | null) => ({
      participant_id: '',
      display_name: '',
      answer,
      at_ms: null,
    });
    expect(agreement([consent(true), consent(false), consent(null)])).toEqual({ agreed: 1, out: 2 });
  });

  it('is on its way, or not', () => {
    expect(share({ state: 'making', done: 0.5 })).toBe(0.5);
    expect(share({ state: 'fetching', done: 1.2 })).toBe(1);
    expect(share({ state: 'fetching', done: null })).toBe(0);
    expect(share({ state: 'saved', path: '' })).toBeUndefined();
    expect(share(null)).toBeUndefined();
  });
});
