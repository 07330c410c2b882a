import { MousePointer2 } from 'lucide-react';
import { createContext, type ReactNode, use, useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { usePointers } from '../../engine/tools';
import styles from './PointedFiles.module.css';

/** Who points at a file, and on which page the first of them does. */
export interface Pointed {
  names: string[];
  page: number;
}

/** A hand that left for so short a time is still told of: what comes and goes is read by nobody. */
const LINGERS_MS = 3000;

/** Somebody's, on a file; and when it left, in milliseconds. */
interface Hand {
  name: string;
  file: string;
  page: number;
  left: number | undefined;
}

const PointedContext = createContext<ReadonlyMap<string, Pointed>>(new Map());

/** Knows who points at which file; it changes when somebody comes or goes, not with each movement of a hand. */
export function PointedFiles({ children }: { children: ReactNode }) {
  const pointers = usePointers();
  const seen = useRef(new Map<string, Hand>());
  const [pointed, setPointed] = useState<ReadonlyMap<string, Pointed>>(new Map());
  useEffect(() => {
    const here = new Map(pointers.map((pointer) => [pointer.participant_id, pointer]));
    const gather = () => {
      const now = performance.now();
      for (const [id, hand] of seen.current) {
        hand.left ??= here.has(id) ? undefined : now;
        if (hand.left !== undefined && now - hand.left >= LINGERS_MS) seen.current.delete(id);
      }
      const next = new Map<string, Pointed>();
      for (const { name, file, page } of seen.current.values()) {
        const { names = [], page: first = page } = next.get(file) ?? {};
        next.set(file, { names: [...names, name], page: first });
      }
      setPointed((before) => (said(before) === said(next) ? before : next));
    };
    for (const [id, { display_name: name, spot }] of here) {
      const { target } = spot;
      if (target.kind === 'file') {
        seen.current.set(id, { name, file: target.file_id, page: target.page, left: undefined });
      } else seen.current.delete(id);
    }
    gather();
    const timer = setTimeout(gather, LINGERS_MS);
    return () => clearTimeout(timer);
  }, [pointers]);
  return <PointedContext value={pointed}>{children}</PointedContext>;
}

function said(pointed: ReadonlyMap<string, Pointed>): string {
  return JSON.stringify([...pointed]);
}

/** Who points at a file just now. */
export function usePointed(fileId: string): Pointed | undefined {
  return use(PointedContext).get(fileId);
}

/** Says who points at a file, and opens it there. It lies over what shows the file. */
export function PointedChip({ fileId, onOpen }: { fileId: string; onOpen: (page: number) => void }) {
  const { t } = useTranslation();
  const pointed = usePointed(fileId);
  return (
    <div className={styles.place} role="status">
      {pointed && (
        <Button className={styles.chip ?? ''} onPress={() => onOpen(pointed.page)} data-testid="pointed-at">
          <MousePointer2 size={15} strokeWidth={1.8} aria-hidden />
          <span>{words(pointed.names)}</span>
        </Button>
      )}
    </div>
  );

  function words([name = '', other, ...rest]: string[]): string {
    if (other === undefined) return t('pointer.at1', { name });
    if (rest.length === 0) return t('pointer.at2', { name, other });
    return t('pointer.atMore', { name, count: rest.length + 1 });
  }
}
