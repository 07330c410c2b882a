import { describe, expect, it } from 'vitest';
import { EXAMPLES, told } from './examples';
import type { ParticipantState, ServerMessage } from './messages';
import { People } from './people';
import { type Effect, RoomSide } from './room';

const TOOLS = { chat: true, screen_sharing: true };

/** A room as one comes into it: as GUEST, unless somebody else. */
function room(me = 'GUEST') {
  const people = new People();
  people.setMe(me);
  return { room: new RoomSide(me, 'Me', TOOLS), people };
}

function seat(id: string, name: string): ParticipantState {
  return {
    participant_id: id,
    display_name: name,
    is_admin: false,
    media: { microphone: false, camera: false },
  };
}

const notices = (effects: Effect[]) => effects.flatMap((one) => (one.effect === 'notice' ? [one.code] : []));

describe('the room', () => {
  it('is whole with the welcome', () => {
    const { room: side, people } = room();
    const effects = side.take(told<'welcome'>('channel__welcome_second'), people, 0);
    expect(effects).toEqual([{ effect: 'rights_changed' }]);
    expect(side).toMatchObject({ me: 'GUEST', displayName: 'Ada', title: 'Follow-up', isAdmin: false });
    expect(people.view()).toMatchObject([
      { participant_id: 'HOST', display_name: 'Dr. Conti', is_admin: true },
    ]);
    expect(side.secondsLeft(0)).toBe(3600);
    expect(side.settled).toBe(true);
  });

  it.each(EXAMPLES)('takes %s without a fault', (name) => {
    const { room: side, people } = room();
    side.take(told<'welcome'>('channel__welcome_second'), people, 0);
    expect(() => side.take(told(name), people, 1000)).not.toThrow();
    // And draws what is there then.
    expect(side.consents(people)).toEqual([]);
    expect(people.view()).toBeInstanceOf(Array);
  });

  it('takes rights away until they are given back', () => {
    const { room: side, people } = room();
    const taken = told<'media_changed'>('admission__muted_by_admin');
    expect(notices(side.take(taken, people, 0))).toEqual(['muted_by_admin']);
    expect(side.allowed()).toEqual({ microphone: false, camera: true, screen: true });
    expect(side.take(taken, people, 0)).toEqual([]);
    expect(notices(side.take({ ...taken, muted_by_admin: {} }, people, 0))).toEqual(['released_by_admin']);
    expect(side.allowed().microphone).toBe(true);
  });

  it('lets the audience send nothing', () => {
    const { room: side, people } = room();
    const changed = { ...told<'rights_changed'>('admission__rights_changed'), role: 'audience' as const };
    expect(notices(side.take(changed, people, 0))).toEqual(['rights_changed']);
    expect(side.allowed()).toEqual({ microphone: false, camera: false, screen: false });
  });

  it('tells of comings only once it is known', () => {
    const { room: side, people } = room('me');
    const joined = (id: string): ServerMessage => ({ type: 'joined', seq: 1, participant: seat(id, id) });
    expect(side.take(joined('a'), people, 0)).toEqual([]);
    side.settled = true;
    expect(notices(side.take(joined('b'), people, 0))).toEqual(['person_joined']);
    expect(side.take(joined('b'), people, 0)).toEqual([]);
    const left: ServerMessage = { type: 'left', seq: 2, participant_id: 'b', reason: 'left' };
    expect(side.take(left, people, 0)).toEqual([{ effect: 'notice', code: 'person_left', name: 'b' }]);
  });

  it('tells who took my hand down, if not myself', () => {
    const { room: side, people } = room('me');
    side.take({ type: 'joined', seq: 1, participant: seat('host', 'Dr. Conti') }, people, 0);
    const hand = (hand: number | null, by: string | null): ServerMessage => ({
      type: 'hand_changed',
      seq: 2,
      participant_id: 'me',
      hand,
      by,
    });
    expect(side.take(hand(1, null), people, 0)).toEqual([]);
    expect(side.take(hand(null, 'host'), people, 0)).toEqual([
      { effect: 'notice', code: 'hand_lowered', name: 'Dr. Conti' },
    ]);
    expect(side.take(hand(2, null), people, 0)).toEqual([]);
    expect(side.take(hand(null, null), people, 0)).toEqual([]);
  });

  it('asks about recording from its start until it is answered', () => {
    const { room: side, people } = room();
    side.take(told<'welcome'>('channel__welcome_second'), people, 0);
    expect(side.consent()).toBe('not_asked');
    const recording = (state: object): ServerMessage =>
      ({ type: 'recording_changed', seq: 3, recording: state }) as ServerMessage;
    expect(notices(side.take(recording({ state: 'starting' }), people, 0))).toEqual([]);
    expect(side.consent()).toBe('asked');
    const on = { state: 'on', elapsed_s: 5, layout: 'grid', megabytes: 1 };
    expect(notices(side.take(recording(on), people, 1000))).toEqual(['recording_started']);
    expect(side.recordingNow(4500)).toMatchObject({ state: 'on', elapsed_s: 8 });
    side.take(told<'consent_kept'>('admission__consent_kept'), people, 0);
    expect(side.consent()).toBe('yes');
    expect(notices(side.take(recording({ state: 'off' }), people, 0))).toEqual(['recording_stopped']);
  });

  it('counts the clock down only while it runs, and never below zero', () => {
    const { room: side, people } = room();
    const clock = told<'clock'>('channel__clock');
    side.take({ ...clock, clock: { seconds_left: 60, runs: true } }, people, 1000);
    expect(side.secondsLeft(21_000)).toBe(40);
    expect(side.secondsLeft(100_000)).toBe(0);
    side.take(told<'time_warning'>('channel__time_warning'), people, 0);
    expect(side.timeWarning).toBe(30);
    side.take({ ...clock, clock: { seconds_left: 600, runs: false } }, people, 0);
    expect(side.timeWarning).toBeNull();
    expect(side.secondsLeft(50_000)).toBe(600);
  });

  it('knows what waits, and who', () => {
    const guest = room();
    guest.room.take(told<'waiting'>('admission__waiting'), guest.people, 0);
    expect(guest.room.waiting).toMatchObject({ place: 1, host_name: 'Dr. Conti' });
    guest.room.take({ type: 'waiting_place', place: 3 }, guest.people, 0);
    expect(guest.room.waiting?.place).toBe(3);
    guest.room.take(told<'note'>('admission__note'), guest.people, 0);
    expect(guest.room.myNotes()).toMatchObject([{ text: 'I am early', mine: true }]);
    const token = guest.room.take(told<'media_token'>('admission__media_token'), guest.people, 0);
    expect(token).toEqual([{ effect: 'media_token', url: 'LIVEKIT_URL', token: 'LIVEKIT_TOKEN' }]);

    const host = room('HOST');
    // The bell may ring a moment before the room says who stands there.
    expect(host.room.take(told('admission__doorbell'), host.people, 0)).toEqual([]);
    expect(host.room.take(told<'admin'>('admission__admin'), host.people, 0)).toEqual([
      { effect: 'notice', code: 'doorbell', name: 'Ada' },
    ]);
    expect(host.room.waitingPeople(7200)).toMatchObject([{ participant_id: 'GUEST', waited_s: 7 }]);
  });

  it('forgets what it was asked once that is done, or declined', () => {
    const { room: side, people } = room();
    side.take(told<'welcome'>('channel__welcome_second'), people, 0);
    const asked = told<'asked_to_unmute'>('admission__asked_to_unmute');
    side.take(asked, people, 0);
    expect(side.askedToUnmute(people)).toEqual({ by_name: 'Dr. Conti', source: 'microphone' });
    side.answered('camera');
    expect(side.askedToUnmute(people)).not.toBeNull();
    side.answered('microphone');
    expect(side.askedToUnmute(people)).toBeNull();
    side.take(asked, people, 0);
    side.answered();
    expect(side.askedToUnmute(people)).toBeNull();
  });

  it('shows reactions for a moment', () => {
    const { room: side, people } = room();
    side.take(told<'reacted'>('admission__reacted'), people, 0);
    expect(side.reactionViews(3000)).toMatchObject([{ reaction: 'thumbs_up' }]);
    expect(side.reactionViews(5000)).toEqual([]);
  });

  it('says when somebody begins to draw on a snapshot, and not when it is oneself', () => {
    const { room: side, people } = room();
    side.take(told<'welcome'>('channel__welcome_second'), people, 0);
    const viewers = (...participants: string[]): ServerMessage => ({
      type: 'board_viewers',
      board: 'file-1',
      participants,
    });
    expect(side.take(viewers('GUEST'), people, 0)).toEqual([]);
    expect(notices(side.take(viewers('GUEST', 'HOST'), people, 0))).toEqual(['live_edit_began']);
    expect(side.take(viewers('GUEST', 'HOST'), people, 0)).toEqual([]);
    side.take(viewers('GUEST'), people, 0);
    expect(side.viewers.size).toBe(0);
  });

  it('is over when it says so', () => {
    const { room: side, people } = room();
    expect(side.take(told('admission__closed_removed'), people, 0)).toEqual([
      { effect: 'closed', reason: 'removed' },
    ]);
    expect(side.take(told('channel__refused_not_admin'), people, 0)).toMatchObject([
      { effect: 'refused', problem: { code: 'forbidden' } },
    ]);
  });
});

describe('the people', () => {
  const track = {
    sid: 't',
    source: 'camera',
    muted: false,
    size: { width: 640, height: 360 },
    stream: 4,
  } as const;

  it('are gone when neither channel nor media has them', () => {
    const people = new People();
    people.setMe('me');
    expect(people.seatJoined(seat('a', 'Anna'))).toBe(true);
    expect(people.mediaJoined('a', 'Anna')).toBe(false);
    expect(people.mediaLeft('a')).toBeUndefined();
    expect(people.view()).toHaveLength(1);
    expect(people.seatLeft('a')).toBe('Anna');
    expect(people.view()).toEqual([]);
  });

  it('may be plain LiveKit clients', () => {
    const people = new People();
    people.mediaJoined('py thon/1', '');
    expect(people.view()).toMatchObject([{ display_name: 'py thon/1', participant_id: 'py_thon_1' }]);
  });

  it('are never oneself', () => {
    const people = new People();
    people.setMe('me');
    people.seats([seat('me', 'Me'), seat('b', 'Bob')]);
    people.mediaJoined('me', 'Me');
    people.tracks('me', [track]);
    expect(people.view()).toHaveLength(1);
    people.seats([seat('me', 'Me')]);
    expect(people.view()).toEqual([]);
  });

  it('are seen while their camera is on', () => {
    const people = new People();
    people.mediaJoined('a', 'Anna');
    people.tracks('a', [track]);
    expect(people.view()[0]?.streams).toEqual([
      { stream_id: 4, source: 'camera', size: { width: 640, height: 360 } },
    ]);
    expect(people.ofStream(4)).toMatchObject({ id: 'a', name: 'Anna' });
    people.tracks('a', [{ ...track, muted: true }]);
    expect(people.view()[0]).toMatchObject({ streams: [], camera: false });
    people.mediaReset();
    expect(people.view()).toEqual([]);
  });
});
