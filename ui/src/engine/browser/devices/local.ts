// The person's own camera, microphone and speaker: opened, switched, lost and found again. None of them ever ends a call.

import { LOCAL_PREVIEW } from '../../frameWire';
import type { DeviceState, DevicesView, DeviceView, Levels, Settings } from '../../view';
import { ownPicture, type VideoPictures } from '../pictures';
import { Meter } from './meter';

/** As large as the camera is asked to be; what it gives it gives. */
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
/** What another program has is tried again after so long; what was plugged in is heard of. */
const AGAIN_MS = 5_000;
/** Levels are told this often. */
const LEVELS_MS = 70;
/** Louder than this is a voice (0 to 1 of full scale). */
const VOICE = 0.12;
/** So many loud looks of the last second are talking. */
const TALKS = 5;

type Kind = 'microphone' | 'camera';

/** One device that captures. */
interface Device {
  /** The person wants it on. */
  on: boolean;
  track: MediaStreamTrack | undefined;
  trouble: Extract<DeviceState['state'], 'missing' | 'busy' | 'denied' | 'failed'> | undefined;
  detail: string;
  starting: boolean;
  /** Tells an answer to an older question. */
  turn: number;
}

const device = (on: boolean): Device => ({
  on,
  track: undefined,
  trouble: undefined,
  detail: '',
  starting: false,
  turn: 0,
});

export class LocalMedia {
  private readonly devices: Record<Kind, Device> = { microphone: device(true), camera: device(true) };
  private settings: Settings;
  private facing: 'user' | 'environment' = 'user';
  /** The camera that was flipped to by its id. */
  private flippedTo: string | undefined;
  private readonly meter = new Meter();
  private readonly again: ReturnType<typeof setInterval>;
  private levels: ReturnType<typeof setInterval> | undefined;
  private loud: boolean[] = [];
  talkingWhileMuted = false;
  /** What there is to choose from. */
  found: DevicesView = { cameras: [], microphones: [], speakers: [] };
  /** Loudest of what the others say, 0 to 1. */
  speakerLevel: () => number = () => 0;
  private closed = false;

  constructor(
    settings: Settings,
    private readonly pictures: VideoPictures,
    private readonly changed: () => void,
    private readonly heard: (levels: Levels) => void,
  ) {
    this.settings = settings;
    this.again = setInterval(() => this.tryAgain(['busy', 'failed']), AGAIN_MS);
    navigator.mediaDevices?.addEventListener('devicechange', this.devicesChanged);
    document.addEventListener('visibilitychange', this.seen);
    for (const name of ['microphone', 'camera'] as const) void this.watchPermission(name);
  }

  /** Opens both: people are asked once. `camera` may stay off, and never comes on where a room has none. */
  async start(camera: boolean): Promise<void> {
    this.devices.camera.on = camera;
    this.levels = setInterval(() => this.level(), LEVELS_MS);
    if (!camera) return this.open('microphone');
    const { microphone, camera: picture } = this.devices;
    [microphone.starting, picture.starting] = [true, true];
    const turns = [++microphone.turn, ++picture.turn];
    this.changed();
    try {
      const stream = await capture({ audio: this.audio(), video: this.video() });
      const [[sound], [image]] = [stream.getAudioTracks(), stream.getVideoTracks()];
      if (microphone.turn === turns[0] && sound) this.opened('microphone', sound);
      else sound?.stop();
      if (picture.turn === turns[1] && image) this.opened('camera', image);
      else image?.stop();
      await this.look();
    } catch {
      // Which of them it is, each tells by itself.
      await Promise.all([this.open('microphone'), this.open('camera')]);
    }
  }

  close(): void {
    this.closed = true;
    clearInterval(this.again);
    clearInterval(this.levels);
    navigator.mediaDevices?.removeEventListener('devicechange', this.devicesChanged);
    document.removeEventListener('visibilitychange', this.seen);
    for (const kind of ['microphone', 'camera'] as const) this.stop(kind);
    this.meter.close();
  }

  /** The track of a device that works, whether or not it is on. */
  track(kind: Kind): MediaStreamTrack | undefined {
    return this.devices[kind].track;
  }

  isOn(kind: Kind): boolean {
    return this.devices[kind].on;
  }

  set(kind: Kind, on: boolean): void {
    const one = this.devices[kind];
    one.on = on;
    if (kind === 'microphone') {
      this.talkingWhileMuted = false;
      this.loud = [];
    }
    if (kind === 'microphone' && one.track) one.track.enabled = on;
    else if (on) void this.open(kind);
    // The light beside the camera goes out.
    else this.stop(kind);
    this.changed();
  }

  /** Changes to what the settings choose. */
  choose(settings: Settings): void {
    const before = this.settings;
    this.settings = settings;
    const sound = (of: Settings) =>
      [of.microphone, of.echo_cancellation, of.noise_suppression, of.automatic_gain].join();
    if (sound(before) !== sound(settings) && this.devices.microphone.track) void this.open('microphone');
    if (before.camera !== settings.camera) {
      this.flippedTo = undefined;
      if (this.devices.camera.on) void this.open('camera');
    }
  }

  /** The camera on the other side of a phone. */
  async flip(): Promise<void> {
    const idOf = () => this.devices.camera.track?.getSettings().deviceId;
    const before = idOf();
    this.facing = this.facing === 'user' ? 'environment' : 'user';
    this.flippedTo = undefined;
    const reopen = async () => {
      // Some phones give no second camera while the first is open.
      this.stop('camera');
      this.devices.camera.on = true;
      await this.open('camera');
    };
    await reopen();
    if (idOf() !== before) return;
    // A camera that does not say where it looks: the next one, then.
    const { cameras } = this.found;
    const at = cameras.findIndex(({ id }) => id === before);
    const next = cameras[(at + 1) % cameras.length]?.id;
    if (next === undefined || next === before) return;
    this.flippedTo = next;
    await reopen();
  }

  /** Whether the camera looks at the person: then it is shown as in a mirror. */
  facesMe(): boolean {
    return this.devices.camera.track?.getSettings().facingMode !== 'environment';
  }

  state(kind: Kind): DeviceState {
    const { on, track, trouble, detail, starting } = this.devices[kind];
    if (starting) return { state: 'starting' };
    if (!on) return { state: 'off' };
    if (trouble === 'busy') return { state: 'busy', label: '' };
    if (trouble === 'failed') return { state: 'failed', detail };
    if (trouble) return { state: trouble };
    return track ? { state: 'on', label: track.label } : { state: 'starting' };
  }

  speaker(): DeviceState {
    const chosen = this.found.speakers.find(({ id }) => id === this.settings.speaker);
    return { state: 'on', label: (chosen ?? this.found.speakers[0])?.label ?? '' };
  }

  playTestSound(): void {
    this.meter.chime([523, 659, 784, 1047], this.settings.speaker);
  }

  /** A sign for what happened. */
  play(notes: number[]): void {
    this.meter.chime(notes, this.settings.speaker);
  }

  /** Looks which devices there are. */
  async look(): Promise<void> {
    const all = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    const of = (kind: MediaDeviceKind) =>
      all.filter((one) => one.kind === kind && !ALIASES.has(one.deviceId)).map(deviceView);
    this.found = { cameras: of('videoinput'), microphones: of('audioinput'), speakers: of('audiooutput') };
    if (!this.closed) this.changed();
  }

  private async open(kind: Kind): Promise<void> {
    const one = this.devices[kind];
    one.turn += 1;
    const { turn } = one;
    one.starting = true;
    one.trouble = undefined;
    this.changed();
    try {
      const wanted = kind === 'camera' ? { video: this.video() } : { audio: this.audio() };
      const stream = await capture(wanted);
      const [track] = stream.getTracks();
      if (!track) throw new DOMException('nothing', 'NotFoundError');
      if (one.turn === turn && !this.closed) this.opened(kind, track);
      else track.stop();
    } catch (error) {
      if (one.turn !== turn || this.closed) return;
      one.starting = false;
      one.trouble = troubleOf(error);
      one.detail = error instanceof Error ? error.name : '';
      this.stopTrack(kind);
      this.changed();
    }
    await this.look();
  }

  private opened(kind: Kind, track: MediaStreamTrack): void {
    const one = this.devices[kind];
    this.stopTrack(kind);
    one.starting = false;
    one.trouble = undefined;
    one.track = track;
    track.onended = () => {
      if (one.track !== track) return;
      // Taken out, or its right taken back: looked for at once, and again when something is plugged in.
      this.stopTrack(kind);
      one.trouble = 'missing';
      this.changed();
      void this.open(kind);
    };
    if (kind === 'microphone') {
      track.enabled = one.on;
      this.meter.listen(track);
    } else {
      this.pictures.provide(LOCAL_PREVIEW, ownPicture(track));
    }
    this.changed();
  }

  private stop(kind: Kind): void {
    const one = this.devices[kind];
    one.turn += 1;
    one.starting = false;
    one.trouble = undefined;
    this.stopTrack(kind);
  }

  private stopTrack(kind: Kind): void {
    const one = this.devices[kind];
    const { track } = one;
    one.track = undefined;
    if (!track) return;
    track.onended = null;
    track.stop();
    if (kind === 'camera') this.pictures.provide(LOCAL_PREVIEW, undefined);
    else this.meter.listen(undefined);
  }

  private tryAgain(troubles: Device['trouble'][]): void {
    for (const kind of ['microphone', 'camera'] as const) {
      const { on, trouble, starting } = this.devices[kind];
      if (on && !starting && trouble && troubles.includes(trouble)) void this.open(kind);
    }
  }

  private readonly devicesChanged = () => {
    void this.look();
    this.tryAgain(['missing', 'busy', 'failed']);
  };

  /** A phone that slept may have taken the devices away. */
  private readonly seen = () => {
    if (document.visibilityState !== 'visible') return;
    this.meter.resume();
    for (const kind of ['microphone', 'camera'] as const) {
      const { on, track, starting } = this.devices[kind];
      if (on && !starting && track?.readyState === 'ended') void this.open(kind);
    }
  };

  /** Whoever allows a device in the browser's settings need not come again. */
  private async watchPermission(name: Kind): Promise<void> {
    try {
      const status = await navigator.permissions.query({ name: name as PermissionName });
      status.onchange = () => {
        if (status.state !== 'denied' && !this.closed) this.tryAgain(['denied']);
      };
    } catch {
      // A browser that does not tell.
    }
  }

  private audio(): MediaTrackConstraints {
    const { microphone, echo_cancellation, noise_suppression, automatic_gain } = this.settings;
    return {
      ...(microphone !== null && { deviceId: { ideal: microphone } }),
      echoCancellation: echo_cancellation ?? true,
      noiseSuppression: noise_suppression ?? true,
      autoGainControl: automatic_gain ?? true,
    };
  }

  private video(): MediaTrackConstraints {
    const chosen = this.flippedTo ?? this.settings.camera;
    const which = chosen === null ? { facingMode: { ideal: this.facing } } : { deviceId: { exact: chosen } };
    return { ...PICTURE, ...which };
  }

  private level(): void {
    const level = this.meter.level();
    const { on, track } = this.devices.microphone;
    this.heard({ microphone: on ? level : 0, speaker: this.speakerLevel() });
    if (on || !track) return;
    this.loud = [...this.loud, level > VOICE].slice(-Math.round(1000 / LEVELS_MS));
    const talks = this.loud.filter(Boolean).length;
    const before = this.talkingWhileMuted;
    this.talkingWhileMuted = before ? talks > 0 : talks >= TALKS;
    if (before !== this.talkingWhileMuted) this.changed();
  }
}

/** Names by which Chrome lists a device twice. */
const ALIASES = new Set(['', 'default', 'communications']);

function deviceView({ deviceId: id, label }: MediaDeviceInfo): DeviceView {
  return { id, label };
}

async function capture(wanted: MediaStreamConstraints): Promise<MediaStream> {
  // Without TLS there is no such thing.
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException('no devices here', 'NotAllowedError');
  try {
    return await navigator.mediaDevices.getUserMedia(wanted);
  } catch (error) {
    // The camera that was chosen is not there: another is better than none.
    const { video } = wanted;
    if (!(error instanceof Error && error.name === 'OverconstrainedError') || typeof video !== 'object')
      throw error;
    const { deviceId: _, ...any } = video;
    return navigator.mediaDevices.getUserMedia({ ...wanted, video: any });
  }
}

function troubleOf(error: unknown): NonNullable<Device['trouble']> {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}
