// The page's half of the frame wire; the format is told in `crates/protocol/src/frames.rs`.

/** Stream id of one's own camera. */
export const LOCAL_PREVIEW = 0;

/** Stream id of what one shares oneself, for a snapshot of it; no pictures come by it. */
export const LOCAL_SHARE = 0xffff_ffff;

const HEADER = 24;
const CODEC_VP8 = 1;
const CODEC_I420 = 2;

/** What a page without a decoder says after the secret: pictures then come decoded. */
export const DECODED = ' i420';

/** One picture. */
export interface FrameRecord {
  stream: number;
  /** It is decoded already: width, height, and the planes of I420. */
  decoded: boolean;
  /** Per stream, wrapping at 2^32. */
  sequence: number;
  key: boolean;
  /** When the back end had the whole frame, Unix time in µs. */
  atUs: number;
  data: Uint8Array<ArrayBuffer>;
}

/** What the page says about a frame. */
export const Reply = { ack: 1, keyFrameWanted: 2, firstPainted: 3 } as const;
export type Reply = (typeof Reply)[keyof typeof Reply];

/** The records of one message. A record of an unknown codec is skipped, one that is cut off ends the reading. */
export function parseRecords(message: ArrayBuffer): FrameRecord[] {
  const view = new DataView(message);
  const records: FrameRecord[] = [];
  let at = 0;
  while (at + HEADER <= message.byteLength) {
    const length = view.getUint32(at, true);
    const end = at + HEADER + length;
    if (end > message.byteLength) break;
    const codec = view.getUint8(at + 12);
    if (codec === CODEC_VP8 || codec === CODEC_I420) {
      records.push({
        decoded: codec === CODEC_I420,
        stream: view.getUint32(at + 4, true),
        sequence: view.getUint32(at + 8, true),
        key: (view.getUint8(at + 13) & 1) === 1,
        atUs: Number(view.getBigUint64(at + 16, true)),
        data: new Uint8Array(message, at + HEADER, length),
      });
    }
    at = end;
  }
  return records;
}

/** A decoded picture's size and planes; nothing where they do not belong together. */
export function decodedPicture(data: Uint8Array<ArrayBuffer>): DecodedPicture | undefined {
  if (data.byteLength < 8) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, 8);
  const [width, height] = [view.getUint32(0, true), view.getUint32(4, true)];
  const planes = data.subarray(8);
  const whole = width > 0 && height > 0 && planes.byteLength === (width * height * 3) / 2;
  return whole ? { width, height, planes } : undefined;
}

export interface DecodedPicture {
  width: number;
  height: number;
  /** Y, U and V without gaps. */
  planes: Uint8Array<ArrayBuffer>;
}

/** A reply as it goes out. */
export function writeReply(kind: Reply, stream: number, sequence: number): ArrayBuffer {
  const bytes = new ArrayBuffer(12);
  const view = new DataView(bytes);
  view.setUint32(0, kind, true);
  view.setUint32(4, stream, true);
  view.setUint32(8, sequence, true);
  return bytes;
}

/** Whether `sequence` comes right after `last`. */
export function follows(last: number | undefined, sequence: number): boolean {
  return last !== undefined && (last + 1) >>> 0 === sequence;
}

/** Width and height of a VP8 key frame as one number (RFC 6386 section 9.1: 14 bits each, the rest is scaling). */
export function keyFrameSize(data: Uint8Array): number | undefined {
  const [b6, b7, b8, b9] = data.subarray(6, 10);
  if (b6 === undefined || b7 === undefined || b8 === undefined || b9 === undefined) return undefined;
  return ((b6 | (b7 << 8)) & 0x3fff) * 0x4000 + ((b8 | (b9 << 8)) & 0x3fff);
}
