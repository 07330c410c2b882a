// Where tiles lie: by what the person chose, by who is there, and by the room there is.

import { LOCAL_PREVIEW, LOCAL_SHARE } from '../../engine/frameWire';
import type { CallView, PersonView, ShareView, StreamView } from '../../engine/view';
import { cameraStream } from './derive';

/** From this many others on, one's own picture is a tile like the rest. */
const OWN_TILE_FROM = 3;

/** More tiles than this are not drawn: each costs a decoder. The rest is counted in a last tile. */
export const MOST_TILES = 25;

/** What the person chose; a pinned person comes before it. */
export const CHOICES = ['automatic', 'grid', 'speaker', 'presentation'] as const;
export type LayoutChoice = (typeof CHOICES)[number];

/** What the person wants to see. */
export interface Wish {
  choice: LayoutChoice;
  /** Somebody who is to stay large. */
  pinned: string | undefined;
  /** Who spoke last. */
  speaker: string | undefined;
}

/** A screen that is shown: somebody's, or one's own. */
export type Shown = { owner: PersonView; stream: StreamView } | { own: ShareView };

/** What lies on the stage. */
export type Layout =
  | { kind: 'joining' }
  | { kind: 'alone' }
  /** One person fills the stage, one's own picture floats. */
  | { kind: 'single'; person: PersonView }
  /** Everybody alike; with one's own tile first, or with it floating. `more` are not drawn. */
  | { kind: 'grid'; people: PersonView[]; ownTile: boolean; more: number }
  /** One person large, because of speaking or of being pinned, and a strip of the others. */
  | { kind: 'focus'; person: PersonView; pinned: boolean; people: PersonView[] }
  /** A screen, and a strip of people. */
  | { kind: 'shared'; shown: Shown; people: PersonView[] };

type Scene = Pick<CallView, 'connection' | 'people'> & Partial<Pick<CallView, 'share' | 'presenter'>>;

/** Somebody else whom everybody looks at: what one chose oneself waits until they stop. */
export function presenterOf({
  people,
  presenter,
}: Pick<CallView, 'people' | 'presenter'>): PersonView | undefined {
  return presenter == null ? undefined : people.find(({ participant_id }) => participant_id === presenter);
}

export function layout({ connection, people: everybody, share, presenter }: Scene, wish: Wish): Layout {
  // Whoever only watches sends no picture.
  const people = everybody.filter(({ role }) => role !== 'audience');
  if (connection.state === 'connecting' && everybody.length === 0) return { kind: 'joining' };
  const presents = presenterOf({ people: everybody, ...(presenter && { presenter }) });
  if (presents) {
    const stream = screenStream(presents);
    if (stream) return { kind: 'shared', shown: { owner: presents, stream }, people };
    return people.length === 1 && people[0] === presents
      ? { kind: 'single', person: presents }
      : focus(presents, false, people);
  }
  const shown = screenOf(people, share);
  const pinned = people.find(({ participant_id }) => participant_id === wish.pinned);
  if (pinned) return focus(pinned, true, people);
  if (shown && (wish.choice === 'automatic' || wish.choice === 'presentation')) {
    return { kind: 'shared', shown, people };
  }
  const [first] = people;
  if (!first) return { kind: 'alone' };
  if (people.length === 1 && wish.choice !== 'grid') return { kind: 'single', person: first };
  if (wish.choice === 'speaker') {
    return focus(
      people.find(({ participant_id }) => participant_id === wish.speaker) ?? first,
      false,
      people,
    );
  }
  const ownTile = people.length >= OWN_TILE_FROM || wish.choice === 'grid';
  const room = MOST_TILES - (ownTile ? 1 : 0);
  if (people.length <= room) return { kind: 'grid', people, ownTile, more: 0 };
  const drawn = mostWanted(people, room - 1, wish.speaker);
  return { kind: 'grid', people: drawn, ownTile, more: people.length - drawn.length };
}

function focus(person: PersonView, pinned: boolean, people: PersonView[]): Layout {
  return { kind: 'focus', person, pinned, people: people.filter((other) => other !== person) };
}

function screenOf(people: PersonView[], share: ShareView | null | undefined): Shown | undefined {
  for (const owner of people) {
    const stream = screenStream(owner);
    if (stream) return { owner, stream };
  }
  return share ? { own: share } : undefined;
}

function screenStream({ streams }: PersonView): StreamView | undefined {
  return streams.find(({ source }) => source === 'screen');
}

/** A picture that a snapshot can be taken of. */
export interface Takable {
  /** Who is shown, or whose screen; nothing for oneself. */
  person: PersonView | undefined;
  stream: Pick<StreamView, 'stream_id' | 'source'>;
}

/** What can be taken: the main thing on the stage first, what is one's own last. */
export function takable(
  { people, me, share }: Pick<CallView, 'people' | 'me' | 'share'>,
  now: Layout,
): Takable[] {
  const all = people.flatMap((person): Takable[] =>
    person.streams
      .filter((stream) => stream.source === 'screen' || stream === cameraStream(person))
      .map((stream) => ({ person, stream })),
  );
  const own = (stream_id: number, source: StreamView['source']) =>
    all.push({ person: undefined, stream: { stream_id, source } });
  if (me.camera.state === 'on') own(LOCAL_PREVIEW, 'camera');
  if (isTakable(share)) own(LOCAL_SHARE, 'screen');
  const main = mainStream(now);
  const isMain = ({ stream }: Takable) => Number(stream.stream_id === main);
  return all.sort((a, b) => isMain(b) - isMain(a));
}

/** Whether a snapshot of what one shares can be taken: paused, what is there now is for nobody. */
export function isTakable(share: ShareView | null): boolean {
  return share !== null && !share.paused;
}

function mainStream(now: Layout): number | undefined {
  switch (now.kind) {
    case 'shared':
      return 'own' in now.shown ? LOCAL_SHARE : now.shown.stream.stream_id;
    case 'single':
    case 'focus':
      return cameraStream(now.person)?.stream_id;
    default:
      return undefined;
  }
}

/** Those who are drawn where not all can be: who speaks or raised a hand, then in the order of coming. They keep their order. */
function mostWanted(people: PersonView[], count: number, speaker: string | undefined): PersonView[] {
  const rank = (person: PersonView) =>
    person.participant_id === speaker ? 0 : person.hand != null ? 1 : person.camera ? 2 : 3;
  const wanted = new Set([...people].sort((a, b) => rank(a) - rank(b)).slice(0, count));
  return people.filter((person) => wanted.has(person));
}

/** Who spoke last. Somebody who still speaks is not taken off the stage by another who begins. */
export function lastSpeaker(before: string | undefined, people: PersonView[]): string | undefined {
  const known = people.find(({ participant_id }) => participant_id === before);
  if (known?.speaking) return before;
  const speaks = people.find(({ speaking, microphone }) => speaking && microphone);
  return speaks?.participant_id ?? known?.participant_id;
}

/** The layouts a person can choose now. */
export function choices(call: Scene): LayoutChoice[] {
  const shown = screenOf(call.people, call.share) !== undefined;
  return CHOICES.filter((choice) => choice !== 'presentation' || shown);
}

/** A tile is between these, so that a picture of 16:9 fills it and loses little. */
const NARROWEST = 1.5;
const WIDEST = 2.1;

export interface Arrangement {
  columns: number;
  rows: number;
  /** Of each tile, in pixels. */
  width: number;
  height: number;
}

/** The columns that give the largest tiles for so many people in such a box. */
export function arrange(count: number, width: number, height: number, gap: number): Arrangement {
  let best: Arrangement = { columns: 1, rows: Math.max(1, count), width: 0, height: 0 };
  for (let columns = 1; columns <= Math.max(1, count); columns += 1) {
    const rows = Math.ceil(Math.max(1, count) / columns);
    const across = (width - gap * (columns - 1)) / columns;
    const down = (height - gap * (rows - 1)) / rows;
    if (across <= 0 || down <= 0) continue;
    const tileWidth = Math.min(across, down * WIDEST);
    const tileHeight = Math.min(down, tileWidth / NARROWEST);
    if (tileWidth * tileHeight > best.width * best.height) {
      best = { columns, rows, width: Math.floor(tileWidth), height: Math.floor(tileHeight) };
    }
  }
  return best;
}

/** More tiles than this are small: less space between them, smaller labels. */
export const CROWD = 12;

/** Space between tiles. */
export function gapFor(count: number): number {
  return count > CROWD ? 8 : 12;
}

/** A corner of the stage. */
export type Corner = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right';

/** The corner nearest to a place in a box. */
export function nearestCorner(x: number, y: number, width: number, height: number): Corner {
  return `${y < height / 2 ? 'top' : 'bottom'}-${x < width / 2 ? 'left' : 'right'}`;
}

/** The corner to which an arrow key moves. */
export function cornerTowards(corner: Corner, key: string): Corner {
  const [vertical, horizontal] = corner.split('-');
  switch (key) {
    case 'ArrowUp':
      return `top-${horizontal}` as Corner;
    case 'ArrowDown':
      return `bottom-${horizontal}` as Corner;
    case 'ArrowLeft':
      return `${vertical}-left` as Corner;
    case 'ArrowRight':
      return `${vertical}-right` as Corner;
    default:
      return corner;
  }
}
