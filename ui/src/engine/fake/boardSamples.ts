// A knee, drawn on the board and over a snapshot.

import type { Colour, ItemView, Point, Shape } from '../view';

/** Points along a curve through these. */
function through(...ends: [number, number][]): Point[] {
  const points: Point[] = [];
  for (let n = 0; n + 1 < ends.length; n += 1) {
    const [a, b] = [ends[n], ends[n + 1]];
    if (!a || !b) break;
    const before = ends[n - 1] ?? a;
    const after = ends[n + 2] ?? b;
    for (let step = 0; step < 14; step += 1) {
      const at = step / 14;
      const along = (axis: 0 | 1) =>
        0.5 *
        (2 * a[axis] +
          (b[axis] - before[axis]) * at +
          (2 * before[axis] - 5 * a[axis] + 4 * b[axis] - after[axis]) * at ** 2 +
          (3 * a[axis] - before[axis] - 3 * b[axis] + after[axis]) * at ** 3);
      points.push({ x: Math.round(along(0)), y: Math.round(along(1)) });
    }
  }
  const last = ends[ends.length - 1];
  if (last) points.push({ x: last[0], y: last[1] });
  return points;
}

const pen = (colour: Colour, width: number, ...ends: [number, number][]): Shape => ({
  kind: 'pen',
  points: through(...ends),
  colour,
  width,
});

const words = (x: number, y: number, text: string, size: number, colour: Colour = 'ink'): Shape => ({
  kind: 'text',
  at: { x, y },
  text,
  colour,
  size,
});

const note = (x: number, y: number, text: string, size: number, ground: Colour): Shape => ({
  kind: 'text',
  at: { x, y },
  text,
  colour: 'ink',
  size,
  ground,
});

const figure = (
  outline: 'line' | 'arrow' | 'rectangle' | 'ellipse',
  [fx, fy, tx, ty]: [number, number, number, number],
  colour: Colour,
  width: number,
  filled = false,
): Shape => ({
  kind: 'figure',
  outline,
  from: { x: fx, y: fy },
  to: { x: tx, y: ty },
  colour,
  width,
  filled,
});

const items = (shapes: Shape[]): ItemView[] =>
  shapes.map((shape, n) => ({
    id: `sample-${n}`,
    page: 0,
    z: n + 1,
    author: n % 3 === 2 ? 'seat-0' : 'seat-me',
    mine: n % 3 !== 2,
    shape,
  }));

export function boardItems(): ItemView[] {
  return items([
    words(150, 70, 'Anna, right knee', 56),
    pen('ink', 6, [150, 152], [330, 158], [520, 150]),
    pen('ink', 8, [360, 200], [362, 340], [340, 430], [296, 520], [330, 586], [420, 590], [452, 576]),
    pen('ink', 8, [520, 200], [524, 340], [560, 440], [604, 520], [570, 590], [490, 592], [452, 576]),
    figure('ellipse', [392, 440, 510, 590], 'ink', 8),
    pen('ochre', 20, [336, 622], [440, 640], [574, 622]),
    pen('ink', 8, [386, 980], [372, 800], [320, 660], [450, 650], [582, 662], [530, 800], [512, 980]),
    figure('arrow', [852, 552, 610, 618], 'teal', 8),
    words(880, 480, 'cartilage thinner here', 44),
    words(880, 546, 'hurts on stairs', 44, 'teal'),
    note(80, 720, 'Swollen\nin March', 36, 'teal'),
    note(906, 676, 'Plan until December\n1. Bike 15 min, every day\n2. Stretch after walking', 40, 'ochre'),
    { kind: 'picture', at: { x: 880, y: 90 }, size: { x: 500, y: 312 }, file_id: 'file-knee' },
  ]);
}

export function pictureItems(): ItemView[] {
  return items([
    figure('ellipse', [460, 330, 690, 450], 'ochre', 6),
    figure('arrow', [960, 280, 704, 372], 'teal', 8),
    words(980, 240, 'Space narrower\nthan in March', 28),
    pen('ink', 5, [420, 600], [520, 594], [640, 602]),
  ]);
}
