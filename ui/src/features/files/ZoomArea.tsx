import { type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Size } from '../../engine/frames/fit';
import styles from './ZoomArea.module.css';
import { STEP, scaleOf, scrolled, type Zoom, zoomed } from './zoom';

/** How far an arrow key moves, in pixels. */
const ARROW = 60;

export interface Zooming {
  zoom: Zoom;
  /** How many times its own size it is shown; nothing before that is known. */
  scale: number | undefined;
  by: (factor: number, at?: { x: number; y: number }) => void;
  fit: () => void;
}

interface Inside extends Zooming {
  /** The window onto it, once it is there. */
  area: HTMLElement | null;
  setArea: (area: HTMLElement | null) => void;
  shown: Size | undefined;
}

/** Shows something of a size of its own, larger or smaller. */
export function useZoom(own: Size | undefined, first: Zoom = 'fit'): Inside {
  const [area, setArea] = useState<HTMLElement | null>(null);
  const [zoom, setZoom] = useState<Zoom>(first);
  const [room, setRoom] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    if (!area) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setRoom({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(area);
    return () => observer.disconnect();
  }, [area]);
  const scale = own && scaleOf(zoom, own, room);
  const shown = own && scale ? { width: own.width * scale, height: own.height * scale } : undefined;
  // What stays where it is while the size changes.
  const held = useRef<{ at: { x: number; y: number }; before: Size }>(undefined);
  const by = useCallback(
    (factor: number, at = { x: room.width / 2, y: room.height / 2 }) => {
      if (!shown || !scale) return;
      held.current = { at, before: shown };
      setZoom(zoomed(scale, factor));
    },
    [room, shown, scale],
  );
  const [width, height] = [shown?.width, shown?.height];
  useLayoutEffect(() => {
    const { current: hold } = held;
    held.current = undefined;
    if (!area || !hold || width === undefined || height === undefined) return;
    const { at, before } = hold;
    area.scrollLeft = scrolled(at.x, area.scrollLeft, area.clientWidth, before.width, width);
    area.scrollTop = scrolled(at.y, area.scrollTop, area.clientHeight, before.height, height);
  }, [area, width, height]);
  return { area, setArea, zoom, scale, shown, by, fit: () => setZoom('fit') };
}

interface Props {
  zooming: Inside;
  /** What is shown here, for whoever does not see it. */
  label: string;
  /** By what it is worked, as an element's id. */
  describedby: string;
  /** A pointer that moves does something else than moving it. */
  busy: boolean;
  children: ReactNode;
  /** Over it, at places that do not scroll. */
  over?: ReactNode;
}

/** A window onto it: wheel and keys size it, the pointer moves it. */
export function ZoomArea({ zooming, label, describedby, busy, children, over }: Props) {
  const { area, setArea, shown, zoom } = zooming;
  const sized = useRef(zooming.by);
  sized.current = zooming.by;
  useEffect(() => {
    if (!area) return;
    // A pinch on a touchpad comes as a wheel with Control held. React listens passively.
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const box = area.getBoundingClientRect();
      sized.current(Math.exp(-event.deltaY * 0.01), { x: event.clientX - box.x, y: event.clientY - box.y });
    };
    area.addEventListener('wheel', wheel, { passive: false });
    return () => area.removeEventListener('wheel', wheel);
  }, [area]);
  const last = useRef<{ x: number; y: number }>(undefined);
  const drag = {
    onPointerDown: (event: React.PointerEvent) => {
      if (event.pointerType !== 'mouse' || event.button !== 0) return;
      // What is scrolled by hand has the keys too.
      area?.focus({ preventScroll: true });
      event.preventDefault();
      area?.setPointerCapture?.(event.pointerId);
      last.current = { x: event.clientX, y: event.clientY };
    },
    onPointerMove: (event: React.PointerEvent) => {
      if (!last.current) return;
      area?.scrollBy?.(last.current.x - event.clientX, last.current.y - event.clientY);
      last.current = { x: event.clientX, y: event.clientY };
    },
    onPointerUp: () => {
      last.current = undefined;
    },
    onPointerCancel: () => {
      last.current = undefined;
    },
  };
  return (
    <div className={styles.room}>
      <section
        ref={setArea}
        className={`${styles.area} ${busy ? '' : styles.grabs} ${zoom === 'fit' ? styles.fits : ''}`}
        aria-label={label}
        aria-describedby={describedby}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll it
        tabIndex={0}
        {...(!busy && drag)}
        data-testid="viewer-area"
      >
        <div className={styles.inside} style={shown}>
          {children}
        </div>
      </section>
      {over}
    </div>
  );
}

/** Keys that size it and move it, wherever in the dialog the keyboard is. What it is not for is given to `other`. */
export function useZoomKeys(
  { area, by, fit }: Inside,
  other?: (key: string, wide: boolean) => boolean,
): void {
  const latest = useRef({ by, fit, other });
  latest.current = { by, fit, other };
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest('input, textarea, [role="menu"]')) return;
      const { by, fit: whole, other } = latest.current;
      const wide = area !== null && area.scrollWidth > area.clientWidth + 1;
      const done = () => {
        if (other?.(event.key, wide)) return true;
        const move = MOVES[event.key];
        if (move) area?.scrollBy?.(move[0] * ARROW, move[1] * ARROW);
        else if (event.key === '+' || event.key === '=') by(STEP);
        else if (event.key === '-') by(1 / STEP);
        else if (event.key === '0') whole();
        else return false;
        return true;
      };
      if (done()) event.preventDefault();
    };
    document.addEventListener('keydown', key);
    return () => document.removeEventListener('keydown', key);
  }, [area]);
}

const MOVES: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
