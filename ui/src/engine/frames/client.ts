// Takes encoded pictures from the back end, decodes them, and paints them at once: waiting for an animation frame would
// cost 8 ms. Late pictures are dropped; a decoder that fails asks for a key frame.

import type { FramesEndpoint, ShownSize } from '../../ipc/bindings';
import { type Painter, painterFor } from './painters';
import { type FrameRecord, parseRecords, Reply, writeReply } from './wire';

/** What the client needs of an engine. */
export interface FramesEngine {
  framesEndpoint(): Promise<FramesEndpoint>;
  setShownSizes(sizes: ShownSize[]): Promise<void>;
}

/** Pictures that may wait in a decoder; more, and the machine does not keep up. */
const DECODER_QUEUE = 6;
const RETRY_MS = 500;
const SIZES_DEBOUNCE_MS = 120;

interface Shown {
  canvas: HTMLCanvasElement;
  /** Chosen at the first picture: by then the back end has said whether there is a GPU. */
  painter: Painter | undefined;
  frames: number;
}

interface Stream {
  id: number;
  shown: Map<HTMLCanvasElement, Shown>;
  decoder: VideoDecoder | undefined;
  sequence: number | undefined;
  needsKey: boolean;
  /** Sequence numbers of pictures in the decoder, by timestamp. */
  pending: Map<number, number>;
  painting: boolean;
  /** The newest decoded picture that could not be painted yet. */
  next: VideoFrame | undefined;
  painted: boolean;
}

/** Whether the web view can decode at all. */
export const canDecode = (): boolean => typeof VideoDecoder === 'function';

/** All streams of the page. */
export class FramesClient {
  private readonly streams = new Map<number, Stream>();
  private readonly sizes = new Map<HTMLCanvasElement, ShownSize>();
  private socket: WebSocket | undefined;
  private software = false;
  private sizesTimer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;

  constructor(private readonly engine: FramesEngine) {
    void this.connect();
  }

  /** Shows a stream on a canvas until the answer is called. */
  attach(id: number, canvas: HTMLCanvasElement): () => void {
    const stream = this.stream(id);
    stream.shown.set(canvas, { canvas, painter: undefined, frames: 0 });
    canvas.dataset.streamId = String(id);
    canvas.dataset.frames = '0';
    if (stream.shown.size > 1 || stream.sequence !== undefined) this.wantKeyFrame(stream);
    return () => {
      stream.shown.delete(canvas);
      this.sizes.delete(canvas);
      this.tellSize(canvas, { stream_id: id, size: { width: 0, height: 0 } });
      if (stream.shown.size === 0) this.close(stream);
    };
  }

  /** The size of a canvas on the screen, in device pixels. */
  resized(id: number, canvas: HTMLCanvasElement, width: number, height: number): void {
    this.tellSize(canvas, { stream_id: id, size: { width: Math.round(width), height: Math.round(height) } });
  }

  /** Ends it for good. */
  stop(): void {
    this.stopped = true;
    this.socket?.close();
    for (const stream of [...this.streams.values()]) this.close(stream);
  }

  private async connect(): Promise<void> {
    if (this.stopped) return;
    try {
      const endpoint = await this.engine.framesEndpoint();
      if (!endpoint.url) return;
      this.software = endpoint.software;
      const socket = new WebSocket(endpoint.url);
      socket.binaryType = 'arraybuffer';
      socket.onopen = () => socket.send(endpoint.secret);
      socket.onmessage = ({ data }) => {
        if (data instanceof ArrayBuffer) for (const record of parseRecords(data)) this.take(record);
      };
      socket.onclose = () => {
        if (this.socket === socket) this.socket = undefined;
        setTimeout(() => void this.connect(), RETRY_MS);
      };
      this.socket = socket;
    } catch {
      setTimeout(() => void this.connect(), RETRY_MS);
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
        decoder: undefined,
        sequence: undefined,
        needsKey: true,
        pending: new Map(),
        painting: false,
        next: undefined,
        painted: false,
      };
      this.streams.set(id, stream);
    }
    return stream;
  }

  private take(record: FrameRecord): void {
    const stream = this.stream(record.stream);
    const follows = stream.sequence !== undefined && ((stream.sequence + 1) >>> 0) === record.sequence;
    stream.sequence = record.sequence;
    this.reply(Reply.ack, record.stream, record.sequence);
    // Nobody looks: a key frame is asked for when somebody does.
    if (stream.shown.size === 0) {
      stream.needsKey = true;
      return;
    }
    if (record.key) stream.needsKey = false;
    else if (stream.needsKey) return;
    else if (!follows) return this.wantKeyFrame(stream);
    const decoder = this.decoder(stream);
    if (decoder.decodeQueueSize > DECODER_QUEUE && !record.key) return this.wantKeyFrame(stream);
    stream.pending.set(record.atUs, record.sequence);
    try {
      decoder.decode(
        new EncodedVideoChunk({ type: record.key ? 'key' : 'delta', timestamp: record.atUs, data: record.data }),
      );
    } catch {
      this.fail(stream);
    }
  }

  private decoder(stream: Stream): VideoDecoder {
    if (stream.decoder && stream.decoder.state === 'configured') return stream.decoder;
    const decoder = new VideoDecoder({
      output: (frame) => this.decoded(stream, frame),
      error: () => {
        if (stream.decoder === decoder) this.fail(stream);
      },
    });
    decoder.configure({ codec: 'vp8', optimizeForLatency: true });
    stream.decoder = decoder;
    return decoder;
  }

  private fail(stream: Stream): void {
    if (stream.decoder && stream.decoder.state !== 'closed') stream.decoder.close();
    stream.decoder = undefined;
    stream.pending.clear();
    this.wantKeyFrame(stream);
  }

  private wantKeyFrame(stream: Stream): void {
    stream.needsKey = true;
    this.reply(Reply.keyFrameWanted, stream.id, stream.sequence ?? 0);
  }

  private decoded(stream: Stream, frame: VideoFrame): void {
    stream.next?.close();
    stream.next = frame;
    if (!stream.painting) void this.paint(stream);
  }

  private async paint(stream: Stream): Promise<void> {
    stream.painting = true;
    for (let frame = stream.next; frame; frame = stream.next) {
      stream.next = undefined;
      const sequence = stream.pending.get(frame.timestamp) ?? 0;
      for (const at of stream.pending.keys()) {
        if (at <= frame.timestamp) stream.pending.delete(at);
      }
      for (const shown of stream.shown.values()) {
        try {
          shown.painter ??= painterFor(shown.canvas, this.software);
          const waits = shown.painter.paint(frame);
          if (waits) await waits;
          shown.frames += 1;
          shown.canvas.dataset.frames = String(shown.frames);
        } catch (error) {
          console.warn('a picture was not painted', error);
        }
      }
      frame.close();
      if (!stream.painted && stream.shown.size > 0) {
        stream.painted = true;
        this.reply(Reply.firstPainted, stream.id, sequence);
      }
    }
    stream.painting = false;
  }

  private close(stream: Stream): void {
    if (stream.decoder && stream.decoder.state !== 'closed') stream.decoder.close();
    stream.next?.close();
    this.streams.delete(stream.id);
  }

  private tellSize(canvas: HTMLCanvasElement, size: ShownSize): void {
    this.sizes.set(canvas, size);
    clearTimeout(this.sizesTimer);
    this.sizesTimer = setTimeout(() => {
      // A stream on two canvases is asked for at the larger size.
      const largest = new Map<number, ShownSize>();
      for (const shown of this.sizes.values()) {
        const known = largest.get(shown.stream_id);
        if (!known || known.size.width < shown.size.width) largest.set(shown.stream_id, shown);
      }
      for (const [key, shown] of this.sizes) if (shown.size.width === 0) this.sizes.delete(key);
      void this.engine.setShownSizes([...largest.values()]);
    }, SIZES_DEBOUNCE_MS);
  }
}
