// What the screen after a call says.

import type { ToolsView } from '../../engine/tools';
import type { AfterView, QualityReport } from '../../engine/view';
import { type Quality, quality } from '../call/derive';

/** Time as a person would say it. */
export interface Spell {
  unit: 'minutes' | 'seconds';
  count: number;
}

export function spell(seconds: number): Spell {
  if (seconds < 60) return { unit: 'seconds', count: Math.max(0, Math.floor(seconds)) };
  return { unit: 'minutes', count: Math.round(seconds / 60) };
}

/** Whether how long it took is worth a line: a call that never came about has no length. */
export function saysTime({ seconds }: Pick<AfterView, 'seconds'>): boolean {
  return seconds >= 1;
}

/** Whether how it was is asked: after a real call, from whoever was not put out of it. */
export function asksRating({
  asks_rating,
  is_test_call,
  reason,
}: Pick<AfterView, 'asks_rating' | 'is_test_call' | 'reason'>): boolean {
  return (
    asks_rating === true &&
    !is_test_call &&
    !['removed', 'displaced', 'sent_back', 'flooding'].includes(reason)
  );
}

/** More bars than this are too thin to be seen. */
const MOST_BARS = 26;

/** The line over time, in as many bars as there is room for; of several steps the worst counts. */
export function bars({ quality: steps }: Pick<QualityReport, 'quality'>): { at: number; value: number }[] {
  const count = Math.min(MOST_BARS, steps.length);
  return Array.from({ length: count }, (_, n) => {
    const from = Math.floor((n * steps.length) / count);
    const to = Math.max(from + 1, Math.floor(((n + 1) * steps.length) / count));
    return { at: from, value: Math.min(...steps.slice(from, to)) };
  });
}

/** How it was as a whole: as the line, but never better than what was heard, and never good where it broke off. */
export function overall(report: QualityReport, reason: AfterView['reason']): Quality {
  const { quality: steps, started_at, ended_at, sound_gaps_s, lost_s } = report;
  if (steps.length === 0) return 0;
  const line = quality(steps.reduce((sum, step) => sum + step, 0) / steps.length);
  const silent = (sound_gaps_s + lost_s) / Math.max(1, ended_at - started_at);
  const heard = silent === 0 ? 5 : silent < 0.01 ? 4 : silent < 0.05 ? 3 : silent < 0.15 ? 2 : 1;
  // A second with a gap in it is not a silent one: alone, gaps make nothing worse than weak.
  const least = lost_s > 0 ? 0 : 2;
  return quality(Math.min(line, Math.max(heard, least), reason === 'connection_lost' ? 2 : 5));
}

/** What made a call weak although the bars of its line may be high. */
export function faults(
  report: QualityReport,
  reason: AfterView['reason'],
): { sound: boolean; network: boolean } {
  const { started_at, ended_at, sound_gaps_s, lost_s } = report;
  const weak = overall(report, reason) <= 2;
  const worth = (seconds: number) => weak && seconds >= 0.01 * (ended_at - started_at) && seconds > 0;
  return { sound: worth(sound_gaps_s), network: worth(lost_s) || reason === 'connection_lost' };
}

/** What became of the line: whether it was lost, and came back. */
export type Network = 'steady' | 'back' | 'times' | 'gone';

export function network(
  { lost_times }: Pick<QualityReport, 'lost_times'>,
  reason: AfterView['reason'],
): Network {
  if (reason === 'connection_lost') return 'gone';
  return lost_times === 0 ? 'steady' : lost_times === 1 ? 'back' : 'times';
}

/** The longest time in which the line was weak: when it began (Unix seconds), and how long; nothing when it never was. */
export function weakest(report: QualityReport): { at: number; seconds: number } | undefined {
  const { quality: steps, started_at, ended_at } = report;
  const step = (ended_at - started_at) / Math.max(1, steps.length);
  let best: { from: number; length: number } | undefined;
  for (let from = 0; from < steps.length; from += 1) {
    let length = 0;
    while ((steps[from + length] ?? 5) <= 2) length += 1;
    if (length > (best?.length ?? 0)) best = { from, length };
    from += length;
  }
  return best && { at: started_at + best.from * step, seconds: best.length * step };
}

/** How many of the files and snapshots of the last call are not on this computer. */
export function notSaved({ chat, gallery }: ToolsView): number {
  const all = [
    ...chat.messages.flatMap(({ id, file }) => (id !== null && file ? [file] : [])),
    ...gallery.map(({ file }) => file),
  ];
  const left = all.filter(
    ({ state }) => state.state === 'ready' || state.state === 'downloading' || state.state === 'failed',
  );
  return new Set(left.map(({ info }) => info.file_id)).size;
}
