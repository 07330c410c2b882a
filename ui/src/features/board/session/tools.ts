// Tools, who has which, and how what they make looks.

import type { BoardRights, Colour, Point, Shape } from '../../../engine/view';
import { mayDraw } from '../boardState';
import { clamp, MOST_WIDE, rounded } from '../geometry';

export const FIGURES = ['line', 'arrow', 'rectangle', 'ellipse'] as const;
export type Figure = (typeof FIGURES)[number];
export type Tool = 'select' | 'pen' | Figure | 'text' | 'eraser' | 'laser';

/** Widths of a line and sizes of letters: thin, usual, thick. */
const WIDTHS = [4, 8, 18] as const;
const SIZES = [28, 40, 64] as const;
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
    ...(rights.text ? (['text'] as const) : []),
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

/** What is drawn next looks so. */
export class Style {
  colour: Colour = 'ink';
  width: Width = 1;
  filled = false;

  /** `unit` is one step of the board: on a large picture lines are as much wider. */
  constructor(private readonly unit: number) {}

  lineWidth(): number {
    return clamp(Math.round(WIDTHS[this.width] * this.unit), 1, MOST_WIDE);
  }

  letterSize(): number {
    return clamp(Math.round(SIZES[this.width] * this.unit), 8, MOST_WIDE);
  }

  stroke(points: Point[]): Shape {
    return { kind: 'pen', points, colour: this.colour, width: this.lineWidth() };
  }

  figure(outline: Figure, from: Point, to: Point): Shape {
    return {
      kind: 'figure',
      outline,
      from: rounded(from),
      to: rounded(to),
      colour: this.colour,
      width: this.lineWidth(),
      filled: this.filled && (outline === 'rectangle' || outline === 'ellipse'),
    };
  }
}
