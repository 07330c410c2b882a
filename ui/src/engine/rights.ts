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

/** What is left of a seat's tools where only some are to be shown; what `to` does not name is off. */
export function narrowed(tools: Tools, to: Tools): Tools {
  const left = Object.fromEntries(
    TOOLS.filter((tool) => tool !== 'whiteboard').map((tool) => [tool, Boolean(tools[tool] && to[tool])]),
  );
  return { ...left, whiteboard: onBoard(tools.whiteboard ?? false, to.whiteboard ?? false) } as Tools;
}

function onBoard(has: NonNullable<Tools['whiteboard']>, to: typeof has): typeof has {
  if (typeof to === 'boolean') return to && has;
  if (typeof has === 'boolean') return has && to;
  const both = Object.entries(has).filter(([name, on]) => on && to[name as keyof typeof to]);
  return Object.fromEntries(both.map(([name]) => [name, true])) as typeof has;
}
