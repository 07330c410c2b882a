// Tools, who has which, and how what they make looks.

import type { BoardRights, Colour, Point, Shape } from '../../../engine/view';
import { mayDraw } from '../boardState';
import { clamp, MOST_WIDE, rounded } from '../geometry';

export const FIGURES = ['line', 'arrow', 'rectangle', 'ellipse'] as const;
export type Figure = (typeof FIGURES)[number];
export type Tool = 'select' | 'pen' | Figure | 'text' | 'note' | 'eraser' | 'laser';

/** Widths of a line and sizes of letters: thin, usual, thick. */
const WIDTHS = [4, 8, 18] as const;
const SIZES = [28, 40, 64] as const;
/** Letters are at least so high where they are written, in pixels: a whole page on a telephone is very small. */
const READABLE = [16, 20, 28] as const;
export type Width = 0 | 1 | 2;

export function isFigure(tool: Tool): tool is Figure {
  return (FIGURES as readonly string[]).includes(tool);
}

/** The tools that somebody with these rights has. Whoever may show where they point has the laser, to look on with. */
export function toolsOf(rights: BoardRights): Tool[] {
  if (!mayDraw(rights) && !rights.cursor) return [];
  return [
    'select',
    ...(rights.pen ? (['pen'] as const) : []),
    ...(rights.shape ? FIGURES : []),
    ...(rights.text ? (['text', 'note'] as const) : []),
    ...(rights.eraser ? (['eraser'] as const) : []),
    ...(rights.cursor ? (['laser'] as const) : []),
  ];
}

export function rightTo(shape: Shape, rights: BoardRights): boolean {
  switch (shape.kind) {
    case 'pen':
      return rights.pen;
    case 'figure':
      return rights.shape;
    case 'text':
      return rights.text;
    case 'picture':
      return rights.picture;
  }
}

/** Whether it is words on a note. */
export function isNote(shape: Shape | undefined): boolean {
  return shape?.kind === 'text' && Boolean(shape.ground);
}

/** The same in another colour: of a note that is its ground's. */
export function coloured(shape: Shape, colour: Colour): Shape {
  if (shape.kind === 'picture') return shape;
  if (shape.kind === 'text' && shape.ground) return { ...shape, ground: colour };
  return { ...shape, colour };
}

/** What somebody chose to draw with: the same on each board, for as long as a visit goes on. */
export class Choices {
  colour: Colour = 'ink';
  /** Of notes. */
  ground: Colour = 'ochre';
  width: Width = 1;
  filled = false;
  /** Nothing until one was taken up. */
  tool: Tool | undefined;
}

/** What is drawn next looks so. */
export class Style {
  /** Pixels of the screen for each unit of the board. */
  scale = 1;

  /** `unit` is one step of the board: on a large picture lines are as much wider. */
  constructor(
    private readonly unit: number,
    readonly chosen: Choices,
  ) {}

  lineWidth(): number {
    return clamp(Math.round(WIDTHS[this.chosen.width] * this.unit), 1, MOST_WIDE);
  }

  letterSize(): number {
    const { width } = this.chosen;
    const size = Math.max(SIZES[width] * this.unit, READABLE[width] / this.scale);
    return clamp(Math.round(size), 8, MOST_WIDE);
  }

  widthOf(shape: Shape): Width | undefined {
    if (shape.kind !== 'pen' && shape.kind !== 'figure') return undefined;
    const at = WIDTHS.findIndex((width) => Math.round(width * this.unit) === shape.width);
    return at < 0 ? undefined : (at as Width);
  }

  stroke(points: Point[]): Shape {
    return { kind: 'pen', points, colour: this.chosen.colour, width: this.lineWidth() };
  }

  figure(outline: Figure, from: Point, to: Point): Shape {
    return {
      kind: 'figure',
      outline,
      from: rounded(from),
      to: rounded(to),
      colour: this.chosen.colour,
      width: this.lineWidth(),
      filled: this.chosen.filled && (outline === 'rectangle' || outline === 'ellipse'),
    };
  }
}
