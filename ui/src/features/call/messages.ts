// The one message above the control bar: which of all that could be said now.

import type { CallView, DeviceState, MediaSource, NoticeView, Settings } from '../../engine/view';

/** What a message can be about. */
export type Message = {
  /** Names one occasion: closing it silences this one, not the next. */
  id: string;
  tone: 'warn' | 'good' | 'plain';
} & (
  | { kind: 'notice'; notice: NoticeView; action: 'unmute' | 'dismiss' }
  | { kind: 'asked'; by: string; source: MediaSource }
  | { kind: 'waiting'; name: string; participant: string; others: number }
  | { kind: 'five_minutes' | 'half_minute'; extend: boolean }
  /** A device of one's own; it stays as long as the trouble does. */
  | { kind: 'trouble'; device: 'microphone' | 'camera' | 'speaker'; state: Trouble }
  | { kind: 'recording_stopped'; reason: 'disk_full' | 'failed' }
);

type Trouble = 'missing' | 'busy' | 'denied' | 'failed';

export interface Given {
  call: CallView;
  notice: NoticeView | null;
  settings: Settings;
  /** Ids of messages that were closed. */
  closed: ReadonlySet<string>;
  /** Whether time can be added. */
  canExtend: boolean;
  /** The queue is open already. */
  seesQueue: boolean;
}

/** The message that matters most; nothing when there is none. */
export function message(given: Given): Message | undefined {
  return candidates(given).find(({ id }) => !given.closed.has(id));
}

/** Those of the closed that are still an occasion: what comes again is said again. */
export function stillClosed(given: Given): ReadonlySet<string> {
  const now = new Set(candidates(given).map(({ id }) => id));
  return new Set([...given.closed].filter((id) => now.has(id)));
}

/** From the most urgent on. */
function candidates({ call, notice, settings, canExtend, seesQueue }: Given): Message[] {
  const found: Message[] = [];
  const { asked_to_unmute: asked, seconds_left: left, recording_state: recording } = call;
  if (asked) {
    const id = `asked ${asked.source} ${asked.by_name}`;
    found.push({ id, tone: 'plain', kind: 'asked', by: asked.by_name, source: asked.source });
  }
  if (notice?.code === 'talking_while_muted' && settings.talking_while_muted !== false) {
    found.push(ofNotice(notice, 'warn', 'unmute'));
  }
  if (left !== null && left <= 30) {
    found.push({ id: 'half_minute', tone: 'warn', kind: 'half_minute', extend: canExtend });
  }
  if (recording?.state === 'stopped') {
    found.push({
      id: `stopped ${recording.reason}`,
      tone: 'warn',
      kind: 'recording_stopped',
      reason: recording.reason,
    });
  }
  const [next, ...others] = call.waiting ?? [];
  if (next && !seesQueue) {
    found.push({
      id: `waiting ${next.participant_id}`,
      tone: 'plain',
      kind: 'waiting',
      name: next.display_name,
      participant: next.participant_id,
      others: others.length,
    });
  }
  if (left !== null && left > 30 && left <= 300) {
    found.push({ id: 'five_minutes', tone: 'plain', kind: 'five_minutes', extend: canExtend });
  }
  // Sound before picture: without it there is no visit.
  for (const device of ['microphone', 'speaker', 'camera'] as const) {
    const state = trouble(call.me[device]);
    if (state) found.push({ id: `trouble ${device} ${state}`, tone: 'warn', kind: 'trouble', device, state });
  }
  if (notice) {
    const { code } = notice;
    if (code === 'camera_back' || code === 'microphone_back') found.push(ofNotice(notice, 'good', 'dismiss'));
    if (code === 'person_joined' || code === 'person_left') found.push(ofNotice(notice, 'plain', 'dismiss'));
  }
  return found;
}

function ofNotice(notice: NoticeView, tone: Message['tone'], action: 'unmute' | 'dismiss'): Message {
  return { id: `notice ${notice.code} ${notice.name ?? ''}`, tone, kind: 'notice', notice, action };
}

function trouble({ state }: DeviceState): Trouble | undefined {
  return state === 'missing' || state === 'busy' || state === 'denied' || state === 'failed'
    ? state
    : undefined;
}
