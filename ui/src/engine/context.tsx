// The page's one state: the last view that the engine announced.

import { createContext, type ReactNode, use, useEffect, useRef, useState } from 'react';
import type { Engine } from './engine';
import type { AppView, Levels } from './view';

export const EngineContext = createContext<Engine | null>(null);

export function EngineProvider({ engine, children }: { engine: Engine; children: ReactNode }) {
  return <EngineContext value={engine}>{children}</EngineContext>;
}

/** The engine, for commands. */
export function useEngine(): Engine {
  const engine = use(EngineContext);
  if (!engine) throw new Error('no engine around this component');
  return engine;
}

/** The last view; nothing before the first. */
export function useAppView(): AppView | null {
  const engine = useEngine();
  const [view, setView] = useState<AppView | null>(null);
  useEffect(() => {
    let gone = false;
    let unlisten: (() => void) | undefined;
    let heard = false;
    const listen = async () => {
      unlisten = await engine.onAppView((next) => {
        heard = true;
        if (!gone) setView(next);
      });
      if (gone) return unlisten();
      const first = await engine.appView();
      // What was announced meanwhile is newer than the answer.
      if (!gone && !heard) setView(first);
    };
    void listen();
    return () => {
      gone = true;
      unlisten?.();
    };
  }, [engine]);
  return view;
}

/** Calls `heard` with each new level, outside of React: a meter moves up to 15 times a second. */
export function useLevels(heard: (levels: Levels) => void): void {
  const engine = useEngine();
  const latest = useRef(heard);
  latest.current = heard;
  useEffect(() => {
    let gone = false;
    let unlisten: (() => void) | undefined;
    void engine
      .onLevels((levels) => {
        if (!gone) latest.current(levels);
      })
      .then((end) => {
        if (gone) end();
        else unlisten = end;
      });
    return () => {
      gone = true;
      unlisten?.();
    };
  }, [engine]);
}
