import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FileInfo } from '../../view';
import { FileClient } from './files';

const bytes = new TextEncoder().encode('some words of a letter');
const info = (more: Partial<FileInfo> = {}): FileInfo => ({
  file_id: 'letter',
  name: 'letter.txt',
  media_type: 'text/plain',
  size: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  purpose: 'chat',
  ...more,
});

/** Fetches it from a server that answers with these bytes. */
function fetched(answer: Uint8Array<ArrayBuffer>, of = info()): Promise<Blob> {
  vi.stubGlobal('fetch', async () => new Response(answer));
  const files = new FileClient();
  files.set('wss://visits.example.org/channel', 'TOKEN');
  return files.fetch(of, () => {}, new AbortController().signal);
}

const changed = Uint8Array.from(bytes, (byte, n) => (n === 3 ? byte ^ 1 : byte));

afterEach(() => vi.unstubAllGlobals());

describe('a file that is fetched', () => {
  it('is what was shared', async () => {
    const blob = await fetched(bytes);
    expect([blob.size, blob.type]).toEqual([bytes.length, 'text/plain']);
    // However its hash is written.
    expect((await fetched(bytes, info({ sha256: info().sha256.toUpperCase() }))).size).toBe(bytes.length);
  });

  it('is not taken where other bytes came', async () => {
    await expect(fetched(changed)).rejects.toMatchObject({ problem: { code: 'server_not_understood' } });
    await expect(fetched(bytes.slice(1))).rejects.toMatchObject({ problem: { code: 'server_unreachable' } });
  });

  it('is taken as it comes where the browser reckons no hash', async () => {
    vi.stubGlobal('crypto', {});
    expect((await fetched(changed)).size).toBe(bytes.length);
  });
});
