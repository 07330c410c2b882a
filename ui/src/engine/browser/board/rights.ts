// What a seat may do on boards, by its tools: the table of `Tools::board_rights` in `crates/protocol`. The server decides;
// the page only hides what would be refused.

import type { BoardRights, Tools } from '../../view';

/** The room's own board. */
export const ROOM_BOARD = 'board';

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
