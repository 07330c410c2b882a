import { X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from './IconButton';
import styles from './Panel.module.css';

interface Props {
  title: string;
  /** Beside the title. */
  children: ReactNode;
  /** At the head's end, before the way out. */
  head?: ReactNode;
  /** It has more to say than a list. */
  wide?: boolean;
  /** Where the keyboard goes is decided inside. */
  takesFocus?: boolean;
  /** It stands in for what is fetched: on a good line nothing of it is seen. */
  late?: boolean;
  onClose: () => void;
  testid: string;
}

/** What opens at the right of a call. Escape closes it, and brings the keyboard back to where it came from. */
export function Panel(props: Props) {
  const { title, children, head, wide = false, late = false, takesFocus = false, onClose, testid } = props;
  const { t } = useTranslation();
  const panel = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  // Asked now: a menu that opens this is closed by the time this is there.
  const [opener] = useState(openerNow);
  useEffect(() => {
    // Opened by key or pointer: whoever reads by ear is brought to it.
    const element = panel.current;
    if (!takesFocus) heading.current?.focus();
    return () => {
      const left = document.activeElement;
      const lost = left === null || left === document.body || element?.contains(left);
      if (lost && opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, [takesFocus, opener]);
  return (
    <aside
      ref={panel}
      className={`${styles.panel} ${wide ? styles.wide : ''} ${late ? styles.late : ''}`}
      aria-label={title}
      data-testid={testid}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        // Nothing else closes by it.
        event.preventDefault();
        onClose();
      }}
    >
      <header className={styles.head}>
        <h2 ref={heading} tabIndex={-1} className={styles.title}>
          {title}
        </h2>
        {head}
        <IconButton icon={X} label={t('call.dismiss')} onPress={onClose} data-testid="close-panel" />
      </header>
      {children}
    </aside>
  );
}

/** Whence it is opened; from a menu, the button of that. */
function openerNow(): Element | null {
  const now = document.activeElement;
  const menu = now?.closest('[role="menu"], [role="dialog"]');
  return (menu?.id && document.querySelector(`[aria-controls="${CSS.escape(menu.id)}"]`)) || now;
}
