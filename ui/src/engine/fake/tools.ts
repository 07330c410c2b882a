// Invented chat, gallery and pointers, and what a back end makes of the commands to them.

import type { FileDrag, ToolsCommands } from '../engine';
import type {
  AppView,
  ChatMessageView,
  ChatView,
  FileState,
  FileView,
  PointerView,
  SnapshotView,
  Spot,
  ToolsNews,
} from '../view';
import type { Command } from './groups';
import { brokenSample, lockedSample, pdfSample } from './pdfSamples';

/** Chat, gallery and pointers as they are. */
export interface ToolsState {
  chat: ChatView;
  gallery: SnapshotView[];
  pointers: PointerView[];
}

export type ChangeTools = (edit: (state: ToolsState) => void) => void;

/** The commands, and a way to change what they speak of as a back end would. */
export function fakeTools(
  first: ToolsState,
  command: Command,
  change: (edit: (view: AppView) => void) => void,
): { tools: ToolsCommands; changeTools: ChangeTools } {
  let state = first;
  let shown = false;
  // Samples are numbered, those on their way too.
  let last = 100;
  const heard = new Set<(news: ToolsNews) => void>();
  const news = (): ToolsNews[] => [
    { kind: 'chat', chat: state.chat },
    { kind: 'gallery', snapshots: state.gallery },
    { kind: 'pointers', pointers: state.pointers },
  ];
  const tellAll = () => {
    for (const one of news()) for (const tell of heard) tell(one);
  };
  const changeTools: ChangeTools = (edit) => {
    const { unread } = state.chat;
    state = structuredClone(state);
    edit(state);
    if (shown) state.chat.unread = 0;
    tellAll();
    if (state.chat.unread === unread) return;
    change(({ screen }) => {
      if (screen.kind === 'call') screen.unread_chat = state.chat.unread;
    });
  };
  const file = (id: string, edit: (file: FileView) => void) =>
    changeTools(({ chat, gallery }) => {
      const files = [...chat.messages.map((message) => message.file), ...gallery.map((one) => one.file)];
      for (const one of files) if (one?.info.file_id === id) edit(one);
    });
  const message = (key: string, edit: (message: ChatMessageView) => void) =>
    changeTools(({ chat }) => {
      const found = chat.messages.find((one) => one.key === key);
      if (found) edit(found);
    });
  const write = (text: string, replyTo: number | null, shared: FileView | null) =>
    changeTools(({ chat }) => {
      last += 1;
      const answered = chat.messages.find(({ id }) => id !== null && id === replyTo);
      chat.messages.push({
        ...written(last, 'me', text, Date.now()),
        file: shared,
        tick: 'sent',
        reply: answered ? { id: answered.id ?? 0, from_name: answered.from_name, text: answered.text } : null,
      });
    });
  const inCall = (edit: (call: Extract<AppView['screen'], { kind: 'call' }>) => void) =>
    change(({ screen }) => {
      if (screen.kind === 'call') edit(screen);
    });
  const tools: ToolsCommands = {
    onNews: async (tell) => {
      heard.add(tell);
      return () => heard.delete(tell);
    },
    tell: async () => tellAll(),
    sendChat: command('send chat', (text: string, replyTo: number | null) => write(text, replyTo, null)),
    tryAgain: command('try again', (key: string) =>
      message(key, (one) => {
        one.tick = 'sent';
        if (one.file) one.file.state = { state: 'uploading', sent: 0 };
      }),
    ),
    discard: command('discard', (key: string) =>
      changeTools(({ chat }) => {
        chat.messages = chat.messages.filter((one) => one.key !== key);
      }),
    ),
    typing: command('typing', (_on: boolean) => {}),
    showChat: command('show chat', (on: boolean) => {
      shown = on;
      changeTools(() => {});
    }),
    pickFiles: command('pick files', () =>
      write('', null, fileView('picked', 'letter.pdf', 240_000, { state: 'uploading', sent: 90_000 })),
    ),
    sendFiles: command('send files', (paths: string[]) => {
      for (const path of paths) {
        const name = path.split('/').at(-1) ?? path;
        write('', null, fileView(name, name, 240_000, { state: 'uploading', sent: 0 }));
      }
    }),
    sendPasted: command('send pasted', (name: string, _base64: string) =>
      write('', null, fileView(name, name, 240_000, { state: 'uploading', sent: 0 })),
    ),
    paste: command('paste', () => {}),
    download: command('download', (id: string) =>
      file(id, (one) => {
        one.state = { state: 'saved', path: `Downloads/${one.info.name}` };
      }),
    ),
    cancelDownload: command('cancel download', (id: string) =>
      file(id, (one) => {
        one.state = { state: 'ready' };
      }),
    ),
    openFile: command('open file', (_id: string) => {}),
    deleteFile: command('delete file', (id: string) =>
      changeTools((now) => {
        now.gallery = now.gallery.filter((one) => one.file.info.file_id !== id);
        now.chat.messages = now.chat.messages.filter((one) => one.file?.info.file_id !== id);
      }),
    ),
    filePicture: async (id, large) => {
      const shared = state.chat.messages.find(({ file }) => file?.info.file_id === id)?.file?.info;
      if (shared?.media_type !== 'application/pdf') return drawnPicture(id);
      return large ? pdfOf(id, shared.name) : null;
    },
    // A plain browser tells no paths; a test may drop some by this event.
    onDrop: async (tell) => {
      const drop = (event: Event) => tell((event as CustomEvent<FileDrag>).detail);
      document.addEventListener('fake-drop', drop);
      return () => document.removeEventListener('fake-drop', drop);
    },
    point: command('point', (_spot: Spot | null) => {}),
    present: command('present', (presenting: boolean) =>
      inCall((call) => {
        call.presenter = presenting ? call.me.participant_id : null;
      }),
    ),
    takeSnapshot: command('take snapshot', (stream: number) =>
      change(({ screen }) => {
        if (screen.kind !== 'call') return;
        const of = screen.people.find(({ streams }) => streams.some((one) => one.stream_id === stream));
        changeTools(({ gallery }) => {
          gallery.unshift(snapshot(gallery.length, (of ?? screen.me).display_name, Date.now()));
        });
      }),
    ),
  };
  return { tools, changeTools };
}

// ------------------------------------------------------------------------------------------------- what the address asks for

/** `?chat=long&gallery=5&pointers`. */
export function toolsState(asked: URLSearchParams, view: AppView): ToolsState {
  const chat = asked.get('chat');
  const unread = chat === 'long' ? Number(asked.get('unread') ?? 0) : chat === 'unread' ? 2 : 0;
  const state: ToolsState = {
    chat: {
      messages: chat ? (CHATS[chat] ?? CHATS.short)() : [],
      typing: chat === 'long' ? ['Anna Rossi'] : [],
      unread,
    },
    gallery: Array.from({ length: Number(asked.get('gallery') ?? 0) }, (_, n) =>
      snapshot(n, n % 2 ? 'Kenji Mori' : 'Anna Rossi', at(9, 46 - n * 3)),
    ),
    pointers: asked.get('pointers') === 'files' ? filePointers() : asked.has('pointers') ? pointers() : [],
  };
  if (view.screen.kind === 'call') view.screen.unread_chat = unread;
  const [first, second, third] = state.gallery;
  if (asked.has('screens') && second) second.of_screen = true;
  if (asked.has('editing') && first) first.editing = ['Anna Rossi'];
  if (asked.has('editing') && second) second.editing = ['Anna Rossi', 'Kenji Mori', 'Aisha Diallo'];
  if (asked.has('saving') && third) third.file.state = { state: 'downloading', received: 120_000 };
  return state;
}

const at = (hour: number, minute: number, day = 21) => Date.UTC(2026, 10, day, hour, minute);

const WHO = {
  me: ['seat-me', 'Dr Elena Conti'],
  anna: ['seat-0', 'Anna Rossi'],
  kenji: ['seat-1', 'Kenji Mori'],
} as const;

function written(id: number, who: keyof typeof WHO, text: string, at_ms: number): ChatMessageView {
  const [from, from_name] = WHO[who];
  const mine = who === 'me';
  return {
    key: `message-${id}`,
    id,
    from,
    from_name,
    mine,
    at_ms,
    text,
    reply: null,
    file: null,
    tick: mine ? 'seen' : null,
  };
}

function fileView(id: string, name: string, size: number, state: FileState): FileView {
  const picture = /\.(png|jpe?g)$/.test(name);
  return {
    info: {
      file_id: id,
      name,
      media_type: picture ? 'image/jpeg' : name.endsWith('.pdf') ? 'application/pdf' : 'video/mp4',
      size,
      sha256: '',
      purpose: 'chat',
      size_px: picture ? [1280, 720] : null,
      has_thumbnail: picture,
    },
    state,
    may_delete: true,
  };
}

const CHATS: Record<string, () => ChatMessageView[]> & Record<'short', () => ChatMessageView[]> = {
  long: conversation,
  short: () => conversation().slice(2, 6),
  pdf: documents,
  refused,
  snapshots,
};

/** Snapshots of the gallery, as they come in the chat. */
function snapshots(): ChatMessageView[] {
  const taken = (n: number, who: keyof typeof WHO, of: string) => ({
    ...written(n + 2, who, '', at(9, 43 + n)),
    file: snapshot(n, of, at(9, 43 + n)).file,
  });
  return [
    written(1, 'anna', 'It hurts when I go up the stairs, mostly in the morning.', at(9, 41)),
    taken(0, 'me', 'Anna Rossi'),
    taken(1, 'kenji', 'Kenji Mori'),
  ];
}

/** Documents: one that is fine, one with a password, one that is damaged, one that is too large to be shown, one on its way. */
function documents(): ChatMessageView[] {
  const file = (id: number, who: keyof typeof WHO, name: string, size: number, file: FileState) => ({
    ...written(id, who, '', at(9, 40 + id)),
    file: fileView(name.replace(/\.pdf$/, ''), name, size, file),
  });
  const ready = { state: 'ready' } as const;
  return [
    written(1, 'kenji', 'Here are the letters from the clinic.', at(9, 41)),
    file(2, 'kenji', 'locked.pdf', 180_000, ready),
    file(3, 'kenji', 'broken.pdf', 64_000, ready),
    file(4, 'anna', 'all-images-of-the-year.pdf', 96_000_000, { state: 'downloading', received: 31_000_000 }),
    file(5, 'kenji', 'knee-march.pdf', 1_800_000, ready),
  ];
}

function pdfOf(id: string, name: string): string {
  if (id === 'locked') return lockedSample();
  return id === 'broken' ? brokenSample() : pdfSample(name.replace(/\.pdf$/, ''), 4);
}

/** Files that did not go through, one for each reason. */
function refused(): ChatMessageView[] {
  const codes = ['file_type_refused', 'too_large', 'forbidden', 'server_unreachable', 'internal'] as const;
  const names = ['setup.exe', 'knee-film.mp4', 'letter.pdf', 'readings.pdf', 'report.pdf'];
  return codes.map((code, n) => ({
    ...written(n + 1, 'me', '', at(9, 41 + n)),
    file: fileView(code, names[n] ?? '', n === 1 ? 412_000_000 : 180_000, {
      state: 'failed',
      problem: { code, message: 'invented' },
    }),
  }));
}

/** A conversation of two days, with files in every state. */
function conversation(): ChatMessageView[] {
  const ready = { state: 'ready' } as const;
  const broken = {
    state: 'failed',
    problem: { code: 'server_unreachable', message: 'invented' },
  } as const;
  const large = { state: 'failed', problem: { code: 'too_large', message: 'invented' } } as const;
  return [
    { ...written(1, 'anna', 'Good evening, I put my readings together for tomorrow.', at(18, 12, 20)) },
    {
      ...written(2, 'me', 'Thank you, I will look at them before the visit.', at(18, 40, 20)),
    },
    { ...written(3, 'anna', 'It hurts when I go up the stairs, mostly in the morning.', at(9, 41)) },
    {
      ...written(4, 'me', 'Thank you. I will draw where it comes from.', at(9, 42)),
      reply: {
        id: 3,
        from_name: 'Anna Rossi',
        text: 'It hurts when I go up the stairs, mostly in the morning.',
      },
    },
    { ...written(5, 'kenji', 'Here is the report from March.', at(9, 44)) },
    {
      ...written(6, 'kenji', '', at(9, 44)),
      file: fileView('report', 'knee-march.pdf', 1_800_000, ready),
    },
    {
      ...written(
        7,
        'kenji',
        'The exercises are on https://www.example.org/knee/exercises (page 3).',
        at(9, 45),
      ),
    },
    {
      ...written(8, 'anna', '', at(9, 46)),
      file: fileView('photo', 'my-knee.jpg', 840_000, ready),
    },
    {
      ...written(9, 'me', '', at(9, 47)),
      file: fileView('saved', 'plan-until-december.pdf', 96_000, {
        state: 'saved',
        path: 'Downloads/plan-until-december.pdf',
      }),
      tick: 'delivered',
    },
    {
      ...written(10, 'kenji', '', at(9, 47)),
      file: fileView('down', 'gait-from-the-side-second-try-with-better-light.mp4', 24_000_000, {
        state: 'downloading',
        received: 9_000_000,
      }),
    },
    { ...written(11, 'kenji', 'Is this one enough?', at(9, 48)) },
    {
      ...written(12, 'me', '', at(9, 49)),
      id: null,
      file: fileView('up', 'exercises-knee.mp4', 68_000_000, { state: 'uploading', sent: 43_000_000 }),
      tick: 'sending',
    },
    {
      ...written(13, 'me', '', at(9, 49)),
      id: null,
      file: fileView('broken', 'letter.pdf', 240_000, broken),
      tick: 'failed',
    },
    {
      ...written(14, 'me', '', at(9, 49)),
      id: null,
      file: fileView('large', 'everything.mp4', 480_000_000, large),
      tick: 'failed',
    },
    { ...written(15, 'me', 'I will send the letter again.', at(9, 49)), id: null, tick: 'failed' },
    { ...written(16, 'me', 'One moment, please.', at(9, 50)), id: null, tick: 'sending' },
  ];
}

function snapshot(n: number, of: string, at_ms: number): SnapshotView {
  const { info } = fileView(`snapshot-${n}`, `snapshot-${n}.jpg`, 320_000, { state: 'ready' });
  return {
    file: {
      info: { ...info, purpose: 'snapshot', of: 'seat-0' },
      state: n === 2 ? { state: 'saved', path: 'Downloads/snapshot.jpg' } : { state: 'ready' },
      may_delete: n !== 1,
    },
    by_name: n === 1 ? 'Kenji Mori' : 'Dr Elena Conti',
    of_name: of,
    of_screen: false,
    at_ms,
    editing: [],
  };
}

/** Two pointers on the first person's screen, one near its edge, and one on the second's camera. */
function pointers(): PointerView[] {
  const pointer = (who: keyof typeof WHO, spot: Spot): PointerView => ({
    participant_id: WHO[who][0],
    display_name: WHO[who][1],
    spot,
  });
  const screen = { kind: 'screen', participant_id: 'seat-0' } as const;
  return [
    pointer('anna', { target: screen, x: 19_000, y: 30_000 }),
    pointer('kenji', { target: screen, x: 64_500, y: 64_000 }),
    {
      ...pointer('anna', { target: { kind: 'camera', participant_id: 'seat-1' }, x: 30_000, y: 20_000 }),
      participant_id: 'seat-2',
      display_name: 'Aisha Diallo',
    },
    {
      ...pointer('anna', { target: { kind: 'camera', participant_id: 'seat-me' }, x: 30_000, y: 20_000 }),
      participant_id: 'seat-3',
      display_name: 'Tomás Herrera',
    },
  ];
}

/** Somebody points at the second page of a document, two at a picture, three at a snapshot. */
function filePointers(): PointerView[] {
  const names = ['Anna Rossi', 'Kenji Mori', 'Aisha Diallo', 'Tomás Herrera', 'Giulia', 'Noor Haddad'];
  const targets = [
    ['knee-march', 2],
    ['photo', 1],
    ['photo', 1],
    ['snapshot-0', 1],
    ['snapshot-0', 1],
    ['snapshot-0', 1],
  ] as const;
  return targets.map(([file_id, page], n) => ({
    participant_id: `seat-${n}`,
    display_name: names[n] ?? '',
    spot: { target: { kind: 'file', file_id, page }, x: 20_000 + n * 7_000, y: 14_000 + n * 5_000 },
  }));
}

/** A file's picture, without a file to take it from. */
function drawnPicture(id: string): string {
  const walls = ['#d3bda0', '#53636c', '#b9d3b4', '#a9c0cf', '#e3cbb9'];
  const hash = [...id].reduce((sum, sign) => sum + (sign.codePointAt(0) ?? 0), 0);
  const wall = walls[hash % walls.length];
  return `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720" viewBox="0 0 160 90"><path fill="${wall}" d="M0 0h160v90H0z"/><path fill="#fff" opacity=".4" d="M12 10h34v40H12z"/><path fill="#85647c" d="M44 90c2-22 14-30 36-30s34 8 36 30z"/><circle cx="80" cy="40" r="21" fill="#f0cdb4"/><path fill="#c3c4c1" d="M58 38c0-32 44-32 44 0-4-12-40-12-44 0z"/></svg>`)}`;
}
