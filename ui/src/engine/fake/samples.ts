// Invented people, rooms and devices.

import type {
  AppView,
  CallView,
  DevicesView,
  LobbyView,
  PersonView,
  Settings,
  Tools,
} from '../../ipc/bindings';

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

const TOOLS: Tools = {
  chat: true,
  screen_sharing: true,
  file_upload: true,
  whiteboard: true,
  snapshot: true,
  live_edit: true,
  live_pointer: true,
  present_to_everyone: true,
  signature: true,
};

/** Somebody, by number; the same number is the same person. */
export function personView(n: number, long = false): PersonView {
  const names = long ? LONG_NAMES : NAMES;
  const camera = n % 9 !== 6;
  return {
    participant_id: `seat-${n}`,
    display_name: names[n % names.length] ?? `Person ${n}`,
    is_admin: false,
    microphone: n === 0 || n % 3 !== 0,
    camera,
    speaking: n === (long ? 1 : 2),
    quality: n === 5 ? 2 : 5,
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
      tools: TOOLS,
      microphone: { state: 'on', label: 'USB headset' },
      camera: { state: 'on', label: 'Integrated camera' },
      speaker: { state: 'on', label: 'USB headset' },
      speaking: false,
      quality: 4,
    },
    people,
    seconds_left: count > 2 ? null : 1080,
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
};

export function appView(screen: AppView['screen'] = { kind: 'home', problem: null }): AppView {
  return {
    screen,
    settings: { ...SETTINGS },
    devices: structuredClone(DEVICES),
    server: { state: 'running', url: 'http://127.0.0.1:7880/' },
    notice: null,
  };
}
