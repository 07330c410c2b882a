// The one owner of what the page shows in a browser, from a link to the page after the call. What `src-tauri/src/app` is
// to the desktop.

import type { Unlisten } from '../engine';
import { narrowed } from '../rights';
import type {
  AfterView,
  AppView,
  BoardNews,
  JoinPreview,
  LeaveReason,
  Levels,
  LobbyView,
  NetworkCheck,
  NoticeCode,
  NoticeView,
  Problem,
  RoomId,
  ScreenView,
  Settings,
  SettingsPatch,
  Tools,
  ToolsNews,
} from '../view';
import { Awake } from './awake';
import { Call } from './call';
import { loadMedia } from './call/media';
import { LocalMedia } from './devices/local';
import { appLink, type Link, linkOf, preview } from './entry';
import { VideoPictures } from './pictures';
import { problemOf } from './problem';
import { keep, kept, openSettings, patched } from './settings';
import { tryWay } from './trial';
import { forgetVisit, keepTime, timeBefore } from './visit';

/** So often the lobby looks who is in. */
const LOBBY_EVERY_MS = 5_000;
/** A notice goes away by itself after this long. */
const NOTICE_FOR_MS = 6_000;

/** The code of a visit that goes on, for a page that is loaded anew; gone with the tab. */
const CODE = 'visita.visit';

interface Lobby {
  preview: JoinPreview;
  /** The person goes on here, not in the app. */
  here: boolean;
  displayName: string;
  /** The camera is wanted, where there may be one. */
  camera: boolean;
  network: NetworkCheck;
  problem: Problem | null;
  /** My answer to being recorded, and which wording I was shown. */
  consent: { answer: boolean; text: string } | undefined;
}

interface InCall {
  call: Call;
  lobby: Lobby;
  /** What was answered in the lobby, until the room can hear it. */
  consent: Lobby['consent'];
  /** Everybody who was seen, for the words afterwards. */
  met: Set<string>;
  wasIn: boolean;
  wasAdmin: boolean;
  /** For how long I was in, with others and at all. */
  withOthersMs: number;
  inMs: number;
  lookedMs: number;
  joinedMs: number;
  connectedMs: number | undefined;
  paintedMs: number | undefined;
}

type Screen =
  | { is: 'home'; problem: Problem | null }
  | { is: 'opening' }
  | { is: 'lobby'; lobby: Lobby }
  | { is: 'call'; inCall: InCall }
  | { is: 'after'; view: AfterView };

/** Sounds, as notes in hertz. */
const SOUNDS: Partial<Record<NoticeCode, number[]>> = {
  person_joined: [523, 784],
  person_left: [659, 440],
  doorbell: [784, 622],
  note: [880],
  chat_message: [880],
  hand_raised: [698],
  asked_to_unmute: [698, 880],
};

/** How somebody goes on with a link. */
export interface Onward {
  /** Here, and not in the app. */
  here?: boolean;
  /** A call that was answered: straight in, unless something has to be said before. */
  answered?: { camera: boolean };
}

export class App {
  readonly pictures = new VideoPictures();
  settings = openSettings();
  /** All that is to be shown of the tools; nothing where it is all there are. */
  shownTools: Tools | undefined;
  private screen: Screen = { is: 'opening' };
  private link: Link | undefined;
  private local: LocalMedia | undefined;
  /** The lobby's look at the network. */
  private trial: AbortController | undefined;
  private notice: (NoticeView & { sinceMs: number }) | undefined;
  private turn = 0;
  private readonly awake = new Awake();
  private published = '';
  private pending = false;
  private readonly views = new Set<(view: AppView) => void>();
  private readonly levels = new Set<(levels: Levels) => void>();
  readonly tools = new Set<(news: ToolsNews) => void>();
  readonly boards = new Set<(news: BoardNews) => void>();

  /** `inAddress`: the page is that of the link in its address. Else it is told its links, and keeps none. */
  constructor(private readonly inAddress = true) {
    setInterval(() => this.look(), 1000);
    this.pictures.painted = (stream) => {
      if (this.screen.is === 'call' && stream !== 0) this.screen.inCall.paintedMs ??= performance.now();
    };
    this.openPage();
  }

  // --- what is told ---

  onView(heard: (view: AppView) => void): Unlisten {
    this.views.add(heard);
    return () => this.views.delete(heard);
  }

  onLevels(heard: (levels: Levels) => void): Unlisten {
    this.levels.add(heard);
    return () => this.levels.delete(heard);
  }

  view(): AppView {
    const { notice } = this;
    return {
      screen: this.screenView(),
      // What the other side of a phone sees is not a mirror.
      settings: {
        ...this.settings,
        mirror: this.settings.mirror !== false && this.local?.facesMe() !== false,
      },
      devices: this.local?.found ?? { cameras: [], microphones: [], speakers: [] },
      // There is none in a browser; no page of it asks.
      server: { state: 'failed', detail: 'a browser has no server' },
      notice: notice ? { code: notice.code, name: notice.name } : null,
      link: null,
    };
  }

  private screenView(): ScreenView {
    const { screen } = this;
    switch (screen.is) {
      case 'home':
        return { kind: 'home', problem: screen.problem };
      case 'opening':
        return { kind: 'opening', host: location.host };
      case 'lobby':
        return { kind: 'lobby', ...this.lobbyView(screen.lobby) };
      case 'call': {
        const { call, lobby } = screen.inCall;
        const now = performance.now();
        if (call.state.is === 'waiting') {
          const waiting = call.waitingView(now);
          return {
            kind: 'waiting',
            ...waiting,
            company: lobby.preview.company,
            host_name: waiting.host_name ?? lobby.preview.host_name,
          };
        }
        const view = call.view(now);
        if (!this.shownTools) return { kind: 'call', ...view };
        const tools = narrowed(view.me.tools, this.shownTools);
        const unread_chat = tools.chat ? view.unread_chat : 0;
        return { kind: 'call', ...view, me: { ...view.me, tools }, unread_chat };
      }
      case 'after':
        return { kind: 'after', ...screen.view };
    }
  }

  private lobbyView({ preview: seen, here, displayName, network, problem, consent }: Lobby): LobbyView {
    const { local } = this;
    const off = { state: 'off' } as const;
    return {
      host: location.host,
      preview: seen,
      display_name: displayName,
      network: problem?.code === 'server_unreachable' ? 'unreachable' : network,
      microphone: local?.state('microphone') ?? off,
      camera: seen.call_type === 'audio_only' ? { state: 'not_allowed' } : (local?.state('camera') ?? off),
      speaker: local?.speaker() ?? off,
      problem,
      consent: !seen.asks_consent ? 'not_asked' : consent ? (consent.answer ? 'yes' : 'no') : 'asked',
      is_test_call: false,
      invite: !here,
    };
  }

  /** Announces the view, once for all that changes at the same time. */
  private readonly changed = () => {
    if (this.pending) return;
    this.pending = true;
    queueMicrotask(() => {
      this.pending = false;
      this.follow();
      const view = this.view();
      const now = JSON.stringify(view);
      if (now === this.published) return;
      this.published = now;
      for (const heard of this.views) heard(view);
    });
  };

  private show(screen: Screen): void {
    this.screen = screen;
    this.awake.set(screen.is === 'call');
    this.changed();
  }

  // --- from a link to the lobby ---

  /** The link is in the address; where the page was loaded anew in a visit, in the tab's own memory. */
  private openPage(): void {
    if (!this.inAddress) {
      this.show({ is: 'home', problem: null });
      return;
    }
    const code = kept('sessionStorage', CODE);
    this.link = linkOf(location) ?? (code === null ? undefined : { server: location.origin, code });
    if (this.link) void this.lookUp();
    else this.show({ is: 'home', problem: { code: 'link_unknown', message: 'no link in the address' } });
  }

  /** Opens a link in the place of whatever is shown. */
  open(link: Link, onward: Onward): void {
    if (this.screen.is === 'call') this.screen.inCall.call.leave();
    this.devices(false);
    this.link = link;
    void this.lookUp(onward);
  }

  /** Nothing is shown any more. */
  close(): void {
    this.turn += 1;
    if (this.screen.is === 'call') this.screen.inCall.call.leave();
    this.devices(false);
    this.link = undefined;
    this.show({ is: 'home', problem: null });
  }

  /** Looks at the link. */
  async lookUp({ here = false, answered }: Onward = {}): Promise<void> {
    const { link } = this;
    if (!link) return;
    this.turn += 1;
    const { turn } = this;
    this.show({ is: 'opening' });
    try {
      const seen = await preview(link);
      if (turn !== this.turn) return;
      const again = this.isAgain(link);
      this.show({
        is: 'lobby',
        lobby: {
          preview: again ? { ...seen, in_use: false } : seen,
          here: here || again,
          displayName: seen.display_name ?? this.settings.display_name,
          // A call of sound starts with sound; where the camera may be switched on it waits for that.
          camera: seen.call_type === 'audio_video' && answered?.camera !== false,
          network: 'checking',
          problem: null,
          consent: undefined,
        },
      });
      if (here || again) this.devices(true);
      if (answered && !seen.asks_consent && !seen.in_use) this.join(false, null);
      else if (here || again) void this.tryWay();
    } catch (thrown) {
      if (turn === this.turn) this.show({ is: 'home', problem: problemOf(thrown) });
    }
  }

  /** Who is in, and whether the room is open, changes while somebody looks at the lobby. */
  private async lookAgain({ lobby }: Extract<Screen, { is: 'lobby' }>): Promise<void> {
    const { link, turn } = this;
    if (!link || document.visibilityState !== 'visible') return;
    const still = () => turn === this.turn && this.screen.is === 'lobby' && this.screen.lobby === lobby;
    try {
      const seen = await preview(link);
      if (!still()) return;
      const again = this.isAgain(link);
      lobby.preview = again ? { ...seen, in_use: false } : seen;
      const back = lobby.problem?.code === 'server_unreachable';
      if (back) lobby.problem = null;
      if (lobby.here && (back || lobby.network === 'unreachable')) void this.tryWay();
    } catch (thrown) {
      if (still()) lobby.problem = problemOf(thrown);
    }
    this.changed();
  }

  /** What the way to the lobby's server is like; for those who go on here, as it costs what a picture does. */
  private async tryWay(): Promise<void> {
    const { link, screen } = this;
    if (!link || screen.is !== 'lobby') return;
    this.trial?.abort();
    const trial = new AbortController();
    this.trial = trial;
    screen.lobby.network = 'checking';
    const network = await tryWay(link, trial.signal);
    if (trial.signal.aborted) return;
    screen.lobby.network = network;
    this.changed();
  }

  private lookedMs = 0;

  /** Once a second. */
  private look(): void {
    const now = performance.now();
    if (this.notice && now - this.notice.sinceMs > NOTICE_FOR_MS) {
      this.notice = undefined;
      this.changed();
    }
    const { screen } = this;
    if (screen.is === 'lobby' && now - this.lookedMs > LOBBY_EVERY_MS) {
      this.lookedMs = now;
      void this.lookAgain(screen);
    }
    if (screen.is !== 'call') return;
    const { inCall } = screen;
    // A page that slept was not in the call meanwhile.
    const since = Math.min(now - inCall.lookedMs, LOBBY_EVERY_MS);
    inCall.lookedMs = now;
    if (inCall.call.state.is !== 'running' || inCall.call.connection.state !== 'connected') return;
    inCall.inMs += since;
    if (inCall.call.people.view().length > 0) inCall.withOthersMs += since;
    keepTime(inCall);
  }

  joinHere(): void {
    if (this.screen.is !== 'lobby') return;
    this.screen.lobby.here = true;
    this.devices(true);
    void this.tryWay();
  }

  /** Opens camera and microphone, or lets them go. */
  private devices(on: boolean): void {
    if (!on) {
      this.local?.close();
      this.local = undefined;
      this.changed();
      return;
    }
    const { screen } = this;
    if (this.local || screen.is !== 'lobby') return;
    this.local = new LocalMedia(
      this.settings,
      this.pictures,
      () => {
        if (this.screen.is === 'call') this.screen.inCall.call.localChanged();
        this.changed();
      },
      (levels) => {
        for (const heard of this.levels) heard(levels);
      },
    );
    void this.local.start(screen.lobby.camera);
    // By the time somebody has looked at themselves the rest is there.
    void loadMedia().catch(() => {});
  }

  setDisplayName(name: string): void {
    if (this.screen.is === 'lobby') this.screen.lobby.displayName = name;
    this.update({ display_name: name });
  }

  // --- the call ---

  /** `guest`: what somebody is called who gives no name; nothing leaves it to the server. */
  join(displace: boolean, guest: string | null): void {
    const { screen, link } = this;
    if (screen.is !== 'lobby' || !link) return;
    this.devices(true);
    const { local } = this;
    if (!local) return;
    // The way is the call's now.
    this.trial?.abort();
    const { lobby } = screen;
    const name = lobby.displayName.trim() || guest;
    const again = this.isAgain(link);
    const now = performance.now();
    if (!again) forgetVisit();
    const before = timeBefore();
    this.notice = undefined;
    const call = new Call(link, name, displace || again, local, this.pictures, {
      changed: this.changed,
      notice: (code, about) => this.say(code, about),
      tools: (news) => {
        for (const heard of this.tools) heard(news);
      },
      board: (news) => {
        for (const heard of this.boards) heard(news);
      },
    });
    call.chooseSpeaker(this.settings.speaker);
    this.show({
      is: 'call',
      inCall: {
        call,
        lobby,
        consent: lobby.consent,
        met: new Set(),
        wasIn: false,
        wasAdmin: false,
        ...before,
        lookedMs: now,
        joinedMs: now,
        connectedMs: undefined,
        paintedMs: undefined,
      },
    });
  }

  /** What follows from where the call stands. */
  private follow(): void {
    const { screen, link } = this;
    if (screen.is !== 'call') return;
    const { inCall } = screen;
    const { call } = inCall;
    switch (call.state.is) {
      case 'waiting':
        this.inVisit(link);
        this.sayConsent(inCall);
        break;
      case 'running':
        if (call.connection.state !== 'connected') break;
        if (inCall.connectedMs === undefined) {
          inCall.connectedMs = performance.now();
          call.chooseSpeaker(this.settings.speaker);
        }
        inCall.wasIn = true;
        inCall.wasAdmin = call.room.isAdmin;
        this.inVisit(link);
        this.sayConsent(inCall);
        for (const { display_name } of call.people.view()) inCall.met.add(display_name);
        break;
      case 'failed': {
        const { problem } = call.state;
        inCall.lobby.problem = problem;
        if (problem.code === 'seat_in_use') inCall.lobby.preview = { ...inCall.lobby.preview, in_use: true };
        this.show({ is: 'lobby', lobby: inCall.lobby });
        break;
      }
      case 'over':
        this.over(inCall, call.state.reason);
        break;
    }
  }

  /** In: the code goes out of the address and its history, and stays with the tab for as long as the visit does. */
  private inVisit(link: Link | undefined): void {
    if (!this.inAddress) return;
    if (link && kept('sessionStorage', CODE) !== link.code) keep('sessionStorage', CODE, link.code);
    // A frame has no address that anybody sees, and browsers that load it anew go to its last one.
    const framed = window.parent !== window;
    if (!framed && location.pathname !== '/join/') history.replaceState(null, '', '/join/');
  }

  /** Whoever loads the page anew in a visit displaces nobody but themselves. */
  private isAgain(link: Link): boolean {
    return this.inAddress && kept('sessionStorage', CODE) === link.code;
  }

  private sayConsent(inCall: InCall): void {
    const { consent, call } = inCall;
    if (!consent) return;
    inCall.consent = undefined;
    call.say({ type: 'consent', answer: consent.answer, text_version: consent.text });
  }

  private over({ lobby, met, wasAdmin, withOthersMs, inMs }: InCall, reason: LeaveReason): void {
    this.notice = undefined;
    this.devices(false);
    const again = reason === 'left' || reason === 'connection_lost' || reason === 'displaced';
    // What was left is not gone on with by loading the page anew, and what was taken over elsewhere not taken back.
    if (this.inAddress) keep('sessionStorage', CODE, null);
    forgetVisit();
    this.show({
      is: 'after',
      view: {
        reason,
        seconds: Math.round((withOthersMs || inMs) / 1000),
        can_rejoin: again,
        is_test_call: false,
        company: lobby.preview.company,
        with_names: [...met],
        good_until: lobby.preview.good_until,
        was_admin: wasAdmin,
        asks_rating: false,
        rating: null,
        report: null,
      },
    });
  }

  leave(): void {
    if (this.screen.is === 'call') this.screen.inCall.call.leave();
    else this.goHome();
  }

  /** Back to the page that the link opens. */
  goHome(): void {
    this.turn += 1;
    if (this.screen.is === 'call') this.screen.inCall.call.leave();
    this.devices(false);
    void this.lookUp();
  }

  // --- in the call ---

  /** The room of the lobby or the call. */
  get room(): RoomId | undefined {
    if (this.screen.is === 'call') return this.screen.inCall.lobby.preview.room_id;
    return this.screen.is === 'lobby' ? this.screen.lobby.preview.room_id : undefined;
  }

  /** The call, while there is one. */
  get call(): Call | undefined {
    return this.screen.is === 'call' ? this.screen.inCall.call : undefined;
  }

  set(kind: 'microphone' | 'camera', on: boolean): void {
    if (this.call) this.call.set(kind, on);
    else this.local?.set(kind, on);
  }

  answerConsent(answer: boolean, text: string): void {
    if (this.screen.is === 'lobby') {
      this.screen.lobby.consent = { answer, text };
      this.changed();
    } else {
      this.call?.say({ type: 'consent', answer, text_version: text });
    }
  }

  playTestSound(): void {
    this.local?.playTestSound();
  }

  flipCamera(): void {
    void this.local?.flip();
  }

  async refreshDevices(): Promise<void> {
    await this.local?.look();
  }

  /** How the page around this one wants it to look, for as long as it is there. */
  dress(settings: Partial<Pick<Settings, 'language' | 'theme'>>): void {
    this.settings = { ...this.settings, ...settings };
    this.changed();
  }

  update(patch: SettingsPatch): void {
    const before: Settings = this.settings;
    this.settings = patched(before, patch);
    this.local?.choose(this.settings);
    if (before.speaker !== this.settings.speaker) this.call?.chooseSpeaker(this.settings.speaker);
    this.changed();
  }

  dismissNotice(): void {
    this.notice = undefined;
    this.changed();
  }

  chatRead(): void {
    if (this.notice?.code === 'chat_message') this.dismissNotice();
  }

  /** To be shown for a moment. */
  private say(code: NoticeCode, name: string | null): void {
    // There is nothing to read it in.
    if (code === 'chat_message' && this.shownTools && !this.shownTools.chat) return;
    const sound = SOUNDS[code];
    if (sound && (code !== 'doorbell' || this.settings.doorbell)) this.local?.play(sound);
    this.notice = { code, name, sinceMs: performance.now() };
    this.changed();
  }

  /** The same seat in the app, while the link is known. */
  appLink(): string | undefined {
    return this.link && appLink(this.link);
  }

  figures() {
    const inCall = this.screen.is === 'call' ? this.screen.inCall : undefined;
    const since = (at: number | undefined) => (inCall && at !== undefined ? at - inCall.joinedMs : null);
    return {
      join_to_first_painted_ms: since(inCall?.paintedMs),
      join_to_connected_ms: since(inCall?.connectedMs),
      rtt_ms: inCall?.call.rttMs() ?? null,
    };
  }
}
