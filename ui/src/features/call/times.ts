// Since when the figures of the last view hold, so that all who count on from them say the same.

import { createContext, use, useMemo } from 'react';
import { useSeconds } from '../../components/useSeconds';
import type { CallView } from '../../engine/view';

interface Times {
  /** `performance.now()` at which the length of the recording was told. */
  recording: number;
  /** The same for the time that is left. */
  left: number;
}

const TimesContext = createContext<Times>({ recording: 0, left: 0 });
export const TimesProvider = TimesContext;

export function useTimes(call: CallView): Times {
  const elapsed = call.recording_state.state === 'on' ? call.recording_state.elapsed_s : undefined;
  const left = call.seconds_left;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new figure begins anew
  const recordingSince = useMemo(() => performance.now(), [elapsed]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new figure begins anew
  const leftSince = useMemo(() => performance.now(), [left]);
  return useMemo(() => ({ recording: recordingSince, left: leftSince }), [recordingSince, leftSince]);
}

/** How long it has been recorded, in seconds; 0 while it is not. */
export function useRecorded(call: Pick<CallView, 'recording_state'>): number {
  const { recording } = use(TimesContext);
  const { recording_state: state } = call;
  const runs = state.state === 'on';
  return useSeconds(runs ? state.elapsed_s : 0, runs, 1, recording);
}

/** What is left of the time, in seconds; none where there is no end. */
export function useLeft(call: Pick<CallView, 'seconds_left' | 'clock_runs'>): number | null {
  const { left } = use(TimesContext);
  const { seconds_left: seconds, clock_runs } = call;
  const now = useSeconds(seconds ?? 0, clock_runs && seconds !== null, -1, left);
  return seconds === null ? null : now;
}
