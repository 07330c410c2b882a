import { useEffect, useRef } from 'react';
import { FramesClient, type FramesEngine } from './client';

let client: FramesClient | undefined;

/** Connects the page's canvases with an engine; once, at the start. */
export function configureFrames(engine: FramesEngine): void {
  client?.stop();
  client = new FramesClient(engine);
}

interface Props {
  /** The stream's id on the frame wire. */
  streamId: number;
  className?: string;
  /** Fill the place and lose edges, or show all of the picture. */
  fit?: 'cover' | 'contain';
}

/** Shows a stream. Tells the back end how large it is shown, so that no more is sent than is seen. */
export function StreamCanvas({ streamId, className, fit = 'cover' }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (!element || !client) return;
    const frames = client;
    const detach = frames.attach(streamId, element);
    const observer = new ResizeObserver(([entry]) => {
      const box = entry?.contentRect;
      const scale = window.devicePixelRatio;
      if (box) frames.resized(streamId, element, box.width * scale, box.height * scale);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      detach();
    };
  }, [streamId]);
  return (
    <canvas
      ref={canvas}
      className={className}
      style={{ objectFit: fit, width: '100%', height: '100%', display: 'block' }}
      width={16}
      height={9}
      aria-hidden
    />
  );
}
