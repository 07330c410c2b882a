import { describe, expect, it } from 'vitest';
import { decodedPicture, follows, parseRecords, Reply, writeReply } from './frameWire';

// The bytes of `a_record_is_header_and_payload` in crates/protocol/src/frames.rs.
const header = [3, 0, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0, 1, 1, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0];
const record = [...header, 97, 98, 99];
const message = (...bytes: number[]) => new Uint8Array(bytes).buffer;

describe('the frame wire', () => {
  it('reads several records of one message', () => {
    const records = parseRecords(message(...record, ...record));
    expect(records).toHaveLength(2);
    expect(records[1]).toMatchObject({ stream: 7, sequence: 9, key: true, atUs: 0x0102 });
    expect([...(records[1]?.data ?? [])]).toEqual([97, 98, 99]);
  });

  it('reads a delta frame, the largest numbers and an empty payload', () => {
    const bytes = [...record.slice(0, 24)];
    bytes.splice(0, 4, 0, 0, 0, 0);
    bytes.splice(8, 4, 255, 255, 255, 255);
    bytes[13] = 0;
    expect(parseRecords(message(...bytes))).toMatchObject([{ sequence: 0xffffffff, key: false }]);
  });

  it('drops what is cut off', () => {
    expect(parseRecords(message(...record.slice(0, -1)))).toHaveLength(0);
    expect(parseRecords(message(...record.slice(0, 10)))).toHaveLength(0);
    expect(parseRecords(message(...record, ...record.slice(0, 25)))).toHaveLength(1);
    expect(parseRecords(message())).toHaveLength(0);
  });

  it('skips records of another codec and reads on', () => {
    const other = [...record];
    other[12] = 9;
    expect(parseRecords(message(...other, ...record))).toHaveLength(1);
  });

  it('reads decoded pictures, and nothing that is not one', () => {
    const picture = [2, 0, 0, 0, 2, 0, 0, 0, 1, 2, 3, 4, 5, 6];
    const bytes = [...header];
    bytes.splice(0, 1, picture.length);
    bytes[12] = 2;
    const [read] = parseRecords(message(...bytes, ...picture));
    expect(read?.decoded).toBe(true);
    const decoded = read && decodedPicture(read.data);
    expect(decoded).toMatchObject({ width: 2, height: 2 });
    expect([...(decoded?.planes ?? [])]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(decodedPicture(new Uint8Array(picture.slice(0, -1)))).toBeUndefined();
    expect(decodedPicture(new Uint8Array(4))).toBeUndefined();
  });

  it('writes replies of twelve bytes', () => {
    const bytes = writeReply(Reply.keyFrameWanted, 2, 0xfffffffe);
    expect([...new Uint8Array(bytes)]).toEqual([2, 0, 0, 0, 2, 0, 0, 0, 254, 255, 255, 255]);
  });

  it('knows what follows, also over the wrap', () => {
    expect(follows(undefined, 0)).toBe(false);
    expect(follows(4, 5)).toBe(true);
    expect(follows(4, 6)).toBe(false);
    expect(follows(0xffffffff, 0)).toBe(true);
  });
});
