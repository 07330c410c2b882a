import { describe, expect, it } from 'vitest';
import { appView, callView } from '../../engine/fake/samples';
import type { CallView, NoticeView } from '../../engine/view';
import { type Given, message, stillClosed } from './messages';

const given = (change: Partial<CallView> = {}, more: Partial<Given> = {}): Given => ({
  call: { ...callView(2), ...change },
  notice: null,
  settings: appView().settings,
  closed: new Set(),
  canExtend: true,
  seesQueue: false,
  seesChat: false,
  ...more,
});
const waiting = [{ participant_id: 'x', display_name: 'Tomás', waited_s: 9, connected: true, notes: [] }];
const joined: NoticeView = { code: 'person_joined', name: 'Anna' };

describe('the message', () => {
  it('is nothing in a quiet call', () => {
    expect(message(given())).toBeUndefined();
  });

  it('says in a test call what it is for, until it is closed', () => {
    expect(message(given({ is_test_call: true }))).toMatchObject({ kind: 'test_call' });
    expect(message(given({ is_test_call: true, people: [] }))).toBeUndefined();
    expect(message(given({ is_test_call: true }, { closed: new Set(['test_call']) }))).toBeUndefined();
  });

  it('says that somebody closed the board, before what passes', () => {
    const boardClosed = { by: 'Anna' };
    expect(message(given({}, { boardClosed, notice: joined }))).toMatchObject({
      kind: 'board_closed',
      by: 'Anna',
    });
    const closed = new Set(['board closed Anna']);
    expect(message(given({}, { boardClosed, closed }))).toBeUndefined();
  });

  it('that passes is said although a device is missing, and the device again after it', () => {
    const me = { ...callView(2).me, camera: { state: 'missing' } as const };
    expect(message(given({ me }, { notice: joined }))).toMatchObject({ kind: 'notice' });
    expect(message(given({ me }))).toMatchObject({ kind: 'trouble', device: 'camera' });
  });

  it('of a device stays as long as its trouble', () => {
    const me = { ...callView(2).me, camera: { state: 'missing' } as const };
    expect(message(given({ me }))).toMatchObject({ kind: 'trouble', device: 'camera' });
    // Sound matters more than picture.
    const both = { ...me, microphone: { state: 'busy', label: 'X' } as const };
    expect(message(given({ me: both }))).toMatchObject({ device: 'microphone' });
  });

  it('that was closed makes room for the next, and comes back when it happens again', () => {
    const me = { ...callView(2).me, camera: { state: 'missing' } as const };
    const closed = new Set(['trouble camera missing']);
    expect(message(given({ me, is_test_call: true }, { closed }))).toMatchObject({ kind: 'test_call' });
    expect(stillClosed(given({ me }, { closed })).size).toBe(1);
    expect(stillClosed(given({}, { closed })).size).toBe(0);
  });

  it('of a device stays closed while that is only tried again', () => {
    const me = { ...callView(2).me, camera: { state: 'starting' } as const };
    const closed = new Set(['trouble camera missing']);
    expect(stillClosed(given({ me }, { closed })).size).toBe(1);
  });

  it('puts first what one is asked, then the end, then who waits', () => {
    const all = {
      waiting,
      seconds_left: 20,
      asked_to_unmute: { by_name: 'Elena', source: 'microphone' },
    } as const;
    const order = (change: Partial<CallView>) => message(given({ ...change, waiting }))?.kind;
    expect(order({ ...all, waiting })).toBe('asked');
    expect(order({ seconds_left: 20 })).toBe('half_minute');
    expect(order({ seconds_left: 200 })).toBe('waiting');
    expect(message(given({ seconds_left: 200 }))).toMatchObject({ kind: 'five_minutes', extend: true });
    expect(message(given({ seconds_left: 301 }))).toBeUndefined();
  });

  it('says nothing of a queue that is in sight', () => {
    expect(message(given({ waiting }, { seesQueue: true }))).toBeUndefined();
  });

  it('says that one talks while muted, unless one does not want that', () => {
    const notice: NoticeView = { code: 'talking_while_muted', name: null };
    expect(message(given({}, { notice }))).toMatchObject({ action: 'unmute' });
    const settings = { ...appView().settings, talking_while_muted: false };
    expect(message(given({}, { notice, settings }))).toBeUndefined();
  });

  it('leads to the chat and to the gallery, and is silent about what is in sight', () => {
    const notice = { code: 'chat_message', name: 'Anna' } as const;
    expect(message(given({}, { notice }))).toMatchObject({ kind: 'notice', action: 'chat' });
    expect(message(given({}, { notice, seesChat: true }))).toBeUndefined();
    expect(message(given({}, { notice: { code: 'snapshot_of_me', name: 'Anna' } }))).toMatchObject({
      kind: 'notice',
      action: 'gallery',
    });
  });

  it('tells admins what is wrong with the recording, for as long as it is so', () => {
    const on = { state: 'on', elapsed_s: 9, layout: 'grid', megabytes: 1 } as const;
    const trouble = { ...on, trouble: 'disk_almost_full' } as const;
    expect(message(given({ recording_state: trouble }))).toMatchObject({
      kind: 'recording_trouble',
      trouble: 'disk_almost_full',
    });
    expect(message(given({ recording_state: on }))).toBeUndefined();
    const stopped = { state: 'stopped', reason: 'disk_full' } as const;
    expect(message(given({ recording_state: stopped }))).toMatchObject({ kind: 'recording_stopped' });
    const me = { ...callView(2).me, is_admin: false };
    for (const recording_state of [trouble, stopped]) {
      expect(message(given({ recording_state, me }))).toBeUndefined();
    }
  });
});
