import { afterEach, describe, expect, it, vi } from 'vitest';
import { tryWay } from './trial';

const link = { server: 'https://visits.example.org', code: 'abcdefghijklmnopqrstuvwxyz' };

/** A server whose answers take so long, by how many bytes go there or come. */
function answering(tookMs: (bytes: number) => number, status = 200) {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  vi.stubGlobal(
    'fetch',
    vi.fn(async (url: string, { body, signal }: RequestInit) => {
      const bytes = body instanceof Blob ? body.size : Number(new URL(url).searchParams.get('bytes'));
      const took = tookMs(bytes);
      now += took;
      if (took > 6_000) throw new DOMException('', signal ? 'TimeoutError' : 'AbortError');
      return new Response(status === 200 ? new Uint8Array(1) : null, { status });
    }),
  );
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('the way to a server', () => {
  it.each([
    ['is good where it is short and wide', (bytes: number) => 20 + bytes / 1000, 'good'],
    ['is weak where it is narrow', (bytes: number) => 20 + bytes / 20, 'weak'],
    ['is weak where it is long', () => 500, 'weak'],
    ['is weak where it takes too long to find out', (bytes: number) => (bytes > 1 ? 7_000 : 20), 'weak'],
  ] as const)('%s', async (_, took, verdict) => {
    answering(took);
    expect(await tryWay(link)).toBe(verdict);
  });

  it('is weak where answers come unevenly', async () => {
    let turn = 0;
    answering(() => (turn++ % 2 === 0 ? 20 : 250));
    expect(await tryWay(link)).toBe('weak');
  });

  it('is not called bad by a server that will not be tried', async () => {
    answering(() => 20, 429);
    expect(await tryWay(link)).toBe('good');
  });

  it('is left off for what matters more', async () => {
    const leave = new AbortController();
    let asked = 0;
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => {
        asked += 1;
        if (asked === 3) leave.abort();
        return new Response(new Uint8Array(1));
      }),
    );
    expect(await tryWay(link, leave.signal)).toBe('checking');
    expect(asked).toBe(3);
  });

  it('is none where nobody answers', async () => {
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => {
        throw new TypeError('Failed to fetch');
      }),
    );
    expect(await tryWay(link)).toBe('unreachable');
  });
});
