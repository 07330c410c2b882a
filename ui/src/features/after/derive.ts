// What the screen after a call says.

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

/** The line as a whole. */
export function overall({ quality: steps }: Pick<QualityReport, 'quality'>): Quality {
  if (steps.length === 0) return 0;
  return quality(steps.reduce((sum, step) => sum + step, 0) / steps.length);
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
