import { describe, expect, it } from 'vitest';
import { ALL_TOOLS, narrowed } from './rights';

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
