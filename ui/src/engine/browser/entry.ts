// The two HTTP calls of a link: looking at it (`GET /join/<code>`, which uses nothing up) and going in (`POST`).

import type { JoinPreview, ParticipantId, RoomId, Tools } from '../view';
import { ask, fault, good, json } from './problem';

const ANSWER_MS = 8_000;
/** 128 bits in base64url, and what nobody's link exceeds. */
const CODE = /^[A-Za-z0-9_-]{22,128}$/;

/** A link taken apart. The code is the whole credential: it is logged nowhere. */
export interface Link {
  /** `https://host`, without a path. */
  server: string;
  code: string;
}

/** What `POST /join/<code>` answers: where media and room channel are, with a token for each. */
export interface Entry {
  room_id: RoomId;
  participant_id: ParticipantId;
  display_name: string;
  tools: Tools;
  livekit_url: string;
  /** Nothing where an admin has to let the seat in: it comes through the channel then. */
  livekit_token: string | null;
  waiting: boolean;
  channel_url: string;
  channel_token: string;
}

/**
 * The link that this page was opened by. Mail programs take a dot or bracket after an address for a part of it: that is
 * dropped.
 */
export function linkOf(location: Pick<Location, 'origin' | 'pathname'>): Link | undefined {
  const [, join, last, more] = location.pathname.replace(/\/+$/, '').split('/');
  if (join !== 'join' || last === undefined || more !== undefined) return undefined;
  const code = decode(last).replace(/^[<>()[\]{}"'«»“”.,;\s]+|[<>()[\]{}"'«»“”.,;\s]+$/g, '');
  return code === '' ? undefined : { server: location.origin, code };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Looks at a link. */
export async function preview(link: Link): Promise<JoinPreview> {
  const answer = await ask(urlOf(link), { headers: { accept: 'application/json' } }, ANSWER_MS);
  return json<JoinPreview>(await good(answer));
}

/** Goes in. */
export async function enter(link: Link, displayName: string | null, displace: boolean): Promise<Entry> {
  const request = {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify({ display_name: displayName, displace }),
  };
  return json<Entry>(await good(await ask(urlOf(link), request, ANSWER_MS)));
}

/** The same seat in the app's own scheme. */
export function appLink({ server, code }: Link): string {
  return `visita://${new URL(server).host}/join/${code}`;
}

/** Where it is asked about. */
export function urlOf({ server, code }: Link): string {
  if (!CODE.test(code)) throw fault('link_unknown', 'this link is not whole');
  return `${server}/join/${code}`;
}
