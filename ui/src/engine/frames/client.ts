// Takes encoded pictures from the back end, decodes them, and paints them at once: waiting for an animation frame would
// cost 8 ms. Late pictures are dropped; a decoder that fails, or misses a picture, asks for a key frame.

import type { PicturesOn, Unlisten } from '../engine';
import {
  DECODED,
  decodedPicture,
  type FrameRecord,
  follows,
  keyFrameSize,
  parseRecords,
  Reply,
  writeReply,
} from '../frameWire';
import type { FramesEndpoint, ShownSize } from '../view';
import { type Painter, PlanesPainter, painterFor } from './painters';

/**
 * Pictures that may wait in a decoder. A page that stalled for half a second gets what it missed at once and decodes that in
 * a few milliseconds, which is sooner than a key frame comes; with more, the machine does not keep up.
 */
const DECODER_QUEUE = 30;
/** Between tries to reach the back end. */
const RETRY_MS = 500;
/** A window that is being dragged larger tells its sizes once it rests. */
const SIZES_DEBOUNCE_MS = 120;
/** A key frame that was asked for and has not come is asked for again. */
const KEY_FRAME_AGAIN_MS = 1000;

/** A stream whose canvas went keeps its decoder this long: another layout shows it again at once. */
const GRACE_MS = 500;
/** Pictures kept, from a key frame on, of a stream that nobody shows yet: it may come before its tile. */
const KEPT = 45;

interface Shown {
  canvas: HTMLCanvasElement;
  sized: (width: number, height: number) => void;
  /** Chosen at the first picture: by then the back end has said whether there is a GPU. */
  painter: Painter | undefined;
  /** In place of it, where pictures come decoded. */
  planes: PlanesPainter | undefined;
  frames: number;
  width: number;
  height: number;
}

interface Stream {
  id: number;
  shown: Map<HTMLCanvasElement, Shown>;
  /** Runs while the stream is shown nowhere but may be in a moment. */
  closing: ReturnType<typeof setTimeout> | undefined;
  /** What came before anybody looked; empty, or beginning with a key frame. */
  kept: FrameRecord[];
  decoder: VideoDecoder | undefined;
  /** Size of the last key frame, as `keyFrameSize` gives it. */
  size: number | undefined;
  sequence: number | undefined;
  needsKey: boolean;
  keyAskedAt: number;
  /** Sequence numbers of pictures in the decoder, by timestamp. */
  decoding: Map<number, number>;
  painting: boolean;
  /** The newest decoded picture that could not be painted yet. */
  next: VideoFrame | undefined;
  painted: boolean;
}

/** What of the back end brings frames. */
export interface FrameCommands {
  framesEndpoint(): Promise<FramesEndpoint>;
  setShownSizes(sizes: ShownSize[]): Promise<void>;
}

/** All streams of the page. */
export class FramesClient implements PicturesOn<'canvas', HTMLCanvasElement> {
  readonly element = 'canvas';
  /** Where the web view cannot decode, the back end does. */
  private readonly decodes = typeof VideoDecoder === 'function';
  readonly supported = this.decodes || typeof WebAssembly === 'object';
  private readonly streams = new Map<number, Stream>();
  private readonly sizes = new Map<HTMLCanvasElement, ShownSize>();
  private socket: WebSocket | undefined;
  private software = false;
  private sizesTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly engine: FrameCommands) {
    if (this.supported) void this.connect();
  }

  attach(id: number, canvas: HTMLCanvasElement, sized: (width: number, height: number) => void): Unlisten {
    const stream = this.stream(id);
    const frames = 0;
    stream.shown.set(canvas, {
      canvas,
      sized,
      painter: undefined,
      planes: undefined,
      frames,
      width: 0,
      height: 0,
    });
    canvas.dataset.streamId = String(id);
    canvas.dataset.frames = String(frames);
    clearTimeout(stream.closing);
    stream.closing = undefined;
    const { kept } = stream;
    stream.kept = [];
    for (const record of kept) this.decode(stream, record, false);
    if (stream.needsKey && stream.sequence !== undefined) this.wantKeyFrame(stream);
    return () => {
      stream.shown.delete(canvas);
      this.tellSize(canvas, { stream_id: id, size: { width: 0, height: 0 } });
      if (stream.shown.size === 0) stream.closing = setTimeout(() => this.close(stream), GRACE_MS);
    };
  }

  shown(id: number, canvas: HTMLCanvasElement, width: number, height: number): void {
    this.tellSize(canvas, { stream_id: id, size: { width: Math.round(width), height: Math.round(height) } });
  }

  private async connect(): Promise<void> {
    const again = () => void setTimeout(() => void this.connect(), RETRY_MS);
    try {
      const endpoint = await this.engine.framesEndpoint();
      this.software = endpoint.software;
      const socket = new WebSocket(endpoint.url);
      socket.binaryType = 'arraybuffer';
      socket.onopen = () => socket.send(this.decodes ? endpoint.secret : endpoint.secret + DECODED);
      socket.onmessage = ({ data }) => {
        if (data instanceof ArrayBuffer) for (const record of parseRecords(data)) this.take(record);
      };
      socket.onclose = again;
      this.socket = socket;
    } catch {
      again();
    }
  }

  private reply(kind: Reply, stream: number, sequence: number): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(writeReply(kind, stream, sequence));
  }

  private stream(id: number): Stream {
    let stream = this.streams.get(id);
    if (!stream) {
      stream = {
        id,
        shown: new Map(),
        closing: undefined,
        kept: [],
        decoder: undefined,
        size: undefined,
        sequence: undefined,
        needsKey: true,
        keyAskedAt: Number.NEGATIVE_INFINITY,
        decoding: new Map(),
        painting: false,
        next: undefined,
        painted: false,
      };
      this.streams.set(id, stream);
    }
    return stream;
  }

  private take(record: FrameRecord): void {
    this.reply(Reply.ack, record.stream, record.sequence);
    const stream = this.stream(record.stream);
    const missed = !follows(stream.sequence, record.sequence);
    stream.sequence = record.sequence;
    if (record.decoded) {
      this.paintDecoded(stream, record);
      return;
    }
    if (stream.shown.size === 0 && stream.closing === undefined) keep(stream, record, missed);
    else this.decode(stream, record, missed);
  }

  private decode(stream: Stream, record: FrameRecord, missed: boolean): void {
    if (record.key) {
      stream.needsKey = false;
      this.followSize(stream, keyFrameSize(record.data));
    }
    if (stream.needsKey) {
      this.wantKeyFrameAgain(stream);
      return;
    }
    try {
      const decoder = this.decoder(stream);
      if (!record.key && (missed || decoder.decodeQueueSize > DECODER_QUEUE)) {
        this.wantKeyFrame(stream);
        return;
      }
      stream.decoding.set(record.atUs, record.sequence);
      const { key, atUs: timestamp, data } = record;
      decoder.decode(new EncodedVideoChunk({ type: key ? 'key' : 'delta', timestamp, data }));
    } catch {
      this.fail(stream);
    }
  }

  /** WebKit's decoder keeps telling the size it saw first: each size gets a decoder of its own. */
  private followSize(stream: Stream, size: number | undefined): void {
    if (stream.size !== undefined && stream.size !== size) {
      if (stream.decoder && stream.decoder.state !== 'closed') stream.decoder.close();
      stream.decoder = undefined;
      stream.decoding.clear();
    }
    stream.size = size;
  }

  private decoder(stream: Stream): VideoDecoder {
    if (stream.decoder?.state === 'configured') return stream.decoder;
    const decoder = new VideoDecoder({
      output: (picture) => {
        if (stream.decoder === decoder) this.decoded(stream, picture);
        else picture.close();
      },
      error: () => {
        if (stream.decoder === decoder) this.fail(stream);
      },
    });
    decoder.configure({ codec: 'vp8', optimizeForLatency: true });
    stream.decoder = decoder;
    return decoder;
  }

  private fail(stream: Stream): void {
    this.closeDecoder(stream);
    this.wantKeyFrame(stream);
  }

  private wantKeyFrame(stream: Stream): void {
    stream.needsKey = true;
    stream.keyAskedAt = performance.now();
    this.reply(Reply.keyFrameWanted, stream.id, stream.sequence ?? 0);
  }

  private wantKeyFrameAgain(stream: Stream): void {
    if (performance.now() - stream.keyAskedAt > KEY_FRAME_AGAIN_MS) this.wantKeyFrame(stream);
  }

  private decoded(stream: Stream, picture: VideoFrame): void {
    stream.next?.close();
    stream.next = picture;
    if (!stream.painting) void this.paint(stream);
  }

  private async paint(stream: Stream): Promise<void> {
    stream.painting = true;
    for (let picture = stream.next; picture; picture = stream.next) {
      stream.next = undefined;
      const sequence = stream.decoding.get(picture.timestamp) ?? 0;
      for (const at of stream.decoding.keys()) {
        if (at <= picture.timestamp) stream.decoding.delete(at);
      }
      let painted = false;
      for (const shown of [...stream.shown.values()]) {
        try {
          shown.painter ??= painterFor(shown.canvas, this.software);
          const waits = shown.painter.paint(picture);
          if (waits) await waits;
          this.told(shown, picture);
          painted = true;
        } catch (error) {
          console.warn('a picture was not painted', error);
        }
      }
      picture.close();
      if (painted && !stream.painted) {
        stream.painted = true;
        this.reply(Reply.firstPainted, stream.id, sequence);
      }
    }
    stream.painting = false;
  }

  /** A picture that needs no decoder needs no key frame either. */
  private paintDecoded(stream: Stream, { data, sequence }: FrameRecord): void {
    const picture = decodedPicture(data);
    if (!picture) return;
    stream.needsKey = false;
    for (const shown of stream.shown.values()) {
      shown.planes ??= new PlanesPainter(shown.canvas);
      shown.planes.paint(picture);
      this.told(shown, { displayWidth: picture.width, displayHeight: picture.height });
      if (!stream.painted) {
        stream.painted = true;
        this.reply(Reply.firstPainted, stream.id, sequence);
      }
    }
  }

  private told(
    shown: Shown,
    { displayWidth, displayHeight }: Pick<VideoFrame, 'displayWidth' | 'displayHeight'>,
  ): void {
    const { dataset } = shown.canvas;
    if (shown.frames === 0) dataset.firstPaintedMs = (performance.timeOrigin + performance.now()).toFixed(1);
    shown.frames += 1;
    dataset.frames = String(shown.frames);
    if (shown.width !== displayWidth || shown.height !== displayHeight) {
      shown.width = displayWidth;
      shown.height = displayHeight;
      shown.sized(displayWidth, displayHeight);
    }
  }

  private closeDecoder(stream: Stream): void {
    const { decoder } = stream;
    stream.decoder = undefined;
    stream.decoding.clear();
    if (decoder && decoder.state !== 'closed') decoder.close();
  }

  private close(stream: Stream): void {
    clearTimeout(stream.closing);
    this.closeDecoder(stream);
    stream.next?.close();
    stream.next = undefined;
    this.streams.delete(stream.id);
  }

  private tellSize(canvas: HTMLCanvasElement, size: ShownSize): void {
    this.sizes.set(canvas, size);
    clearTimeout(this.sizesTimer);
    this.sizesTimer = setTimeout(() => {
      void this.engine.setShownSizes(largest(this.sizes.values()));
      for (const [key, { size }] of this.sizes) if (size.width === 0) this.sizes.delete(key);
    }, SIZES_DEBOUNCE_MS);
  }
}

/** Keeps what a tile that comes in a moment needs to begin at once. */
function keep(stream: Stream, record: FrameRecord, missed: boolean): void {
  if (record.key) stream.kept = [record];
  else if (stream.kept.length > 0 && !missed && stream.kept.length < KEPT) stream.kept.push(record);
  // Too old to begin with: a key frame is asked for when somebody looks.
  else stream.kept = [];
}

/** A stream on two canvases is asked for at the larger size. */
export function largest(sizes: Iterable<ShownSize>): ShownSize[] {
  const streams = new Map<number, ShownSize>();
  for (const shown of sizes) {
    const known = streams.get(shown.stream_id);
    if (!known || known.size.width < shown.size.width) streams.set(shown.stream_id, shown);
  }
  return [...streams.values()];
}
