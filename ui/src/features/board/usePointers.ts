import { type RefObject, useEffect } from 'react';
import type { Point } from '../../engine/view';
import type { Camera } from './camera';
import type { Paper } from './paper';
import type { BoardSession } from './session';
import { pinched, toBoard } from './viewport';

/** How near a mouse and a finger have to come to something, in pixels. */
const REACH = { fine: 6, coarse: 14 };
/** A pointer that did not move for so long rests. */
const RESTS_MS = 60;

/** Draws with one pointer, moves what is seen with two fingers, the middle button, or space. */
export function usePointers(
  host: RefObject<HTMLElement | null>,
  session: BoardSession,
  camera: Camera,
  paper: RefObject<Paper | null>,
  /** Nothing to draw with: the pointer moves what is seen, unless it is a laser. */
  looks: boolean,
): void {
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const fingers = new Map<number, Point>();
    let drawing: number | undefined;
    let panning: { pointer: number; last: Point } | undefined;
    let space = false;
    let rests: ReturnType<typeof setTimeout> | undefined;
    const at = (event: { clientX: number; clientY: number }): Point => {
      const box = element.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    const reach = (event: PointerEvent) =>
      (event.pointerType === 'touch' ? REACH.coarse : REACH.fine) / camera.now.scale;
    const down = (event: PointerEvent) => {
      const place = at(event);
      if (event.pointerType === 'touch') {
        fingers.set(event.pointerId, place);
        if (fingers.size > 1) {
          // What the first finger began was the beginning of this.
          session.cancel();
          drawing = undefined;
          panning = undefined;
          return;
        }
      }
      const moves = space || (looks && session.snapshot().tool !== 'laser');
      const pans = event.button === 1 || (event.button === 0 && moves);
      if (!pans && event.button !== 0) return;
      if (!pans && paper.current?.isHandle(event)) return;
      event.preventDefault();
      element.setPointerCapture?.(event.pointerId);
      if (pans) {
        panning = { pointer: event.pointerId, last: place };
        element.dataset.pans = 'true';
        return;
      }
      drawing = event.pointerId;
      session.down(toBoard(camera.now, place), reach(event), { shift: event.shiftKey });
      // Only now: a text that loses the focus is done, and the pointer would begin another.
      element.focus({ preventScroll: true });
    };
    const move = (event: PointerEvent) => {
      const place = at(event);
      const finger = fingers.get(event.pointerId);
      if (finger && fingers.size > 1) {
        const before = [...fingers.values()];
        fingers.set(event.pointerId, place);
        const now = [...fingers.values()];
        const [a, b] = before;
        const [c, d] = now;
        if (a && b && c && d) camera.set(pinched(camera.now, [a, b], [c, d]));
        return;
      }
      if (finger) fingers.set(event.pointerId, place);
      point(place);
      if (drawing === undefined && !panning) over(place);
      if (panning?.pointer === event.pointerId) {
        camera.pan(place.x - panning.last.x, place.y - panning.last.y);
        panning.last = place;
        return;
      }
      if (drawing !== event.pointerId) return;
      // All places since the last frame, where the web view keeps them.
      const all = event.getCoalescedEvents?.() ?? [];
      const points = (all.length > 0 ? all : [event]).map((one) => toBoard(camera.now, at(one)));
      session.moveTo(points, reach(event), { shift: event.shiftKey });
    };
    const up = (event: PointerEvent) => {
      fingers.delete(event.pointerId);
      if (panning?.pointer === event.pointerId) {
        panning = undefined;
        delete element.dataset.pans;
      }
      if (drawing !== event.pointerId) return;
      drawing = undefined;
      if (event.type === 'pointercancel') session.cancel();
      else session.up();
    };
    // What may be dragged and what may not is seen before one tries.
    const over = (place: Point) => {
      const there =
        session.snapshot().tool === 'select' && !looks
          ? session.under(toBoard(camera.now, place), REACH.fine / camera.now.scale)
          : undefined;
      if (there === undefined) delete element.dataset.over;
      else element.dataset.over = session.mayChangeItem(there) ? 'mine' : 'theirs';
    };
    // Where it came to rest is said too, when the one before was said just now.
    const point = (place: Point) => {
      clearTimeout(rests);
      session.pointer(toBoard(camera.now, place));
      rests = setTimeout(() => session.pointer(toBoard(camera.now, place)), RESTS_MS);
    };
    const leave = () => {
      clearTimeout(rests);
      session.pointer(undefined);
    };
    const twice = (event: MouseEvent) => {
      const there = session.under(toBoard(camera.now, at(event)), REACH.fine / camera.now.scale);
      if (there && session.snapshot().tool === 'select') session.edit(there);
    };
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      // A pinch on a touchpad comes as a wheel with Control held.
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 24 : 1;
      const [dx, dy] = [event.deltaX * lines, event.deltaY * lines];
      if (event.shiftKey) camera.pan(-(dx || dy), 0);
      else if (event.ctrlKey || dx === 0)
        camera.zoom(Math.exp(-dy * (event.ctrlKey ? 0.01 : 0.0016)), at(event));
      else camera.pan(-dx, -dy);
    };
    const held = (event: KeyboardEvent) => {
      if (event.key !== ' ') return;
      const there = event.target === element || event.target === document.body;
      space = event.type === 'keydown' && there;
      if (space) event.preventDefault();
      element.dataset.hand = String(space);
    };
    const gone = new AbortController();
    const { signal } = gone;
    element.addEventListener('pointerdown', down, { signal });
    element.addEventListener('pointermove', move, { signal });
    element.addEventListener('pointerup', up, { signal });
    element.addEventListener('pointercancel', up, { signal });
    element.addEventListener('pointerleave', leave, { signal });
    element.addEventListener('dblclick', twice, { signal });
    element.addEventListener('wheel', wheel, { signal, passive: false });
    document.addEventListener('keydown', held, { signal });
    document.addEventListener('keyup', held, { signal });
    return () => {
      gone.abort();
      clearTimeout(rests);
    };
  }, [host, session, camera, paper, looks]);
}
