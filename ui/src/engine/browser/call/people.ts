// Who is in the room, put together from the two things that know: the room channel (seats, names, admins) and the media
// server (who is connected and what they send). A plain LiveKit client is known to the media server only.
// The counterpart of `crates/call/src/people.rs`.

import { ALL_TOOLS } from '../../rights';
import type { ParticipantId, PersonView, StreamView } from '../../view';
import type { ParticipantState } from './messages';

/** Where a track comes from. */
export type TrackSource = 'microphone' | 'camera' | 'screen' | 'screen_sound';

/** A track that somebody else publishes. */
export interface Track {
  sid: string;
  source: TrackSource;
  muted: boolean;
  /** As published, in pixels. */
  size: { width: number; height: number };
  /** Names the picture to the page, once it arrives. */
  stream: number | undefined;
}

interface Person {
  seat: ParticipantState | undefined;
  /** Name as the media server has it, while connected there. */
  mediaName: string | undefined;
  tracks: Map<string, Track>;
  speaking: boolean;
  quality: number;
}

export class People {
  /** In the order of their coming. */
  private readonly known = new Map<string, Person>();
  private me = '';

  /** Tells which of all I am. */
  setMe(me: string): void {
    this.me = me;
    this.known.delete(me);
  }

  /** Somebody's seat, while they have one. */
  seat(id: string): ParticipantState | undefined {
    return this.known.get(id)?.seat;
  }

  changeSeat(id: string, change: Partial<ParticipantState>): void {
    const person = this.known.get(id);
    if (person?.seat) person.seat = { ...person.seat, ...change };
  }

  /** Somebody's name. */
  nameOf(id: string): string | undefined {
    const person = this.known.get(id);
    return person && nameOf(person);
  }

  /** Everybody else with a seat. */
  seated(): ParticipantState[] {
    return [...this.known.values()].flatMap(({ seat }) => seat ?? []);
  }

  /** Whose stream it is. */
  ofStream(stream: number): { id: ParticipantId; name: string; track: Track } | undefined {
    for (const [id, person] of this.known) {
      const track = [...person.tracks.values()].find((one) => one.stream === stream);
      if (track) return { id: participantId(id), name: nameOf(person) ?? '', track };
    }
    return undefined;
  }

  /** The room channel's whole list. */
  seats(seats: ParticipantState[]): void {
    const present = new Set(seats.map(({ participant_id: id }) => id));
    for (const seat of seats) this.seatJoined(seat);
    for (const id of [...this.known.keys()]) if (!present.has(id)) this.seatLeft(id);
  }

  /** Somebody sat down. True when they were not here before. */
  seatJoined(seat: ParticipantState): boolean {
    const { participant_id: id } = seat;
    if (id === this.me) return false;
    const isNew = !this.known.has(id);
    this.person(id).seat = seat;
    return isNew;
  }

  /** Somebody stood up; answers their name if they are gone altogether. */
  seatLeft(id: string): string | undefined {
    const person = this.known.get(id);
    if (!person?.seat) return undefined;
    const { display_name: name } = person.seat;
    person.seat = undefined;
    return this.forgetIfGone(id) ? name : undefined;
  }

  /** Somebody's media connection is there. True when they were not here before. */
  mediaJoined(id: string, name: string): boolean {
    if (id === this.me) return false;
    const isNew = !this.known.has(id);
    this.person(id).mediaName = name || id;
    return isNew;
  }

  /** Somebody's media connection ended; answers their name if they are gone altogether. */
  mediaLeft(id: string): string | undefined {
    const person = this.known.get(id);
    if (!person) return undefined;
    const name = person.mediaName;
    person.mediaName = undefined;
    person.tracks.clear();
    person.speaking = false;
    return this.forgetIfGone(id) ? name : undefined;
  }

  /** The media connection was made anew: what the server tells next is the whole truth. */
  mediaReset(): void {
    for (const id of [...this.known.keys()]) this.mediaLeft(id);
  }

  /** What somebody sends now: all of it. */
  tracks(id: string, tracks: Track[]): void {
    if (id === this.me) return;
    this.person(id).tracks = new Map(tracks.map((track) => [track.sid, track]));
  }

  speaking(ids: ReadonlySet<string>): void {
    for (const [id, person] of this.known) person.speaking = ids.has(id);
  }

  quality(id: string, quality: number): void {
    const person = this.known.get(id);
    if (person) person.quality = quality;
  }

  /** What the page draws. */
  view(): PersonView[] {
    return [...this.known].flatMap(([id, person]) => {
      const name = nameOf(person);
      return name === undefined ? [] : [personView(id, name, person)];
    });
  }

  private person(id: string): Person {
    let person = this.known.get(id);
    if (!person) {
      person = { seat: undefined, mediaName: undefined, tracks: new Map(), speaking: false, quality: 5 };
      this.known.set(id, person);
    }
    return person;
  }

  private forgetIfGone(id: string): boolean {
    const person = this.known.get(id);
    if (!person || person.seat || person.mediaName !== undefined) return false;
    return this.known.delete(id);
  }
}

function nameOf({ seat, mediaName }: Person): string | undefined {
  return seat?.display_name ?? mediaName;
}

function personView(id: string, name: string, { seat, tracks, speaking, quality }: Person): PersonView {
  const sent = [...tracks.values()].filter(({ muted }) => !muted);
  const on = (source: TrackSource) => sent.some((track) => track.source === source);
  const streams = sent.flatMap(({ stream, source, size }): StreamView[] =>
    stream !== undefined && (source === 'camera' || source === 'screen')
      ? [{ stream_id: stream, source, size }]
      : [],
  );
  return {
    participant_id: participantId(id),
    display_name: name,
    is_admin: seat?.is_admin ?? false,
    microphone: on('microphone'),
    camera: on('camera'),
    speaking,
    quality,
    streams,
    muted_by_admin: seat?.muted_by_admin ?? {},
    tools: seat ? (seat.tools ?? {}) : ALL_TOOLS,
    role: seat?.role ?? 'speaker',
    hand: seat?.hand ?? null,
  };
}

/** An identity of a foreign client may hold any text; the page only needs it to be stable. */
function participantId(identity: string): ParticipantId {
  return identity.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 128) || '_';
}
