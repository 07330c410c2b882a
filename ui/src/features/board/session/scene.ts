// All that is drawn around the paper.

import type { BoardRights, Colour, Point, Shape } from '../../../engine/view';
import type { Tool, Width } from './tools';

/** Longest text, in characters. */
export const MOST_TEXT = 4_000;

/** What a person types in. */
export interface Editing {
  /** The item that is changed; nothing for a new one. */
  id: string | undefined;
  at: Point;
  text: string;
  colour: Colour;
  /** Of the note on which it lies, where it lies on one. */
  ground: Colour | undefined;
  size: number;
  /** Longer lines go on in the next, in units of the board: set by typing, so that what is only looked at stays as it is. */
  most?: number;
}

/** A new one each time something of it changes. */
export interface Scene {
  loading: boolean;
  page: number;
  pages: number;
  /** Items on this page. */
  count: number;
  rights: BoardRights;
  /** I could draw here before. */
  drew: boolean;
  canUndo: boolean;
  canRedo: boolean;
  tool: Tool;
  colour: Colour;
  /** Of notes. */
  ground: Colour;
  /** A colour that is chosen is that of notes. */
  notes: boolean;
  width: Width;
  filled: boolean;
  selected: readonly string[];
  /** What is selected is not mine to change. */
  locked: boolean;
  /** It may be laid over or under the rest. */
  orderable: boolean;
  /** Some of it may be taken away. */
  removable: boolean;
  /** The shape that is selected alone. */
  chosen: { shape: Shape; place: number } | undefined;
  editing: Editing | undefined;
  /** A document lies here, because the page that was seen was not empty. */
  elsewhere: boolean;
}

export function same(a: Scene, b: Scene): boolean {
  return (Object.keys(b) as (keyof Scene)[]).every((key) => Object.is(a[key], b[key]));
}

/** Words as a board takes them. */
export function written(text: string): string {
  const plain = text.replace(/\r\n?/g, '\n').replace(/\t/g, '  ');
  return [...plain.replace(/(?!\n)\p{Cc}/gu, '')].slice(0, MOST_TEXT).join('');
}
