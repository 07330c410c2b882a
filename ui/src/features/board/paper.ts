// The canvases of a board. What is finished is painted once and stays; what moves lies over it. Ten people who draw cost no
// more than what they draw: nothing of it goes through React.

import Konva from 'konva/lib/Core.js';
import { Rect } from 'konva/lib/shapes/Rect.js';
import { Transformer } from 'konva/lib/shapes/Transformer.js';
import type { Point } from '../../engine/view';
import { itemsOn, type Touched } from './boardState';
import { boxOf, type Look, look, paint, pathOf } from './draw';
import { type Box, meet } from './geometry';
import type { BoardPictures } from './pictures';
import type { BoardSession, Watcher } from './session';
import { GrowingPath } from './stroke';
import { seen, type Viewport } from './viewport';

/** A stroke that did not grow for so long is finished. */
const QUIET = 250;
/** A finished stroke rests over the paper, since to settle it is to draw all of the paper: until nothing came for so long. */
const REST = 600;
/** More than these cost more in each frame than the paper does. */
const MOST_LIVE = 30;
/** So long one frame may paint, in milliseconds, and so many items at most; the rest waits for the next. */
const BUDGET = 10;
const SHARE = 400;
/** With more than a share, what is moved or zoomed is painted again only when it stood still for so long. */
const STILL = 120;
/** More places than these are not worth mending one by one. */
const MANY = 40;
/** From one dot of the paper to the next. */
const DOTS = 40;

/** What lies under all items. */
export type Ground = { kind: 'paper' } | { kind: 'picture'; image: HTMLImageElement | undefined };

/** Finished items, painted as they are seen from somewhere. */
interface Painted {
  canvas: HTMLCanvasElement;
  ctx: CanvasRenderingContext2D;
  viewport: Viewport;
  width: number;
  height: number;
}

export class Paper implements Watcher {
  private readonly stage: Konva.Stage;
  private readonly base = new Konva.Layer({ listening: false });
  private readonly top = new Konva.Layer({ listening: false });
  private readonly controls = new Konva.Layer();
  private readonly frame = new Rect({ listening: false, strokeScaleEnabled: false });
  private readonly handles: Transformer;
  private readonly look: Look;
  private viewport: Viewport = { x: 0, y: 0, scale: 1 };
  private painted: Painted | undefined;
  /** The next full picture, while it is painted. */
  private coming: { painted: Painted; at: number; missed: Set<string> } | undefined;
  /** What of the board is in `painted`, and where. */
  private settled = new Map<string, Box>();
  /** Strokes that grow, or rest over the paper: when each is finished. */
  private readonly live = new Map<string, number>();
  private readonly growing = new Map<string, GrowingPath>();
  /** It is to be begun. */
  private comes = false;
  private dirty: Box[] = [];
  // Each canvas is drawn only when it would be another than before: whoever draws for ten people has no time to lose.
  private stale = true;
  private topStale = true;
  private controlsStale = true;
  private frameAsked = 0;
  /** When something came last. */
  private cameAt = 0;
  /** When something came that lies over the strokes which are there. */
  private coveredAt = Number.NEGATIVE_INFINITY;
  private movedAt = 0;
  private sizing: Box | undefined;
  private readonly unwatch: () => void;
  private readonly watchScene: () => void;
  private readonly colours: { stage: string; dot: string; accent: string };

  constructor(
    host: HTMLDivElement,
    private readonly session: BoardSession,
    private readonly pictures: BoardPictures,
    private ground: Ground,
  ) {
    // Each layer is drawn when this says so.
    Konva.autoDrawEnabled = false;
    this.look = look(ground.kind === 'picture', { shadow: true });
    const token = (name: string) =>
      getComputedStyle(document.documentElement).getPropertyValue(name).trim() || '#000';
    this.colours = { stage: token('--draw-stage'), dot: token('--draw-dot'), accent: token('--draw-handle') };
    this.stage = new Konva.Stage({
      container: host,
      width: host.clientWidth || 1,
      height: host.clientHeight || 1,
    });
    this.base.add(new Konva.Shape({ sceneFunc: (ctx) => this.drawBase(ctx._context) }));
    this.top.add(new Konva.Shape({ sceneFunc: (ctx) => this.drawTop(ctx._context) }));
    this.handles = new Transformer({
      rotateEnabled: false,
      flipEnabled: false,
      ignoreStroke: true,
      anchorSize: 12,
      anchorCornerRadius: 2,
      anchorStroke: this.colours.accent,
      anchorStrokeWidth: 2,
      anchorFill: '#ffffff',
      borderStroke: this.colours.accent,
      borderStrokeWidth: 2,
      padding: 6,
      boundBoxFunc: (before, next) => (next.width < 8 && next.height < 8 ? before : next),
    });
    this.frame.on('transformstart', () => {
      this.sizing = session.selectionFrame();
    });
    this.frame.on('transform', () => this.sized(false));
    this.frame.on('transformend', () => {
      this.sized(true);
      this.sizing = undefined;
      this.placeHandles();
    });
    this.controls.add(this.frame, this.handles);
    this.stage.add(this.base, this.top, this.controls);
    this.unwatch = session.watch(this);
    this.watchScene = session.subscribe(() => this.selectionChanged());
    pictures.onCome((fileId) => this.cameIn(fileId));
    this.ask();
  }

  destroy(): void {
    cancelAnimationFrame(this.frameAsked);
    this.unwatch();
    this.watchScene();
    this.pictures.onCome(() => {});
    this.stage.destroy();
  }

  setGround(ground: Ground): void {
    this.ground = ground;
    this.stale = true;
    this.ask();
  }

  resize(width: number, height: number): void {
    if (width < 1 || height < 1) return;
    this.stage.size({ width, height });
    this.repaint();
  }

  lookAt(viewport: Viewport): void {
    this.viewport = viewport;
    this.movedAt = performance.now();
    this.repaint();
    this.placeHandles();
  }

  /** Whether one of the selection's handles is there: that is theirs to answer. */
  isHandle(event: PointerEvent): boolean {
    this.stage.setPointersPositions(event);
    const at = this.stage.getPointerPosition();
    return at !== null && this.stage.getIntersection(at) !== null;
  }

  redraw(touched: Parameters<Watcher['redraw']>[0]): void {
    this.topStale = true;
    switch (touched.kind) {
      case 'all':
        this.live.clear();
        this.growing.clear();
        this.settled.clear();
        this.painted = undefined;
        this.repaint();
        break;
      case 'items':
        this.take(touched);
        break;
      case 'local':
        for (const id of touched.ids) this.sync(id);
        this.placeHandles();
        break;
    }
    this.ask();
  }

  private take(touched: Extract<Touched, { kind: 'items' }>): void {
    this.cameAt = performance.now();
    const until = this.cameAt + QUIET;
    for (const id of touched.put) {
      const shape = this.session.board.items.get(id)?.shape;
      // A stroke that comes whole has other points than it had.
      if (id !== this.session.drawing) this.growing.delete(id);
      const lives = shape?.kind === 'pen' && !this.settled.has(id);
      // What rests is painted over all that is settled: it must not hide what was put over it.
      if (!lives || this.live.has(id)) this.coveredAt = this.cameAt;
      if (lives) this.live.set(id, until);
      this.sync(id);
    }
    for (const id of touched.extended) {
      this.live.set(id, until);
      this.sync(id);
    }
    for (const id of touched.removed) {
      this.live.delete(id);
      this.growing.delete(id);
      this.sync(id);
    }
    this.placeHandles();
  }

  /** Brings what is painted into line with what should be. */
  private sync(id: string): void {
    this.topStale = true;
    this.coming?.missed.add(id);
    const before = this.settled.get(id);
    const item = this.session.board.items.get(id);
    const lies = item !== undefined && this.isSettled(id, item.page);
    if (before) {
      this.settled.delete(id);
      this.dirty.push(before);
    }
    if (!lies) return;
    const box = boxOf(item.shape);
    this.settled.set(id, box);
    if (before || this.isUnderOthers(id, box)) this.dirty.push(box);
    else if (this.painted) {
      const { ctx, viewport } = this.painted;
      this.paintItem(ctx, viewport, id);
      this.stale = true;
    }
  }

  private isSettled(id: string, page: number): boolean {
    const { session } = this;
    return (
      page === session.snapshot().page &&
      !session.isLocal(id) &&
      !session.fading().has(id) &&
      !this.live.has(id) &&
      session.snapshot().editing?.id !== id
    );
  }

  private isUnderOthers(id: string, box: Box): boolean {
    const items = this.items();
    for (let n = items.length - 1; n >= 0; n -= 1) {
      const item = items[n];
      if (!item || item.id === id) return false;
      const other = this.settled.get(item.id);
      if (other && meet(other, box)) return true;
    }
    return false;
  }

  private items() {
    return itemsOn(this.session.board, this.session.snapshot().page);
  }

  // --------------------------------------------------------------------------------------------- frames

  /** Paints everything again, from where it is seen now. */
  private repaint(): void {
    this.coming = undefined;
    this.dirty = [];
    this.comes = true;
    this.stale = true;
    this.topStale = true;
    this.controlsStale = true;
    this.ask();
  }

  private blank(): Painted | undefined {
    const canvas = document.createElement('canvas');
    const ratio = devicePixelRatio || 1;
    const [width, height] = [this.stage.width(), this.stage.height()];
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(height * ratio));
    const ctx = canvas.getContext('2d');
    return ctx ? { canvas, ctx, viewport: { ...this.viewport }, width, height } : undefined;
  }

  private ask(): void {
    this.frameAsked ||= requestAnimationFrame(() => {
      this.frameAsked = 0;
      this.draw();
    });
  }

  private draw(): void {
    this.session.tick();
    this.settleFinished();
    this.goOnPainting();
    this.mend();
    if (this.stale) this.base.draw();
    if (this.topStale) this.top.draw();
    if (this.controlsStale) this.controls.draw();
    this.stale = false;
    this.topStale = false;
    this.controlsStale = false;
    const waits = this.live.size > 0 || this.session.busy || this.session.locals().length > 0;
    if (waits || this.coming || this.comes) this.ask();
  }

  /** Finished strokes become part of the paper: all at once where it is to be drawn anyway, else those that were covered. */
  private settleFinished(): void {
    const now = performance.now();
    const all = this.live.size > MOST_LIVE || now - this.cameAt >= REST;
    for (const [id, until] of this.live) {
      if (until > now || !(all || until <= this.coveredAt + QUIET)) continue;
      this.live.delete(id);
      this.growing.delete(id);
      this.sync(id);
    }
  }

  /** Goes on with the next full picture, until the frame's time is over. */
  private goOnPainting(): void {
    const items = this.items();
    const now = performance.now();
    if (this.comes && this.painted && items.length > SHARE && now - this.movedAt < STILL) return;
    if (this.comes) {
      this.comes = false;
      const painted = this.blank();
      this.coming = painted && { painted, at: 0, missed: new Set() };
    }
    const { coming } = this;
    if (!coming) return;
    const { ctx, viewport } = coming.painted;
    const until = now + BUDGET;
    let share = 0;
    const view = this.visible(viewport);
    while (coming.at < items.length) {
      const item = items[coming.at];
      coming.at += 1;
      if (!item || !this.isSettled(item.id, item.page)) continue;
      if (!meet(boxOf(item.shape), view)) continue;
      this.paintItem(ctx, viewport, item.id);
      share += 1;
      // What a canvas is told it draws later: the clock alone does not see it.
      if (share >= SHARE || (share % 16 === 0 && performance.now() > until)) return;
    }
    this.coming = undefined;
    this.painted = coming.painted;
    this.settled = new Map(
      items
        .filter(({ id, page }) => this.isSettled(id, page))
        .map((item) => [item.id, boxOf(item.shape)] as const),
    );
    // What changed while it was painted.
    this.dirty = [];
    for (const id of coming.missed) {
      const box = this.settled.get(id);
      if (box) this.dirty.push(box);
      else this.sync(id);
    }
    this.stale = true;
  }

  /** Paints again what lies in places where something changed. */
  private mend(): void {
    const { painted, dirty } = this;
    if (!painted || dirty.length === 0) return;
    this.dirty = [];
    this.stale = true;
    if (dirty.length > MANY) {
      this.repaint();
      return;
    }
    const { ctx, viewport } = painted;
    const ratio = devicePixelRatio || 1;
    for (const box of dirty) {
      // Whole pixels, or their edges would show.
      const left = Math.floor((viewport.x + box.x * viewport.scale) * ratio) - 2;
      const top = Math.floor((viewport.y + box.y * viewport.scale) * ratio) - 2;
      const width = Math.ceil(box.width * viewport.scale * ratio) + 4;
      const height = Math.ceil(box.height * viewport.scale * ratio) + 4;
      ctx.save();
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      ctx.beginPath();
      ctx.rect(left, top, width, height);
      ctx.clip();
      ctx.clearRect(left, top, width, height);
      for (const { id } of this.items()) {
        const other = this.settled.get(id);
        if (other && meet(other, box)) this.paintItem(ctx, viewport, id);
      }
      ctx.restore();
    }
  }

  private paintItem(ctx: CanvasRenderingContext2D, viewport: Viewport, id: string): void {
    const shape = this.session.board.items.get(id)?.shape;
    if (!shape) return;
    const ratio = devicePixelRatio || 1;
    const scale = viewport.scale * ratio;
    ctx.setTransform(scale, 0, 0, scale, viewport.x * ratio, viewport.y * ratio);
    paint(ctx, shape, this.look, this.pictures.of, pathOf(shape));
  }

  private visible(viewport: Viewport): Box {
    return seen(viewport, this.stage.width(), this.stage.height());
  }

  private drawBase(ctx: CanvasRenderingContext2D): void {
    const [width, height] = [this.stage.width(), this.stage.height()];
    const { viewport, ground } = this;
    if (ground.kind === 'paper') {
      ctx.fillStyle = '#ffffff';
      ctx.fillRect(0, 0, width, height);
      this.drawDots(ctx, width, height);
    } else {
      ctx.fillStyle = this.colours.stage;
      ctx.fillRect(0, 0, width, height);
      const { width: wide, height: high } = this.session.size;
      if (ground.image) {
        const { x, y, scale } = viewport;
        ctx.drawImage(ground.image, x, y, wide * scale, high * scale);
      }
    }
    if (!this.painted) return;
    // The last picture, moved to where it is seen now, until the next is painted.
    const { canvas, viewport: from, width: wide, height: high } = this.painted;
    const grown = viewport.scale / from.scale;
    ctx.drawImage(
      canvas,
      viewport.x - from.x * grown,
      viewport.y - from.y * grown,
      wide * grown,
      high * grown,
    );
  }

  private drawDots(ctx: CanvasRenderingContext2D, width: number, height: number): void {
    const { x, y, scale } = this.viewport;
    let step = DOTS * scale;
    while (step < 18) step *= 2;
    while (step > 60) step /= 2;
    ctx.fillStyle = this.colours.dot;
    const size = 2;
    for (let left = ((x % step) + step) % step; left < width; left += step) {
      for (let top = ((y % step) + step) % step; top < height; top += step) {
        ctx.fillRect(Math.round(left), Math.round(top), size, size);
      }
    }
  }

  private drawTop(ctx: CanvasRenderingContext2D): void {
    const { session, viewport } = this;
    const { editing, page } = session.snapshot();
    ctx.save();
    ctx.translate(viewport.x, viewport.y);
    ctx.scale(viewport.scale, viewport.scale);
    const paths = new Set<string>();
    const growing = (id: string, shape: Parameters<typeof paint>[1], alpha = 1) => {
      let path: Path2D | undefined;
      if (shape.kind === 'pen') {
        paths.add(id);
        let found = this.growing.get(id);
        if (!found) {
          found = new GrowingPath();
          this.growing.set(id, found);
        }
        path = found.of(shape.points, shape.width);
      }
      ctx.globalAlpha = alpha;
      paint(ctx, shape, this.look, this.pictures.of, path);
      ctx.globalAlpha = 1;
    };
    for (const id of session.fading()) {
      const item = session.board.items.get(id);
      if (!item) continue;
      ctx.globalAlpha = 0.25;
      paint(ctx, item.shape, this.look, this.pictures.of, pathOf(item.shape));
      ctx.globalAlpha = 1;
    }
    for (const id of this.live.keys()) {
      const item = session.board.items.get(id);
      if (item?.page !== page || session.isLocal(id) || session.fading().has(id)) continue;
      growing(id, item.shape);
    }
    for (const [id, shape] of session.locals()) {
      if (editing?.id === id) continue;
      // A stroke that is moved has other points each time; only one that grows is worth keeping.
      if (id === session.drawing) growing(id, shape);
      else paint(ctx, shape, this.look, this.pictures.of, pathOf(shape));
    }
    for (const id of this.growing.keys()) if (!paths.has(id)) this.growing.delete(id);
    ctx.restore();
    const marquee = session.marquee();
    if (!marquee) return;
    const { x, y, scale } = viewport;
    ctx.fillStyle = this.colours.accent;
    ctx.strokeStyle = this.colours.accent;
    ctx.lineWidth = 1.5;
    const place = [
      x + marquee.x * scale,
      y + marquee.y * scale,
      marquee.width * scale,
      marquee.height * scale,
    ] as const;
    ctx.globalAlpha = 0.1;
    ctx.fillRect(...place);
    ctx.globalAlpha = 1;
    ctx.strokeRect(...place);
  }

  // --------------------------------------------------------------------------------------------- handles

  private selectionChanged(): void {
    this.placeHandles();
    this.topStale = true;
    this.ask();
  }

  private placeHandles(): void {
    if (this.sizing) return;
    const { session, viewport } = this;
    const box = session.selectionBox();
    const shapes = session.snapshot().selected.map((id) => session.shapeOf(id));
    if (!box || shapes.length === 0) {
      if (this.handles.nodes().length > 0) {
        this.handles.nodes([]);
        this.controlsStale = true;
      }
      this.ask();
      return;
    }
    const from = session.selectionFrame() ?? box;
    this.frame.setAttrs({
      x: viewport.x + from.x * viewport.scale,
      y: viewport.y + from.y * viewport.scale,
      width: Math.max(1, from.width * viewport.scale),
      height: Math.max(1, from.height * viewport.scale),
      scaleX: 1,
      scaleY: 1,
    });
    const keeps = shapes.some((shape) => shape?.kind === 'picture' || shape?.kind === 'text');
    const corners = ['top-left', 'top-right', 'bottom-left', 'bottom-right'];
    const sides = ['top-center', 'middle-left', 'middle-right', 'bottom-center'];
    this.handles.setAttrs({
      keepRatio: keeps,
      enabledAnchors: keeps ? corners : [...corners, ...sides],
      resizeEnabled: session.mayChange(),
      // What is not mine to change is only pointed out.
      borderDash: session.mayChange() ? [] : [6, 5],
    });
    this.handles.nodes([this.frame]);
    this.handles.forceUpdate();
    this.controlsStale = true;
    this.ask();
  }

  private sized(finished: boolean): void {
    if (!this.sizing) return;
    this.controlsStale = true;
    this.ask();
    const { x, y, scale } = this.viewport;
    const corner: Point = { x: (this.frame.x() - x) / scale, y: (this.frame.y() - y) / scale };
    const width = this.sizing.width === 0 ? 0 : (this.frame.width() * this.frame.scaleX()) / scale;
    const height = this.sizing.height === 0 ? 0 : (this.frame.height() * this.frame.scaleY()) / scale;
    this.session.fit(this.sizing, { ...corner, width, height }, finished);
  }

  private cameIn(fileId: string): void {
    for (const { id, shape } of this.items()) {
      if (shape.kind === 'picture' && shape.file_id === fileId) this.sync(id);
    }
    this.ask();
  }
}
