// What the console shows stays true by itself: asked anew while somebody looks, and after whatever they change.

import { useCallback, useEffect, useRef, useState } from 'react';
import { type Refusal, refusal } from './api';
import { useConsole } from './context';

/** Asked again after so long. Often enough to see a room fill, seldom enough for a server that has other things to do. */
export const EVERY_MS = 5_000;

export interface Live<T> {
  /** What was told last; it stays while the server does not answer. */
  data: T | undefined;
  /** Why there is nothing newer. */
  problem: Refusal | undefined;
  /** Something else was asked for than what is shown. */
  pending: boolean;
  refresh: () => void;
}

/** Nobody reads what is behind other windows. */
const watched = () => document.visibilityState === 'visible' && document.hasFocus();

/**
 * What `load` tells, anew for each `key`, after each change that was made here, and by itself. `everyMs` is `null` for
 * what an entry in the audit log is written for each time: that is asked for when there is a reason.
 */
export function useLive<T>(load: () => Promise<T>, key: string, everyMs: number | null = EVERY_MS): Live<T> {
  const { changes } = useConsole();
  const [shown, setShown] = useState<{ key: string; data: T }>();
  const [wrong, setWrong] = useState<{ key: string; problem: Refusal }>();
  const latest = useRef(load);
  latest.current = load;
  const run = useRef(() => {});
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change that was made here is a reason to ask anew
  useEffect(() => {
    let gone = false;
    let asleep = false;
    let turn = 0;
    let timer: ReturnType<typeof setTimeout>;
    const wait = () => {
      if (everyMs !== null) timer = setTimeout(tick, everyMs);
    };
    const ask = async () => {
      clearTimeout(timer);
      turn += 1;
      const mine = turn;
      try {
        const data = await latest.current();
        if (gone || mine !== turn) return;
        setShown({ key, data });
        setWrong(undefined);
      } catch (error) {
        if (gone || mine !== turn) return;
        setWrong({ key, problem: refusal(error) });
      }
      wait();
    };
    const tick = () => {
      if (watched()) void ask();
      else asleep = true;
    };
    const wake = () => {
      if (!asleep || !watched()) return;
      asleep = false;
      void ask();
    };
    run.current = () => void ask();
    void ask();
    window.addEventListener('focus', wake);
    document.addEventListener('visibilitychange', wake);
    return () => {
      gone = true;
      clearTimeout(timer);
      window.removeEventListener('focus', wake);
      document.removeEventListener('visibilitychange', wake);
    };
  }, [key, everyMs, changes]);
  return {
    data: shown?.data,
    problem: wrong?.key === key ? wrong.problem : undefined,
    pending: shown?.key !== key,
    refresh: useCallback(() => run.current(), []),
  };
}

/** Something that is done once: it is under way, it was refused, or there is nothing to say of it. */
export interface Act {
  busy: boolean;
  refused: Refusal | undefined;
  /** True when it went well; all that is shown is then asked for anew. */
  run: (act: () => Promise<unknown>) => Promise<boolean>;
  forget: () => void;
}

export function useAct(): Act {
  const { changed } = useConsole();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refusal>();
  const run = useCallback(
    async (act: () => Promise<unknown>) => {
      setBusy(true);
      setRefused(undefined);
      try {
        await act();
        changed();
        return true;
      } catch (error) {
        setRefused(refusal(error));
        return false;
      } finally {
        setBusy(false);
      }
    },
    [changed],
  );
  return { busy, refused, run, forget: useCallback(() => setRefused(undefined), []) };
}

/** Text that has not changed for a moment: not every letter is a search. */
export function useSettled(text: string, afterMs = 300): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), afterMs);
    return () => clearTimeout(timer);
  }, [text, afterMs]);
  return settled;
}
