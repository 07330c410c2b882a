// What the address bar asks of the fake: `?screen=call&people=9&theme=dark&lang=it`.

import type { AppView, DeviceState, ErrorCode, Language, NoticeCode, Theme } from '../../ipc/bindings';
import { appView, callView, lobbyView } from './samples';

/** The first view, and how lively it is. */
export interface FakeOptions {
  view: AppView;
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
  if (has('nameless')) view.settings.display_name = '';
  if (has('bare')) view.devices = { cameras: [], microphones: [], speakers: [] };
  const server = asked.get('server');
  if (server === 'failed') view.server = { state: 'failed', detail: 'invented' };
  if (server === 'starting') view.server = { state: 'starting' };
  const notice = asked.get('notice') as NoticeCode | null;
  if (notice) view.notice = { code: notice, name: 'Anna Rossi' };
  return { view, moving: !has('still') };

  function screen(): AppView['screen'] {
    switch (asked.get('screen')) {
      case 'opening':
        return { kind: 'opening', host: asked.get('host') ?? 'visita.example' };
      case 'lobby': {
        const lobby = lobbyView(long);
        lobby.problem = problem;
        lobby.preview.in_use = has('inuse');
        if (has('nameless')) {
          lobby.preview.display_name = null;
          lobby.display_name = '';
        }
        lobby.network = (asked.get('network') ?? 'good') as typeof lobby.network;
        lobby.microphone = device('mic') ?? lobby.microphone;
        lobby.camera = device('camera') ?? lobby.camera;
        return { kind: 'lobby', ...lobby };
      }
      case 'call': {
        const call = callView(Number(asked.get('people') ?? 2), long);
        call.me.microphone = device('mic') ?? call.me.microphone;
        call.me.camera = device('camera') ?? call.me.camera;
        if (has('guest')) call.me.is_admin = false;
        if (has('connecting')) call.connection = { state: 'connecting' };
        if (has('reconnecting')) call.connection = { state: 'reconnecting', attempt: 1 };
        if (has('test')) call.is_test_call = true;
        const [first] = call.people;
        if (has('share') && first) {
          first.streams = [
            ...first.streams,
            { stream_id: 900, source: 'screen', size: { width: 1920, height: 1080 } },
          ];
        }
        return { kind: 'call', ...call };
      }
      case 'after':
        return {
          kind: 'after',
          reason: (asked.get('reason') ?? 'left') as 'left',
          seconds: Number(asked.get('seconds') ?? 1560),
          can_rejoin: !has('final'),
          is_test_call: has('test'),
        };
      default:
        return { kind: 'home', problem };
    }
  }
}
