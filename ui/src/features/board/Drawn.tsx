import {
  createContext,
  type ReactNode,
  type RefObject,
  use,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { useEngine } from '../../engine/context';
import type { BoardCommands } from '../../engine/engine';
import styles from './Drawn.module.css';
import { look, paint, pathOf } from './draw';
import { Drawings } from './drawings';
import type { Choices } from './session';

/** What passes by while somebody scrolls is not opened. */
const RESTS_MS = 150;
/** Painted at most every so often: what is small needs no more. */
const EVERY_MS = 60;
/** Widths in pixels: small in a list, and the most for a large one. */
const SMALL = 720;
const LARGEST = 4096;

interface Here {
  drawings: Drawings | undefined;
  /** I may see what is drawn over snapshots. */
  may: boolean;
}

const DrawingsContext = createContext<Here>({ drawings: undefined, may: false });

/** Knows what is drawn over the snapshots of a call, for as long as that lasts. */
export function DrawingsProvider({ may, children }: { may: boolean; children: ReactNode }) {
  const { board, tools } = useEngine();
  const drawings = useMemo(
    () => board && new Drawings(board, tools && ((fileId) => tools.filePicture(fileId, true))),
    [board, tools],
  );
  useEffect(() => () => drawings?.stop(), [drawings]);
  const here = useMemo(() => ({ drawings, may }), [drawings, may]);
  return <DrawingsContext value={here}>{children}</DrawingsContext>;
}

/** The boards, for whoever draws on them. */
export function useBoardCommands(): BoardCommands | undefined {
  const { board } = useEngine();
  return use(DrawingsContext).drawings?.editor ?? board;
}

/** What is drawn with, kept from board to board. */
export function useChosen(): Choices | undefined {
  return use(DrawingsContext).drawings?.chosen;
}

/** What is drawn over snapshots; nothing for whoever may not see it. */
export function useDrawings(): Drawings | undefined {
  const { drawings, may } = use(DrawingsContext);
  return may ? drawings : undefined;
}

/** What is drawn over a snapshot. */
export interface Drawing {
  of: string;
  drawings: Drawings;
}

/** What is drawn over it, live, while it is shown; nothing where nothing is, or where I may not see it. */
export function useDrawing(fileId: string, shown: boolean): Drawing | undefined {
  const drawings = useDrawings();
  const from = shown ? drawings : undefined;
  const subscribe = useCallback(
    (heard: () => void) => from?.watch(fileId, heard) ?? (() => {}),
    [from, fileId],
  );
  const drawn = useSyncExternalStore(subscribe, () => (from?.items(fileId).length ?? 0) > 0);
  return useMemo(() => (from && drawn ? { of: fileId, drawings: from } : undefined), [from, drawn, fileId]);
}

/** Whether something is in sight, and rests there. */
export function useInSight(element: RefObject<Element | null>): boolean {
  const [inSight, setInSight] = useState(false);
  useEffect(() => {
    if (!element.current) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new IntersectionObserver((entries) => {
      const there = entries.at(-1)?.isIntersecting ?? false;
      clearTimeout(timer);
      if (there) timer = setTimeout(() => setInSight(true), RESTS_MS);
      else setInSight(false);
    });
    observer.observe(element.current);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [element]);
  return inSight;
}

interface Props {
  drawing: Drawing;
  /** Of the snapshot, in pixels: these are the units of what is drawn. */
  size: readonly [number, number];
  /** As sharp as the snapshot itself, and all of it. */
  large?: boolean;
}

/** What is drawn over a snapshot, over its picture. */
export function Drawn({ drawing, size: [width, height], large = false }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { of, drawings } = drawing;
  const scale = Math.min(1, (large ? LARGEST : SMALL) / Math.max(width, height));
  useEffect(() => {
    const ctx = canvas.current?.getContext('2d');
    if (!ctx) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let frame = 0;
    let paintedMs = Number.NEGATIVE_INFINITY;
    const draw = () => {
      timer = undefined;
      paintedMs = performance.now();
      ctx.setTransform(scale, 0, 0, scale, 0, 0);
      ctx.clearRect(0, 0, width, height);
      const colours = look(true);
      for (const { shape } of drawings.items(of)) {
        paint(ctx, shape, colours, drawings.pictures.of, pathOf(shape));
      }
    };
    const ask = () => {
      timer ??= setTimeout(
        () => {
          frame = requestAnimationFrame(draw);
        },
        paintedMs + EVERY_MS - performance.now(),
      );
    };
    const end = drawings.watch(of, ask);
    draw();
    return () => {
      end();
      clearTimeout(timer);
      cancelAnimationFrame(frame);
    };
  }, [drawings, of, width, height, scale]);
  return (
    <canvas
      ref={canvas}
      className={`${styles.drawn} ${large ? styles.whole : ''}`}
      width={Math.max(1, Math.round(width * scale))}
      height={Math.max(1, Math.round(height * scale))}
      aria-hidden
      data-testid="drawn"
      data-of={of}
    />
  );
}
