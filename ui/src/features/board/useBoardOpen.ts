import { useEffect, useRef, useState } from 'react';
import { useEngine } from '../../engine/context';
import type { CallView, Tools } from '../../engine/view';

export interface BoardOpen {
  open: boolean;
  /** The bar has a place for it, for the whole call. */
  slot: boolean;
  /** I may look at it now. */
  may: boolean;
  /** The right to it was taken. */
  locked: boolean;
  toggle: () => void;
  close: () => void;
}

/** Whether the board is open: as I like, and when somebody opens it for everybody. */
export function useBoardOpen(call: CallView): BoardOpen {
  const engine = useEngine();
  const { shown, by } = call.whiteboard;
  const has = hasBoard(call.me.tools);
  // Its place does not come and go during a call.
  const had = useRef(has);
  had.current ||= has;
  const [open, setOpen] = useState(shown);
  const was = useRef(shown);
  useEffect(() => {
    if (was.current === shown) return;
    was.current = shown;
    // A room that begins anew after its server was away: nobody closed it, and whoever looks at it looks on.
    if (shown || by !== null) setOpen(shown);
  }, [shown, by]);
  const possible = engine.board !== undefined && !call.is_test_call;
  const may = possible && (has || shown);
  return {
    open: open && may,
    slot: possible && had.current,
    may,
    locked: had.current && !may,
    toggle: () => may && setOpen(!open),
    close: () => setOpen(false),
  };
}

/** Whether somebody has the board at all, be it only to look. */
export function hasBoard({ whiteboard }: Tools): boolean {
  return whiteboard !== undefined && whiteboard !== false;
}

/** Whether somebody may draw something. */
export function draws({ whiteboard }: Tools): boolean {
  if (typeof whiteboard !== 'object') return whiteboard === true;
  const { wb_pen, wb_shape, wb_text, wb_add_file, wb_eraser } = whiteboard;
  return Boolean(wb_pen || wb_shape || wb_text || wb_add_file || wb_eraser);
}
