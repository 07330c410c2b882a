import { describe, expect, it } from 'vitest';
import { asBase64 } from '../../engine/bytes';
import type { FileState, FileView } from '../../engine/view';
import { pastedPaths } from './paste';
import { failure, fileKind, mayTryAgain, progress, sizeWords } from './sizes';

const file = (state: FileState, size = 100): FileView => ({
  info: { file_id: '1', name: 'a.pdf', media_type: '', size, sha256: '', purpose: 'chat' },
  state,
  may_delete: true,
});
const failed = (code: 'too_large' | 'file_type_refused' | 'server_unreachable' | 'forbidden' | 'internal') =>
  ({ state: 'failed', problem: { code, message: '' } }) as const;

describe('a file', () => {
  it('has a size as people read it', () => {
    expect(sizeWords(1_800_000, 'en-GB')).toBe('1.8 MB');
    expect(sizeWords(1_800_000, 'it')).toBe('1,8 MB');
    expect(sizeWords(999_700, 'en-GB')).toBe('1 MB');
    expect(sizeWords(1, 'en-GB')).toBe('1 byte');
    expect(sizeWords(0, 'en-GB')).toBe('0 bytes');
  });

  it('is on its way, or not', () => {
    expect(progress(file({ state: 'uploading', sent: 25 }))).toEqual({ done: 25, share: 0.25 });
    expect(progress(file({ state: 'downloading', received: 300 }))?.share).toBe(1);
    expect(progress(file({ state: 'uploading', sent: 0 }, 0))?.share).toBe(0);
    expect(progress(file({ state: 'ready' }))).toBeUndefined();
  });

  it('is tried again only where that can help', () => {
    expect(failure(failed('too_large'))).toBe('failed_too_large');
    expect(mayTryAgain(failed('too_large'))).toBe(false);
    expect(mayTryAgain(failed('file_type_refused'))).toBe(false);
    expect(mayTryAgain(failed('forbidden'))).toBe(false);
    expect(mayTryAgain(failed('server_unreachable'))).toBe(true);
    expect(failure(failed('internal'))).toBe('failed');
    const empty = { code: 'invalid', field: 'size', message: '' } as const;
    expect(failure({ state: 'failed', problem: empty })).toBe('failed_empty');
    expect(mayTryAgain({ state: 'failed', problem: empty })).toBe(true);
  });

  it('has a kind, by its type or else by its name', () => {
    expect(fileKind({ media_type: 'image/png', name: 'x' })).toBe('picture');
    expect(fileKind({ media_type: '', name: 'Clip.MOV' })).toBe('video');
    expect(fileKind({ media_type: 'application/pdf', name: 'a.pdf' })).toBe('text');
    expect(fileKind({ media_type: '', name: 'none' })).toBe('other');
  });
});

describe('what is pasted', () => {
  it('is sent as text', async () => {
    expect(await asBase64(new Blob(['Visita']))).toBe(btoa('Visita'));
  });

  it('is files of this computer, and nothing else', () => {
    expect(pastedPaths('file:///home/anna/My%20knee.jpg\r\n# no\r\nfile:///tmp/b.pdf')).toEqual([
      '/home/anna/My knee.jpg',
      '/tmp/b.pdf',
    ]);
    expect(pastedPaths('file:///C:/Users/Anna/a.pdf')).toEqual(['C:/Users/Anna/a.pdf']);
    expect(pastedPaths('https://example.org/a\nfile://server/share/a')).toEqual([]);
    expect(pastedPaths('file:///%')).toEqual([]);
  });
});
