import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inventLines, Line, lastLine } from '../../../test/line';
import { Channel, type ChannelEvent, Seen } from './channel';
import { told } from './examples';
import type { ServerMessage } from './messages';

const line = () => lastLine<ServerMessage>();
let events: ChannelEvent[] = [];
let channel: Channel;

beforeEach(() => {
  vi.useFakeTimers();
  inventLines();
  events = [];
  channel = new Channel('wss://visits.example.org/channel', 'TOKEN', (event) => events.push(event));
});

afterEach(() => {
  channel.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const welcome = () => told<'welcome'>('channel__welcome_second');
const lost = () => events.filter(({ event }) => event === 'lost').length;

describe('the channel', () => {
  it('says hello first, and what waited once it is welcome', () => {
    channel.send({ type: 'raise_hand', raised: true });
    channel.send({ type: 'typing', typing: true });
    line().open();
    expect(line().said).toEqual([{ type: 'hello', token: 'TOKEN' }]);
    line().hear(welcome());
    // What followed the hand is not said late.
    expect(line().said.slice(1)).toEqual([{ type: 'raise_hand', raised: true }]);
    expect(events).toMatchObject([{ event: 'message', message: { type: 'welcome' } }]);
  });

  it('comes back by itself, and says what it has seen', () => {
    line().open();
    line().hear(welcome());
    line().close();
    expect(lost()).toBe(1);
    vi.advanceTimersByTime(300);
    expect(Line.all).toHaveLength(2);
    line().open();
    expect(line().said).toEqual([{ type: 'hello', token: 'TOKEN', last_seen: 2, session_id: 'SESSION' }]);
    // What is said meanwhile waits for the answer.
    channel.send({ type: 'knock' });
    expect(line().said).toHaveLength(1);
    line().hear(told('channel__resumed'));
    expect(line().said.at(-1)).toEqual({ type: 'knock' });
  });

  it('waits longer from try to try, and not at all when the network is back', () => {
    for (let n = 0; n < 6; n += 1) {
      line().close();
      vi.advanceTimersByTime(4000);
    }
    const tries = Line.all.length;
    line().close();
    vi.advanceTimersByTime(1000);
    expect(Line.all).toHaveLength(tries);
    dispatchEvent(new Event('online'));
    expect(Line.all).toHaveLength(tries + 1);
  });

  it('begins anew where something was missed', () => {
    line().open();
    line().hear(welcome());
    line().hear({ ...told<'left'>('channel__left'), seq: 9 });
    expect(lost()).toBe(1);
    expect(events.some((one) => one.event === 'message' && one.message.type === 'left')).toBe(false);
  });

  it('takes a silent line for dead', () => {
    line().open();
    line().hear(welcome());
    for (let n = 0; n < 2; n += 1) {
      vi.advanceTimersByTime(5000);
      line().hear({ type: 'pong' });
    }
    expect(line().said.filter(({ type }) => type === 'ping')).toHaveLength(2);
    vi.advanceTimersByTime(25_000);
    expect(lost()).toBeGreaterThan(0);
  });

  it('is over when it is refused, or told so', () => {
    line().open();
    line().hear(told('channel__refused_token_expired'));
    expect(events).toMatchObject([{ event: 'refused', problem: { code: 'token_expired' } }]);
    vi.advanceTimersByTime(60_000);
    expect(Line.all).toHaveLength(1);
  });

  it('hears why it is closed, and does not come back', () => {
    line().open();
    line().hear(welcome());
    line().hear(told('channel__closed_session_ended'));
    line().close();
    vi.advanceTimersByTime(60_000);
    expect(events.at(-1)).toMatchObject({ message: { type: 'closed', reason: 'session_ended' } });
    expect(Line.all).toHaveLength(1);
  });
});

describe('what was seen', () => {
  const left = (seq: number): ServerMessage => ({ ...told<'left'>('channel__left'), seq });

  it('has no gap, and a repetition is none', () => {
    const seen = new Seen();
    expect(seen.follows(left(1))).toBe(false);
    seen.follows(welcome());
    expect(seen.follows(left(3))).toBe(true);
    expect(seen.follows(left(3))).toBe(true);
    expect(seen.follows({ type: 'pong' })).toBe(true);
    expect(seen.follows(left(5))).toBe(false);
    expect(seen.seq).toBe(3);
  });
});
