// The tools of a seat, and what they let it do. The server decides; the page only hides what would be refused.

import type { BoardRights, Tools } from './view';

export const TOOLS = [
  'chat',
  'screen_sharing',
  'file_upload',
  'whiteboard',
  'snapshot',
  'live_edit',
  'live_pointer',
  'present_to_everyone',
  'signature',
] as const satisfies (keyof Tools)[];
export type Tool = (typeof TOOLS)[number];

/** The tools of a seat, from a list of those that are on. */
export function toolsOf(on: readonly Tool[]): Required<Tools> {
  return Object.fromEntries(TOOLS.map((tool) => [tool, on.includes(tool)])) as unknown as Required<Tools>;
}

/** What a seat has of which nothing was taken. */
export const ALL_TOOLS = toolsOf(TOOLS);

/** The room's own board. */
export const ROOM_BOARD = 'board';

/** What a seat may do on a board: the table of `Tools::board_rights` in `crates/protocol`. */
export function boardRights(tools: Tools, board: string): BoardRights {
  const { whiteboard = false } = tools;
  if (board !== ROOM_BOARD) {
    const all = Boolean(tools.live_edit && tools.snapshot && whiteboard !== false);
    return { pen: all, shape: all, text: all, picture: all, eraser: all, cursor: all };
  }
  const has = (name: 'wb_pen' | 'wb_shape' | 'wb_text' | 'wb_add_file' | 'wb_eraser' | 'wb_cursor') =>
    typeof whiteboard === 'boolean' ? whiteboard : (whiteboard[name] ?? false);
  return {
    pen: has('wb_pen'),
    shape: has('wb_shape'),
    text: has('wb_text'),
    picture: has('wb_add_file'),
    eraser: has('wb_eraser'),
    cursor: has('wb_cursor'),
  };
}
