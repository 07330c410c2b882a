// Chat, boards, pointers and files together, and their way to the page. The counterpart of `crates/call/src/call/tools.rs`.

import { asBase64, asDataUrl, isDocument } from '../../bytes';
import { type FileDrag, type PickedForBoard, type PickedPicture, takesFiles } from '../../engine';
import type { BoardAction, BoardNews, NoticeCode, ParticipantId, Spot, ToolsNews } from '../../view';
import { Boards } from '../board/boards';
import { problemOf } from '../problem';
import { keepSaved, savedBefore } from '../visit';
import { Chat, newKey, type Reader } from './chat';
import { FileClient, fileName, MOST_SHOWN, type Upload } from './files';
import type { ClientMessage, ServerMessage } from './messages';
import type { People } from './people';
import type { RoomSide } from './room';

/** A pointer that has not moved for this long points at nothing any more: whose it is may be gone without a word. */
const POINTER_FOR_MS = 8_000;
/** Pictures of which the server finds out the size, and documents, of which a page becomes one. */
const FOR_BOARD = 'image/png,image/jpeg,image/webp,image/gif,application/pdf';

type Shared = Pick<Upload, 'purpose' | 'of' | 'ofScreen'>;

interface Pointer {
  spot: Spot;
  movedMs: number;
}

/** Where it all goes. */
export interface ToolsWays {
  toRoom(message: ClientMessage): void;
  tools(news: ToolsNews): void;
  board(news: BoardNews): void;
  notice(code: NoticeCode, name: string | null): void;
}

export class Tools {
  readonly files = new FileClient();
  readonly chat = new Chat();
  private readonly boards = new Boards();
  private readonly pointers = new Map<ParticipantId, Pointer>();
  /** Under way, or waiting for their turn. */
  private readonly uploads = new Map<string, AbortController>();
  /** Uploads that the server may know of. */
  private readonly begun = new Set<string>();
  private readonly downloads = new Map<string, AbortController>();
  /** What was fetched, to be given to the person again. */
  private readonly saved = new Map<string, { blob: Blob; name: string }>();
  /** Pictures as addresses. */
  private readonly addresses = new Map<string, Promise<string | null>>();
  /** What goes up for the board. */
  private readonly forBoard = new AbortController();
  /** Files that were dropped, by the names that the page was told. */
  private readonly dropped = new Map<string, File>();
  private toldChat = '';
  private toldGallery = '';

  constructor(
    private readonly room: RoomSide,
    private readonly people: People,
    private readonly ways: ToolsWays,
  ) {
    for (const fileId of savedBefore()) this.chat.setFile(fileId, { state: 'saved', path: '' });
  }

  /** This snapshot is before me. */
  isAt(file: string): boolean {
    return this.boards.isOpen(file);
  }

  /** A snapshot is before me, to draw on it. */
  get isAtASnapshot(): boolean {
    return this.boards.isAtASnapshot;
  }

  /** The call is over. */
  close(): void {
    this.forBoard.abort();
    for (const one of [...this.uploads.values(), ...this.downloads.values()]) one.abort();
    for (const address of this.addresses.values()) {
      void address.then((url) => url?.startsWith('blob:') && URL.revokeObjectURL(url));
    }
  }

  /** Takes a message of the server, after the room took it. */
  take(message: ServerMessage): void {
    const now = performance.now();
    const { room, boards, chat } = this;
    const isNew = message.type === 'welcome' || message.type === 'resumed';
    if (isNew) {
      chat.lineIsNew();
      this.toRoom(chat.unheard());
      this.toRoom(boards.lineIsNew(now));
    }
    if (message.type === 'welcome' || message.type === 'rights_changed') {
      this.tellBoards(boards.rightsChanged(this.me()));
    }
    const sees =
      (message.type === 'whiteboard_changed' && message.whiteboard.shown) ||
      (message.type === 'rights_changed' && message.participant_id === room.me);
    if (sees) this.toRoom(boards.openAgain());
    this.tellBoards(boards.take(message, this.me(), this.nameOf, now));
    this.takePointer(message);
    // Who comes or goes changes how far a message has come to all.
    const others = message.type === 'joined' || message.type === 'left';
    if (chat.take(message, room.me, now) || others || isNew || message.type === 'board_viewers') {
      this.toRoom(chat.markToTell());
      this.tellChat();
    }
  }

  /** The line to the room is lost. */
  lineIsLost(): void {
    this.boards.lineIsLost(performance.now());
  }

  /** Once a second: what passes by itself. */
  tick(): void {
    if (this.chat.moves()) this.tellChat();
    const now = performance.now();
    this.tellBoards(this.boards.tick(this.nameOf, now));
    const before = this.pointers.size;
    for (const [id, { movedMs }] of this.pointers) {
      if (now - movedMs >= POINTER_FOR_MS) this.pointers.delete(id);
    }
    if (this.pointers.size !== before) this.tellPointers();
  }

  /** Tells everything, to a page that is new. */
  tellAll(): void {
    this.toldChat = '';
    this.toldGallery = '';
    this.tellChat();
    this.tellPointers();
  }

  actOnBoard(action: BoardAction): void {
    const { toRoom, toPage } = this.boards.act(action, this.me(), performance.now());
    this.tellBoards(toPage);
    this.toRoom(toRoom);
  }

  // --- the chat ---

  sendChat(text: string, replyTo: number | null): void {
    this.toRoom([this.chat.write(text, replyTo)]);
    this.tellChat();
  }

  tryAgain(key: string): void {
    const again = this.chat.tryAgain(key);
    if (again && 'message' in again) this.toRoom([again.message]);
    else if (again) void this.upload(again.upload);
    this.tellChat();
  }

  discard(key: string): void {
    this.uploads.get(key)?.abort();
    const upload = this.chat.discard(key);
    if (upload && this.begun.delete(key)) void this.files.forget(upload);
    this.tellChat();
  }

  showChat(shown: boolean): void {
    this.chat.show(shown);
    this.toRoom(this.chat.markToTell());
    this.tellChat();
  }

  // --- files ---

  /** Lets people choose files, and shares them. */
  async pickFiles(): Promise<void> {
    this.shareAll(await chosen('', true));
  }

  sendDropped(names: string[]): void {
    this.shareAll(names.flatMap((name) => this.dropped.get(name) ?? []));
    this.dropped.clear();
  }

  /** Files that are dragged over the window, and dropped on it. */
  onDrop(heard: (drag: FileDrag) => void): () => void {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      // What is let go there is for the board.
      if (takesFiles(event.target)) return heard({ state: 'left' });
      event.preventDefault();
      heard({ state: 'over' });
    };
    const left = (event: DragEvent) => {
      if (event.relatedTarget === null) heard({ state: 'left' });
    };
    const drop = (event: DragEvent) => {
      if (!hasFiles(event) || takesFiles(event.target)) return;
      event.preventDefault();
      heard({ state: 'left' });
      for (const file of event.dataTransfer?.files ?? []) this.dropped.set(newKey(), file);
      heard({
        state: 'dropped',
        paths: [...this.dropped.keys()],
        at: { x: event.clientX, y: event.clientY },
      });
    };
    document.addEventListener('dragover', over);
    document.addEventListener('dragleave', left);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('dragover', over);
      document.removeEventListener('dragleave', left);
      document.removeEventListener('drop', drop);
    };
  }

  /** Those chosen together come in their order, one after the other. */
  shareAll(files: File[]): void {
    let before: Promise<void> | undefined;
    for (const file of files) before = this.share(file, file.name, undefined, before);
  }

  /** Shares something under a name; answers when it is there or cannot be. */
  share(
    blob: Blob,
    name: string,
    shared: Shared = { purpose: 'chat', of: null, ofScreen: false },
    before?: Promise<void>,
  ): Promise<void> {
    const upload = { blob, name: fileName(name), ...shared, key: newKey() };
    this.chat.share(upload);
    this.tellChat();
    return this.upload(upload, before);
  }

  private async upload(upload: Upload, before?: Promise<void>): Promise<void> {
    const { key } = upload;
    const cancel = new AbortController();
    this.uploads.set(key, cancel);
    await before;
    try {
      if (!cancel.signal.aborted) {
        this.begun.add(key);
        await this.files.upload(upload, (sent) => this.set(key, { state: 'uploading', sent }), cancel.signal);
      }
    } catch (thrown) {
      if (!cancel.signal.aborted) this.set(key, { state: 'failed', problem: problemOf(thrown) });
    }
    if (this.uploads.get(key) === cancel) this.uploads.delete(key);
  }

  private set(key: string, state: Parameters<Chat['setUpload']>[1]): void {
    this.chat.setUpload(key, state);
    this.tellChat();
  }

  async download(fileId: string): Promise<void> {
    const info = this.chat.file(fileId);
    if (!info || this.downloads.has(fileId)) return;
    const cancel = new AbortController();
    this.downloads.set(fileId, cancel);
    const tell = (state: Parameters<Chat['setFile']>[1]) => {
      this.chat.setFile(fileId, state);
      this.tellChat();
    };
    tell({ state: 'downloading', received: 0 });
    try {
      const blob = await this.files.fetch(
        info,
        (received) => tell({ state: 'downloading', received }),
        cancel.signal,
      );
      this.saved.set(fileId, { blob, name: info.name });
      give(blob, info.name);
      keepSaved(fileId);
      tell({ state: 'saved', path: info.name });
    } catch (thrown) {
      tell(cancel.signal.aborted ? { state: 'ready' } : { state: 'failed', problem: problemOf(thrown) });
    }
    this.downloads.delete(fileId);
  }

  cancelDownload(fileId: string): void {
    this.downloads.get(fileId)?.abort();
  }

  /** Given once more: a page may not open what lies in somebody's folder, and opens nobody's file as one of its own. */
  openFile(fileId: string): void {
    const saved = this.saved.get(fileId);
    if (saved) give(saved.blob, saved.name);
  }

  async deleteFile(fileId: string): Promise<void> {
    // What was refused is still there to be seen.
    await this.files.delete(fileId).catch(() => {});
  }

  /** A picture as an address; documents too where they are asked for large. */
  picture(fileId: string, large: boolean): Promise<string | null> {
    const key = `${fileId} ${large}`;
    let address = this.addresses.get(key);
    if (!address) {
      address = this.files.picture(fileId, large).then((blob) => blob && addressOf(blob));
      this.addresses.set(key, address);
      // It may be there the next time somebody looks.
      void address.then((url) => url === null && this.addresses.delete(key));
    }
    return address;
  }

  /** Lets people choose pictures, which go up for the board, and documents, which only the page reads. */
  async pickForBoard(): Promise<PickedForBoard[]> {
    return this.takeForBoard(await chosen(FOR_BOARD, true));
  }

  /** One after the other, in their order. */
  async takeForBoard(files: readonly File[]): Promise<PickedForBoard[]> {
    const all: PickedForBoard[] = [];
    for (const file of files) {
      const one = await this.takeOne(file);
      if (one) all.push(one);
    }
    return all;
  }

  private async takeOne(file: File): Promise<PickedForBoard | null> {
    const { name } = file;
    try {
      if (await isDocument(file)) {
        if (file.size > MOST_SHOWN) return this.notPut(name);
        return { kind: 'document', name, base64: await asBase64(file) };
      }
    } catch {
      // It went, or changed, since it was chosen.
      return this.notPut(name);
    }
    const picture = await this.putPicture(name, file);
    return picture && { kind: 'picture', ...picture };
  }

  /** Sends a picture up for the board; says where that fails. */
  async putPicture(name: string, blob: Blob): Promise<PickedPicture | null> {
    const shared: Shared = { purpose: 'board', of: null, ofScreen: false };
    const upload: Upload = { blob, name: fileName(name), ...shared, key: newKey() };
    try {
      return await this.files.put(upload, this.forBoard.signal);
    } catch {
      return this.notPut(name);
    }
  }

  private notPut(name: string): null {
    if (!this.forBoard.signal.aborted) this.ways.notice('no_picture', name);
    return null;
  }

  // --- what is told ---

  private me() {
    return { id: this.room.me, tools: this.room.tools };
  }

  private readonly nameOf = (id: ParticipantId) => this.people.nameOf(id) ?? '';

  private takePointer(message: ServerMessage): void {
    const { pointers } = this;
    let changed = false;
    switch (message.type) {
      case 'pointed':
        if (message.spot) {
          pointers.set(message.participant_id, { spot: message.spot, movedMs: performance.now() });
        }
        changed = message.spot !== null || pointers.delete(message.participant_id);
        break;
      case 'left':
        changed = pointers.delete(message.participant_id);
        break;
      case 'rights_changed':
        if (!message.tools.live_pointer) changed = pointers.delete(message.participant_id);
        break;
      // Pointers are of the moment: what was pointed at before the line broke is not any more.
      case 'welcome':
      case 'resumed':
        changed = pointers.size > 0;
        pointers.clear();
        break;
    }
    if (changed) this.tellPointers();
  }

  private tellPointers(): void {
    const pointers = [...this.pointers].map(([id, { spot }]) => ({
      participant_id: id,
      display_name: this.nameOf(id),
      spot,
    }));
    this.ways.tools({ kind: 'pointers', pointers });
  }

  /** Tells chat and gallery, where they are other than was told. */
  private tellChat(): void {
    const { room } = this;
    const me: Reader = { id: room.me, name: room.displayName, isAdmin: room.isAdmin };
    const chat = this.chat.view(me, this.people, performance.now());
    const chatNow = JSON.stringify(chat);
    if (chatNow !== this.toldChat) {
      this.toldChat = chatNow;
      this.ways.tools({ kind: 'chat', chat });
    }
    const snapshots = this.chat.gallery(me, this.people, room.viewers);
    const galleryNow = JSON.stringify(snapshots);
    if (galleryNow !== this.toldGallery) {
      this.toldGallery = galleryNow;
      this.ways.tools({ kind: 'gallery', snapshots });
    }
  }

  private tellBoards(news: BoardNews[]): void {
    for (const one of news) this.ways.board(one);
  }

  private toRoom(messages: ClientMessage[]): void {
    for (const message of messages) this.ways.toRoom(message);
  }
}

/** Files that somebody chose; none when they did not. */
function chosen(accept: string, multiple: boolean): Promise<File[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = accept;
    input.multiple = multiple;
    input.hidden = true;
    // Some browsers forget the choice with an element that is not in the page.
    document.body.append(input);
    const done = () => {
      resolve([...(input.files ?? [])]);
      input.remove();
    };
    input.addEventListener('change', done, { once: true });
    input.addEventListener('cancel', done, { once: true });
    input.click();
  });
}

/** Lets the browser save something where people look for what they saved. */
export function give(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Documents are read by the page, which may fetch from the server only: they come as `data:`. */
async function addressOf(blob: Blob): Promise<string> {
  if (blob.type !== 'application/pdf') return URL.createObjectURL(blob);
  return asDataUrl(blob);
}
