// The call: one owner of its state from going in until it is over. The counterpart of `crates/call/src/call`.

import { LOCAL_PREVIEW, LOCAL_SHARE } from '../../frameWire';
import type {
  BoardNews,
  CallView,
  ConnectionView,
  DeviceState,
  LeaveReason,
  MediaSource,
  NoticeCode,
  Problem,
  ToolsNews,
  WaitingView,
} from '../../view';
import type { LocalMedia } from '../devices/local';
import { type Entry, enter, type Link, preview } from '../entry';
import type { VideoPictures } from '../pictures';
import { Fault, problemOf } from '../problem';
import { Channel, type ChannelEvent } from './channel';
import { Media, type MediaEvent, pictureOf } from './media';
import type { ClientMessage } from './messages';
import { People } from './people';
import { RoomSide } from './room';
import { Share } from './share';
import { Tools } from './tools';

/** How long after the media ended the room may still say why. */
const LAST_WORD_MS = 1_000;
const RETRY_FIRST_MS = 300;
const RETRY_MAX_MS = 5_000;
/** The opening may be moved, and clocks differ: so often, at least, it is tried whether the room lets in. */
const TRY_MS = 30_000;
/** By this clock it is open, and it is not: tried again so soon at first, then ever later. */
const AGAIN_MS = 2_000;
/** Nothing that ends the waiting. */
const PASSES: ReadonlySet<string> = new Set(['server_unreachable', 'rate_limited']);
/** The room passes a knock on at most this often. */
const KNOCK_EVERY_MS = 10_000;
/** At this quality and below people notice: 0 (lost) to 5 (excellent). */
const WEAK = 2;

/** Where the call stands. */
export type CallState =
  | { is: 'running' }
  | { is: 'waiting' }
  /** Did not get in. */
  | { is: 'failed'; problem: Problem }
  /** Was in, and is out. */
  | { is: 'over'; reason: LeaveReason };

/** What the call tells. */
export interface CallWays {
  changed(): void;
  notice(code: NoticeCode, name: string | null): void;
  tools(news: ToolsNews): void;
  board(news: BoardNews): void;
}

/** How one connection to the room ended. */
type Ended = { over: LeaveReason } | 'lost';

/** One connection to the room: channel, and media once there is a token for it. */
interface Line {
  channel: Channel;
  media: Media | undefined;
  joining: boolean;
  end: (ended: Ended) => void;
  fail: (fault: Fault) => void;
}

export class Call {
  state: CallState = { is: 'running' };
  readonly people = new People();
  readonly room: RoomSide;
  readonly tools: Tools;
  readonly share: Share;
  /** The browser keeps the others silent until somebody presses something. */
  soundRefused = false;
  connection: ConnectionView = { state: 'connecting' };
  private line: Line | undefined;
  private channelLost = false;
  private speaking = false;
  /** When the room opens, Unix time in seconds, while one waits for that. */
  private opensAt: number | null = null;
  private quality = 5;
  private knockedMs = Number.NEGATIVE_INFINITY;
  private everIn = false;
  private everWaited = false;
  private toldMedia = '';
  private toldDevices: Record<'microphone' | 'camera', DeviceState>;
  private wake: (() => void) | undefined;
  private readonly tick: ReturnType<typeof setInterval>;

  constructor(
    private readonly link: Link,
    private readonly displayName: string | null,
    private readonly displace: boolean,
    private readonly local: LocalMedia,
    private readonly pictures: VideoPictures,
    private readonly ways: CallWays,
  ) {
    this.room = new RoomSide('me', displayName ?? '', {});
    this.tools = new Tools(this.room, this.people, {
      toRoom: (message) => this.say(message),
      tools: (news) => ways.tools(news),
      board: (news) => ways.board(news),
      notice: (code, name) => ways.notice(code, name),
    });
    this.share = new Share(
      pictures,
      () => this.sharing(),
      () => ways.notice('share_ended', null),
    );
    this.toldDevices = { microphone: local.state('microphone'), camera: local.state('camera') };
    this.tick = setInterval(() => {
      this.tools.tick();
      if (this.room.moves() || this.state.is === 'waiting') ways.changed();
    }, 1000);
    addEventListener('online', this.woken);
    document.addEventListener('visibilitychange', this.woken);
    void this.run();
  }

  // --- the way in, the first time and each time it has to be made anew ---

  private async run(): Promise<void> {
    let retryMs = RETRY_FIRST_MS;
    let attempt = 0;
    while (!this.isOver()) {
      let wasIn = false;
      try {
        const ended = await this.once(() => {
          wasIn = true;
          attempt = 0;
          retryMs = RETRY_FIRST_MS;
        });
        if (ended !== 'lost') return this.finish({ is: 'over', reason: ended.over });
        if (wasIn) this.ways.notice('connection_lost', null);
      } catch (thrown) {
        const problem = problemOf(thrown);
        if (!this.everIn && !this.everWaited) return this.finish({ is: 'failed', problem });
        const reason = finalReason(problem);
        if (reason) return this.finish({ is: 'over', reason });
      }
      if (this.isOver()) return;
      attempt += 1;
      this.connection = { state: 'reconnecting', attempt };
      if (this.everIn) this.state = { is: 'running' };
      this.ways.changed();
      if (wasIn) continue;
      await this.pause(retryMs);
      retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
    }
  }

  /** One connection, from the entry to its end. */
  private async once(isIn: () => void): Promise<Ended> {
    // Coming back after a loss, the seat may still look taken: by ourselves.
    const displace = this.displace || this.everIn || this.everWaited;
    const entry = await this.entered(displace);
    if (entry === undefined) return 'lost';
    const { room } = this;
    room.me = entry.participant_id;
    room.displayName = entry.display_name;
    room.tools = entry.tools;
    room.settled = false;
    room.waiting = undefined;
    this.people.setMe(entry.participant_id);
    this.tools.files.set(entry.channel_url, entry.channel_token);
    this.channelLost = false;
    this.toldMedia = '';
    let line: Line | undefined;
    try {
      return await new Promise<Ended>((resolve, reject) => {
        const channel = new Channel(entry.channel_url, entry.channel_token, (event) => {
          if (line && line === this.line) this.channelEvent(event, line, isIn);
        });
        line = { channel, media: undefined, joining: false, end: resolve, fail: reject };
        this.line = line;
        if (entry.livekit_token !== null) {
          void this.joinMedia(line, entry.livekit_url, entry.livekit_token, isIn);
        }
      });
    } finally {
      this.line = undefined;
      line?.channel.close();
      this.tools.lineIsLost();
      this.people.mediaReset();
      this.local.speakerLevel = () => 0;
      await line?.media?.leave();
    }
  }

  /** Goes in, as soon as the room is open; nothing when the person left before. */
  private async entered(displace: boolean): Promise<Entry | undefined> {
    let again = AGAIN_MS;
    let early = false;
    while (!this.isOver()) {
      try {
        const entry = await enter(this.link, this.displayName, displace);
        return this.isOver() ? undefined : entry;
      } catch (thrown) {
        const { code } = problemOf(thrown);
        if (code !== 'room_not_started' && !(early && PASSES.has(code))) throw thrown;
      }
      early = true;
      const leftMs = await this.opening();
      await this.pause(Math.min(Math.max(leftMs, again), TRY_MS));
      if (leftMs === 0) again = Math.min(again * 2, TRY_MS);
    }
    return undefined;
  }

  /** Before the room opens: shows when that is, and tells how long until then by this computer's clock. */
  private async opening(): Promise<number> {
    try {
      const room = await preview(this.link);
      this.opensAt = room.opens_at ?? null;
      this.connection = { state: 'connected' };
      this.state = { is: 'waiting' };
    } catch (thrown) {
      if (!PASSES.has(problemOf(thrown).code)) throw thrown;
      this.connection = { state: 'reconnecting', attempt: 1 };
    }
    this.ways.changed();
    return Math.max((this.opensAt ?? 0) * 1000 - Date.now(), 0);
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, ms);
    });
  }

  private async joinMedia(line: Line, url: string, token: string, isIn: () => void): Promise<void> {
    if (line.joining) return;
    line.joining = true;
    try {
      const media = await Media.join(url, token, this.pictures, (event) => {
        if (line === this.line) this.mediaEvent(event, line);
      });
      if (line !== this.line) return void media.leave();
      line.media = media;
      isIn();
      if (this.everIn) this.ways.notice('connection_back', null);
      this.everIn = true;
      this.connection = { state: 'connected' };
      this.state = { is: 'running' };
      this.local.speakerLevel = () => media.level();
      this.send();
      this.tellMedia();
      this.ways.changed();
    } catch (thrown) {
      // The room may know better why: that it is over, for one.
      setTimeout(() => line.fail(new Fault(problemOf(thrown))), LAST_WORD_MS);
    }
  }

  private finish(state: CallState): void {
    if (this.isOver()) return;
    this.state = state;
    clearInterval(this.tick);
    removeEventListener('online', this.woken);
    document.removeEventListener('visibilitychange', this.woken);
    this.share.stop();
    this.tools.close();
    this.wake?.();
    this.line?.end('lost');
    this.ways.changed();
  }

  private isOver(): boolean {
    return this.state.is === 'over' || this.state.is === 'failed';
  }

  /** The network is back, or somebody looks again: nobody waits for the next try. */
  private readonly woken = () => {
    if (document.visibilityState === 'visible') this.wake?.();
  };

  // --- what comes from the room ---

  private channelEvent(event: ChannelEvent, line: Line, isIn: () => void): void {
    if (event.event === 'lost') {
      // Media goes on meanwhile; the channel comes back by itself.
      this.channelLost = true;
      this.tools.lineIsLost();
      if (this.state.is === 'waiting') this.connection = { state: 'reconnecting', attempt: 1 };
      this.ways.changed();
      return;
    }
    if (event.event === 'refused') {
      const { problem } = event;
      const reason = finalReason(problem);
      if (reason && (this.everIn || this.state.is === 'waiting')) line.end({ over: reason });
      // The token grew old while the line was down: the link gives another.
      else if (this.everIn || problem.code === 'token_expired') line.end('lost');
      else line.fail(new Fault(problem));
      return;
    }
    const { message } = event;
    if (message.type === 'file_deleted' && this.tools.isAt(message.file_id)) {
      this.ways.notice('snapshot_deleted', null);
    }
    const wasLost = this.channelLost;
    this.channelLost = false;
    const effects = this.room.take(message, this.people, performance.now());
    this.tools.take(message);
    if (message.type === 'waiting') {
      this.everWaited = true;
      this.state = { is: 'waiting' };
      this.connection = { state: 'connected' };
    }
    for (const effect of effects) {
      switch (effect.effect) {
        case 'notice':
          // It is being read.
          if (effect.code === 'chat_message' && this.tools.chat.isShown) break;
          // One is at it together.
          if (effect.code === 'live_edit_began' && this.tools.isAtASnapshot) break;
          this.ways.notice(effect.code, effect.name);
          break;
        case 'rights_changed':
          this.obey();
          break;
        case 'media_token':
          // One that is in mends itself with the token it has; when it cannot, the link is used again.
          if (!line.media) {
            this.state = { is: 'running' };
            this.connection = { state: 'connecting' };
            void this.joinMedia(line, effect.url, effect.token, isIn);
          }
          break;
        case 'refused':
          this.ways.notice('refused', null);
          break;
        case 'closed': {
          // A server that stops is expected back; who is sent back goes to the waiting room.
          const back: LeaveReason[] = ['server_stopping', 'connection_lost', 'sent_back'];
          line.end(back.includes(effect.reason) ? 'lost' : { over: effect.reason });
          break;
        }
      }
    }
    if (wasLost) {
      // What changed meanwhile was not heard.
      this.toldMedia = '';
      this.tellMedia();
    }
    this.ways.changed();
  }

  // --- what comes from the media server ---

  private mediaEvent(event: MediaEvent, line: Line): void {
    const { people } = this;
    switch (event.event) {
      case 'joined':
        if (people.mediaJoined(event.id, event.name) && this.room.settled) {
          this.ways.notice('person_joined', people.nameOf(event.id) ?? null);
        }
        break;
      case 'left': {
        const name = people.mediaLeft(event.id);
        if (name !== undefined) this.ways.notice('person_left', name);
        break;
      }
      case 'tracks':
        people.tracks(event.id, event.tracks);
        break;
      case 'speakers':
        people.speaking(event.ids);
        this.speaking = event.ids.has(this.room.me);
        break;
      case 'quality':
        if (event.id === this.room.me) this.quality = event.quality;
        else people.quality(event.id, event.quality);
        break;
      case 'connected':
        if (this.connection.state === 'reconnecting') this.ways.notice('connection_back', null);
        this.connection = { state: 'connected' };
        break;
      case 'reconnecting':
        if (this.connection.state === 'connected') this.ways.notice('connection_lost', null);
        if (this.connection.state !== 'reconnecting') this.connection = { state: 'reconnecting', attempt: 1 };
        break;
      case 'disconnected': {
        const { reason } = event;
        // The media server closes first and knows only that it was told to; the room says why, if it still says anything.
        setTimeout(() => line.end(reason ? { over: reason } : 'lost'), LAST_WORD_MS);
        return;
      }
      case 'muted_by_server':
        if (event.source === 'screen') this.share.stop();
        else if (this.local.isOn(event.source)) this.local.set(event.source, false);
        break;
      case 'sound':
        this.soundRefused = event.refused;
        break;
    }
    this.ways.changed();
  }

  // --- what I send ---

  /** A device of mine changed. */
  localChanged(): void {
    for (const kind of ['microphone', 'camera'] as const) {
      const before = this.toldDevices[kind];
      const now = this.local.state(kind);
      this.toldDevices[kind] = now.state === 'starting' ? before : now;
      if (this.state.is !== 'running') continue;
      if (before.state === 'on' && isTrouble(now)) this.ways.notice(`${kind}_lost`, null);
      if (isTrouble(before) && now.state === 'on') this.ways.notice(`${kind}_back`, null);
    }
    this.send();
    this.tellMedia();
    this.ways.changed();
  }

  set(kind: 'microphone' | 'camera', on: boolean): void {
    this.local.set(kind, on && this.room.allowed()[kind]);
    this.room.answered(kind);
    this.ways.changed();
  }

  /** What I may send changed: what I may not any more goes off. What was given back switches nothing on. */
  private obey(): void {
    const allowed = this.room.allowed();
    for (const kind of ['microphone', 'camera'] as const) {
      if (!allowed[kind] && this.local.isOn(kind)) this.local.set(kind, false);
    }
    if (!allowed.screen && this.share.view) {
      this.share.stop();
      this.ways.notice('share_ended', null);
    }
    this.send();
    this.toldMedia = '';
    this.tellMedia();
  }

  private send(): void {
    const { local, share } = this;
    const allowed = this.room.allowed();
    const one = (kind: 'microphone' | 'camera') => ({
      track: local.track(kind),
      on: allowed[kind] && local.isOn(kind) && local.track(kind) !== undefined,
    });
    this.line?.media?.send({
      microphone: allowed.microphone ? one('microphone') : { track: undefined, on: false },
      camera: one('camera'),
      screen: allowed.screen ? share.track : undefined,
      screenSound: allowed.screen ? share.sound : undefined,
    });
  }

  private tellMedia(): void {
    if (!this.room.settled) return;
    const allowed = this.room.allowed();
    const on = (kind: 'microphone' | 'camera') =>
      allowed[kind] && this.local.isOn(kind) && this.local.state(kind).state !== 'missing';
    const message = {
      type: 'set_media',
      media: { microphone: on('microphone'), camera: on('camera') },
    } as const;
    const told = JSON.stringify(message);
    if (told === this.toldMedia) return;
    this.toldMedia = told;
    this.say(message);
  }

  private sharing(): void {
    if (this.share.view) this.room.answered('screen');
    this.send();
    this.ways.changed();
  }

  async startShare(): Promise<void> {
    if (this.room.allowed().screen) await this.share.start();
    else this.ways.notice('refused', null);
  }

  // --- what I ask for ---

  say(message: ClientMessage): void {
    if (message.type === 'knock') this.knockedMs = performance.now();
    this.line?.channel.send(message);
  }

  leave(): void {
    if (this.isOver()) return;
    this.say({ type: 'leave' });
    this.finish({ is: 'over', reason: 'left' });
  }

  /** What an admin asked to switch on stays off. */
  declineUnmute(): void {
    this.room.answered();
    this.ways.changed();
  }

  /** Mutes everybody else but admins. */
  muteAll(source: MediaSource): void {
    for (const { participant_id, is_admin, muted_by_admin } of this.people.view()) {
      if (!is_admin && !muted_by_admin[source]) this.say({ type: 'mute', participant_id, source });
    }
  }

  playSound(): void {
    void this.line?.media?.playSound();
  }

  chooseSpeaker(speaker: string | null): void {
    this.line?.media?.choose(speaker);
  }

  rttMs(): number | null {
    return this.line?.media?.rttMs() ?? null;
  }

  /** Takes a picture of a stream at its own resolution, for everybody; `screenOf` is what somebody's screen is called. */
  async takeSnapshot(streamId: number, screenOf: (name: string) => string): Promise<void> {
    if (!this.room.tools.snapshot) return this.ways.notice('refused', null);
    const own = streamId === LOCAL_PREVIEW || streamId === LOCAL_SHARE;
    const theirs = this.people.ofStream(streamId);
    const of = own ? { id: this.room.me, name: this.room.displayName } : theirs;
    if (!of) return;
    const ofScreen = own ? streamId === LOCAL_SHARE : theirs?.track.source === 'screen';
    // Of a share what the others see: paused, what is there now is for nobody.
    const mine = streamId === LOCAL_SHARE ? this.share.track : this.local.track('camera');
    const picture = own ? mine && (await pictureOf(mine, 0)) : await this.line?.media?.snapshot(streamId);
    const name = `${ofScreen ? screenOf(of.name) : of.name} ${timeName(new Date())}.png`;
    if (picture) this.tools.share(picture, name, { purpose: 'snapshot', of: of.id, ofScreen });
    else this.ways.notice('no_snapshot', null);
  }

  // --- what is drawn ---

  view(nowMs: number): CallView {
    const { room, local, people } = this;
    // What an admin took is off, and may come back; what the seat has not is not there.
    const device = (kind: 'microphone' | 'camera'): DeviceState =>
      room.has(kind) ? local.state(kind) : { state: 'not_allowed' };
    return {
      title: room.title,
      call_type: room.callType,
      recording: room.recording,
      recording_state: room.recordingNow(nowMs),
      webinar: room.webinar,
      connection: this.connectionView(),
      me: {
        participant_id: room.me,
        display_name: room.displayName,
        is_admin: room.isAdmin,
        tools: room.tools,
        microphone: device('microphone'),
        camera: device('camera'),
        speaker: local.speaker(),
        speaking: this.speaking,
        quality: this.quality,
        talking_while_muted: local.talkingWhileMuted && room.allowed().microphone,
        muted_by_admin: room.mutedByAdmin,
        role: room.role,
        hand: room.hand,
        consent: room.consent(),
      },
      people: people.view(),
      seconds_left: room.secondsLeft(nowMs),
      clock_runs: room.clockRuns(),
      time_warning: room.timeWarning,
      whiteboard: room.whiteboard,
      waiting: room.waitingPeople(nowMs),
      removed: room.removed(),
      consents: room.consents(people),
      asked_to_unmute: room.askedToUnmute(people),
      share: this.share.view,
      rings: room.rings(people),
      sending: [],
      waiting_room: room.waitingRoom,
      reactions: room.reactionViews(nowMs),
      presenter: room.presenter,
      unread_chat: this.tools.chat.unread(room.me),
      is_test_call: false,
      sound_refused: this.soundRefused,
    };
  }

  waitingView(nowMs: number): Omit<WaitingView, 'company'> {
    const { room, local } = this;
    const leftMs = KNOCK_EVERY_MS - (nowMs - this.knockedMs);
    return {
      title: room.title,
      host_name: room.waiting?.host_name ?? null,
      display_name: room.displayName,
      place: room.waiting?.place ?? null,
      starts_at: this.opensAt,
      notes: room.myNotes(),
      knock_again_s: leftMs > 0 ? Math.ceil(leftMs / 1000) : null,
      microphone: local.state('microphone'),
      camera: room.callType === 'audio_only' ? { state: 'not_allowed' } : local.state('camera'),
      speaker: local.speaker(),
      connection: this.connection,
    };
  }

  private connectionView(): ConnectionView {
    const weak = this.channelLost || this.quality <= WEAK;
    return this.connection.state === 'connected' && weak ? { state: 'unstable' } : this.connection;
  }
}

function isTrouble({ state }: DeviceState): boolean {
  return state === 'missing' || state === 'busy' || state === 'denied' || state === 'failed';
}

/** As people write dates into names of files: `2026-11-22 14.05.09`. */
function timeName(at: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${date} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join('.')}`;
}

/** Errors after which coming back makes no sense. */
function finalReason({ code }: Problem): LeaveReason | undefined {
  switch (code) {
    case 'link_revoked':
    case 'removed':
    case 'forbidden':
      return 'removed';
    case 'link_expired':
    case 'room_disabled':
    case 'room_ended':
    case 'room_not_found':
    case 'link_unknown':
    case 'link_malformed':
      return 'room_closed';
    case 'displaced':
    case 'seat_in_use':
      return 'displaced';
    default:
      return undefined;
  }
}
