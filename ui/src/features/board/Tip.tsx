import type { ReactNode } from 'react';
import { Tooltip, type TooltipProps, TooltipTrigger } from 'react-aria-components';
import styles from './Tip.module.css';

interface Props {
  words: string;
  keys?: string;
  placement?: TooltipProps['placement'];
  children: ReactNode;
}

/** What a sign means, and by which key it is had; shown while the pointer rests on it or the keyboard is there. */
export function Tip({ words, keys, placement = 'right', children }: Props) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      {children}
      <Tooltip className={styles.tip ?? ''} {...(placement && { placement })} offset={8}>
        {words}
        {keys && <kbd className={styles.keys}>{keys}</kbd>}
      </Tooltip>
    </TooltipTrigger>
  );
}
