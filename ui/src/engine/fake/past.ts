// Invented past sessions, and what a back end makes of the commands to them.

import type { PastCommands } from '../engine';
import { ROOM_BOARD } from '../rights';
import type {
  ChatMessageView,
  FileView,
  KeptView,
  PastAction,
  PastSessionView,
  PastView,
  Problem,
  RecordingView,
  SavingView,
  SnapshotView,
} from '../view';
import { boardItems, pictureItems } from './boardSamples';
import type { Command } from './groups';
import { pdfSample } from './pdfSamples';
import visit from './visit.webm';

export interface PastSample {
  view: PastView;
  /** What is there beyond the first of the list. */
  older: PastSessionView[];
  /** What opens, of whichever session. */
  kept: Omit<KeptView, 'session'>;
}

export type ChangePast = (edit: (past: PastView) => void) => void;

/** The commands, and a way to change what they speak of as a back end would. What takes time goes on while it is `moving`. */
export function fakePast(
  { view: first, older, kept }: PastSample,
  command: Command,
  moving: boolean,
): { past: PastCommands; changePast: ChangePast } {
  let view = first;
  const heard = new Set<(past: PastView) => void>();
  const changePast: ChangePast = (edit) => {
    view = structuredClone(view);
    edit(view);
    for (const tell of heard) tell(view);
  };
  const inOpened = (edit: (opened: KeptView) => void) =>
    changePast(({ opened }) => {
      if (opened) edit(opened);
    });
  /** Comes in steps, as from a server. */
  const fetched = (path: string, made: boolean, put: (opened: KeptView, saving: SavingView) => void) => {
    const steps: SavingView[] = [
      ...(made ? [{ state: 'making', done: 0.4 } as const] : []),
      { state: 'fetching', done: 0.6 },
      { state: 'saved', path },
    ];
    const step = (n: number) => {
      const now = steps[n];
      if (!now) return;
      inOpened((opened) => put(opened, now));
      if (moving) setTimeout(() => step(n + 1), 800);
    };
    step(0);
  };
  const file = (id: string, edit: (file: FileView) => void) =>
    inOpened(({ files, snapshots }) => {
      for (const one of [...files, ...snapshots.map((snapshot) => snapshot.file)]) {
        if (one.info.file_id === id) edit(one);
      }
    });
  const act = (action: PastAction) => {
    switch (action.do) {
      case 'refresh':
        return changePast(() => {});
      case 'more':
        return changePast((past) => {
          past.sessions.push(...older);
          past.more = false;
        });
      case 'open':
        return changePast((past) => {
          const session = past.sessions.find(({ session_id }) => session_id === action.session);
          past.opened = session ? { ...structuredClone(kept), session } : null;
        });
      case 'close':
        return changePast((past) => {
          past.opened = null;
        });
      case 'search_chat':
        return inOpened((opened) => {
          opened.search = action.text;
          const wanted = action.text.toLowerCase();
          opened.chat = kept.chat.filter(({ text }) => text.toLowerCase().includes(wanted));
        });
      case 'save_recording':
        return fetched(`Downloads/visit.${action.format}`, action.format === 'mp4', (opened, saving) => {
          const one = opened.recordings.find(({ recording_id }) => recording_id === action.recording);
          if (one) one[action.format] = saving;
        });
      case 'delete_recording':
        return inOpened((opened) => {
          opened.recordings = opened.recordings.filter(
            ({ recording_id }) => recording_id !== action.recording,
          );
        });
      case 'save_file':
        return file(action.file_id, (one) => {
          one.state = { state: 'saved', path: `Downloads/${one.info.name}` };
        });
      case 'delete_file':
        return inOpened((opened) => {
          opened.files = opened.files.filter(({ info }) => info.file_id !== action.file_id);
          opened.snapshots = opened.snapshots.filter((one) => one.file.info.file_id !== action.file_id);
        });
      case 'save_everything':
        return fetched('Downloads/anna-rossi-2026-11-21.zip', true, (opened, saving) => {
          opened.export = saving;
        });
      case 'open_saved':
        return;
    }
  };
  return {
    changePast,
    past: {
      onNews: async (tell) => {
        heard.add(tell);
        return () => heard.delete(tell);
      },
      act: command('past', act),
      picture: async (_room, id) => (id === 'report' ? pdfSample('Knee, March', 3) : knee(id)),
    },
  };
}

// ------------------------------------------------------------------------------------------------- what the address asks for

const UNREACHABLE: Problem = { code: 'server_unreachable', message: 'invented' };
const MINUTE = 60_000;
const ANNA = 'Anna Rossi';
const ELENA = 'Dr Elena Conti';
const MARCO = 'Marco Rossi';
const LONG = 'Dott.ssa Maria Antonietta Francesca Wolkenstein-Trostburg della Rovere';

const at = (day: number, hour: number, minute: number, second = 0) =>
  Date.UTC(2026, 10, day, hour, minute, second);

/** `?past=none|loading|failed|more&kept=loading|failed|bare|two|recording|processing|broken|making|fetching|saved|unsaved&long`. */
export function pastSample(asked: URLSearchParams): PastSample {
  const past = asked.get('past');
  const long = asked.has('long');
  const [first, ...others] = sessions(long);
  return {
    view: {
      sessions:
        past === 'none' || past === 'loading' || past === 'failed' ? [] : first ? [first, ...others] : [],
      more: past !== 'none' && past !== 'loading' && past !== 'failed',
      loading: past === 'loading' || past === 'more',
      problem: past === 'failed' ? UNREACHABLE : null,
      opened: null,
    },
    older: [session('old', 3, 'Test results', at(3, 10, 15), 20, [ELENA, 'Tomás Herrera'], [0, 0, 0, 2])],
    kept: kept(asked.get('kept') ?? '', long),
  };
}

function session(
  id: string,
  room: number,
  title: string | null,
  from: number,
  minutes: number | null,
  people: string[],
  [recordings, files, snapshots, messages]: [number, number, number, number],
): PastSessionView {
  return {
    room_id: `room-${room}`,
    session_id: id,
    title,
    started_at_ms: from,
    ended_at_ms: minutes === null ? null : from + minutes * MINUTE,
    people,
    recordings,
    files,
    snapshots,
    messages,
  };
}

function sessions(long: boolean): PastSessionView[] {
  const people = long
    ? [ELENA, LONG, 'Αλεξάνδρα Παπαδοπούλου-Χατζηγιαννάκη', MARCO, ANNA]
    : [ELENA, ANNA, MARCO];
  return [
    session(
      'knee',
      1,
      long
        ? `Follow-up visit after the operation, with the family of ${LONG}`
        : 'Anna Rossi, follow-up visit',
      at(21, 9, 31),
      26,
      people,
      [1, 3, 3, 7],
    ),
    session('results', 2, 'Test results', at(21, 8, 2), 14, [ELENA, 'Tomás Herrera'], [1, 1, 0, 0]),
    session(
      'team',
      4,
      'Physio team',
      at(20, 16, 0),
      52,
      [ELENA, 'Kenji Mori', 'Aisha Diallo', 'Priya Nair'],
      [0, 0, 2, 31],
    ),
    session('short', 3, null, at(20, 11, 40), 0, [ELENA], [0, 0, 0, 0]),
    session('first', 1, 'Anna Rossi, first visit', at(9, 9, 30), 31, people.slice(0, 2), [2, 0, 1, 0]),
  ];
}

function kept(state: string, long: boolean): Omit<KeptView, 'session'> {
  const loading = state === 'loading';
  const bare = state === 'bare' || loading;
  return {
    loading,
    problem: state === 'failed' ? UNREACHABLE : null,
    not_opened: state === 'unopened' ? '/home/elena/Downloads/knee-march.dcm' : null,
    recordings: bare ? [] : recordings(state),
    consents: bare
      ? []
      : [
          { participant_id: 'seat-me', display_name: ELENA, answer: true, at_ms: at(21, 9, 40) },
          { participant_id: 'seat-0', display_name: long ? LONG : ANNA, answer: true, at_ms: at(21, 9, 40) },
          { participant_id: 'seat-1', display_name: MARCO, answer: false, at_ms: at(21, 9, 41) },
        ],
    files: bare ? [] : files(long),
    snapshots: bare ? [] : [0, 1, 2].map(snapshot),
    chat: bare ? [] : chat(long),
    search: '',
    boards: bare
      ? []
      : [
          { board: ROOM_BOARD, pages: 2, items: boardItems() },
          { board: 'kept-0', pages: 1, items: pictureItems() },
        ],
    export:
      state === 'making'
        ? { state: 'making', done: 0.25 }
        : state === 'saved'
          ? { state: 'saved', path: 'Downloads/anna-rossi-2026-11-21.zip' }
          : state === 'unsaved'
            ? { state: 'failed', problem: UNREACHABLE }
            : null,
  };
}

function recordings(state: string): RecordingView[] {
  const available: RecordingView = {
    recording_id: 'recording-1',
    state: 'available',
    started_at_ms: at(21, 9, 40),
    duration_s: 48,
    bytes: 214_000_000,
    layout: 'grid_and_chat',
    separate_tracks: false,
    kept_until_ms: Date.UTC(2027, 10, 21),
    play_url: visit,
    webm: null,
    mp4: null,
  };
  switch (state) {
    case 'recording':
      return [{ ...available, state: 'recording', play_url: null, kept_until_ms: null, duration_s: 252 }];
    case 'processing':
      return [{ ...available, state: 'processing', play_url: null }];
    case 'broken':
      return [{ ...available, state: 'failed', play_url: null, bytes: 0, duration_s: 0 }];
    case 'tracks':
      return [{ ...available, separate_tracks: true, play_url: null }];
    case 'two':
      return [
        available,
        { ...available, recording_id: 'recording-2', layout: 'speaker', started_at_ms: at(21, 9, 50) },
      ];
    case 'making':
      return [{ ...available, mp4: { state: 'making', done: 0.42 } }];
    case 'fetching':
      return [{ ...available, webm: { state: 'fetching', done: 0.7 }, mp4: { state: 'making', done: 0.1 } }];
    case 'saved':
      return [{ ...available, mp4: { state: 'saved', path: 'Downloads/anna-rossi-2026-11-21.mp4' } }];
    case 'unsaved':
      return [{ ...available, webm: { state: 'failed', problem: UNREACHABLE } }];
    default:
      return [available];
  }
}

function fileView(id: string, name: string, media_type: string, size: number): FileView {
  const picture = media_type.startsWith('image/');
  return {
    info: {
      file_id: id,
      name,
      media_type,
      size,
      sha256: '',
      purpose: 'chat',
      size_px: picture ? [1280, 800] : null,
      has_thumbnail: picture,
    },
    state: { state: 'ready' },
    may_delete: true,
  };
}

function files(long: boolean): FileView[] {
  return [
    fileView(
      'report',
      long ? 'knee-march-second-opinion-with-all-the-measurements-and-the-old-report.pdf' : 'knee-march.pdf',
      'application/pdf',
      1_800_000,
    ),
    {
      ...fileView('exercises', 'exercises-knee.mp4', 'video/mp4', 68_000_000),
      state: { state: 'downloading', received: 21_000_000 },
    },
    fileView('diary', 'diary-photo.jpg', 'image/jpeg', 1_200_000),
  ];
}

function snapshot(n: number): SnapshotView {
  const { info } = fileView(`kept-${n}`, `snapshot-${n + 1}.jpg`, 'image/jpeg', 320_000);
  return {
    file: {
      info: { ...info, purpose: 'snapshot', of: 'seat-0' },
      state: { state: 'ready' },
      may_delete: n !== 1,
    },
    by_name: ELENA,
    of_name: ANNA,
    of_screen: false,
    at_ms: at(21, 9, 40, 7 + n * 14),
    editing: [],
  };
}

function chat(long: boolean): ChatMessageView[] {
  const said = (id: number, name: string, text: string, minute: number): ChatMessageView => ({
    key: `kept-${id}`,
    id,
    from: name === ELENA ? 'seat-me' : name === ANNA ? 'seat-0' : 'seat-1',
    from_name: long && name === ANNA ? LONG : name,
    mine: name === ELENA,
    at_ms: at(21, 9, minute),
    text,
    reply: null,
    file: null,
    tick: name === ELENA ? 'seen' : null,
  });
  const [report, exercises, diary] = files(long);
  return [
    said(1, ANNA, 'It hurts when I go up the stairs.', 41),
    {
      ...said(2, ELENA, 'I will draw where it comes from.', 42),
      reply: { id: 1, from_name: ANNA, text: 'It hurts when I go up the stairs.' },
    },
    said(3, MARCO, 'Here is the report from March.', 44),
    { ...said(4, MARCO, '', 44), file: report ?? null },
    said(5, ELENA, 'These are the exercises. Slowly, and stop if it hurts.', 50),
    { ...said(6, ELENA, '', 50), file: exercises ?? null },
    { ...said(7, ANNA, '', 54), file: diary ?? null },
    said(8, ANNA, 'Thank you, I will start tomorrow.', 55),
  ];
}

/** A knee as bones are seen, without a picture of one. */
function knee(id: string): string {
  const light = ['#cfd6d8', '#b4bdc0', '#dfe4e2'][[...id].length % 3];
  return `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="800" viewBox="0 0 160 100"><path fill="#1b2224" d="M0 0h160v100H0z"/><path fill="${light}" opacity=".8" d="M62 0h36c-2 18-2 26 4 34 6 10-2 16-12 14-6-2-14-2-20 0-10 2-18-4-12-14 6-8 6-16 4-34z"/><path fill="${light}" opacity=".7" d="M58 54c14-3 30-3 44 0 4 4 0 10-4 14-3 8-4 20-4 32H66c0-12-1-24-4-32-4-4-8-10-4-14z"/></svg>`)}`;
}
