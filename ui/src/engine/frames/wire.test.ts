import { describe, expect, it } from 'vitest';
import { parseRecords, Reply, writeReply } from './wire';

// The bytes of `a_record_is_header_and_payload` in crates/protocol/src/frames.rs.
const header = [3, 0, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0, 1, 1, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0];
const record = [...header, 97, 98, 99];

describe('the frame wire', () => {
  it('reads several records of one message', () => {
    const records = parseRecords(new Uint8Array([...record, ...record]).buffer);
    expect(records).toHaveLength(2);
    expect(records[1]).toMatchObject({ stream: 7, sequence: 9, key: true, atUs: 0x0102 });
    expect([...(records[1]?.data ?? [])]).toEqual([97, 98, 99]);
  });

  it('drops what is cut off or of another codec', () => {
    expect(parseRecords(new Uint8Array(record.slice(0, -1)).buffer)).toHaveLength(0);
    expect(parseRecords(new Uint8Array(record.slice(0, 10)).buffer)).toHaveLength(0);
    const other = record.with(12, 9);
    expect(parseRecords(new Uint8Array(other).buffer)).toHaveLength(0);
  });

  it('writes replies of twelve bytes', () => {
    expect([...new Uint8Array(writeReply(Reply.keyFrameWanted, 2, 3))]).toEqual([2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]);
  });
});
