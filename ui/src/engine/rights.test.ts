import { describe, expect, it } from 'vitest';
import * as widget from '../../widget/src/options';
import { ALL_TOOLS, boardRights, narrowed, ROOM_BOARD, TOOLS } from './rights';

describe('the tools that a widget may be given', () => {
  it('are those that a seat may have', () => {
    expect([...widget.TOOLS].sort()).toEqual([...TOOLS].sort());
  });

  it('are on the board one for each thing to do there', () => {
    const given = widget.ON_BOARD.map((name) =>
      Object.entries(boardRights({ whiteboard: { [name]: true } }, ROOM_BOARD)).flatMap(([right, on]) =>
        on ? [right] : [],
      ),
    );
    const rights = Object.keys(boardRights({ whiteboard: true }, ROOM_BOARD));
    expect(given.map((one) => one.length)).toEqual(rights.map(() => 1));
    expect(given.flat().sort()).toEqual(rights.sort());
  });
});

describe('tools of which only some are shown', () => {
  it('has what is named, and what the seat has', () => {
    const left = narrowed({ ...ALL_TOOLS, snapshot: false }, { chat: true, snapshot: true });
    expect(Object.entries(left).filter(([, on]) => on)).toEqual([['chat', true]]);
  });

  it.each([
    [true, true, true],
    [true, false, false],
    [false, true, false],
    [{ wb_pen: true }, true, { wb_pen: true }],
    [true, { wb_pen: true }, { wb_pen: true }],
    [{ wb_pen: true, wb_text: true }, { wb_pen: true, wb_shape: true, wb_text: false }, { wb_pen: true }],
  ])('has both on the board: %j, shown %j', (has, to, left) => {
    expect(narrowed({ whiteboard: has }, { whiteboard: to }).whiteboard).toEqual(left);
  });
});
