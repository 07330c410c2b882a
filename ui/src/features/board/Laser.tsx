import { useEffect, useRef } from 'react';
import { personColour } from '../../components/people';
import styles from './Cursors.module.css';
import type { Camera } from './camera';
import type { BoardSession } from './session';
import { paintTrace, Traces } from './traces';

interface Props {
  session: BoardSession;
  camera: Camera;
  page: number;
  /** What I am called. */
  me: string;
}

/** What everybody's lasers leave behind them, mine among them. It draws only while there is something that fades. */
export function Laser({ session, camera, page, me }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const context = element.getContext('2d');
    const traces = new Traces();
    const steady = window.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false;
    const colours = getComputedStyle(document.documentElement);
    const colourOf = (name: string) => colours.getPropertyValue(`--person-${personColour(name)}`).trim();
    let frame = 0;
    const draw = () => {
      frame = 0;
      const now = performance.now();
      const goesOn = traces.tidy(now);
      element.dataset.traces = String(goesOn);
      if (context) {
        sharpen(element, camera);
        const ratio = element.width / Math.max(1, camera.width);
        context.setTransform(ratio, 0, 0, ratio, 0, 0);
        context.clearRect(0, 0, camera.width, camera.height);
        for (const seen of traces.seen(page, camera.now, now, steady)) paintTrace(context, seen);
      }
      if (goesOn) frame = requestAnimationFrame(draw);
    };
    const ask = () => {
      frame ||= requestAnimationFrame(draw);
    };
    const unwatch = session.watch({
      redraw: ({ kind }) => {
        if (kind !== 'cursors') return;
        const lasers = session.board.cursors.filter(({ laser }) => laser);
        for (const { participant_id, display_name, page, at } of lasers) {
          traces.add(participant_id, colourOf(display_name), page, at, performance.now());
        }
        if (lasers.length > 0) ask();
      },
      laser: (at) => {
        traces.add('', colourOf(me), page, at, performance.now());
        ask();
      },
    });
    return () => {
      unwatch();
      cancelAnimationFrame(frame);
      context?.clearRect(0, 0, element.width, element.height);
    };
  }, [session, camera, page, me]);
  return <canvas ref={canvas} className={styles.traces} aria-hidden data-testid="laser-traces" />;
}

/** As many pixels as there are to see. */
function sharpen(element: HTMLCanvasElement, { width, height }: Camera): void {
  const ratio = devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (element.width === wide && element.height === high) return;
  element.width = wide;
  element.height = high;
}
