// An invented server behind the console: it answers what the API does, out of memory.

import type { components, paths } from '../../ipc/v2';
import type { ConsoleAnswer, ConsoleLine, ConsoleMethod } from '../engine';
import { ALL_TOOLS } from '../rights';
import type { Problem } from '../view';
import type { Asked } from './index';

type Schemas = components['schemas'];
type Participant = Schemas['Participant'];
type PastSession = Schemas['PastSession'];
type User = paths['/v2/users']['get']['responses'][200]['content']['application/json']['users'][number];

interface Key {
  key_id: string;
  name?: string;
  created_at: string;
  last_used_at?: string;
}

type File = Schemas['Upload'] & { room_id: string; room_title?: string };

/** What the server has, and how it is. */
export interface ConsoleSample {
  rooms: Schemas['Room'][];
  /** Of the rooms where somebody is. */
  people: Record<string, Participant[]>;
  /** Sessions that run, by room. */
  running: Record<string, Schemas['SessionDetails']>;
  sessions: PastSession[];
  users: User[];
  recordings: Schemas['Recording'][];
  compositions: Schemas['Composition'][];
  files: File[];
  webhooks: Schemas['Webhook'][];
  keys: Key[];
  audit: Schemas['AuditEntry'][];
  company: Schemas['Company'];
  status: {
    version: string;
    people: number;
    live_rooms: number;
    cpu_percent: number | null;
    disk_percent: number | null;
  };
  /** No answer comes: not yet, or none at all. */
  line: 'open' | 'slow' | 'down';
  /** What every call is refused with. */
  refuses: Problem['code'] | undefined;
}

export type ChangeConsole = (edit: (server: ConsoleSample) => void) => void;

/** What a call is answered with when it is not as wanted. */
class Refused {
  constructor(
    readonly status: number,
    readonly code: Problem['code'],
    readonly field?: string,
  ) {}
}

export function fakeConsole(
  server: ConsoleSample,
  asked: Asked[],
): { console: ConsoleLine; changeConsole: ChangeConsole } {
  return {
    changeConsole: (edit) => edit(server),
    console: {
      request: async (method, path, body) => {
        asked.push(['console', method, path, body]);
        if (server.line === 'slow') return new Promise(() => {});
        if (server.line === 'down') throw { code: 'server_unreachable', message: 'invented' };
        try {
          if (server.refuses) throw new Refused(403, server.refuses);
          return answer(server, method, path, body);
        } catch (refused) {
          if (!(refused instanceof Refused)) throw refused;
          const { status, code, field } = refused;
          return said(status, { error: { code, message: 'invented', ...(field && { field }) } });
        }
      },
    },
  };
}

const said = (status: number, body?: unknown): ConsoleAnswer => ({
  status,
  body: body === undefined ? '' : JSON.stringify(body),
});

function answer(
  server: ConsoleSample,
  method: ConsoleMethod,
  path: string,
  body: string | null,
): ConsoleAnswer {
  const { pathname, searchParams: query } = new URL(path, 'http://fake');
  const parts = pathname.split('/').slice(2).map(decodeURIComponent);
  const given = body === null ? {} : JSON.parse(body);
  const [what, id, sub, subId, deed] = parts;
  const page = <T>(key: string, all: T[]) => {
    const offset = Number(query.get('offset') ?? 0);
    return said(200, {
      [key]: all.slice(offset, offset + Number(query.get('limit') ?? 50)),
      total: all.length,
    });
  };
  const search = query.get('search')?.toLowerCase() ?? '';
  const holds = (...words: (string | null | undefined)[]) =>
    words.some((word) => word?.toLowerCase().includes(search));
  switch (`${method} ${what}`) {
    case 'GET status':
      return said(200, server.status);
    case 'GET company':
      return said(200, server.company);
    case 'PATCH company':
      return changeCompany(server, given);
    case 'GET rooms':
      if (!id)
        return page(
          'rooms',
          server.rooms.filter((room) => fits(room, query, search)),
        );
      return aboutRoom(server, room(server, id), sub, subId, query);
    case 'DELETE rooms':
      if (sub === 'compositions') server.compositions = without(server.compositions, 'composition_id', subId);
      else if (sub === 'recordings') server.recordings = without(server.recordings, 'recording_id', subId);
      else if (sub === 'uploads') server.files = without(server.files, 'file_id', subId);
      else server.rooms = without(server.rooms, 'room_id', id);
      return said(204);
    case 'POST rooms':
      if (sub === 'sessions' && deed === 'compositions') {
        const made = composed(`comp_${server.compositions.length}`, 'enqueued', 0, { room_id: id });
        server.compositions.unshift(made);
        return said(201, made);
      }
      if (sub === 'compositions' || deed === 'tracks')
        return said(201, { url: 'https://clinic.example/recordings/Xc2v', expires_at: at(-60) });
      return inRoom(server, room(server, id), sub === 'participants' ? deed : sub, given, subId);
    case 'GET sessions':
      return page('sessions', server.sessions);
    case 'GET recordings': {
      const state = query.get('state');
      return page(
        'recordings',
        server.recordings.filter((one) => !state || one.state === state),
      );
    }
    case 'GET compositions': {
      const state = query.get('state');
      return page(
        'compositions',
        server.compositions.filter((one) => !state || one.state === state),
      );
    }
    case 'GET uploads':
      return page(
        'uploads',
        server.files.filter(({ name, room_title }) => holds(name, room_title)),
      );
    case 'GET audit': {
      const of = query.get('room_id');
      return page(
        'entries',
        server.audit.filter(({ room_id }) => !of || room_id === of),
      );
    }
    case 'GET users':
      return page(
        'users',
        server.users.filter(({ user_id }) => holds(user_id)),
      );
    case 'POST users': {
      if (sub)
        return said(201, {
          url: 'https://clinic.example/sign-in/Zk2LmPa9RtVbXcyUd4Xr9n',
          expires_at: at(0),
          user_id: id,
        });
      const user_id = given.user_id ?? 'u-7f3a';
      if (/[^\w.@-]/.test(user_id)) throw new Refused(400, 'invalid', 'user_id');
      if (server.users.some((user) => user.user_id === user_id)) throw new Refused(409, 'conflict');
      const user = { ...given, user_id, online: false, created_at: at(0) };
      server.users.push(user);
      return said(201, user);
    }
    case 'PATCH users': {
      const user = server.users.find(({ user_id }) => user_id === id);
      if (!user) throw new Refused(404, 'not_found');
      return said(200, Object.assign(user, given));
    }
    case 'DELETE users':
      server.users = without(server.users, 'user_id', id);
      return said(204);
    case 'GET webhooks':
      return page('webhooks', server.webhooks);
    case 'POST webhooks': {
      if (sub) {
        const hook = server.webhooks.find(({ webhook_id }) => webhook_id === id);
        if (hook) Object.assign(hook, { last: { at: at(0), delivered: true, status: 200 } });
        return said(202);
      }
      checkUrl(given.url, 'url');
      const webhook = {
        webhook_id: `wh_${server.webhooks.length + 1}`,
        events: [],
        ...given,
        enabled: true,
        created_at: at(0),
        waiting: 0,
        last: null,
      };
      server.webhooks.push(webhook);
      return said(201, { ...webhook, secret: 'whs_3nQ8vXr1bTz6KpLm9sWd' });
    }
    case 'PATCH webhooks': {
      if (given.url !== undefined) checkUrl(given.url, 'url');
      const hook = server.webhooks.find(({ webhook_id }) => webhook_id === id);
      if (!hook) throw new Refused(404, 'not_found');
      return said(200, Object.assign(hook, given));
    }
    case 'DELETE webhooks':
      server.webhooks = without(server.webhooks, 'webhook_id', id);
      return said(204);
    case 'GET api-keys':
      return said(200, { keys: server.keys });
    case 'POST api-keys': {
      if (!given.name) throw new Refused(400, 'invalid', 'name');
      const key = { key_id: `key_${server.keys.length + 1}`, name: given.name, created_at: at(0) };
      server.keys.push(key);
      return said(201, { ...key, key: 'vk_8sJ2mQx7LpR4tYv0bNc5Zd' });
    }
    case 'DELETE api-keys':
      if (id === 'settings') throw new Refused(409, 'conflict');
      server.keys = without(server.keys, 'key_id', id);
      return said(204);
    default:
      throw new Refused(404, 'not_found');
  }
}

const without = <T, K extends keyof T>(all: T[], key: K, value: unknown) =>
  all.filter((one) => one[key] !== value);

function room(server: ConsoleSample, id: string | undefined): Schemas['Room'] {
  const found = server.rooms.find(({ room_id }) => room_id === id);
  if (!found) throw new Refused(404, 'room_not_found');
  return found;
}

function fits(room: Schemas['Room'], query: URLSearchParams, search: string): boolean {
  const status = query.get('status');
  const recording = query.get('recording');
  const is = room.now
    ? 'live'
    : room.status !== 'active'
      ? room.status
      : room.starts_at && Date.parse(room.starts_at) > Date.now()
        ? 'scheduled'
        : 'active';
  if (status && status !== is) return false;
  if (recording && (recording === 'running' ? !room.now?.recording : recording !== room.recording))
    return false;
  return [room.description, room.room_id, ...room.user_urls.map(({ user_id }) => user_id)].some((word) =>
    word?.toLowerCase().includes(search),
  );
}

function aboutRoom(
  server: ConsoleSample,
  room: Schemas['Room'],
  sub: string | undefined,
  subId: string | undefined,
  _query: URLSearchParams,
): ConsoleAnswer {
  if (!sub) return said(200, room);
  const participants = server.people[room.room_id] ?? [];
  if (sub === 'participants') return said(200, { participants, total: participants.length });
  const recording = server.recordings.find(({ recording_id }) => recording_id === subId);
  if (sub === 'recordings' && recording) return said(200, { ...recording, tracks: TRACKS });
  const session = server.running[room.room_id];
  if (sub === 'sessions' && session?.session_id === subId) return said(200, session);
  throw new Refused(404, 'not_found');
}

function inRoom(
  server: ConsoleSample,
  room: Schemas['Room'],
  deed: string | undefined,
  given: { seconds?: number },
  whom: string | undefined,
): ConsoleAnswer {
  const empty = () => {
    delete room.now;
    delete server.people[room.room_id];
  };
  switch (deed) {
    case 'ring':
      return said(202);
    case 'extend':
      if (room.duration == null) throw new Refused(409, 'conflict');
      room.duration += given.seconds ?? 0;
      return said(200, room);
    case 'disable':
      empty();
      room.status = 'disabled';
      return said(200, room);
    case 'enable':
      room.status = 'active';
      return said(200, room);
    case 'end':
      empty();
      return said(204);
    case 'remove': {
      const people = server.people[room.room_id] ?? [];
      server.people[room.room_id] = without(people, 'participant_id', whom);
      if (room.now) room.now.connected -= 1;
      return said(204);
    }
    default:
      throw new Refused(404, 'not_found');
  }
}

function checkUrl(url: unknown, field: string) {
  if (!/^https?:\/\/[^\s@]+$/.test(String(url))) throw new Refused(400, 'invalid', field);
}

function changeCompany(server: ConsoleSample, given: Partial<Schemas['Company']>): ConsoleAnswer {
  if (given.name === '') throw new Refused(400, 'invalid', 'name');
  if (given.end_of_call_redirect_url) checkUrl(given.end_of_call_redirect_url, 'end_of_call_redirect_url');
  for (const [n, origin] of (given.embed_origins ?? []).entries()) checkUrl(origin, `embed_origins[${n}]`);
  if (given.web_app_id === 'taken') throw new Refused(409, 'conflict', 'web_app_id');
  return said(200, Object.assign(server.company, given));
}

// ------------------------------------------------------------------------------------------------- what the address asks for

const MINUTE = 60_000;

/** So many minutes before now: what is live now and what comes later is so by the clock. */
const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * MINUTE).toISOString();

const NAMES = [
  'elena.conti',
  'anna.rossi',
  'marco.rossi',
  'kenji.mori',
  'aisha.diallo',
  'priya.nair',
  'grace.okafor',
  'tomas.herrera',
];
const shown = (user: string) =>
  user === 'elena.conti'
    ? 'Dr Elena Conti'
    : user.replace(/(^|\.)(\w)/g, (_, dot: string, letter: string) => (dot && ' ') + letter.toUpperCase());

/** `?console=none|loading|failed|refused|full|offline|many&long`. */
export function consoleSample(asked: URLSearchParams): ConsoleSample {
  const state = asked.get('console');
  const none = state === 'none';
  const sample = samples(asked.has('long'));
  if (state === 'many') {
    sample.rooms.push(
      ...Array.from({ length: 403 }, (_, n) =>
        roomOf(`rm_7${n.toString(36).padStart(3, '0')}`, `Visit ${n + 1}`, 2, {}),
      ),
    );
  }
  if (none) {
    for (const key of [
      'rooms',
      'sessions',
      'users',
      'recordings',
      'compositions',
      'files',
      'webhooks',
      'keys',
      'audit',
    ] as const)
      sample[key] = [];
    Object.assign(sample.status, { people: 0, live_rooms: 0, cpu_percent: null, disk_percent: null });
  }
  if (state === 'full') sample.status.disk_percent = 96;
  return {
    ...sample,
    line: state === 'loading' ? 'slow' : state === 'failed' ? 'down' : 'open',
    refuses: state === 'refused' ? 'forbidden' : undefined,
  };
}

function composed(
  composition_id: string,
  state: Schemas['CompositionState'],
  ago: number,
  more: Partial<Schemas['Composition']> = {},
): Schemas['Composition'] {
  return {
    composition_id,
    room_id: 'rm_8Hq2',
    session_id: 'knee',
    state,
    progress: state === 'completed' ? 1 : 0,
    format: 'mp4',
    width: 1280,
    height: 720,
    layout: 'grid',
    created_at: at(ago),
    duration_ms: 0,
    bytes: 0,
    ...more,
  };
}

const TRACKS: Schemas['RecordingTrack'][] = (
  [
    ['Dr Elena Conti', 'audio', 9_100_000],
    ['Dr Elena Conti', 'video', 28_400_000],
    ['Marco Rossi', 'audio', 8_700_000],
    ['Marco Rossi', 'video', 21_300_000],
    ['Dr Elena Conti', 'screen', 4_200_000],
  ] as const
).map(([display_name, kind, bytes], n) => ({
  track_id: `track_${n}`,
  participant_id: `seat-${n}`,
  display_name,
  kind,
  codec: kind === 'audio' ? 'opus' : 'VP8',
  started_at: at(60 * 96),
  duration_ms: kind === 'screen' ? 312_000 : 1_560_000,
  bytes,
}));

function seat(user_id: string, is_admin = false): Schemas['UserUrl'] {
  return {
    user_id,
    display_name: shown(user_id),
    participant_id: `seat-${user_id}`,
    url: `https://clinic.example/join/${user_id}`,
    is_admin,
    tools: ALL_TOOLS,
  };
}

function roomOf(
  room_id: string,
  description: string,
  seats: number,
  more: Partial<Schemas['Room']>,
): Schemas['Room'] {
  const open = seats > NAMES.length;
  return {
    room_id,
    description,
    user_urls: NAMES.slice(0, open ? 1 : seats).map((name, n) => seat(name, n === 0)),
    kind: open ? 'open' : 'seated',
    capacity: open ? seats : null,
    call_type: 'audio_video',
    recording: 'none',
    live: true,
    status: 'active',
    duration: 1800,
    duration_used: 0,
    created_by: null,
    created_at: at(60 * 26),
    ...more,
  };
}

const nowOf = (
  session_id: string,
  minutesAgo: number,
  connected: number,
  recording: boolean,
  waiting = 0,
) => ({
  session_id,
  started_at: at(minutesAgo),
  connected,
  waiting,
  recording,
});

/** What is measured where the quality is so. */
const ways: Record<number, Pick<Participant, 'round_trip_ms' | 'loss_percent'>> = {
  5: { round_trip_ms: 24, loss_percent: 0 },
  4: { round_trip_ms: 61, loss_percent: 2.8 },
  3: { round_trip_ms: 140, loss_percent: 4.1 },
  2: { round_trip_ms: 180, loss_percent: 8.2 },
};

function person(user: string, quality: number | null, since: number, waits = false): Participant {
  return {
    ...seat(user, user === 'elena.conti'),
    connected: !waits,
    waits,
    media: { microphone: true, camera: true },
    quality,
    ...(quality == null ? {} : ways[quality]),
    since: at(since),
  };
}

function samples(long: boolean): Omit<ConsoleSample, 'line' | 'refuses'> {
  const title = long
    ? 'Follow-up visit after the operation, with the whole family and everybody who looked after the patient'
    : 'Follow-up visit, A. Rossi';
  const rooms = [
    roomOf('rm_8Hq2', title, 3, {
      duration_used: 720,
      recording: 'manual',
      waiting_room: true,
      now: nowOf('ses_51', 12, 3, true, 1),
    }),
    roomOf('rm_8Hpx', 'Dr Conti, consulting room', 25, {
      duration: null,
      created_by: 'elena.conti',
      now: nowOf('ses_50', 31, 2, false),
    }),
    roomOf('rm_8Hd1', 'Ward handover', 25, {
      duration: 3600,
      duration_used: 1320,
      recording: 'automatic',
      now: nowOf('ses_49', 22, 25, true),
    }),
    roomOf('rm_8H9c', 'Evening talk: knee pain', 200, {
      duration: 3600,
      recording: 'automatic',
      webinar: true,
      starts_at: at(-60 * 24),
    }),
    roomOf('rm_8H77', 'First visit, P. Nair', 2, { recording: 'manual', starts_at: at(-60 * 48) }),
    roomOf('rm_8H41', 'Physio team', 6, { duration: null }),
    roomOf('rm_8Gz8', 'Check-up, P. Lindqvist', 2, {
      recording: 'manual',
      duration_used: 1800,
      status: 'ended',
    }),
    roomOf('rm_8Gx2', 'Interview, cohort B', 4, {
      recording: 'automatic',
      duration_used: 480,
      status: 'disabled',
    }),
    roomOf('rm_8Gr5', 'Second opinion, G. Okafor', 3, { duration: 2400, starts_at: at(-60 * 72) }),
  ];
  const channel = (user: string, from: number, to?: number): Schemas['Connection'] => ({
    participant_id: `seat-${user}`,
    user_id: user,
    kind: 'channel',
    connected_at: at(from),
    ...(to !== undefined && { disconnected_at: at(to) }),
  });
  const audit = (
    action: string,
    ago: number,
    more: Partial<Schemas['AuditEntry']> = {},
  ): Schemas['AuditEntry'] => ({
    at: at(ago),
    actor_kind: 'user',
    actor: 'elena.conti',
    action,
    ...more,
  });
  const past = (
    session_id: string,
    room: number,
    title: string | null,
    from: number,
    minutes: number | null,
    people: string[],
    [recordings, files, snapshots, messages]: [number, number, number, number],
  ): PastSession => ({
    session_id,
    room_id: `room-${room}`,
    title,
    started_at: at(from),
    ended_at: minutes === null ? null : at(from - minutes),
    people,
    recordings,
    files,
    snapshots,
    messages,
  });
  const recording = (
    recording_id: string,
    state: Schemas['Recording']['state'],
    ago: number,
    more: Partial<Schemas['Recording']> = {},
  ): Schemas['Recording'] => ({
    recording_id,
    room_id: 'rm_8Hq2',
    session_id: 'knee',
    state,
    layout: 'grid_and_chat',
    separate_tracks: false,
    started_at: at(ago),
    duration_ms: 1_560_000,
    bytes: 214_000_000,
    mp4: { state: 'none', progress: 0 },
    ...more,
  });
  const file = (
    file_id: string,
    name: string,
    size: number,
    ago: number,
    more: Partial<File> = {},
  ): File => ({
    file_id,
    name,
    size,
    media_type: 'application/pdf',
    sha256: '',
    purpose: 'chat',
    session_id: 'knee',
    participant_id: 'seat-marco.rossi',
    created_at: at(ago),
    room_id: 'rm_8Hq2',
    room_title: title,
    ...more,
  });
  return {
    rooms,
    people: {
      rm_8Hq2: [
        person('elena.conti', 5, 12),
        person('anna.rossi', 4, 7),
        person('marco.rossi', 2, 6),
        person('kenji.mori', null, 1, true),
        { ...person('priya.nair', null, 0), connected: false },
      ],
      rm_8Hpx: [person('elena.conti', 5, 31), person('tomas.herrera', 4, 28)],
      rm_8Hd1: [person('aisha.diallo', 3, 22), person('grace.okafor', 0, 20)],
    },
    running: {
      rm_8Hq2: {
        session_id: 'ses_51',
        room_id: 'rm_8Hq2',
        started_at: at(12),
        connections: [
          channel('elena.conti', 12),
          { ...channel('elena.conti', 11.9), kind: 'media' },
          channel('anna.rossi', 7),
          channel('marco.rossi', 9, 8),
          channel('marco.rossi', 6),
        ],
        consents: [
          { participant_id: 'seat-anna.rossi', answer: true, text_version: '1', at: at(3.2) },
          { participant_id: 'seat-marco.rossi', answer: false, text_version: '1', at: at(3.1) },
        ],
      },
    },
    sessions: [
      past('ses_51', 1, title, 12, null, ['Dr Elena Conti', 'Anna Rossi', 'Marco Rossi'], [1, 0, 0, 2]),
      past(
        'knee',
        1,
        'Anna Rossi, follow-up visit',
        60 * 20,
        26,
        ['Dr Elena Conti', 'Anna Rossi'],
        [1, 3, 3, 7],
      ),
      past('results', 2, 'Test results', 60 * 22, 14, ['Dr Elena Conti', 'Tomás Herrera'], [1, 1, 0, 0]),
      past(
        'team',
        4,
        'Physio team',
        60 * 46,
        52,
        ['Kenji Mori', 'Aisha Diallo', 'Priya Nair'],
        [0, 0, 2, 31],
      ),
      past('short', 3, null, 60 * 50, 0, ['Dr Elena Conti'], [0, 0, 0, 0]),
    ],
    users: NAMES.map((user_id, n) => ({
      user_id:
        long && n === 1 ? 'maria.antonietta.francesca.wolkenstein-trostburg@clinic.example.org' : user_id,
      role: n < 2 ? 'plus' : 'basic',
      is_operator: n === 0 || n === 3,
      online: n % 3 === 0,
      created_at: at(60 * 24 * (n + 2)),
    })),
    recordings: [
      recording('rec_3', 'recording', 9, { duration_ms: 540_000, bytes: 74_000_000, session_id: 'ses_51' }),
      recording('rec_2', 'available', 60 * 20, { kept_until: at(-60 * 24 * 30) }),
      recording('rec_1', 'processing', 60 * 22, {
        room_id: 'rm_8H41',
        layout: 'speaker',
        session_id: 'results',
      }),
      recording('rec_0', 'failed', 60 * 70, { duration_ms: 0, bytes: 0, reason: 'disk_full' }),
      recording('rec_4', 'available', 60 * 96, { separate_tracks: true, bytes: 61_000_000 }),
    ],
    compositions: [
      composed('comp_3', 'enqueued', 4),
      composed('comp_2', 'processing', 9, { progress: 0.42, layout: 'speaker' }),
      composed('comp_1', 'completed', 60 * 22, {
        duration_ms: 1_560_000,
        bytes: 96_000_000,
        ended_at: at(60 * 22 - 4),
        kept_until: at(-60 * 24 * 30),
      }),
      composed('comp_0', 'failed', 60 * 70, { reason: 'disk_full', layout: null, regions: [] }),
    ],
    files: [
      file('f3', 'knee-march.pdf', 1_800_000, 40),
      file('f2', 'exercises-knee.mp4', 68_000_000, 60 * 20, {
        room_title: 'Physio team',
        room_id: 'rm_8H41',
      }),
      file('f1', 'snapshot-1.jpg', 320_000, 60 * 30, { purpose: 'snapshot' }),
    ],
    webhooks: [
      {
        webhook_id: 'wh_1',
        url: 'https://clinic.example.org/hooks/visits',
        events: [],
        enabled: true,
        created_at: at(60 * 24 * 9),
        waiting: 0,
        last: { at: at(6), delivered: true, status: 200 },
      },
      {
        webhook_id: 'wh_2',
        url: 'https://archive.example.org/recordings',
        events: ['on_recording_available', 'on_recording_failed'],
        enabled: true,
        created_at: at(60 * 24 * 4),
        waiting: 3,
        last: { at: at(31), delivered: false, status: 503 },
      },
      {
        webhook_id: 'wh_3',
        url: 'https://test.example.org/hook',
        events: ['on_session_started'],
        enabled: false,
        created_at: at(60 * 24),
        waiting: 0,
        last: null,
      },
    ],
    keys: [
      { key_id: 'settings', created_at: at(60 * 24 * 90) },
      { key_id: 'key_1', name: 'Clinic portal', created_at: at(60 * 24 * 40), last_used_at: at(2) },
      { key_id: 'key_2', name: 'Archive', created_at: at(60 * 24 * 4) },
    ],
    audit: [
      audit('audit_viewed', 1),
      audit('recording_started', 3, { actor_kind: 'participant', room_id: 'rm_8Hq2', session_id: 'ses_51' }),
      audit('participant_removed', 5, {
        actor_kind: 'participant',
        room_id: 'rm_8Hq2',
        participant_id: 'seat-priya.nair',
        subject: 'priya.nair',
      }),
      audit('session_viewed', 8, { room_id: 'rm_8Hq2' }),
      { at: at(40), actor_kind: 'api_key', action: 'link_renewed', room_id: 'rm_8Hq2' },
      audit('user_deleted', 90, { subject: 'old.account' }),
      { at: at(60 * 30), actor_kind: 'server', action: 'file_deleted', room_id: 'rm_8H41', subject: 'f0' },
      audit('something_of_later', 60 * 40),
    ],
    company: {
      name: 'Studio Conti',
      default_language: 'it',
      embed_origins: ['https://clinic.example.org'],
      web_app_id: 'clinic',
      mobile_app_id: null,
      end_of_call_redirect_url: 'https://clinic.example.org/thanks',
      user_details_provider_url: null,
      recording_retention_days: 365,
    },
    status: { version: '0.1.0', people: 30, live_rooms: 3, cpu_percent: 18, disk_percent: 61 },
  };
}
