// Picture and sound, by `livekit-client`: the one place that names it. What comes of the others goes out as events, what I
// send follows `send`.

import type {
  LocalTrack,
  LocalVideoTrack,
  Participant,
  RemoteParticipant,
  RemoteTrack,
  RemoteVideoTrack,
  Room,
  TrackPublication,
  TrackPublishOptions,
} from 'livekit-client';
import type { LeaveReason, MediaSource } from '../../view';
import { ownPicture, type VideoPictures } from '../pictures';
import { fault } from '../problem';
import type { Track, TrackSource } from './people';

type LiveKit = typeof import('livekit-client');

/** How long a snapshot waits for a larger picture, and again for a still larger one. A smaller one is better than none. */
const FULL_WITHIN_MS = 3_000;
const FULL_LOOK_MS = 50;

export type MediaEvent =
  | { event: 'joined'; id: string; name: string }
  | { event: 'left'; id: string }
  | { event: 'tracks'; id: string; tracks: Track[] }
  | { event: 'speakers'; ids: ReadonlySet<string> }
  | { event: 'quality'; id: string; quality: number }
  | { event: 'connected' }
  | { event: 'reconnecting' }
  /** Without a reason it was lost. */
  | { event: 'disconnected'; reason: LeaveReason | undefined }
  | { event: 'muted_by_server'; source: MediaSource }
  /** Whether the browser keeps the others silent until somebody presses something. */
  | { event: 'sound'; refused: boolean };

/** What is to be sent of one source. */
interface Wanted {
  track: MediaStreamTrack | undefined;
  on: boolean;
}

export interface Sent {
  microphone: Wanted;
  camera: Wanted;
  screen: MediaStreamTrack | undefined;
  screenSound: MediaStreamTrack | undefined;
}

type Source = keyof Sent;

let library: Promise<LiveKit> | undefined;

/** Fetched before it is needed: by then somebody looks at the lobby. */
export function loadMedia(): Promise<LiveKit> {
  library ??= import('livekit-client').catch((error) => {
    library = undefined;
    throw error;
  });
  return library;
}

/** Names pictures to the page; 0 is one's own camera. */
let lastStream = 0;
export const nextStream = () => {
  lastStream += 1;
  return lastStream;
};

export class Media {
  private readonly streams = new Map<string, number>();
  private readonly outgoing: Record<Source, Outgoing>;
  private left = false;

  private constructor(
    private readonly livekit: LiveKit,
    private readonly room: Room,
    private readonly pictures: VideoPictures,
    private readonly heard: (event: MediaEvent) => void,
  ) {
    const { Track, VideoPresets } = livekit;
    const out = (options: TrackPublishOptions) => new Outgoing(livekit, room, options);
    this.outgoing = {
      microphone: out({ source: Track.Source.Microphone, name: 'microphone' }),
      camera: out({
        source: Track.Source.Camera,
        name: 'camera',
        simulcast: true,
        videoEncoding: { maxBitrate: 1_700_000, maxFramerate: 30 },
        videoSimulcastLayers: [VideoPresets.h180, VideoPresets.h360],
      }),
      screen: out({
        source: Track.Source.ScreenShare,
        name: 'screen',
        simulcast: false,
        videoEncoding: { maxBitrate: 2_500_000, maxFramerate: 15 },
      }),
      screenSound: out({ source: Track.Source.ScreenShareAudio, name: 'screen-sound' }),
    };
    this.listen();
  }

  /** Goes into a media room. */
  static async join(
    url: string,
    token: string,
    pictures: VideoPictures,
    heard: (event: MediaEvent) => void,
  ): Promise<Media> {
    const livekit = await loadMedia().catch(() => {
      throw fault('server_unreachable', 'the rest of the page does not come');
    });
    const room = new livekit.Room({
      // No more is received than is seen, nor sent than somebody sees.
      adaptiveStream: { pixelDensity: 'screen' },
      dynacast: true,
      stopLocalTrackOnUnpublish: false,
    });
    livekit.setLogLevel('silent');
    const media = new Media(livekit, room, pictures, heard);
    try {
      await room.connect(url, token);
    } catch (error) {
      media.left = true;
      void room.disconnect();
      const refused = error instanceof livekit.ConnectionError && error.status === 401;
      throw refused
        ? fault('token_expired', 'the media server refuses the token')
        : fault('media_unreachable', 'the media connection could not be made');
    }
    for (const participant of room.remoteParticipants.values()) media.joined(participant);
    return media;
  }

  get identity(): string {
    return this.room.localParticipant.identity;
  }

  /** Loudest of what the others say, 0 to 1. */
  level(): number {
    return Math.max(0, ...[...this.room.remoteParticipants.values()].map(({ audioLevel }) => audioLevel));
  }

  /** Sends this from now on. */
  send(sent: Sent): void {
    this.outgoing.microphone.obey(sent.microphone.track, sent.microphone.on);
    this.outgoing.camera.obey(sent.camera.track, sent.camera.on);
    this.outgoing.screen.obey(sent.screen, sent.screen !== undefined);
    this.outgoing.screenSound.obey(sent.screenSound, sent.screenSound !== undefined);
  }

  /** Sound comes out of this speaker; the system's without one. */
  choose(speaker: string | null): void {
    void this.room.switchActiveDevice('audiooutput', speaker ?? 'default').catch(() => {});
  }

  /** After somebody pressed something. */
  async playSound(): Promise<void> {
    await this.room.startAudio().catch(() => {});
  }

  async leave(): Promise<void> {
    this.left = true;
    for (const stream of this.streams.values()) this.pictures.provide(stream, undefined);
    this.streams.clear();
    await this.room.disconnect(false).catch(() => {});
    for (const element of this.sounds.values()) element.remove();
    this.sounds.clear();
  }

  /** Round trip to the media server in milliseconds. */
  rttMs(): number | null {
    const rtt = this.room.engine?.client?.rtt;
    return typeof rtt === 'number' && rtt > 0 ? rtt : null;
  }

  /** A picture of somebody's stream as large as it is sent, whatever size it is shown at. */
  async snapshot(streamId: number): Promise<Blob | null> {
    const found = this.videos().find(({ sid }) => this.streams.get(sid) === streamId);
    if (!found) return null;
    const { track, width, height } = found;
    const full = {
      element: {},
      visible: true,
      pictureInPicture: false,
      visibilityChangedAt: undefined,
      width: () => width,
      height: () => height,
      observe() {},
      stopObserving() {},
    };
    track.observeElementInfo(full);
    try {
      return await pictureOf(track.mediaStreamTrack, width * height);
    } finally {
      track.stopObservingElementInfo(full);
    }
  }

  // --- what comes ---

  private readonly sounds = new Map<string, HTMLMediaElement>();

  private videos() {
    const found: { sid: string; track: RemoteVideoTrack; width: number; height: number }[] = [];
    for (const participant of this.room.remoteParticipants.values()) {
      for (const publication of participant.videoTrackPublications.values()) {
        const { videoTrack: track, trackSid: sid, dimensions } = publication;
        if (track) {
          found.push({
            sid,
            track: track as RemoteVideoTrack,
            width: dimensions?.width ?? 1280,
            height: dimensions?.height ?? 720,
          });
        }
      }
    }
    return found;
  }

  private listen(): void {
    const { RoomEvent, DisconnectReason } = this.livekit;
    const { room } = this;
    const tell = (_: unknown, participant: Participant) => this.tracks(participant);
    room
      .on(RoomEvent.ParticipantConnected, (participant) => this.joined(participant))
      .on(RoomEvent.ParticipantDisconnected, ({ identity: id }) => this.heard({ event: 'left', id }))
      .on(RoomEvent.ParticipantNameChanged, (name, { identity: id, isLocal }) => {
        if (!isLocal) this.heard({ event: 'joined', id, name });
      })
      .on(RoomEvent.TrackPublished, tell)
      .on(RoomEvent.TrackUnpublished, tell)
      .on(RoomEvent.TrackSubscribed, (track, _, participant) => this.subscribed(track, participant))
      .on(RoomEvent.TrackUnsubscribed, (track, _, participant) => this.unsubscribed(track, participant))
      .on(RoomEvent.TrackMuted, (publication, participant) => this.muted(publication, participant))
      .on(RoomEvent.TrackUnmuted, tell)
      .on(RoomEvent.LocalTrackUnpublished, ({ track }) => {
        for (const one of Object.values(this.outgoing)) if (track) one.unpublished(track);
      })
      .on(RoomEvent.ActiveSpeakersChanged, (speakers) =>
        this.heard({ event: 'speakers', ids: new Set(speakers.map(({ identity }) => identity)) }),
      )
      .on(RoomEvent.ConnectionQualityChanged, (quality, { identity: id }) =>
        this.heard({ event: 'quality', id, quality: QUALITY[quality] ?? 5 }),
      )
      .on(RoomEvent.Reconnecting, () => this.heard({ event: 'reconnecting' }))
      .on(RoomEvent.SignalReconnecting, () => this.heard({ event: 'reconnecting' }))
      .on(RoomEvent.Reconnected, () => {
        for (const one of Object.values(this.outgoing)) one.reconnected();
        this.heard({ event: 'connected' });
      })
      .on(RoomEvent.AudioPlaybackStatusChanged, () =>
        this.heard({ event: 'sound', refused: !room.canPlaybackAudio }),
      )
      .on(RoomEvent.Disconnected, (reason) => {
        // Our own doing is no news.
        if (this.left) return;
        const reasons: Partial<Record<number, LeaveReason>> = {
          [DisconnectReason.DUPLICATE_IDENTITY]: 'displaced',
          [DisconnectReason.PARTICIPANT_REMOVED]: 'removed',
          [DisconnectReason.ROOM_DELETED]: 'session_ended',
        };
        this.heard({ event: 'disconnected', reason: reason === undefined ? undefined : reasons[reason] });
      });
  }

  private joined(participant: RemoteParticipant): void {
    this.heard({ event: 'joined', id: participant.identity, name: participant.name ?? '' });
    this.tracks(participant);
  }

  private subscribed(track: RemoteTrack, participant: RemoteParticipant): void {
    if (track.kind === this.livekit.Track.Kind.Audio) {
      // An element of its own, out of sight: where the others are drawn sound has no place.
      const element = track.attach();
      element.hidden = true;
      document.body.append(element);
      this.sounds.set(track.sid ?? '', element);
      return;
    }
    const stream = nextStream();
    this.streams.set(track.sid ?? '', stream);
    this.pictures.provide(stream, {
      attach: (element) => void track.attach(element),
      detach: (element) => void track.detach(element),
    });
    this.tracks(participant);
  }

  private unsubscribed(track: RemoteTrack, participant: RemoteParticipant): void {
    const sid = track.sid ?? '';
    this.sounds.get(sid)?.remove();
    this.sounds.delete(sid);
    const stream = this.streams.get(sid);
    if (stream !== undefined) this.pictures.provide(stream, undefined);
    this.streams.delete(sid);
    track.detach();
    this.tracks(participant);
  }

  private muted(publication: TrackPublication, participant: Participant): void {
    if (!participant.isLocal) {
      this.tracks(participant);
      return;
    }
    const source = sourceOf(publication);
    const out = source && source !== 'screen_sound' ? this.outgoing[source] : undefined;
    if (source && source !== 'screen_sound' && out?.isOn) this.heard({ event: 'muted_by_server', source });
  }

  private tracks(participant: Participant): void {
    if (participant.isLocal) return;
    const tracks = [...participant.trackPublications.values()].flatMap((publication): Track[] => {
      const source = sourceOf(publication);
      if (!source) return [];
      const { trackSid: sid, isMuted: muted, dimensions } = publication;
      const size = { width: dimensions?.width ?? 0, height: dimensions?.height ?? 0 };
      return [{ sid, source, muted, size, stream: this.streams.get(sid) }];
    });
    this.heard({ event: 'tracks', id: participant.identity, tracks });
  }
}

/** One source that is sent: brought from what is to what is wanted, step by step. */
class Outgoing {
  private local: LocalTrack | undefined;
  private wanted: Wanted = { track: undefined, on: false };
  private working = false;
  /** The server did not take it; nothing is tried before something else is wanted. */
  private refused = false;

  constructor(
    private readonly livekit: LiveKit,
    private readonly room: Room,
    private readonly options: TrackPublishOptions,
  ) {}

  get isOn(): boolean {
    return this.wanted.on;
  }

  obey(track: MediaStreamTrack | undefined, on: boolean): void {
    if (track === this.wanted.track && on === this.wanted.on) return;
    this.wanted = { track, on };
    this.refused = false;
    void this.work();
  }

  /**
   * The server took it away. A room whose line is down takes all its tracks off too: then it publishes them again by itself, or
   * is over, and would stop for good what is published to it meanwhile.
   */
  unpublished(track: LocalTrack): void {
    if (track !== this.local || this.room.state !== this.livekit.ConnectionState.Connected) return;
    this.local = undefined;
    void this.work();
  }

  /** The line is back, and what could be published again has been. */
  reconnected(): void {
    const { local } = this;
    const { trackPublications } = this.room.localParticipant;
    if (!local || [...trackPublications.values()].some(({ track }) => track === local)) return;
    this.local = undefined;
    void this.work();
  }

  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    try {
      for (let done: Wanted | undefined; done !== this.wanted && !this.refused; ) {
        done = this.wanted;
        await this.step(done);
      }
    } catch {
      this.refused = true;
    }
    this.working = false;
  }

  private async step({ track, on }: Wanted): Promise<void> {
    const { localParticipant } = this.room;
    const { Track, LocalAudioTrack, LocalVideoTrack } = this.livekit;
    const shares = this.options.source === Track.Source.ScreenShare;
    const sounds = this.options.source === Track.Source.ScreenShareAudio;
    if (!this.local) {
      if (!track || (!on && track.kind === 'video')) return;
      const local =
        track.kind === 'audio'
          ? new LocalAudioTrack(track, undefined, true)
          : new LocalVideoTrack(track, undefined, true);
      if (!on) await local.mute();
      this.local = local;
      await localParticipant.publishTrack(local, this.options);
      return;
    }
    if (!track && (shares || sounds)) {
      const { local } = this;
      this.local = undefined;
      await localParticipant.unpublishTrack(local, false);
      return;
    }
    if (track && this.local.mediaStreamTrack !== track) {
      await (this.local as LocalVideoTrack).replaceTrack(track, { userProvidedTrack: true });
    }
    if (on && track) await this.local.unmute();
    else await this.local.mute();
  }
}

/** A picture of a track of this page's own: my camera, for one. */
export async function pictureOf(track: MediaStreamTrack, pixels: number): Promise<Blob | null> {
  const element = document.createElement('video');
  element.muted = true;
  element.playsInline = true;
  const source = ownPicture(track);
  source.attach(element);
  try {
    await element.play();
    let until = performance.now() + FULL_WITHIN_MS;
    for (let before = 0, now = 0; now < pixels && performance.now() < until; before = now) {
      await new Promise((resolve) => setTimeout(resolve, FULL_LOOK_MS));
      now = element.videoWidth * element.videoHeight;
      if (now > before) until = performance.now() + FULL_WITHIN_MS;
    }
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [element.videoWidth, element.videoHeight];
    const context = canvas.getContext('2d', { alpha: false });
    if (!context || canvas.width === 0) return null;
    context.drawImage(element, 0, 0);
    return await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
  } catch {
    return null;
  } finally {
    source.detach(element);
  }
}

/** LiveKit's words for a line, 0 to 5. */
const QUALITY: Partial<Record<string, number>> = { lost: 0, poor: 2, good: 4, excellent: 5 };

function sourceOf({ source }: TrackPublication): TrackSource | undefined {
  const sources: Partial<Record<string, TrackSource>> = {
    microphone: 'microphone',
    camera: 'camera',
    screen_share: 'screen',
    screen_share_audio: 'screen_sound',
  };
  return sources[source];
}
