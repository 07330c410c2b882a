// Files that were kept: pictures with what was drawn over them, and pages of the board as pictures.

import { useEffect, useMemo, useRef, useState } from 'react';
import { useEngine } from '../../engine/context';
import type { PastCommands } from '../../engine/engine';
import type { FileInfo, FileView, ItemView, KeptBoardView, KeptView } from '../../engine/view';
import { emptyBoard, hear, itemsOn } from '../board/boardState';
import { flattened, PAGE } from '../board/export';
import { BoardPictures, loadImage } from '../board/pictures';
import type { FileSource } from '../files/source';

/** So many pixels wide is a small picture with a drawing over it. */
const SMALL = 480;

type Fetch = (fileId: string, large: boolean) => Promise<string | null>;

export interface KeptPictures {
  /** As they were taken. */
  plain: Fetch;
  /** With what was drawn over them. */
  drawn: Fetch;
  /** Whether something was. */
  isDrawn: (fileId: string) => boolean;
}

/** Pictures of one session. */
export function useKeptPictures({ session, boards, files, snapshots }: KeptView): KeptPictures {
  const { past } = useEngine();
  const room = session.room_id;
  // Each change of the view brings new lists; as long as they say the same, nothing is drawn anew.
  const infos = [...files, ...snapshots.map(({ file }) => file)].map(({ info }) => info);
  const said = [
    ...boards.map(signature),
    ...infos.map(({ file_id, size_px }) => `${file_id} ${size_px}`),
  ].join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `said` stands for what they are made of
  return useMemo(() => keptPictures(past, room, boards, infos), [past, room, said]);
}

/** The session's files, with pictures as they are fetched here. */
export function useKeptFiles({ files, snapshots }: KeptView, fetch: Fetch): FileSource {
  const { past } = useEngine();
  const all = useRef<readonly FileView[]>([]);
  all.current = [...files, ...snapshots.map(({ file }) => file)];
  return useMemo(
    () => ({
      filePicture: fetch,
      download: async (file_id) => past?.act({ do: 'save_file', file_id }),
      openFile: async (id) => {
        const state = all.current.find(({ info }) => info.file_id === id)?.state;
        if (state?.state === 'saved') await past?.act({ do: 'open_saved', path: state.path });
      },
    }),
    [past, fetch],
  );
}

/** Short, and another one when something was drawn or taken away. */
function signature({ board, pages, items }: KeptBoardView): string {
  return `${board} ${pages} ${items.length} ${items.reduce((sum, { z }) => sum + z, 0)}`;
}

function keptPictures(
  past: PastCommands | undefined,
  room: string,
  boards: readonly KeptBoardView[],
  infos: readonly FileInfo[],
): KeptPictures {
  const plain: Fetch = async (fileId, large) => (await past?.picture(room, fileId, large)) ?? null;
  const over = (fileId: string) => boards.find(({ board, items }) => board === fileId && items.length > 0);
  const drawn: Fetch = async (fileId, large) => {
    const address = await plain(fileId, large);
    const drawing = over(fileId);
    const image = address && drawing ? await loadImage(address) : undefined;
    if (!image || !drawing) return address;
    const size = infos.find(({ file_id }) => file_id === fileId)?.size_px;
    const [width, height] = size ?? [image.naturalWidth, image.naturalHeight];
    const page = { items: pageOf(drawing, 0), size: { width, height }, background: image };
    return asPicture(page, (id) => plain(id, true), large ? 1 : SMALL / width);
  };
  return { plain, drawn, isDrawn: (fileId) => over(fileId) !== undefined };
}

/** The items of a page, the lowest first. */
function pageOf({ board, pages, items }: KeptBoardView, page: number): readonly ItemView[] {
  const whole = emptyBoard();
  hear(whole, { kind: 'whole', board, loading: false, pages, items });
  return itemsOn(whole, page);
}

type Page = Parameters<typeof flattened>[0];

async function asPicture(
  page: Page,
  fetch: (fileId: string) => Promise<string | null>,
  sharp: number,
): Promise<string | null> {
  const canvas = await flattened(page, new BoardPictures(fetch), sharp);
  // Where nothing can be drawn there is no picture.
  return canvas.getContext('2d') ? canvas.toDataURL('image/png') : null;
}

/** A page of a board as a picture, so many pixels wide; `null` where it cannot be drawn. */
export function useBoardPage(
  board: KeptBoardView,
  page: number,
  width: number,
  pictures: KeptPictures,
): string | null | undefined {
  const [picture, setPicture] = useState<{ of: string; address: string | null }>();
  const said = `${signature(board)} ${page} ${width}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `said` stands for the board and its page
  useEffect(() => {
    let gone = false;
    const items = pageOf(board, page);
    void asPicture(
      { items, size: PAGE, background: undefined },
      (id) => pictures.plain(id, true),
      width / PAGE.width,
    )
      .catch(() => null)
      .then((address) => {
        if (!gone) setPicture({ of: said, address });
      });
    return () => {
      gone = true;
    };
  }, [said, pictures]);
  return picture?.of === said ? picture.address : undefined;
}
