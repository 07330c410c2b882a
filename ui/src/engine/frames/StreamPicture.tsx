import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from 'react';
import { useEngine } from '../context';
import type { PicturesOn } from '../engine';
import { type Fitted, objectFit } from './fit';

interface Props {
  /** The stream's id on the frame wire. */
  streamId: number;
  className?: string | undefined;
  /** All of it, always: a screen has small text at its edges. Or the whole place; or whatever loses little. */
  fit?: 'contain' | 'cover' | 'auto';
  /** As in a mirror: how people know themselves. */
  mirrored?: boolean;
  /** Lies over the picture, and knows where it is. */
  over?: ((fitted: Fitted) => ReactNode) | undefined;
}

/** Shows a stream, and tells how large it is shown, so that no more is sent than is seen. */
export function StreamPicture({ streamId, className, fit = 'auto', mirrored = false, over }: Props) {
  const { pictures } = useEngine();
  const canvas = useRef<HTMLCanvasElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [picture, setPicture] = useState({ width: 16, height: 9 });
  const [box, setBox] = useState({ width: 16, height: 9 });
  useEffect(() => {
    if (!pictures.supported) return;
    const showOn = <Kind extends string, Shown extends HTMLElement>(
      by: PicturesOn<Kind, Shown>,
      element: Shown | null,
    ) => {
      if (!element) return;
      const detach = by.attach(streamId, element, (width, height) => setPicture({ width, height }));
      const observer = new ResizeObserver(([entry]) => {
        if (!entry) return;
        const { width, height } = entry.contentRect;
        const scale = window.devicePixelRatio;
        by.shown(streamId, element, width * scale, height * scale);
        setBox({ width, height });
      });
      observer.observe(element);
      return () => {
        observer.disconnect();
        detach();
      };
    };
    return pictures.element === 'video' ? showOn(pictures, video.current) : showOn(pictures, canvas.current);
  }, [pictures, streamId]);
  const fits = fit === 'auto' ? objectFit(picture, box) : fit;
  const style: CSSProperties = {
    display: 'block',
    width: '100%',
    height: '100%',
    objectFit: fits,
    transform: mirrored ? 'scaleX(-1)' : undefined,
  };
  return (
    <>
      {pictures.element === 'video' ? (
        <video ref={video} className={className} style={style} autoPlay playsInline muted aria-hidden />
      ) : (
        <canvas ref={canvas} className={className} style={style} width={16} height={9} aria-hidden />
      )}
      {over?.({ picture, box, fit: fits })}
    </>
  );
}
