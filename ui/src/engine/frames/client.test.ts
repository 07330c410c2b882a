import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Reply } from '../frameWire';
import { FramesClient } from './client';

/** A back end that records what the page says. */
class Wire {
  static readonly OPEN = 1;
  static last: Wire;
  readonly readyState = 1;
  binaryType = '';
  onopen?: () => void;
  onmessage?: (event: { data: unknown }) => void;
  onclose?: () => void;
  readonly said: (string | [kind: number, stream: number, sequence: number])[] = [];

  constructor(readonly url: string) {
    Wire.last = this;
  }

  send(data: string | ArrayBuffer): void {
    if (typeof data === 'string') {
      this.said.push(data);
      return;
    }
    const view = new DataView(data);
    this.said.push([view.getUint32(0, true), view.getUint32(4, true), view.getUint32(8, true)]);
  }

  frame(stream: number, sequence: number, key: boolean): void {
    const payload = [0, 0, 0, 0x9d, 1, 0x2a, 64, 0, 36, 0];
    const bytes = new Uint8Array(24 + payload.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, payload.length, true);
    view.setUint32(4, stream, true);
    view.setUint32(8, sequence, true);
    bytes[12] = 1;
    bytes[13] = key ? 1 : 0;
    view.setBigUint64(16, BigInt(sequence + 1), true);
    bytes.set(payload, 24);
    this.onmessage?.({ data: bytes.buffer });
  }

  wishes(kind: number): number[] {
    return this.said.flatMap((said) => (Array.isArray(said) && said[0] === kind ? [said[2]] : []));
  }
}

/** A decoder that answers each picture at once. */
class Decoder {
  static all: Decoder[] = [];
  static broken = false;
  state = 'unconfigured';
  decodeQueueSize = 0;
  closed = 0;

  constructor(private readonly init: { output: (picture: unknown) => void; error: (error: Error) => void }) {
    Decoder.all.push(this);
  }

  configure(): void {
    this.state = 'configured';
  }

  decode({ timestamp }: { timestamp: number }): void {
    if (Decoder.broken) {
      this.init.error(new Error('broken'));
      return;
    }
    const close = () => {
      this.closed += 1;
    };
    this.init.output({ timestamp, displayWidth: 64, displayHeight: 36, close });
  }

  close(): void {
    this.state = 'closed';
  }
}

const sizes = vi.fn(async () => {});
const drawn = vi.fn();

async function connected(): Promise<FramesClient> {
  const endpoint = { url: 'ws://127.0.0.1:1/frames', secret: 'secret', software: false };
  const client = new FramesClient({ framesEndpoint: async () => endpoint, setShownSizes: sizes });
  await vi.advanceTimersByTimeAsync(0);
  Wire.last.onopen?.();
  return client;
}

function canvas(): HTMLCanvasElement {
  const element = document.createElement('canvas');
  element.getContext = (() => ({ canvas: element, drawImage: drawn })) as never;
  return element;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', Wire);
  vi.stubGlobal('VideoDecoder', Decoder);
  vi.stubGlobal(
    'EncodedVideoChunk',
    class {
      constructor(init: object) {
        Object.assign(this, init);
      }
    },
  );
  Decoder.all = [];
  Decoder.broken = false;
  drawn.mockClear();
  sizes.mockClear();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the frames client', () => {
  it('says the secret first, acknowledges each picture and tells the first painted', async () => {
    const client = await connected();
    const element = canvas();
    const sized = vi.fn();
    client.attach(7, element, sized);
    Wire.last.frame(7, 4, true);
    Wire.last.frame(7, 5, false);
    expect(Wire.last.said[0]).toBe('secret');
    expect(Wire.last.wishes(Reply.ack)).toEqual([4, 5]);
    expect(Wire.last.wishes(Reply.firstPainted)).toEqual([4]);
    expect(Wire.last.wishes(Reply.keyFrameWanted)).toEqual([]);
    expect(element.dataset).toMatchObject({ streamId: '7', frames: '2' });
    expect(Number(element.dataset.firstPaintedMs)).toBeGreaterThan(0);
    expect(sized).toHaveBeenCalledExactlyOnceWith(64, 36);
  });

  it('begins at once with what came before the tile', async () => {
    const client = await connected();
    Wire.last.frame(7, 1, true);
    Wire.last.frame(7, 2, false);
    expect(Decoder.all).toHaveLength(0);
    const element = canvas();
    client.attach(7, element, () => {});
    expect(element.dataset.frames).toBe('2');
    Wire.last.frame(7, 3, false);
    expect(element.dataset.frames).toBe('3');
    expect(Wire.last.wishes(Reply.keyFrameWanted)).toEqual([]);
  });

  it('asks for a key frame when it came too late', async () => {
    const client = await connected();
    Wire.last.frame(7, 1, true);
    Wire.last.frame(7, 3, false);
    client.attach(7, canvas(), () => {});
    expect(Wire.last.wishes(Reply.keyFrameWanted)).toEqual([3]);
  });

  it('asks once after a gap, again when nothing comes, and shows nothing until then', async () => {
    const client = await connected();
    const element = canvas();
    client.attach(7, element, () => {});
    Wire.last.frame(7, 1, true);
    Wire.last.frame(7, 3, false);
    Wire.last.frame(7, 4, false);
    expect(Wire.last.wishes(Reply.keyFrameWanted)).toEqual([3]);
    await vi.advanceTimersByTimeAsync(1500);
    Wire.last.frame(7, 5, false);
    expect(Wire.last.wishes(Reply.keyFrameWanted)).toEqual([3, 5]);
    expect(element.dataset.frames).toBe('1');
    Wire.last.frame(7, 6, true);
    expect(element.dataset.frames).toBe('2');
  });

  it('begins anew with a key frame when a decoder fails', async () => {
    const client = await connected();
    const element = canvas();
    client.attach(7, element, () => {});
    Wire.last.frame(7, 1, true);
    Decoder.broken = true;
    Wire.last.frame(7, 2, false);
    Decoder.broken = false;
    expect(Wire.last.wishes(Reply.keyFrameWanted)).toEqual([2]);
    Wire.last.frame(7, 3, true);
    expect(Decoder.all).toHaveLength(2);
    expect(element.dataset.frames).toBe('2');
  });

  it('drops to the next key frame when the machine does not keep up', async () => {
    const client = await connected();
    client.attach(7, canvas(), () => {});
    Wire.last.frame(7, 1, true);
    for (const decoder of Decoder.all) decoder.decodeQueueSize = 1000;
    Wire.last.frame(7, 2, false);
    expect(Wire.last.wishes(Reply.keyFrameWanted)).toEqual([2]);
  });

  it('keeps its decoder over a change of layout, and closes it after', async () => {
    const client = await connected();
    const detach = client.attach(7, canvas(), () => {});
    Wire.last.frame(7, 1, true);
    detach();
    Wire.last.frame(7, 2, false);
    const other = canvas();
    const detachOther = client.attach(7, other, () => {});
    Wire.last.frame(7, 3, false);
    expect(other.dataset.frames).toBe('1');
    expect(Decoder.all).toHaveLength(1);
    expect(Wire.last.wishes(Reply.keyFrameWanted)).toEqual([]);
    detachOther();
    await vi.advanceTimersByTimeAsync(1000);
    expect(Decoder.all[0]?.state).toBe('closed');
    // Every picture that was decoded is given back.
    expect(Decoder.all[0]?.closed).toBe(3);
  });

  it('tells the sizes once they rest', async () => {
    const client = await connected();
    const element = canvas();
    const detach = client.attach(7, element, () => {});
    client.shown(7, element, 100, 50);
    client.shown(7, element, 640.4, 359.6);
    await vi.advanceTimersByTimeAsync(500);
    expect(sizes).toHaveBeenCalledExactlyOnceWith([{ stream_id: 7, size: { width: 640, height: 360 } }]);
    detach();
    await vi.advanceTimersByTimeAsync(500);
    expect(sizes).toHaveBeenLastCalledWith([{ stream_id: 7, size: { width: 0, height: 0 } }]);
  });

  it('connects again when the back end went', async () => {
    await connected();
    const first = Wire.last;
    first.onclose?.();
    await vi.advanceTimersByTimeAsync(1000);
    expect(Wire.last).not.toBe(first);
  });

  it('takes decoded pictures where the web view has no decoder', async () => {
    vi.stubGlobal('VideoDecoder', undefined);
    await connected();
    expect(Wire.last.said[0]).toBe('secret i420');
  });
});
