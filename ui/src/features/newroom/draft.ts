// A room that is being made: what each preset begins with, and what is still wrong with it.

import { ALL_TOOLS, TOOLS, type Tool, toolsOf } from '../../engine/rights';
import type { Preset, RoomDraft, SeatDraft, Tools } from '../../engine/view';

/** Seats a room may have, by preset. */
export const MOST_SEATS: Record<Preset, number> = {
  visit: 25,
  team: 25,
  webinar: 200,
  audio: 25,
  interview: 25,
};

/** Those that are on, wholly or in part. */
export function toolsOn(tools: Required<Tools>): Tool[] {
  return TOOLS.filter((tool) => tools[tool] !== false);
}

/** What a guest of each preset may use. */
const GUEST: Record<Preset, readonly Tool[]> = {
  visit: ['chat', 'screen_sharing', 'file_upload', 'whiteboard', 'live_pointer', 'signature'],
  team: TOOLS,
  webinar: ['chat'],
  audio: ['chat', 'file_upload'],
  interview: ['chat', 'file_upload', 'signature'],
};

export function seat(preset: Preset, me: boolean, name = ''): SeatDraft {
  return {
    display_name: name,
    role: me ? 'plus' : 'basic',
    is_admin: me,
    tools: me ? { ...ALL_TOOLS } : toolsOf(GUEST[preset]),
    me,
  };
}

/** A room as its preset has it; who was named already stays. */
export function preset(kind: Preset, name: string, before?: RoomDraft, canRecord = true): RoomDraft {
  const named = before?.seats.filter(({ me, display_name }) => !me && display_name.trim() !== '') ?? [];
  const guests =
    named.length > 0 ? named.map((one) => seat(kind, false, one.display_name)) : [seat(kind, false)];
  return {
    preset: kind,
    title: before?.title ?? '',
    seats: [before?.seats.find(({ me }) => me) ?? seat(kind, true, name), ...guests],
    call_type: kind === 'audio' ? 'audio_only' : 'audio_video',
    recording: kind === 'interview' && canRecord ? 'manual' : 'none',
    waiting_room: kind === 'visit' || kind === 'interview',
    ring: kind === 'visit' || kind === 'team',
    starts_at: before?.starts_at ?? null,
    ends_at: before?.ends_at ?? null,
    duration_s: kind === 'visit' ? 1800 : kind === 'webinar' ? 3600 : null,
  };
}

/** Why a room cannot be opened yet. */
export type Fault = 'too_few' | 'too_many' | 'nameless' | 'no_plus' | 'no_admin' | 'times' | 'past';

/** The first thing that is wrong; `now` in Unix seconds. */
export function fault(draft: RoomDraft, now: number): Fault | undefined {
  const { seats, recording, waiting_room, starts_at, ends_at } = draft;
  if (seats.length < 2) return 'too_few';
  if (seats.length > MOST_SEATS[draft.preset]) return 'too_many';
  if (seats.some(({ display_name }) => display_name.trim() === '')) return 'nameless';
  if (!seats.some(({ role }) => role === 'plus')) return 'no_plus';
  if ((recording === 'manual' || waiting_room) && !seats.some(({ is_admin }) => is_admin)) return 'no_admin';
  if (starts_at !== null && ends_at !== null && ends_at <= starts_at) return 'times';
  if (ends_at !== null && ends_at <= now) return 'past';
  return undefined;
}

/** Unix seconds as a `datetime-local` field has it, in the time of this computer. */
export function toField(seconds: number | null): string {
  if (seconds === null) return '';
  const at = new Date(seconds * 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

export function fromField(text: string): number | null {
  const at = new Date(text).getTime();
  return Number.isNaN(at) ? null : Math.floor(at / 1000);
}

/** The next full quarter of an hour, where a schedule begins. */
export function nextQuarter(now: number): number {
  return Math.ceil((now + 60) / 900) * 900;
}

/** A link as a row has room for it: its end is what tells it from the others. */
export function shortLink(url: string): string {
  const code = url.slice(url.indexOf('/join/'));
  return code.length > 20 ? `${code.slice(0, 10)}…${code.slice(-4)}` : code;
}
