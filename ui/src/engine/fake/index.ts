// An engine without a back end: for tests, and for looking at every screen in a plain browser (`npm run dev:fake`).

import type { Engine } from '../engine';
import type { AppView, BoardNews, DeviceChoice, Levels, ScreenView, Settings, SettingsPatch } from '../view';
import { fakeBoard } from './board';
import { type ChangeConsole, fakeConsole } from './console';
import { type Groups, groups } from './groups';
import type { FakeOptions } from './options';
import { type ChangePast, fakePast } from './past';
import { DrawnPictures } from './pictures';
import { afterView, callView, lobbyView } from './samples';
import { type ChangeTools, fakeTools } from './tools';

export { linkEngine } from './link';
export { fakeOptions } from './options';

/** A call that was made, and with what. */
export type Asked = [name: string, ...given: unknown[]];

/** The fake, with what tests look at. */
export interface FakeEngine extends Omit<Engine, keyof Groups>, Partial<Groups> {
  /** Every command so far. */
  readonly asked: Asked[];
  /** Changes the view as a back end would. */
  change(change: (view: AppView) => void): void;
  /** Changes chat, gallery and pointers, and tells of them. */
  changeTools: ChangeTools;
  /** The same for past sessions. */
  changePast: ChangePast;
  /** Changes what the server behind the console has. */
  changeConsole: ChangeConsole;
  /** Tells of a board what a back end would. */
  tellBoard: (news: BoardNews) => void;
}

export function fakeEngine(options: FakeOptions): FakeEngine {
  const { view: first, moving, full, tools: having, board, past, console } = options;
  let view = first;
  const heard = new Set<(view: AppView) => void>();
  const levels = new Set<(levels: Levels) => void>();
  const asked: Asked[] = [];
  const change = (edit: (view: AppView) => void) => {
    view = structuredClone(view);
    edit(view);
    for (const tell of heard) tell(view);
  };
  const show = (screen: ScreenView) =>
    change((next) => {
      next.screen = screen;
    });
  const command =
    <Given extends unknown[]>(name: string, act: (...given: Given) => void) =>
    async (...given: Given) => {
      asked.push([name, ...given]);
      act(...given);
    };
  const device = (name: 'microphone' | 'camera') =>
    command(`set ${name}`, (on: boolean) =>
      change(({ screen }) => {
        const state = on ? ({ state: 'on', label: 'Integrated' } as const) : ({ state: 'off' } as const);
        if (screen.kind === 'call') screen.me[name] = state;
        if (screen.kind === 'lobby') screen[name] = state;
      }),
    );
  if (moving) {
    setInterval(() => {
      const microphone = Math.max(0, 0.55 + 0.35 * Math.sin(performance.now() / 300));
      for (const tell of levels) tell({ microphone, speaker: 0.3 });
    }, 70);
  }
  const { tools, changeTools } = fakeTools(having, command, change);
  const boards = fakeBoard(board, command, () => view);
  return {
    asked,
    change,
    changeTools,
    ...groups(command, change, moving),
    tools,
    ...boards,
    ...fakePast(past, command, moving),
    ...fakeConsole(console, asked),
    pictures: new DrawnPictures(moving),
    appView: async () => view,
    onAppView: async (tell) => {
      heard.add(tell);
      return () => heard.delete(tell);
    },
    onLevels: async (tell) => {
      levels.add(tell);
      tell({ microphone: 0.62, speaker: 0.3 });
      return () => levels.delete(tell);
    },
    openLink: command('open link', (link: string) => {
      if (link.includes('//unreachable.'))
        show({ kind: 'home', problem: { code: 'server_unreachable', message: 'invented' } });
      else if (link.includes('/join/')) show({ kind: 'lobby', ...lobbyView() });
      else show({ kind: 'home', problem: { code: 'link_malformed', message: 'invented' } });
    }),
    startTestCall: command('start test call', () =>
      show({ kind: 'call', ...callView(2), is_test_call: true }),
    ),
    setDisplayName: command('set display name', (name: string) =>
      change((next) => {
        next.settings.display_name = name;
        if (next.screen.kind === 'lobby') next.screen.display_name = name;
      }),
    ),
    setMicrophone: device('microphone'),
    setCamera: device('camera'),
    playTestSound: command('play test sound', () => {}),
    join: command('join', (_displace: boolean) => show({ kind: 'call', ...callView(2) })),
    leave: command('leave', () => after('left')),
    endForEveryone: command('end for everyone', () => after('session_ended')),
    goHome: command('go home', () => show({ kind: 'home', problem: null })),
    rejoin: command('rejoin', () => show({ kind: 'lobby', ...lobbyView() })),
    dismissNotice: command('dismiss notice', () =>
      change((next) => {
        next.notice = null;
      }),
    ),
    updateSettings: command('update settings', (patch: SettingsPatch) =>
      change((next) => {
        next.settings = patched(next.settings, patch);
      }),
    ),
    diagnostics: async () => ({ join_to_first_painted_ms: 640, join_to_connected_ms: 210, rtt_ms: 24 }),
    save: async (name, dataUrl) => {
      asked.push(['save', name, dataUrl]);
      return full ? null : `Downloads/${name}`;
    },
    refreshDevices: command('refresh devices', () => {}),
  };

  function after(reason: 'left' | 'session_ended') {
    show({ kind: 'after', ...afterView(), reason, can_rejoin: reason === 'left' });
  }
}

function patched(settings: Settings, patch: SettingsPatch): Settings {
  const chosen = (choice: DeviceChoice | null | undefined, old: string | null) => {
    if (!choice) return old;
    return choice.kind === 'device' ? choice.id : null;
  };
  const { camera, microphone, speaker, ...rest } = patch;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value != null));
  return {
    ...settings,
    ...given,
    camera: chosen(camera, settings.camera),
    microphone: chosen(microphone, settings.microphone),
    speaker: chosen(speaker, settings.speaker),
  };
}
