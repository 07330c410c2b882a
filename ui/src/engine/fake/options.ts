// What the address bar asks of the fake: `?screen=call&people=9&theme=dark&lang=it`.

import type {
  AppView,
  CallView,
  ConsentAnswer,
  DeviceState,
  ErrorCode,
  Language,
  NoticeCode,
  RecorderTrouble,
  Theme,
} from '../view';
import { type BoardSample, boardSample } from './board';
import { type ConsoleSample, consoleSample } from './console';
import { type PastSample, pastSample } from './past';
import {
  afterView,
  appView,
  callView,
  lobbyView,
  SHARE_SOURCES,
  waitingPeople,
  waitingView,
} from './samples';
import { type ToolsState, toolsState } from './tools';

/** The first view, and how lively it is. */
export interface FakeOptions {
  view: AppView;
  /** Chat, gallery and pointers. */
  tools: ToolsState;
  /** What lies on the boards. */
  board: BoardSample;
  /** Sessions that are over. */
  past: PastSample;
  /** What the server behind the console has. */
  console: ConsoleSample;
  /** Nothing can be saved any more. */
  full: boolean;
  /** Pictures and levels move. */
  moving: boolean;
}

const OFF: Record<string, DeviceState> = {
  off: { state: 'off' },
  missing: { state: 'missing' },
  busy: { state: 'busy', label: 'Integrated camera' },
  denied: { state: 'denied' },
  failed: { state: 'failed', detail: 'no frames' },
  starting: { state: 'starting' },
  not_allowed: { state: 'not_allowed' },
};

export function fakeOptions(search: string): FakeOptions {
  const asked = new URLSearchParams(search);
  const has = (name: string) => asked.has(name);
  const long = has('long');
  const code = asked.get('problem') as ErrorCode | null;
  const problem = code && { code, message: 'invented' };
  const device = (name: string) => OFF[asked.get(name) ?? ''];
  const view = appView(screen());
  view.settings.theme = (asked.get('theme') ?? 'light') as Theme;
  view.settings.language = (asked.get('lang') ?? 'en') as Language;
  view.settings.simple = has('simple');
  view.settings.simple_for_guests = has('auto');
  if (has('nameless')) view.settings.display_name = '';
  if (has('bare')) view.devices = { cameras: [], microphones: [], speakers: [] };
  const server = asked.get('server');
  if (server === 'failed') view.server = { state: 'failed', detail: 'invented' };
  if (server === 'starting') view.server = { state: 'starting' };
  const notice = asked.get('notice') as NoticeCode | null;
  if (notice) view.notice = { code: notice, name: 'Anna Rossi' };
  const link = asked.get('link');
  if (link) view.link = link;
  elsewhere(view, asked);
  return {
    view,
    tools: toolsState(asked, view),
    board: boardSample(asked),
    past: pastSample(asked),
    console: consoleSample(asked),
    full: has('full'),
    moving: !has('still'),
  };

  function screen(): AppView['screen'] {
    switch (asked.get('screen')) {
      case 'opening':
        return { kind: 'opening', host: asked.get('host') ?? 'visita.example' };
      case 'lobby': {
        const lobby = lobbyView(long);
        lobby.problem = problem;
        lobby.preview.in_use = has('inuse');
        lobby.invite = has('invite');
        if (has('nameless')) {
          lobby.preview.display_name = null;
          lobby.display_name = '';
        }
        lobby.network = (asked.get('network') ?? 'good') as typeof lobby.network;
        lobby.microphone = device('mic') ?? lobby.microphone;
        lobby.camera = device('camera') ?? lobby.camera;
        if (has('early')) lobby.preview.starts_at = Date.UTC(2027, 10, 21, 9, 30) / 1000;
        const consent = asked.get('consent') as ConsentAnswer | null;
        if (consent) {
          lobby.consent = consent;
          lobby.preview.recording = 'automatic';
          lobby.preview.asks_consent = true;
        }
        return { kind: 'lobby', ...lobby };
      }
      case 'waiting':
        return {
          kind: 'waiting',
          ...waitingView(has('early') ? null : Number(asked.get('place') ?? 1), long),
          ...(has('quiet') && { notes: [], host_name: null }),
          ...(has('reconnecting') && { connection: { state: 'reconnecting', attempt: 1 } }),
        };
      case 'call': {
        const call = callView(Number(asked.get('people') ?? 2), long);
        call.me.microphone = device('mic') ?? call.me.microphone;
        call.me.camera = device('camera') ?? call.me.camera;
        if (has('guest')) call.me.is_admin = false;
        if (has('connecting')) call.connection = { state: 'connecting' };
        if (has('unstable')) call.connection = { state: 'unstable' };
        if (has('reconnecting')) call.connection = { state: 'reconnecting', attempt: 1 };
        if (has('test')) call.is_test_call = true;
        inTheRoom(call, asked);
        const [first] = call.people;
        if (has('share') && first) {
          first.streams = [
            ...first.streams,
            { stream_id: 900, source: 'screen', size: { width: 1920, height: 1080 } },
          ];
        }
        return { kind: 'call', ...call };
      }
      case 'after': {
        const after = afterView();
        after.reason = (asked.get('reason') ?? 'left') as 'left';
        after.seconds = Number(asked.get('seconds') ?? 1560);
        after.can_rejoin = !has('final');
        after.is_test_call = has('test');
        after.was_admin = has('led');
        if (has('gaps') && after.report) {
          Object.assign(after.report, { quality: [5, 5, 5, 5], sound_gaps_s: 190, lost_times: 0, lost_s: 0 });
          after.report.microphone = 'none';
        }
        if (has('sent')) after.rating = { state: 'sent' };
        if (has('unsent'))
          after.rating = { state: 'failed', problem: { code: 'server_unreachable', message: '' } };
        if (has('bare')) {
          delete after.report;
          delete after.asks_rating;
        }
        return { kind: 'after', ...after };
      }
      default:
        return { kind: 'home', problem };
    }
  }
}

/** What goes on in the room. */
function inTheRoom(call: CallView, asked: URLSearchParams) {
  const has = (name: string) => asked.has(name);
  const [first, second, third] = call.people;
  const none = { microphone: false, camera: false, screen: false };
  call.invited_only = true;
  if (call.me.is_admin && has('waiting')) {
    call.waiting_room = true;
    call.waiting = waitingPeople(Number(asked.get('waiting') ?? 3), has('long'));
  }
  if (has('hands')) {
    if (second) second.hand = 3;
    if (third) third.hand = 7;
  }
  if (has('locked')) {
    if (first) Object.assign(first, { microphone: false, muted_by_admin: { ...none, microphone: true } });
    if (!call.me.is_admin) call.me.muted_by_admin = { ...none, microphone: true };
  }
  if (has('reacts') && second) {
    call.reactions = [{ id: 1, participant_id: second.participant_id, reaction: 'thumbs_up' }];
  }
  const recording = asked.get('recording');
  if (recording) {
    call.recording = 'manual';
    call.me.consent = (asked.get('consent') ?? 'yes') as ConsentAnswer;
    const trouble = asked.get('recorder') as RecorderTrouble | null;
    if (recording === 'automatic') call.recording = 'automatic';
    if (recording === 'on' || recording === 'automatic') {
      call.recording_state = {
        state: 'on',
        elapsed_s: 252,
        layout: 'grid_and_chat',
        megabytes: 38,
        ...(trouble && { trouble }),
      };
    }
    if (recording === 'starting') call.recording_state = { state: 'starting' };
    if (recording === 'stopped') call.recording_state = { state: 'stopped', reason: 'disk_full' };
    if (recording === 'failed') call.recording_state = { state: 'stopped', reason: 'failed' };
    if (call.me.is_admin) {
      const at_ms = Date.UTC(2026, 10, 21, 9, 31);
      const { consent } = call.me;
      const mine = consent === 'yes' ? true : consent === 'no' ? false : null;
      call.consents = [
        { ...call.me, answer: mine, at_ms: mine === null ? null : at_ms },
        ...call.people.map((person, n) => ({
          ...person,
          answer: n === 0 ? true : n === 1 ? false : null,
          at_ms: n < 2 ? at_ms : null,
        })),
      ].map(({ participant_id, display_name, answer, at_ms }) => ({
        participant_id,
        display_name,
        answer,
        at_ms,
      }));
    }
  }
  if (has('left')) call.seconds_left = Number(asked.get('left'));
  if (has('asked')) call.asked_to_unmute = { by_name: 'Dr Elena Conti', source: 'microphone' };
  if (has('sharing')) {
    const kind = asked.get('sharing') === 'screen' ? 'screen' : 'window';
    call.share = {
      kind,
      label: 'Blood pressure diary: A. Rossi',
      paused: has('paused'),
      stream_id: kind === 'window' ? 900 : null,
    };
  }
  const sources = asked.get('sources');
  if (sources === 'loading' || sources === 'by_system') call.share_sources = { state: sources };
  if (sources === 'failed')
    call.share_sources = { state: 'failed', problem: { code: 'internal', message: 'invented' } };
  if (sources === 'none') call.share_sources = { state: 'ready', sources: [] };
  if (sources === 'ready') call.share_sources = { state: 'ready', sources: SHARE_SOURCES };
  if (has('shown'))
    call.whiteboard = { shown: true, by: first?.participant_id ?? call.me.participant_id, page: 0 };
  const drawing = asked.get('drawing');
  if (drawing === 'look') call.me.tools = { ...call.me.tools, whiteboard: {} };
  if (drawing === 'point') call.me.tools = { ...call.me.tools, whiteboard: { wb_cursor: true } };
  if (drawing === 'never') call.me.tools = { ...call.me.tools, whiteboard: false };
  if (drawing === 'some') call.me.tools = { ...call.me.tools, whiteboard: { wb_pen: true, wb_cursor: true } };
  const presenter = asked.get('presenter');
  if (presenter) call.presenter = presenter === 'me' ? call.me.participant_id : presenter;
  const without = asked.get('without')?.split(' ') ?? [];
  call.me.tools = Object.fromEntries(
    Object.entries(call.me.tools).filter(([tool]) => !without.includes(tool)),
  );
  if (has('webinar')) {
    call.webinar = true;
    for (const person of call.people.slice(1)) person.role = 'audience';
  }
}

/** What is beside the screen: rooms, account, a call that rings. */
function elsewhere(view: AppView, asked: URLSearchParams) {
  const problem = { code: 'server_unreachable', message: 'invented' } as const;
  const rooms = asked.get('rooms');
  if (rooms === 'loading') view.rooms = { state: 'loading' };
  if (rooms === 'none') view.rooms = { state: 'ready', rooms: [] };
  if (rooms === 'failed') view.rooms = { state: 'failed', problem };
  const server = 'clinic.example';
  if (asked.has('keyfile') && view.about) view.about.keyring = 'file';
  const account = asked.get('account');
  if (account === 'signed_in')
    view.account = {
      state: 'signed_in',
      server,
      user_id: 'elena.conti',
      role: 'plus',
      can_record: true,
      is_operator: false,
      online: true,
      refused: asked.has('refused') ? { server: 'visits.example.org', problem } : null,
    };
  if (account === 'basic')
    view.account = {
      state: 'signed_in',
      server,
      user_id: 'elena.conti',
      role: 'basic',
      can_record: false,
      is_operator: false,
      online: true,
      refused: null,
    };
  if (asked.has('console'))
    view.account =
      account === 'local'
        ? { state: 'local', can_record: true, is_operator: true }
        : {
            state: 'signed_in',
            server,
            user_id: 'elena.conti',
            role: 'plus',
            can_record: true,
            is_operator: true,
            online: true,
            refused: null,
          };
  const signIn = asked.get('sign_in_asked');
  if (signIn !== null) {
    const replaces = signIn === 'replaces' ? server : null;
    view.sign_in_asked = { server: 'visits.example.org', replaces };
  }
  if (account === 'expired') view.account = { state: 'expired', server };
  if (account === 'signing_in') view.account = { state: 'signing_in', server };
  if (account === 'refused')
    view.account = { state: 'refused', server, problem: { code: 'token_expired', message: '' } };
  if (asked.has('network')) view.network = { on: true, url: 'http://192.168.1.20:7880/', problem: null };
  if (asked.get('made') === 'making') view.new_room = { state: 'making' };
  if (asked.get('made') === 'refused')
    view.new_room = { state: 'refused', problem: { code: 'invalid', message: '', field: 'participants' } };
  if (asked.has('incoming') || asked.get('window') === 'incoming') {
    view.incoming = {
      call_id: 1,
      title: 'Follow-up visit',
      caller_name: asked.has('nobody') ? null : 'Anna Rossi',
      call_type: 'audio_video',
      recording: 'none',
      rings_until_ms: Date.now() + 24_500,
    };
  }
}
