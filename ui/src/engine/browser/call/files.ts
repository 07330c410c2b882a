// Files on their way up and down. An upload goes on where it broke off, on whatever line to the room there is by then.
// The counterpart of `crates/call/src/call/files.rs`.

import type { PickedPicture } from '../../engine';
import type { FileInfo, ParticipantId, Problem } from '../../view';
import { ask, Fault, fault, good, json, notUnderstood, problemOf } from '../problem';

/** One piece of an upload. Smaller ones lose less when the line breaks, larger ones cost fewer round trips. */
const PIECE = 512 * 1024;
/** A piece takes longer than this on a line that carries nothing any more. */
const PIECE_TIME_MS = 25_000;
const ANSWER_TIME_MS = 20_000;
/** How long a whole file may take. */
const FILE_TIME_MS = 30 * 60_000;
/** How often an upload tries again before it asks the person to. */
const TRIES = 8;
const RETRY_FIRST_MS = 300;
const RETRY_MAX_MS = 8_000;
/** Largest picture or document that is shown in the page, in bytes. */
export const MOST_SHOWN = 40 * 1024 * 1024;

/** What is to be shared. */
export interface Upload {
  blob: Blob;
  name: string;
  purpose: FileInfo['purpose'];
  /** Whose stream a snapshot shows. */
  of: ParticipantId | null;
  /** It shows the screen they share. */
  ofScreen: boolean;
  key: string;
}

interface Begun {
  file_id: string;
  offset: number;
}

/** The files of a room, as far as this seat may. */
export class FileClient {
  private at: { base: string; token: string } | undefined;

  /** A new line to the room: where its channel is, and the token of it. */
  set(channelUrl: string, token: string): void {
    this.at = { base: new URL('.', channelUrl.replace(/^ws/, 'http')).href, token };
  }

  /** Shares a file, until it is there or cannot be: tells how many bytes are. */
  async upload(upload: Upload, sent: (bytes: number) => void, cancelled: AbortSignal): Promise<FileInfo> {
    let retryMs = RETRY_FIRST_MS;
    let tries = 0;
    for (;;) {
      let reached = false;
      try {
        return await this.tryUpload(
          upload,
          (bytes, further) => {
            reached ||= further;
            sent(bytes);
          },
          cancelled,
        );
      } catch (thrown) {
        const problem = problemOf(thrown);
        // Getting further is a reason to go on trying.
        tries = reached ? 1 : tries + 1;
        if (cancelled.aborted || !passes(problem, tries) || tries >= TRIES) throw new Fault(problem);
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
      // What is not to be any more is not begun again.
      if (cancelled.aborted) throw fault('server_unreachable', 'the upload was cancelled');
      retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
    }
  }

  private async tryUpload(
    upload: Upload,
    sent: (bytes: number, further: boolean) => void,
    cancelled: AbortSignal,
  ): Promise<FileInfo> {
    const { blob } = upload;
    const { file_id: id, offset } = await this.begin(upload, cancelled);
    let at = offset;
    for (;;) {
      sent(at, false);
      let piece: ArrayBuffer;
      try {
        // Read before it is sent: a file that went, or changed, since it was chosen cannot be read.
        piece = await blob.slice(at, at + PIECE).arrayBuffer();
      } catch {
        throw fault('not_found', 'the file cannot be read');
      }
      const answer = await this.call('PATCH', `files/${id}`, {
        headers: { 'upload-offset': String(at) },
        body: piece,
        withinMs: PIECE_TIME_MS,
        signal: cancelled,
      });
      if (answer.status === 200) return json<FileInfo>(answer);
      const there = Number(answer.headers.get('upload-offset') ?? Number.NaN);
      if ((answer.status !== 204 && answer.status !== 409) || !Number.isFinite(there)) {
        await good(answer);
        throw notUnderstood();
      }
      if (there > at) sent(there, true);
      at = there;
    }
  }

  /** Begins an upload, or finds it again. */
  private async begin(
    { name, blob, purpose, of, ofScreen, key }: Upload,
    cancelled?: AbortSignal,
  ): Promise<Begun> {
    const body = JSON.stringify({ name, size: blob.size, purpose, of, of_screen: ofScreen, key });
    const request = { body, ...(cancelled && { signal: cancelled }) };
    return json<Begun>(await good(await this.call('POST', 'files', request)));
  }

  /** An upload is not to be: nothing of it is left on the server. */
  async forget(upload: Upload): Promise<void> {
    try {
      await this.delete((await this.begin(upload)).file_id);
    } catch {
      // It may never have begun.
    }
  }

  /** Deletes a file for everybody. */
  async delete(fileId: string): Promise<void> {
    await good(await this.call('DELETE', `files/${fileId}`));
  }

  /** A file's bytes, those that were shared; tells how many are here. */
  async fetch(info: FileInfo, received: (bytes: number) => void, cancelled: AbortSignal): Promise<Blob> {
    const response = await good(
      await this.call('GET', `files/${info.file_id}`, { withinMs: FILE_TIME_MS, signal: cancelled }),
    );
    let blob: Blob;
    try {
      blob = new Blob(await parts(response, received), { type: info.media_type });
    } catch {
      throw fault('server_unreachable', 'the file broke off');
    }
    if (info.size !== null && blob.size !== info.size)
      throw fault('server_unreachable', 'the file broke off');
    if (!(await isAsShared(blob, info))) throw notUnderstood('other bytes came than were shared');
    return blob;
  }

  /** A file that is a picture, or `large` a document too; or the small picture of any. Nothing where there is none. */
  async picture(fileId: string, large: boolean): Promise<Blob | null> {
    try {
      const path = large ? `files/${fileId}` : `files/${fileId}/thumbnail`;
      const response = await good(await this.call('GET', path));
      const kind = response.headers.get('content-type') ?? '';
      const shown = kind.startsWith('image/') || kind === 'application/pdf';
      if (!shown || Number(response.headers.get('content-length') ?? 0) > MOST_SHOWN) return null;
      return await response.blob();
    } catch {
      return null;
    }
  }

  /** Sends a picture up for the board. */
  async put(upload: Upload, cancelled: AbortSignal): Promise<PickedPicture> {
    const info = await this.upload(upload, () => {}, cancelled);
    const [width, height] = info.size_px ?? [0, 0];
    if (!width || !height) throw fault('file_type_refused', 'this is no picture');
    return { file_id: info.file_id, width, height };
  }

  private async call(
    method: string,
    path: string,
    { withinMs = ANSWER_TIME_MS, headers, ...request }: RequestInit & { withinMs?: number } = {},
  ): Promise<Response> {
    if (!this.at) throw fault('server_unreachable', 'there is no line to the room');
    const { base, token } = this.at;
    const all = { ...(headers as Record<string, string> | undefined), authorization: `Bearer ${token}` };
    return ask(base + path, { method, headers: all, ...request }, withinMs);
  }
}

/** What an answer holds, piece by piece. */
async function parts(response: Response, received: (bytes: number) => void): Promise<BlobPart[]> {
  const reader = response.body?.getReader();
  if (!reader) return [await response.blob()];
  const parts: BlobPart[] = [];
  let [all, told] = [0, 0];
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    parts.push(read.value);
    all += read.value.length;
    if (all - told < PIECE) continue;
    told = all;
    received(all);
  }
  return parts;
}

/** Whether these are the bytes that were shared. Without TLS a browser reckons no hash: they are taken as they are. */
async function isAsShared(blob: Blob, { sha256 }: FileInfo): Promise<boolean> {
  const { subtle } = crypto as Partial<Crypto>;
  if (!subtle) return true;
  const hash = new Uint8Array(await subtle.digest('SHA-256', new Uint8Array(await blob.arrayBuffer())));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('') === sha256.toLowerCase();
}

/** Whether trying again may help. */
function passes({ code }: Problem, tries: number): boolean {
  if (code === 'server_unreachable' || code === 'server_not_understood' || code === 'rate_limited')
    return true;
  // While the line to the room is made again, nobody is in from there.
  return (code === 'forbidden' || code === 'unauthorized') && tries < TRIES / 2;
}

/** What no system takes in a name. */
export function fileName(name: string): string {
  return name.replace(/[:<>|?*"/\\]/g, ' ').trim();
}
