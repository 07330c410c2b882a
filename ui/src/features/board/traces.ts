// What lasers leave behind them: a line that grows thinner and is gone within a second.

import getStroke from 'perfect-freehand';
import type { Point } from '../../engine/view';
import { type Trace as Path, trace } from './stroke';
import { toScreen, type Viewport } from './viewport';

/** For so long a place is seen, in milliseconds. */
export const LIFE = 900;
/** As wide as it is where the laser is now, in pixels. */
const WIDTH = 9;
/** Two places further apart in time belong to two lines: the laser was away. */
const APART = 400;

interface Place extends Point {
  at: number;
}

interface Line {
  colour: string;
  page: number;
  places: Place[];
}

/** The traces of everybody's laser on a board. Time is an argument, in milliseconds. */
export class Traces {
  private readonly lines = new Map<string, Line>();

  /** Somebody's laser is there. */
  add(who: string, colour: string, page: number, { x, y }: Point, now: number): void {
    let line = this.lines.get(who);
    const last = line?.places.at(-1);
    if (!line || line.page !== page || (last && now - last.at > APART)) {
      line = { colour, page, places: [] };
      this.lines.set(who, line);
    } else if (last?.x === x && last.y === y) return;
    line.places.push({ x, y, at: now });
  }

  /** Lets go of what is over; tells whether anything is left to be seen. */
  tidy(now: number): boolean {
    for (const [who, line] of this.lines) {
      line.places = line.places.filter(({ at }) => now - at < LIFE);
      if (line.places.length === 0) this.lines.delete(who);
    }
    return this.lines.size > 0;
  }

  /** What is seen of a page: outlines on the screen, and how much of their colour. `steady` ones do not grow thinner. */
  seen(page: number, viewport: Viewport, now: number, steady: boolean) {
    return [...this.lines.values()].flatMap(({ colour, page: of, places }) => {
      const newest = places.at(-1);
      if (of !== page || !newest || places.length < 2) return [];
      const left = ({ at }: Place) => Math.max(0, 1 - (now - at) / LIFE);
      const corners = getStroke(
        places.map((place) => {
          const { x, y } = toScreen(viewport, place);
          return [x, y, steady ? 1 : left(place)];
        }),
        { size: WIDTH, thinning: 0.9, smoothing: 0.5, streamline: 0.2, simulatePressure: false, last: true },
      ) as [number, number][];
      return [{ colour, opacity: steady ? 1 : Math.min(1, 2 * left(newest)), corners }];
    });
  }
}

type Seen = ReturnType<Traces['seen']>[number];

/** Paints a trace, with an edge of white that shows on whatever lies under it. */
export function paintTrace(ctx: CanvasRenderingContext2D, { colour, opacity, corners }: Seen): void {
  ctx.globalAlpha = opacity;
  ctx.beginPath();
  trace(corners, ctx satisfies Path);
  ctx.strokeStyle = '#fff';
  ctx.lineWidth = 2;
  ctx.stroke();
  ctx.fillStyle = colour;
  ctx.fill();
  ctx.globalAlpha = 1;
}
