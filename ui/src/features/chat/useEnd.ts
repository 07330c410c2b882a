import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ChatMessageView } from '../../engine/view';

/** So near the end it counts as the end. */
const NEAR_PX = 48;

/**
 * Keeps a list at its end while somebody reads there. Who scrolled up stays where they are; `missed` says then how much came
 * since, and is nothing at the end.
 */
export function useEnd(
  list: RefObject<HTMLElement | null>,
  messages: ChatMessageView[],
): { missed: number | undefined; toEnd: () => void } {
  const atEnd = useRef(true);
  const count = useRef(messages.length);
  const [missed, setMissed] = useState<number>();
  const toEnd = () => {
    const element = list.current;
    if (!element) return;
    element.scrollTop = element.scrollHeight;
    atEnd.current = true;
    setMissed(undefined);
  };
  const end = useRef(toEnd);
  end.current = toEnd;
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    const scrolled = () => {
      atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
      setMissed((before) => (atEnd.current ? undefined : (before ?? 0)));
    };
    element.addEventListener('scroll', scrolled, { passive: true });
    // A picture that comes, or a window that changes, moves the end.
    const observer = new ResizeObserver(() => atEnd.current && end.current());
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    return () => {
      element.removeEventListener('scroll', scrolled);
      observer.disconnect();
    };
  }, [list]);
  useLayoutEffect(() => {
    const more = messages.length - count.current;
    count.current = messages.length;
    const newest = messages.at(-1);
    if (atEnd.current || (more > 0 && newest?.mine)) end.current();
    else if (more > 0) setMissed((before) => (before ?? 0) + more);
  }, [messages]);
  return { missed, toEnd };
}
