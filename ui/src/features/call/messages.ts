// The one message above the control bar: which of all that could be said now.

import type {
  CallView,
  DeviceState,
  MediaSource,
  NoticeCode,
  NoticeView,
  RecordingStop,
  Settings,
} from '../../engine/view';
import type { BoardClosed } from '../board/useBoardClosed';
import type { Arrival } from '../chat/derive';
import { type RecordingTrouble, recordingTrouble } from './derive';
import type { RightsChange } from './rightsChange';
import type { SnapshotsOfMe } from './snapshotsOfMe';

/** What a message can be about. */
export type Message = {
  /** Names one occasion: closing it silences this one, not the next. */
  id: string;
  tone: 'warn' | 'good' | 'plain';
} & (
  | { kind: 'notice'; notice: NoticeView; action: NoticeAction; came?: Arrival | undefined }
  | { kind: 'asked'; by: string; source: MediaSource }
  | { kind: 'waiting'; name: string; participant: string; others: number }
  | { kind: 'five_minutes' | 'half_minute'; extend: boolean }
  /** A device of one's own; it stays as long as the trouble does. */
  | { kind: 'trouble'; device: 'microphone' | 'camera' | 'speaker'; state: Trouble }
  | { kind: 'unstable' }
  /** Others took pictures of me. */
  | ({ kind: 'snapshot_of_me' } & SnapshotsOfMe)
  /** Somebody closed the board that I looked at. */
  | { kind: 'board_closed'; by: string | undefined }
  /** What a test call is for. */
  | { kind: 'test_call' }
  /** For admins: what became of the recording, or may. */
  | { kind: 'recording_stopped'; reason: RecordingStop }
  | { kind: 'recording_trouble'; trouble: RecordingTrouble }
);

/** What a passing notice offers beside being closed. */
type NoticeAction = 'unmute' | 'chat' | 'gallery' | 'live_edit' | 'copy' | 'dismiss';

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
  /** So is the chat. */
  seesChat: boolean;
  /** What came with the last message of whoever a notice names. */
  came?: Arrival | undefined;
  /** The board was closed for everybody while I looked at it. */
  boardClosed?: BoardClosed | undefined;
  /** What others took of me and I have not dismissed. */
  snapshotsOfMe?: SnapshotsOfMe | undefined;
  /** What of my rights changed, without what is said elsewhere; nothing where that is not known. */
  rights?: RightsChange | undefined;
  /** Somebody whose drawing is in sight, on the same snapshot. */
  seesDrawing?: ((name: string | null) => boolean) | undefined;
}

/** Sound before picture: without it there is no visit. */
const DEVICES = ['microphone', 'speaker', 'camera'] as const;

/** The message that matters most; nothing when there is none. */
export function message(given: Given): Message | undefined {
  return candidates(given).find(({ id }) => !given.closed.has(id));
}

/** Those of the closed that are still an occasion: what comes again is said again. */
export function stillClosed(given: Given): ReadonlySet<string> {
  const now = new Set(candidates(given).map(({ id }) => id));
  const { me } = given.call;
  // A device that is tried again is not back yet.
  const tried = DEVICES.filter((device) => me[device].state === 'starting');
  return new Set(
    [...given.closed].filter((id) => now.has(id) || tried.some((one) => id.startsWith(`trouble ${one} `))),
  );
}

/** From the most urgent on. */
function candidates({
  call,
  notice,
  settings,
  canExtend,
  seesQueue,
  seesChat,
  came,
  boardClosed,
  snapshotsOfMe,
  rights,
  seesDrawing,
}: Given): Message[] {
  const found: Message[] = [];
  const { asked_to_unmute: asked, seconds_left: left, recording_state: recording } = call;
  if (asked) {
    const id = `asked ${asked.source} ${asked.by_name}`;
    found.push({ id, tone: 'plain', kind: 'asked', by: asked.by_name, source: asked.source });
  }
  const talks = call.me.talking_while_muted || notice?.code === 'talking_while_muted';
  if (talks && settings.talking_while_muted !== false) {
    found.push(ofNotice({ code: 'talking_while_muted', name: null }, 'warn', 'unmute'));
  }
  if (left !== null && left <= 30) {
    found.push({ id: 'half_minute', tone: 'warn', kind: 'half_minute', extend: canExtend });
  }
  if (recording.state === 'stopped' && call.me.is_admin) {
    found.push({
      id: `stopped ${recording.reason}`,
      tone: 'warn',
      kind: 'recording_stopped',
      reason: recording.reason,
    });
  }
  const recorder = recordingTrouble(call);
  if (recorder) {
    found.push({ id: `recorder ${recorder}`, tone: 'warn', kind: 'recording_trouble', trouble: recorder });
  }
  const [next, ...others] = call.waiting;
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
  if (call.connection.state === 'unstable') found.push({ id: 'unstable', tone: 'warn', kind: 'unstable' });
  if (boardClosed) {
    const { by } = boardClosed;
    found.push({ id: `board closed ${by ?? ''}`, tone: 'plain', kind: 'board_closed', by });
  }
  const tone = notice && toneOf(notice.code);
  const seen =
    (notice?.code === 'chat_message' && seesChat) ||
    (notice?.code === 'live_edit_began' && seesDrawing?.(notice.name)) ||
    // The stage says it.
    (notice?.code === 'person_left' && call.people.length === 0) ||
    (notice?.code === 'snapshot_of_me' && snapshotsOfMe !== undefined) ||
    (notice?.code === 'rights_changed' && rights !== undefined && isNothing(rights));
  if (notice && tone && !seen) {
    if (notice.code === 'chat_message') {
      const action = came?.kind === 'snapshot' ? 'gallery' : 'chat';
      found.push({ ...ofNotice(notice, tone, action), came });
    } else found.push(ofNotice(notice, tone, actionOf(notice.code)));
  }
  // What lasts lets pass what passes.
  if (snapshotsOfMe) {
    found.push({ id: 'snapshot_of_me', tone: 'plain', kind: 'snapshot_of_me', ...snapshotsOfMe });
  }
  for (const device of DEVICES) {
    const state = trouble(call.me[device]);
    if (state) found.push({ id: `trouble ${device} ${state}`, tone: 'warn', kind: 'trouble', device, state });
  }
  if (call.is_test_call && call.people.length > 0) {
    found.push({ id: 'test_call', tone: 'plain', kind: 'test_call' });
  }
  return found;
}

/** How a passing notice looks; nothing for what the view itself says for as long as it is so. */
function toneOf(code: NoticeCode): Message['tone'] | undefined {
  switch (code) {
    case 'camera_back':
    case 'microphone_back':
    case 'released_by_admin':
    case 'camera_released_by_admin':
    case 'screen_released_by_admin':
    case 'connection_back':
      return 'good';
    case 'person_joined':
    case 'person_left':
    case 'hand_raised':
    case 'hand_lowered':
    case 'note':
    case 'chat_message':
    case 'snapshot_of_me':
    case 'live_edit_began':
    case 'rights_changed':
    case 'recording_started':
    case 'recording_stopped':
    case 'link_in_call':
      return 'plain';
    case 'muted_by_admin':
    case 'camera_stopped_by_admin':
    case 'screen_stopped_by_admin':
    case 'share_ended':
    case 'refused':
    case 'no_snapshot':
    case 'no_picture':
    case 'snapshot_deleted':
    case 'not_opened':
    case 'keys_refused':
      return 'warn';
    case 'camera_lost':
    case 'microphone_lost':
    case 'speaker_lost':
    case 'talking_while_muted':
    case 'doorbell':
    case 'asked_to_unmute':
    case 'five_minutes_left':
    case 'half_minute_left':
    case 'connection_lost':
      return undefined;
  }
}

function actionOf(code: NoticeCode): NoticeAction {
  if (code === 'live_edit_began') return 'live_edit';
  if (code === 'not_opened') return 'copy';
  return code === 'snapshot_of_me' ? 'gallery' : 'dismiss';
}

function ofNotice(
  notice: NoticeView,
  tone: Message['tone'],
  action: NoticeAction,
): Extract<Message, { kind: 'notice' }> {
  return { id: `notice ${notice.code} ${notice.name ?? ''}`, tone, kind: 'notice', notice, action };
}

function isNothing({ taken, back, given }: RightsChange): boolean {
  return taken.length + back.length + given.length === 0;
}

function trouble({ state }: DeviceState): Trouble | undefined {
  return state === 'missing' || state === 'busy' || state === 'denied' || state === 'failed'
    ? state
    : undefined;
}
