import { useContext, useEffect, useRef } from 'react';
import {
  OverlayTriggerStateContext,
  Popover,
  PopoverContext,
  type PopoverProps,
  useSlottedContext,
} from 'react-aria-components';
import { flushSync } from 'react-dom';
import styles from './Popup.module.css';

interface Props extends Omit<PopoverProps, 'className' | 'style' | 'isNonModal'> {
  className?: string | undefined;
}

/** What opens beside a button. It bars nothing: a press elsewhere closes it and does what it is meant to do. */
export function Popup({ className = '', ...rest }: Props) {
  const popup = useRef<HTMLElement>(null);
  const button = useSlottedContext(PopoverContext)?.triggerRef;
  const state = useContext(OverlayTriggerStateContext);
  useEffect(() => {
    const shown = popup.current;
    // A select draws its content once more, out of sight, to learn its options. That copy shows no popup, and what it
    // would close is the sheet around it.
    if (!state?.isOpen || !shown) return;
    const press = (event: PointerEvent) => {
      const at = event.target as Node;
      if (shown.contains(at)) return;
      // Its own button would open it again.
      if (button?.current?.contains(at)) event.stopPropagation();
      // Closed before the press goes on: an open dialog takes the focus back.
      flushSync(state.close);
    };
    // The way out of a list; only a dialog keeps the focus.
    const key = ({ key }: KeyboardEvent) => {
      if (key === 'Tab' && !shown.querySelector('[role$="dialog"]')) state.close();
    };
    document.addEventListener('pointerdown', press, true);
    document.addEventListener('keydown', key, true);
    return () => {
      document.removeEventListener('pointerdown', press, true);
      document.removeEventListener('keydown', key, true);
    };
  }, [state, button]);
  return <Popover {...rest} ref={popup} isNonModal className={`${styles.popup} ${className}`} />;
}
