// A conversation as it is drawn: who wrote what in one go, on which day, what is a link, what a search finds.

import type { TFunction } from 'i18next';
import type { ChatMessageView, ChatTick, SnapshotView } from '../../engine/view';

/** What came with a message. */
export type Arrival =
  | { kind: 'words' }
  | { kind: 'file'; file: string }
  | { kind: 'snapshot'; of?: string; screen?: boolean };

export function arrival(
  { file }: Pick<ChatMessageView, 'file'>,
  gallery: Pick<SnapshotView, 'file' | 'of_name' | 'of_screen'>[],
): Arrival {
  if (!file) return { kind: 'words' };
  const { file_id: id, name, purpose } = file.info;
  if (purpose !== 'snapshot') return { kind: 'file', file: name };
  const known = gallery.find((one) => one.file.info.file_id === id);
  return { kind: 'snapshot', ...(known?.of_name && { of: known.of_name, screen: known.of_screen }) };
}

/** How it is told that somebody took a picture, or sent a file. */
export function arrivalWords(t: TFunction, name: string, came: Exclude<Arrival, { kind: 'words' }>): string {
  if (came.kind === 'file') return t('notice.file', { name, file: came.file });
  if (came.of === undefined) return t('notice.snapshot', { name });
  if (came.of === name)
    return t(came.screen ? 'notice.snapshotOfOwnScreen' : 'notice.snapshotOfSelf', { name });
  return t(came.screen ? 'notice.snapshotOfScreen' : 'notice.snapshotOf', { name, of: came.of });
}

/** What one person wrote in one go. */
export interface Group {
  key: string;
  from: string;
  name: string;
  mine: boolean;
  messages: ChatMessageView[];
}

/** One day, with what was written on it. */
export interface Day {
  key: string;
  at: number;
  groups: Group[];
}

/** A pause after which somebody's name is said anew. */
const PAUSE_MS = 5 * 60_000;

/** `unread` is the key of the first message that is new: it begins a group of its own. */
export function days(messages: ChatMessageView[], unread?: string): Day[] {
  const found: Day[] = [];
  let before = 0;
  for (const message of messages) {
    const at = message.at_ms ?? before;
    const key = dayOf(at);
    let day = found.at(-1);
    if (day?.key !== key) {
      day = { key, at, groups: [] };
      found.push(day);
    }
    const group = day.groups.at(-1);
    if (group?.from === message.from && at - before < PAUSE_MS && message.key !== unread) {
      group.messages.push(message);
    } else {
      const { key, from, from_name: name, mine } = message;
      day.groups.push({ key, from, name, mine, messages: [message] });
    }
    before = at;
  }
  return found;
}

/** A day here, whatever it is elsewhere. */
function dayOf(ms: number): string {
  const date = new Date(ms);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** How a day is called. */
export function dayName(at: number, now: number): 'today' | 'yesterday' | 'date' {
  if (dayOf(at) === dayOf(now)) return 'today';
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  return dayOf(at) === dayOf(yesterday.getTime()) ? 'yesterday' : 'date';
}

/** The key of the first of so many unread messages: only those of others count, and no snapshots. */
export function firstUnread(messages: ChatMessageView[], unread: number): string | undefined {
  let first: string | undefined;
  let left = unread;
  for (let n = messages.length - 1; n >= 0 && left > 0; n -= 1) {
    const message = messages[n];
    if (!message || message.mine || message.file?.info.purpose === 'snapshot') continue;
    first = message.key;
    left -= 1;
  }
  return first;
}

/** Time and tick are said once for messages that share them. */
export function saysTick(message: ChatMessageView, next: ChatMessageView | undefined): boolean {
  return !next || next.tick !== message.tick || message.tick === 'failed';
}

/** Of a message with a file its card says how it fares, until it is there. */
export function tickOf({ tick, file }: ChatMessageView): ChatTick | null {
  return file && (file.state.state === 'uploading' || file.state.state === 'failed') ? null : tick;
}

// ------------------------------------------------------------------------------------------------- text

/** A piece of a text. */
export interface Piece {
  text: string;
  /** Where it leads. */
  link?: string;
  /** It was searched for. */
  found?: boolean;
}

/** Of the web, with what it begins with or as people write it; and of somebody's mail. */
const ADDRESS =
  /\bhttps?:\/\/[^\s<>"'`\u200b\u2028\u2029]+|(?<![\w@/.-])www\.[^\s<>"'`\u200b\u2028\u2029]+|(?<![\w.+@/-])[a-z0-9][\w.+-]{0,63}@[a-z0-9-]+(?:\.[a-z0-9-]+)+/giu;

/** Text with its addresses of the web and of mail; nothing else becomes a link. */
export function withLinks(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { 0: match, index } of text.matchAll(ADDRESS)) {
    const address = withoutEnd(match);
    const link = linkOf(address);
    if (!link) continue;
    if (index > end) pieces.push({ text: text.slice(end, index) });
    pieces.push({ text: address, link });
    end = index + address.length;
  }
  if (end < text.length || pieces.length === 0) pieces.push({ text: text.slice(end) });
  return pieces;
}

/** What ends a sentence is no part of an address; nor is a bracket that was opened before it. */
function withoutEnd(address: string): string {
  let text = address;
  for (;;) {
    const last = text.at(-1) ?? '';
    const opened = { ')': '(', ']': '[', '}': '{' }[last];
    const unpaired = opened !== undefined && text.split(opened).length < text.split(last).length;
    if (!/[.,;:!?…»”’]/u.test(last) && !unpaired) return text;
    text = text.slice(0, -1);
  }
}

/** Where an address leads, where it may be opened. */
function linkOf(address: string): string | undefined {
  if (/^https?:/i.test(address)) return webAddress(address);
  // Without a name between them it is no address.
  if (/^www\./i.test(address))
    return /^www\.[^./?#]+\.[^./?#]/i.test(address) ? webAddress(`https://${address}`) : undefined;
  return /\.[a-z]{2,}$/i.test(address) ? `mailto:${address}` : undefined;
}

/** An address that may be opened: of the web, and without a name and password in it, which hide where it leads. */
function webAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, username, password, href } = new URL(text);
  if ((protocol !== 'http:' && protocol !== 'https:') || !hostname || username || password) return undefined;
  return href;
}

/** Marks what was searched for, in text and links alike. */
export function withFound(pieces: Piece[], wanted: string): Piece[] {
  const sought = plain(wanted.trim());
  if (!sought) return pieces;
  return pieces.flatMap((piece) => {
    const { text } = piece;
    const parts: Piece[] = [];
    const signs = [...text];
    const plains = signs.map(plain);
    let end = 0;
    for (let at = 0; at < signs.length; at += 1) {
      let length = 0;
      let seen = '';
      while (at + length < signs.length && seen.length < sought.length) {
        seen += plains[at + length];
        length += 1;
      }
      if (seen !== sought) continue;
      if (at > end) parts.push({ ...piece, text: signs.slice(end, at).join('') });
      parts.push({ ...piece, text: signs.slice(at, at + length).join(''), found: true });
      end = at + length;
      at = end - 1;
    }
    if (end < signs.length) parts.push({ ...piece, text: signs.slice(end).join('') });
    return parts;
  });
}

/** The keys of messages in which something is found: in the text, or the name of the file. */
export function find(messages: ChatMessageView[], wanted: string): string[] {
  const sought = plain(wanted.trim());
  if (!sought) return [];
  return messages
    .filter(({ text, file }) => plain(`${text}\n${file?.info.name ?? ''}`).includes(sought))
    .map(({ key }) => key);
}

/** Without case and accents. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();
}
