// The chat as this participant has it: what came, what of mine is on its way, how far it has come to the others.
// The counterpart of `crates/call/src/call/chat.rs`.

import type {
  ChatMessageView,
  ChatTick,
  ChatView,
  FileInfo,
  FileState,
  FileView,
  ParticipantId,
  ReplyView,
  SnapshotView,
} from '../../view';
import type { Upload } from './files';
import type { ChatMark, ChatMessage, ClientMessage, ServerMessage } from './messages';
import type { People } from './people';

/** How long somebody counts as writing who does not say so again. */
const TYPING_FOR_MS = 6_000;

/** A message of mine that the room has not told back yet. */
interface Pending {
  key: string;
  text: string;
  replyTo: number | null;
  /** Unix time in milliseconds. */
  atMs: number;
  /** What is shared, and how far it is. */
  file: { upload: Upload; state: FileState } | undefined;
  failed: boolean;
}

/** Who I am. */
export interface Reader {
  id: ParticipantId;
  name: string;
  isAdmin: boolean;
}

export class Chat {
  private readonly messages = new Map<number, ChatMessage>();
  private pending: Pending[] = [];
  private readonly marks = new Map<ParticipantId, ChatMark>();
  /** How far each of mine came. Who comes in later takes nothing back of it. */
  private readonly came = new Map<number, ChatTick>();
  /** Since when, by whatever clock `take` and `view` are given. */
  private readonly typing = new Map<ParticipantId, number>();
  /** It is before my eyes. */
  isShown = false;
  private seen = 0;
  private told = { received: 0, seen: 0 };
  /** What is on its way down, or here. */
  private readonly files = new Map<string, FileState>();

  /** Takes a message of the server; whether there is something else to draw. */
  take(message: ServerMessage, me: ParticipantId, nowMs: number): boolean {
    switch (message.type) {
      case 'chat_history':
        for (const one of message.messages) this.add(one, me);
        for (const mark of message.marks) this.mark(mark, me);
        return true;
      case 'chat':
        this.typing.delete(message.message.from);
        this.add(message.message, me);
        return true;
      case 'chat_marked':
        this.mark(message.mark, me);
        return true;
      case 'typing':
        if (!message.typing) return this.typing.delete(message.participant_id);
        this.typing.set(message.participant_id, nowMs);
        return true;
      case 'left':
        return this.typing.delete(message.participant_id);
      case 'file_deleted':
        for (const [id, { file }] of this.messages) {
          if (file?.file_id === message.file_id) this.messages.delete(id);
        }
        this.files.delete(message.file_id);
        return true;
      case 'refused': {
        const refused = this.pending.find(({ key }) => key === message.key);
        if (refused) refused.failed = true;
        return refused !== undefined;
      }
      default:
        return false;
    }
  }

  /** How far it came to somebody. What I saw on another device, or before the page was loaded anew, I have seen. */
  private mark(mark: ChatMark, me: ParticipantId): void {
    this.marks.set(mark.participant_id, mark);
    if (mark.participant_id === me) this.seen = Math.max(this.seen, mark.seen);
  }

  private add(message: ChatMessage, me: ParticipantId): void {
    if (message.from === me) this.pending = this.pending.filter(({ key }) => key !== message.key);
    if (this.isShown) this.seen = Math.max(this.seen, message.id);
    this.messages.set(message.id, message);
  }

  /** A message of mine; what is to be sent. */
  write(text: string, replyTo: number | null): ClientMessage {
    const key = newKey();
    this.pending.push({ key, text, replyTo, atMs: Date.now(), file: undefined, failed: false });
    return { type: 'chat', key, text, reply_to: replyTo };
  }

  /** A file of mine is on its way. */
  share(upload: Upload): void {
    const file = { upload, state: { state: 'uploading', sent: 0 } as const };
    this.pending.push({ key: upload.key, text: '', replyTo: null, atMs: Date.now(), file, failed: false });
  }

  /** Where a file of mine stands. */
  setUpload(key: string, state: FileState): void {
    const pending = this.pending.find((one) => one.key === key);
    if (!pending?.file) return;
    pending.failed = state.state === 'failed';
    pending.file.state = state;
  }

  /** A file that is there in full. */
  file(fileId: string): FileInfo | undefined {
    for (const { file } of this.messages.values()) if (file?.file_id === fileId) return file;
    return undefined;
  }

  /** Tries one again that was not taken. */
  tryAgain(key: string): { message: ClientMessage } | { upload: Upload } | undefined {
    const pending = this.pending.find((one) => one.key === key);
    if (!pending) return undefined;
    pending.failed = false;
    if (!pending.file) return { message: asMessage(pending) };
    pending.file.state = { state: 'uploading', sent: 0 };
    return { upload: pending.file.upload };
  }

  /** Forgets one that is not there yet. */
  discard(key: string): Upload | undefined {
    const pending = this.pending.find((one) => one.key === key);
    this.pending = this.pending.filter((one) => one !== pending);
    return pending?.file?.upload;
  }

  /** What may not have been heard, because the line was another one: said again it is still one message. */
  unheard(): ClientMessage[] {
    return this.pending.filter(({ failed, file }) => !failed && !file).map(asMessage);
  }

  /** It is before my eyes, or not any more. */
  show(shown: boolean): void {
    this.isShown = shown;
    if (shown) this.seen = this.last();
  }

  /** What the others are to hear of how far it has come to me. */
  markToTell(): ClientMessage[] {
    const now = { received: this.last(), seen: this.seen };
    if (now.received === 0 || (now.received === this.told.received && now.seen === this.told.seen)) return [];
    this.told = now;
    return [{ type: 'chat_mark', ...now }];
  }

  /** A new line to the room: it knows nothing of what was told on the old one. */
  lineIsNew(): void {
    this.told = { received: 0, seen: 0 };
  }

  /** Where a file stands that is fetched. */
  setFile(fileId: string, state: FileState): void {
    this.files.set(fileId, state);
  }

  /** Messages of others that I have not seen; a snapshot is counted with the snapshots. */
  unread(me: ParticipantId): number {
    const unread = [...this.messages.values()].filter((one) => one.id > this.seen && one.from !== me);
    return unread.filter((one) => isLine(one) && one.file?.purpose !== 'snapshot').length;
  }

  /** Something may be drawn differently because time went by. */
  moves(): boolean {
    return this.typing.size > 0;
  }

  private last(): number {
    return Math.max(0, ...this.messages.keys());
  }

  private inOrder(): ChatMessage[] {
    return [...this.messages.values()].sort((a, b) => a.id - b.id);
  }

  view(me: Reader, people: People, nowMs: number): ChatView {
    for (const [id, since] of this.typing) if (nowMs - since >= TYPING_FOR_MS) this.typing.delete(id);
    const others = people.seated().filter(({ tools }) => tools?.chat);
    const told = this.inOrder()
      .filter(isLine)
      .map((message): ChatMessageView => {
        const mine = message.from === me.id;
        return {
          key: message.key,
          id: message.id,
          from: message.from,
          from_name: message.from_name,
          mine,
          at_ms: message.at_ms,
          text: message.text,
          reply: this.reply(message.reply_to),
          file: this.fileView(message, me),
          tick: mine
            ? this.tick(
                message.id,
                others.map(({ participant_id: id }) => id),
              )
            : null,
        };
      });
    const pending = this.pending.map(
      (one): ChatMessageView => ({
        key: one.key,
        id: null,
        from: me.id,
        from_name: '',
        mine: true,
        at_ms: one.atMs,
        text: one.text,
        reply: this.reply(one.replyTo),
        file: pendingFile(one),
        tick: one.failed ? 'failed' : 'sending',
      }),
    );
    return {
      messages: [...told, ...pending],
      typing: [...this.typing.keys()].flatMap((id) => people.nameOf(id) ?? []),
      unread: this.unread(me.id),
    };
  }

  /** Newest first. */
  gallery(me: Reader, people: People, viewers: ReadonlyMap<string, ParticipantId[]>): SnapshotView[] {
    return this.inOrder()
      .reverse()
      .flatMap((message): SnapshotView[] => {
        const file = this.fileView(message, me);
        if (file?.info.purpose !== 'snapshot') return [];
        const { of } = file.info;
        const editing = viewers.get(file.info.file_id) ?? [];
        return [
          {
            file,
            by_name: message.from_name,
            // Who was shown may have left since.
            of_name: (of === me.id ? me.name : of != null && people.nameOf(of)) || file.info.of_name || '',
            of_screen: file.info.of_screen ?? false,
            at_ms: message.at_ms,
            editing: editing.flatMap((id) => people.nameOf(id) ?? []),
          },
        ];
      });
  }

  private fileView({ file, from }: ChatMessage, me: Reader): FileView | null {
    if (!file) return null;
    const state = this.files.get(file.file_id) ?? { state: 'ready' };
    return { info: file, state, may_delete: me.isAdmin || from === me.id };
  }

  private tick(id: number, others: ParticipantId[]): ChatTick {
    const all = (mark: 'received' | 'seen') =>
      others.length > 0 && others.every((other) => (this.marks.get(other)?.[mark] ?? 0) >= id);
    const before = this.came.get(id);
    let now: ChatTick = 'sent';
    if (before === 'seen' || all('seen')) now = 'seen';
    else if (before === 'delivered' || all('received')) now = 'delivered';
    this.came.set(id, now);
    return now;
  }

  private reply(to: number | null | undefined): ReplyView | null {
    const answered = to == null ? undefined : this.messages.get(to);
    if (!answered) return null;
    return { id: answered.id, from_name: answered.from_name, text: answered.file?.name ?? answered.text };
  }
}

/** A name for a message of mine that no other has. */
export function newKey(): string {
  // Not `randomUUID`: without TLS there is none.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function asMessage({ key, text, replyTo }: Pending): ClientMessage {
  return { type: 'chat', key, text, reply_to: replyTo };
}

/** Whether a message is a line of the chat. */
function isLine({ file }: ChatMessage): boolean {
  return file?.purpose !== 'board';
}

function pendingFile({ key, file }: Pending): FileView | null {
  if (!file) return null;
  const { blob, name, purpose, of, ofScreen } = file.upload;
  const info: FileInfo = {
    file_id: key,
    name,
    media_type: '',
    size: blob.size,
    sha256: '',
    purpose,
    of,
    of_screen: ofScreen,
    size_px: null,
    has_thumbnail: false,
  };
  return { info, state: file.state, may_delete: true };
}
