import { describe, expect, it } from 'vitest';
import { Chat } from './chat';
import type { ChatMessage } from './messages';
import { People } from './people';

const me = { id: 'me', name: 'Anna', isAdmin: false };

function people(...ids: string[]): People {
  const all = new People();
  all.setMe('me');
  for (const id of ids) {
    all.seatJoined({
      participant_id: id,
      display_name: id,
      is_admin: false,
      media: { microphone: true, camera: true },
      tools: { chat: true },
    });
  }
  return all;
}

const message = (id: number, more: Partial<ChatMessage> = {}): ChatMessage => ({
  id,
  key: `k${id}`,
  session_id: 's',
  from: 'host',
  from_name: 'host',
  at_ms: 0,
  text: `message ${id}`,
  ...more,
});

describe('the chat', () => {
  it('has mine once, however often it is said', () => {
    const chat = new Chat();
    const said = chat.write('Hello', null);
    if (said.type !== 'chat') throw new Error('a chat message');
    expect(chat.view(me, people('host'), 0).messages).toMatchObject([{ tick: 'sending', text: 'Hello' }]);
    expect(chat.unheard()).toEqual([said]);
    chat.take({ type: 'chat', message: message(1, { key: said.key, from: 'me', text: 'Hello' }) }, 'me', 0);
    chat.take({ type: 'chat', message: message(1, { key: said.key, from: 'me', text: 'Hello' }) }, 'me', 0);
    expect(chat.unheard()).toEqual([]);
    expect(chat.view(me, people('host'), 0).messages).toMatchObject([{ tick: 'sent', id: 1 }]);
  });

  it('ticks as far as it has come to everybody', () => {
    const chat = new Chat();
    chat.take({ type: 'chat', message: message(1, { from: 'me' }) }, 'me', 0);
    const tick = () => chat.view(me, people('host', 'b'), 0).messages[0]?.tick;
    const mark = (participant_id: string, received: number, seen: number) =>
      chat.take({ type: 'chat_marked', mark: { participant_id, received, seen } }, 'me', 0);
    mark('host', 1, 1);
    expect(tick()).toBe('sent');
    mark('b', 1, 0);
    expect(tick()).toBe('delivered');
    mark('b', 1, 1);
    expect(tick()).toBe('seen');
  });

  it('takes no tick back when somebody comes in later', () => {
    const chat = new Chat();
    chat.take({ type: 'chat', message: message(1, { from: 'me' }) }, 'me', 0);
    const tick = (...ids: string[]) => chat.view(me, people(...ids), 0).messages[0]?.tick;
    const mark = (received: number, seen: number) =>
      chat.take({ type: 'chat_marked', mark: { participant_id: 'host', received, seen } }, 'me', 0);
    mark(1, 0);
    expect([tick('host'), tick('host', 'late'), tick()]).toEqual(['delivered', 'delivered', 'delivered']);
    mark(1, 1);
    expect(tick('host', 'late')).toBe('delivered');
    expect([tick('host'), tick('host', 'late')]).toEqual(['seen', 'seen']);
  });

  it('keeps what was refused, to be tried again', () => {
    const chat = new Chat();
    const said = chat.write('Hello', null);
    if (said.type !== 'chat') throw new Error('a chat message');
    const error = { code: 'forbidden', message: '' } as const;
    expect(chat.take({ type: 'refused', error, key: said.key }, 'me', 0)).toBe(true);
    expect(chat.view(me, people(), 0).messages[0]?.tick).toBe('failed');
    expect(chat.unheard()).toEqual([]);
    expect(chat.tryAgain(said.key)).toEqual({ message: said });
    chat.discard(said.key);
    expect(chat.view(me, people(), 0).messages).toEqual([]);
  });

  it('counts what was not seen, and tells how far it came', () => {
    const chat = new Chat();
    chat.take({ type: 'chat_history', messages: [message(1), message(2)], marks: [] }, 'me', 0);
    expect(chat.unread('me')).toBe(2);
    expect(chat.markToTell()).toEqual([{ type: 'chat_mark', received: 2, seen: 0 }]);
    expect(chat.markToTell()).toEqual([]);
    chat.show(true);
    expect(chat.unread('me')).toBe(0);
    expect(chat.markToTell()).toEqual([{ type: 'chat_mark', received: 2, seen: 2 }]);
    chat.lineIsNew();
    expect(chat.markToTell()).toHaveLength(1);
  });

  it('counts from what I saw on another device, or before the page was loaded anew', () => {
    const chat = new Chat();
    const mark = (participant_id: string, seen: number) => ({ participant_id, received: 3, seen });
    const messages = [message(1), message(2), message(3)];
    const marks = [mark('host', 3), mark('me', 2)];
    chat.take({ type: 'chat_history', messages, marks }, 'me', 0);
    expect(chat.unread('me')).toBe(1);
    // Told on, it takes nothing back.
    expect(chat.markToTell()).toEqual([{ type: 'chat_mark', received: 3, seen: 2 }]);
    chat.take({ type: 'chat_marked', mark: mark('me', 1) }, 'me', 0);
    chat.take({ type: 'chat_marked', mark: mark('host', 3) }, 'me', 0);
    expect(chat.unread('me')).toBe(1);
    chat.take({ type: 'chat_marked', mark: mark('me', 3) }, 'me', 0);
    expect(chat.unread('me')).toBe(0);
  });

  it('shows who writes, for a while', () => {
    const chat = new Chat();
    chat.take({ type: 'typing', participant_id: 'host', typing: true }, 'me', 0);
    expect(chat.view(me, people('host'), 5000).typing).toEqual(['host']);
    expect(chat.view(me, people('host'), 6000).typing).toEqual([]);
  });

  it('has snapshots in the gallery, and what lies on the board nowhere', () => {
    const chat = new Chat();
    const file = (purpose: 'snapshot' | 'board', of: string | null) => ({
      file_id: purpose,
      name: `${purpose}.png`,
      media_type: 'image/png',
      size: 3,
      sha256: '',
      purpose,
      of,
    });
    chat.take({ type: 'chat', message: message(1, { file: file('snapshot', 'me') }) }, 'me', 0);
    chat.take({ type: 'chat', message: message(2, { file: file('board', null) }) }, 'me', 0);
    expect(chat.view(me, people('host'), 0).messages).toHaveLength(1);
    const editors = new Map([['snapshot', ['host']]]);
    expect(chat.gallery(me, people('host'), editors)).toMatchObject([
      { of_name: 'Anna', by_name: 'host', editing: ['host'], file: { may_delete: false } },
    ]);
    chat.take({ type: 'file_deleted', file_id: 'snapshot' }, 'me', 0);
    expect(chat.gallery(me, people('host'), editors)).toEqual([]);
  });

  it('counts a snapshot with the snapshots, not as something written', () => {
    const chat = new Chat();
    const file = (purpose: 'snapshot' | 'chat', id: string) => ({
      file_id: id,
      name: `${id}.png`,
      media_type: 'image/png',
      size: 3,
      sha256: '',
      purpose,
      of: 'host',
      of_screen: id === 'screen',
    });
    const history = [
      message(1, { file: file('snapshot', 'screen') }),
      message(2, { file: file('chat', 'letter') }),
      message(3, { file: file('snapshot', 'camera') }),
    ];
    chat.take({ type: 'chat_history', messages: history, marks: [] }, 'me', 0);
    expect(chat.unread('me')).toBe(1);
    expect(chat.view(me, people('host'), 0)).toMatchObject({
      unread: 1,
      messages: [{ id: 1 }, { id: 2 }, { id: 3 }],
    });
    expect(chat.gallery(me, people('host'), new Map())).toMatchObject([
      { of_screen: false },
      { of_screen: true },
    ]);
  });
});
