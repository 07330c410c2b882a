import { useRef } from 'react';
import { useEngine } from '../../engine/context';
import { usePast } from '../../engine/past';
import { Kept } from './Kept';
import { PastList } from './PastList';

/** What is left of past sessions: the list of them, or one. */
export default function Past() {
  const { past: commands } = useEngine();
  const past = usePast();
  const last = useRef<string>(undefined);
  const opened = past?.opened;
  if (opened) last.current = opened.session.session_id;
  if (opened) return <Kept kept={opened} onBack={() => void commands?.act({ do: 'close' })} />;
  return <PastList past={past} last={last.current} />;
}
