// How shapes look on a canvas.

import type { Colour, Shape } from '../../engine/view';
import { arrowHead, type Box, bounds, frame, grown, NOTE } from './geometry';
import { wholePath } from './stroke';
import { boardFont, LINE } from './text';

/** Warm ones, then cool ones. */
export const COLOURS = ['ink', 'red', 'ochre', 'green', 'teal', 'blue', 'plum'] as const satisfies Colour[];

/** Colours on white paper; or lighter ones with an edge, which are seen on any picture. */
export interface Look {
  colours: Record<Colour, string>;
  /** Around each line, on pictures. */
  edge: string | undefined;
  /** Of notes, and of what is written on them: the same on paper and on pictures. */
  notes: { grounds: Record<Colour, string>; colours: Record<Colour, string> };
  /** Under notes, on screen alone: what is printed or saved has none. */
  shadow: string | undefined;
}

/** The colours as the page's tokens have them. */
export function look(onPicture: boolean, { shadow = false } = {}): Look {
  const tokens = getComputedStyle(document.documentElement);
  const of = (name: string) => tokens.getPropertyValue(name).trim() || '#12201f';
  const all = (kind: string) =>
    Object.fromEntries(COLOURS.map((colour) => [colour, of(`--draw-${kind}${colour}`)])) as Record<
      Colour,
      string
    >;
  return {
    colours: all(onPicture ? 'light-' : ''),
    edge: onPicture ? of('--draw-edge') : undefined,
    notes: { grounds: all('note-'), colours: all('') },
    shadow: shadow ? of('--draw-note-shadow') : undefined,
  };
}

export type PictureOf = (fileId: string) => CanvasImageSource | undefined;

/** Paints one shape, in units of the board. `path` is that of a stroke, where it is known already. */
export function paint(
  ctx: CanvasRenderingContext2D,
  shape: Shape,
  look: Look,
  picture: PictureOf,
  path?: Path2D,
): void {
  const { colours, edge } = look;
  ctx.lineCap = 'round';
  ctx.lineJoin = 'round';
  switch (shape.kind) {
    case 'pen': {
      const stroke = path ?? wholePath(shape.points, shape.width);
      if (edge) {
        ctx.strokeStyle = edge;
        ctx.lineWidth = edgeOf(shape.width);
        ctx.stroke(stroke);
      }
      ctx.fillStyle = colours[shape.colour];
      ctx.fill(stroke);
      return;
    }
    case 'figure': {
      ctx.beginPath();
      outlineOf(ctx, shape);
      if (shape.filled && (shape.outline === 'rectangle' || shape.outline === 'ellipse')) {
        ctx.globalAlpha = 0.18;
        ctx.fillStyle = colours[shape.colour];
        ctx.fill();
        ctx.globalAlpha = 1;
      }
      if (edge) {
        ctx.strokeStyle = edge;
        ctx.lineWidth = shape.width + edgeOf(shape.width);
        ctx.stroke();
      }
      ctx.strokeStyle = colours[shape.colour];
      ctx.lineWidth = shape.width;
      ctx.stroke();
      return;
    }
    case 'text': {
      ctx.font = boardFont(shape.size);
      ctx.textBaseline = 'alphabetic';
      if (shape.ground) sheet(ctx, shape, shape.ground, look);
      shape.text.split('\n').forEach((line, n) => {
        const y = shape.at.y + n * shape.size * LINE + shape.size * 1.02;
        if (edge && !shape.ground) {
          ctx.strokeStyle = edge;
          ctx.lineWidth = Math.max(2, shape.size / 9);
          ctx.strokeText(line, shape.at.x, y);
        }
        ctx.fillStyle = (shape.ground ? look.notes.colours : colours)[shape.colour];
        ctx.fillText(line, shape.at.x, y);
      });
      return;
    }
    case 'picture': {
      const source = picture(shape.file_id);
      const { x, y, width, height } = frame(shape);
      if (source) {
        ctx.drawImage(source, x, y, width, height);
        return;
      }
      // Its place, until it is there.
      ctx.fillStyle = '#ebf0ef';
      ctx.fillRect(x, y, width, height);
      ctx.strokeStyle = '#758386';
      ctx.lineWidth = 2;
      ctx.setLineDash([10, 8]);
      ctx.strokeRect(x, y, width, height);
      ctx.setLineDash([]);
      return;
    }
  }
}

/** How far each layer of a note's shadow goes beyond it, in letters' heights: a blur would cost much more. */
const SHADOW = [0.1, 0.06, 0.02];
/** How far it falls down. */
const FALLS = 0.05;

/** The sheet of a note. */
function sheet(
  ctx: CanvasRenderingContext2D,
  shape: Extract<Shape, { kind: 'text' }>,
  ground: Colour,
  { notes, shadow }: Look,
) {
  const { size } = shape;
  const box = frame(shape);
  const fill = ({ x, y, width, height }: Box, corner: number, colour: string) => {
    ctx.beginPath();
    ctx.roundRect(x, y, width, height, corner * size);
    ctx.fillStyle = colour;
    ctx.fill();
  };
  for (const by of shadow ? SHADOW : []) {
    fill(grown({ ...box, y: box.y + FALLS * size }, by * size), NOTE.corner + by, shadow ?? '');
  }
  fill(box, NOTE.corner, notes.grounds[ground]);
}

const edgeOf = (width: number) => Math.max(2, width / 3);

function outlineOf(ctx: CanvasRenderingContext2D, shape: Extract<Shape, { kind: 'figure' }>) {
  const { x, y, width, height } = frame(shape);
  switch (shape.outline) {
    case 'arrow':
    case 'line':
      ctx.moveTo(shape.from.x, shape.from.y);
      ctx.lineTo(shape.to.x, shape.to.y);
      if (shape.outline === 'arrow') {
        const [a, b] = arrowHead(shape.from, shape.to, shape.width);
        ctx.moveTo(a.x, a.y);
        ctx.lineTo(shape.to.x, shape.to.y);
        ctx.lineTo(b.x, b.y);
      }
      return;
    case 'rectangle':
      ctx.roundRect(x, y, width, height, Math.min(8, width / 2, height / 2));
      return;
    case 'ellipse':
      ctx.ellipse(x + width / 2, y + height / 2, width / 2, height / 2, 0, 0, 2 * Math.PI);
      return;
  }
}

/** Paths of finished strokes and what shapes cover, kept for as long as a shape is there. */
const paths = new WeakMap<Shape, { count: number; path: Path2D }>();
const boxes = new WeakMap<Shape, { count: number; box: Box }>();

/** The path of a finished stroke. */
export function pathOf(shape: Shape): Path2D | undefined {
  if (shape.kind !== 'pen') return undefined;
  const count = shape.points.length;
  const known = paths.get(shape);
  if (known?.count === count) return known.path;
  const path = wholePath(shape.points, shape.width);
  paths.set(shape, { count, path });
  return path;
}

/** What a shape covers. */
export function boxOf(shape: Shape): Box {
  const count = shape.kind === 'pen' ? shape.points.length : 0;
  const known = boxes.get(shape);
  if (known?.count === count) return known.box;
  const box = bounds(shape);
  boxes.set(shape, { count, box });
  return box;
}
