// Invented people, rooms and devices.

import { ALL_TOOLS } from '../rights';
import type {
  AfterView,
  AppView,
  CallView,
  DevicesView,
  LobbyView,
  PersonView,
  QualityReport,
  RoomCardView,
  Settings,
  ShareSourceView,
  WaitingPersonView,
  WaitingView,
} from '../view';

const NAMES = [
  'Anna Rossi',
  'Kenji Mori',
  'Aisha Diallo',
  'Tomás Herrera',
  'Sofia Bianchi',
  'Priya Nair',
  'Lukas Weber',
  'Grace Okafor',
  'Noor Haddad',
  'Omar Aziz',
  'Lena Vogt',
  'Ivo Petrov',
  'Chiara Neri',
  'Luca Ferri',
  'Hana Sato',
  'Sam Boateng',
  'Nils Berg',
  'Ruth Adler',
  'Ali Demir',
  'Eva Horak',
  'Mei Lin',
  'Zoe Martin',
  'Marco Rossi',
  'Paul Lindqvist',
];

const LONG_NAMES = [
  'Dott.ssa Maria Antonietta Francesca Wolkenstein-Trostburg della Rovere',
  'Wolfeschlegelsteinhausenbergerdorff',
  'Αλεξάνδρα Παπαδοπούλου-Χατζηγιαννάκη',
  '王小明',
];

/** A seat of which nothing was taken. */
const SEAT = {
  muted_by_admin: { microphone: false, camera: false, screen: false },
  role: 'speaker',
  hand: null,
} as const;

/** Somebody, by number; the same number is the same person. */
export function personView(n: number, long = false): PersonView {
  const names = long ? LONG_NAMES : NAMES;
  const camera = n % 9 !== 6;
  return {
    participant_id: `seat-${n}`,
    display_name: names[n % names.length] ?? `Person ${n}`,
    is_admin: false,
    ...SEAT,
    microphone: n === 0 || n % 3 !== 0,
    camera,
    speaking: n === (long ? 1 : 2),
    quality: n === 5 ? 2 : 5,
    tools: { ...ALL_TOOLS, screen_sharing: n % 2 === 0, present_to_everyone: n % 2 === 0 },
    streams: camera ? [{ stream_id: n + 1, source: 'camera', size: { width: 1280, height: 720 } }] : [],
  };
}

/** A call of so many, oneself among them. */
export function callView(count: number, long = false): CallView {
  const people = Array.from({ length: Math.max(0, count - 1) }, (_, n) => personView(n, long));
  const [first] = people;
  if (people.length === 1 && first) first.speaking = true;
  return {
    title: long
      ? 'Follow-up visit after the operation, with the family and everybody who looked after the patient'
      : count > 2
        ? 'Physio team, weekly'
        : 'Follow-up visit, Anna Rossi',
    call_type: 'audio_video',
    recording: count > 2 ? 'none' : 'manual',
    connection: { state: 'connected' },
    me: {
      participant_id: 'seat-me',
      display_name: 'Dr Elena Conti',
      is_admin: true,
      ...SEAT,
      talking_while_muted: false,
      consent: 'not_asked',
      tools: ALL_TOOLS,
      microphone: { state: 'on', label: 'USB headset' },
      camera: { state: 'on', label: 'Integrated camera' },
      speaker: { state: 'on', label: 'USB headset' },
      speaking: false,
      quality: 4,
    },
    people,
    recording_state: { state: 'off' },
    webinar: false,
    seconds_left: count > 2 ? null : 1080,
    clock_runs: false,
    time_warning: null,
    whiteboard: { shown: false, by: null, page: 0 },
    waiting: [],
    removed: [],
    consents: [],
    asked_to_unmute: null,
    share: null,
    rings: [],
    sending: [],
    is_test_call: false,
  };
}

export function lobbyView(long = false): LobbyView {
  return {
    host: 'visita.example',
    preview: {
      room_id: 'room-1',
      title: long ? callView(2, true).title : 'Follow-up visit',
      company: long
        ? 'Studio associato di medicina fisica e riabilitazione dottori Conti, Mori e Wolkenstein'
        : 'Studio Conti',
      host_name: long ? (LONG_NAMES[0] ?? '') : 'Dr Elena Conti',
      call_type: 'audio_video',
      recording: 'manual',
      participant_id: 'seat-0',
      is_admin: false,
      display_name: long ? (LONG_NAMES[1] ?? '') : 'Anna Rossi',
      people_in: long ? [LONG_NAMES[0] ?? '', 'Kenji Mori', 'Aisha Diallo'] : ['Dr Elena Conti'],
      in_use: false,
      good_until: Date.UTC(2027, 10, 22, 12) / 1000,
    },
    display_name: long ? (LONG_NAMES[1] ?? '') : 'Anna Rossi',
    network: 'good',
    microphone: { state: 'on', label: 'Laptop microphone' },
    camera: { state: 'on', label: 'Integrated camera' },
    speaker: { state: 'on', label: 'Laptop speakers' },
    problem: null,
    is_test_call: false,
  };
}

const NOTES = [
  {
    id: 1,
    from_name: 'Dr Elena Conti',
    text: 'Good morning Anna. I am running five minutes late, sorry. Do you have your blood pressure notes with you?',
    at_ms: Date.UTC(2026, 10, 21, 9, 26),
  },
  {
    id: 2,
    from_name: 'Anna Rossi',
    text: 'Yes, I have them here. No hurry!',
    at_ms: Date.UTC(2026, 10, 21, 9, 28),
  },
];

/** The queue as a host sees it. */
export function waitingPeople(count: number, long = false): WaitingPersonView[] {
  const names = long ? LONG_NAMES : ['Anna Rossi', 'Tomás Herrera', 'Giulia'];
  return Array.from({ length: count }, (_, n) => ({
    participant_id: `waits-${n}`,
    display_name: names[n % names.length] ?? '',
    waited_s: n === 0 ? 250 : n === 1 ? 65 : 10,
    connected: n !== 2,
    notes: n === 0 ? NOTES.map((note) => ({ ...note, mine: note.id === 1 })) : [],
  }));
}

/** The waiting room as a guest sees it. */
export function waitingView(place: number | null, long = false): WaitingView {
  return {
    company: lobbyView(long).preview.company,
    title: 'Follow-up visit',
    host_name: long ? (LONG_NAMES[0] ?? '') : 'Dr Elena Conti',
    display_name: 'Anna Rossi',
    place,
    starts_at: place === null ? Date.UTC(2027, 10, 21, 9, 30) / 1000 : null,
    notes: NOTES.map((note) => ({ ...note, mine: note.id === 2 })),
    knock_again_s: null,
    microphone: { state: 'on', label: 'Laptop microphone' },
    camera: { state: 'on', label: 'Integrated camera' },
    speaker: { state: 'on', label: 'Laptop speakers' },
    connection: { state: 'connected' },
  };
}

/** A window as a small picture, without a screen to take it from. */
const drawn = (colour: string) =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 100"><path fill="#fff" d="M0 0h160v100H0z"/><path fill="${colour}" d="M0 0h160v14H0z"/><path fill="#d6dedd" d="M12 28h90v8H12zm0 16h120v6H12zm0 12h104v6H12zm0 12h116v6H12z"/></svg>`)}`;

export const SHARE_SOURCES: ShareSourceView[] = [
  { id: 'screen-1', kind: 'screen', label: 'Built-in screen', preview: drawn('#0a6870') },
  { id: 'screen-2', kind: 'screen', label: 'Second screen', preview: drawn('#4a5a73') },
  { id: 'window-1', kind: 'window', label: 'Blood pressure diary: A. Rossi', preview: drawn('#2f5fb3') },
  { id: 'window-2', kind: 'window', label: 'Letters', preview: drawn('#86479a') },
  {
    id: 'window-3',
    kind: 'window',
    label: 'A window with a very long title that nobody reads to its end',
    preview: null,
  },
];

export const REPORT: QualityReport = {
  started_at: Date.UTC(2026, 10, 21, 9, 31) / 1000,
  ended_at: Date.UTC(2026, 10, 21, 9, 57) / 1000,
  quality: [5, 5, 5, 4, 5, 5, 5, 5, 4, 3, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5, 4, 5, 5, 5, 5, 5],
  sound_gaps_s: 0,
  picture_reduced_s: 40,
  lost_times: 1,
  lost_s: 3,
  microphone: 'good',
  saved_to: null,
  not_saved: false,
};

export function afterView(): AfterView {
  return {
    reason: 'left',
    seconds: 1560,
    can_rejoin: true,
    is_test_call: false,
    company: 'Studio Conti',
    with_names: ['Dr Elena Conti'],
    good_until: Date.UTC(2026, 10, 22, 12) / 1000,
    was_admin: false,
    asks_rating: true,
    report: structuredClone(REPORT),
  };
}

const at = (hour: number, minute: number) => Date.UTC(2026, 10, 21, hour, minute) / 1000;

export const ROOMS: RoomCardView[] = [
  {
    room_id: 'room-1',
    title: 'Follow-up visit',
    preset: 'visit',
    people: ['Anna Rossi', 'Marco Rossi'],
    starts_at: at(9, 30),
    ends_at: at(10, 0),
    people_in: 0,
    waiting: 1,
  },
  {
    room_id: 'room-2',
    title: 'Test results',
    preset: 'visit',
    people: ['Tomás Herrera'],
    starts_at: at(10, 15),
    ends_at: at(10, 35),
    people_in: 0,
    waiting: 0,
  },
  {
    room_id: 'room-3',
    title: 'Physio team',
    preset: 'team',
    people: ['Kenji Mori', 'Aisha Diallo', 'Priya Nair', 'Grace Okafor', 'Noor Haddad'],
    starts_at: null,
    ends_at: null,
    people_in: 3,
    waiting: 0,
  },
  {
    room_id: 'room-4',
    title: 'Evening talk: knee pain',
    preset: 'webinar',
    people: ['Lena Vogt'],
    starts_at: Date.UTC(2026, 10, 24, 18) / 1000,
    ends_at: Date.UTC(2026, 10, 24, 19) / 1000,
    people_in: 0,
    waiting: 0,
  },
];

export const DEVICES: DevicesView = {
  cameras: [
    { id: 'camera-1', label: 'Integrated camera' },
    { id: 'camera-2', label: 'Document camera' },
  ],
  microphones: [
    { id: 'microphone-1', label: 'Laptop microphone' },
    { id: 'microphone-2', label: 'USB headset' },
  ],
  speakers: [
    { id: 'speaker-1', label: 'Laptop speakers' },
    { id: 'speaker-2', label: 'USB headset' },
  ],
};

export const SETTINGS: Settings = {
  language: 'en',
  theme: 'light',
  display_name: 'Dr Elena Conti',
  camera: null,
  microphone: null,
  speaker: null,
  simple: false,
  echo_cancellation: true,
  noise_suppression: true,
  automatic_gain: true,
  simple_for_guests: false,
  mirror: true,
  talking_while_muted: true,
  doorbell: true,
  notifications: true,
  start_at_login: false,
  shortcuts: { toggle_mute: 'Control+Shift+M', hold_to_talk: null, hold_to_mute: null },
};

export function appView(screen: AppView['screen'] = { kind: 'home', problem: null }): AppView {
  return {
    screen,
    settings: { ...SETTINGS },
    devices: structuredClone(DEVICES),
    server: { state: 'running', url: 'http://127.0.0.1:7880/' },
    notice: null,
    link: null,
    rooms: { state: 'ready', rooms: structuredClone(ROOMS) },
    account: { state: 'local', can_record: true, is_operator: false },
    sign_in_asked: null,
    network: { on: false, url: null, problem: null },
    new_room: null,
    incoming: null,
    about: {
      version: '0.1.0',
      data_folder: '~/.local/share/visita',
      system: 'Linux',
      keyring: 'system',
    },
  };
}
