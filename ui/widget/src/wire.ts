// What the script on a company's page and the page in its frame say to each other by `postMessage`. Both name the other's
// origin exactly; the token goes this way alone, never into an address.

/** Marks our messages among all that fly about in a page. */
export const MARK = 'visita-widget';

export type Spoken = 'en' | 'it';

/** As `GET /v2/rooms` has them; what is not named is off. */
export interface WidgetTools {
  chat?: boolean;
  screen_sharing?: boolean;
  file_upload?: boolean;
  whiteboard?: boolean | Record<string, boolean>;
  snapshot?: boolean;
  live_edit?: boolean;
  live_pointer?: boolean;
  present_to_everyone?: boolean;
  signature?: boolean;
}

/** A call that rings. */
export interface WidgetCall {
  callId: number;
  roomId: string;
  title: string | null;
  /** Nothing when the API calls. */
  callerName: string | null;
  callType: 'audio_only' | 'audio_upgradable' | 'audio_video' | 'video_only';
  recording: 'none' | 'automatic' | 'manual';
  /** For how long it rings yet, in seconds. */
  ringsFor: number;
}

/** How a call that rang ended. */
export type RangUntil =
  | 'answered'
  | 'declined'
  | 'busy'
  | 'answered_elsewhere'
  | 'declined_elsewhere'
  | 'no_answer'
  | 'cancelled';

/** What went wrong, by a code that a program may branch on. */
export interface WireProblem {
  code: string;
  message: string;
}

/** From the script. */
export type ToFrame =
  /** The first: whoever says it is whom the frame listens to. */
  | { say: 'hello'; language: Spoken | null; theme: 'light' | 'dark'; tools: WidgetTools | null }
  | { say: 'theme'; theme: 'light' | 'dark' }
  | { say: 'connect'; userId: string; token: string }
  | { say: 'renew'; token: string }
  | { say: 'disconnect' }
  | { say: 'open'; link: string }
  | { say: 'answer'; camera: boolean }
  | { say: 'decline' }
  | { say: 'close' }
  | { say: 'room'; room: Room }
  /** The keyboard is in the frame now. */
  | { say: 'focus' };

/** How much room the frame has: only a bar, too little for all of a visit, enough. */
export type Room = 'bar' | 'small' | 'whole';

/** What the frame wants to be. */
export type Shape = 'nothing' | 'card' | 'call';

/** From the frame. */
export type FromFrame =
  | { say: 'ready' }
  | {
      say: 'look';
      shape: Shape;
      title: string | null;
      language: Spoken;
    }
  /** The person wants the whole window back. */
  | { say: 'restore' }
  | { say: 'connected'; userId: string; expiresIn: number; online: string[] }
  | { say: 'reconnecting' }
  | { say: 'out'; problem: WireProblem }
  | { say: 'presence'; online: string[]; userId: string; isOnline: boolean }
  | { say: 'expiring'; expiresIn: number }
  | { say: 'renewed'; expiresIn: number }
  | { say: 'not_renewed'; problem: WireProblem }
  | { say: 'incoming'; call: WidgetCall }
  | { say: 'incoming_over'; call: WidgetCall; reason: RangUntil }
  | { say: 'call_started'; roomId: string; title: string | null }
  | { say: 'call_ended'; roomId: string; reason: string; seconds: number }
  | { say: 'problem'; problem: WireProblem };

export type Marked<Message> = Message & { mark: typeof MARK };

/** A message of ours, or nothing. */
export function unmarked<Message extends { say: string }>(data: unknown): Message | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { mark, say } = data as { mark?: unknown; say?: unknown };
  return mark === MARK && typeof say === 'string' ? (data as Message) : undefined;
}
