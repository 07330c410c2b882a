import i18next from 'i18next';
import { describe, expect, it } from 'vitest';
import type { ChatMessageView, FileView } from '../../engine/view';
import {
  arrival,
  arrivalWords,
  dayName,
  days,
  find,
  firstUnread,
  saysTick,
  withFound,
  withLinks,
} from './derive';

const MINUTE = 60_000;
const NOON = new Date(2026, 10, 21, 12).getTime();

const snapshot = (id: string): FileView => ({
  info: { file_id: id, name: 'a.png', media_type: 'image/png', size: 1, sha256: '', purpose: 'snapshot' },
  state: { state: 'ready' },
  may_delete: false,
});
const message = (key: string, more: Partial<ChatMessageView> = {}): ChatMessageView => ({
  key,
  id: 1,
  from: 'anna',
  from_name: 'Anna',
  mine: false,
  at_ms: NOON,
  text: key,
  reply: null,
  file: null,
  tick: null,
  ...more,
});
const mine = (key: string, more: Partial<ChatMessageView> = {}) =>
  message(key, { from: 'me', from_name: 'Me', mine: true, tick: 'sent', ...more });

describe('a conversation', () => {
  const shape = (...given: Parameters<typeof days>) =>
    days(...given).map(({ groups }) =>
      groups.map(({ messages }) => messages.map(({ key }) => key).join(' ')),
    );

  it('is grouped by who wrote, in one go, on one day', () => {
    const messages = [
      message('a'),
      message('b', { at_ms: NOON + MINUTE }),
      mine('c', { at_ms: NOON + 2 * MINUTE }),
      message('d', { at_ms: NOON + 3 * MINUTE }),
      message('e', { at_ms: NOON + 9 * MINUTE }),
      message('f', { at_ms: NOON + 24 * 60 * MINUTE }),
    ];
    expect(shape(messages)).toEqual([['a b', 'c', 'd', 'e'], ['f']]);
  });

  it('begins a group with what is new', () => {
    expect(shape([message('a'), message('b'), message('c')], 'b')).toEqual([['a', 'b c']]);
  });

  it('counts only what others wrote as new', () => {
    const messages = [message('a'), message('b'), mine('c'), message('d')];
    expect(firstUnread(messages, 0)).toBeUndefined();
    expect(firstUnread(messages, 1)).toBe('d');
    expect(firstUnread(messages, 2)).toBe('b');
    expect(firstUnread(messages, 9)).toBe('a');
  });

  it('takes no snapshot for something that is new here', () => {
    const messages = [message('a'), message('b', { file: snapshot('screen') }), message('c')];
    expect(firstUnread(messages, 2)).toBe('a');
  });

  it('tells of whose screen a snapshot was taken', () => {
    const file = snapshot('screen');
    const taken = message('a', { file });
    const known = { file, of_name: 'Kenji', of_screen: true };
    const words = (gallery: Parameters<typeof arrival>[1]) => {
      const came = arrival(taken, gallery);
      return came.kind === 'words' ? '' : arrivalWords(i18next.t, 'Anna', came);
    };
    expect(words([known])).toBe('Anna took a picture of Kenji’s screen.');
    expect(words([{ ...known, of_screen: false }])).toBe('Anna took a picture of Kenji.');
    expect(words([])).toBe('Anna took a picture.');
  });

  it('names days by how near they are', () => {
    expect(dayName(NOON, NOON + MINUTE)).toBe('today');
    expect(dayName(NOON, NOON + 13 * 60 * MINUTE)).toBe('yesterday');
    expect(dayName(NOON, NOON + 40 * 60 * MINUTE)).toBe('date');
  });

  it('says a tick once for messages that share it, and each that failed', () => {
    expect(saysTick(mine('a'), mine('b'))).toBe(false);
    expect(saysTick(mine('a', { tick: 'seen' }), mine('b'))).toBe(true);
    expect(saysTick(mine('a'), undefined)).toBe(true);
    expect(saysTick(mine('a', { tick: 'failed' }), mine('b', { tick: 'failed' }))).toBe(true);
  });
});

describe('links', () => {
  const links = (text: string) => withLinks(text).flatMap(({ link }) => link ?? []);

  it('are addresses of the web, without what ends the sentence', () => {
    expect(withLinks('See https://example.org/a, please.')).toEqual([
      { text: 'See ' },
      { text: 'https://example.org/a', link: 'https://example.org/a' },
      { text: ', please.' },
    ]);
    expect(links('(https://example.org/a_(b)) “http://example.org/?q=1”')).toEqual([
      'https://example.org/a_(b)',
      'http://example.org/?q=1',
    ]);
    expect(links('https://example.org\nhttps://example.net')).toHaveLength(2);
  });

  it('are addresses without their beginning, and of mail', () => {
    expect(withLinks('See www.example.org/a?b=1, or write to anna.rossi+x@studio-conti.example.')).toEqual([
      { text: 'See ' },
      { text: 'www.example.org/a?b=1', link: 'https://www.example.org/a?b=1' },
      { text: ', or write to ' },
      { text: 'anna.rossi+x@studio-conti.example', link: 'mailto:anna.rossi+x@studio-conti.example' },
      { text: '.' },
    ]);
    expect(links('(WWW.Example.org)')).toEqual(['https://www.example.org/']);
    // What is before the sign hides where it leads.
    expect(links('www.clinic.example:x@evil.example')).toEqual([]);
  });

  it('are nothing else', () => {
    for (const text of [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'data:text/html,x',
      'visita://join/x',
      'www.example',
      'www..org',
      'https://',
      'x.www.example.org',
      'anna@',
      'anna@example',
      'anna@192.168.1.1',
      'https://clinic.example@evil.example/',
      '<a href="x">y</a>',
      'xhttps://example.org',
    ]) {
      expect(links(text), text).toEqual([]);
      expect(withLinks(text)).toEqual([{ text }]);
    }
  });

  it('stay the whole text', () => {
    const text = 'a https://example.org/x! b http://example.net c';
    expect(
      withLinks(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  });
});

describe('a search', () => {
  it('finds without case and accents, in texts and names of files', () => {
    const file = { info: { name: 'Knee-March.pdf' } } as ChatMessageView['file'];
    const messages = [message('Perché no?'), message('nothing'), message('x', { file })];
    expect(find(messages, 'PERCHE')).toEqual(['Perché no?']);
    expect(find(messages, 'march')).toEqual(['x']);
    expect(find(messages, '  ')).toEqual([]);
  });

  it('is marked, in links too', () => {
    const marked = withFound(withLinks('Perché https://example.org/perche'), 'perche');
    expect(marked.filter(({ found }) => found).map(({ text }) => text)).toEqual(['Perché', 'perche']);
    expect(marked.map(({ text }) => text).join('')).toBe('Perché https://example.org/perche');
    expect(marked.at(-1)?.link).toBe('https://example.org/perche');
  });
});
