// What the room channel has told: my seat, rights, clock, recording, who waits. Plain state; what follows from a message
// for devices and media comes out as effects. The counterpart of `crates/call/src/call/room.rs`.

import type {
  AskedToUnmuteView,
  CallType,
  ConsentAnswer,
  ConsentView,
  LeaveReason,
  MediaSource,
  MutedSources,
  NoteView,
  NoticeCode,
  ParticipantId,
  Problem,
  ReactionView,
  RecordingMode,
  RecordingState,
  RemovedPerson,
  RingView,
  StageRole,
  Tools,
  WaitingPersonView,
} from '../../view';
import type {
  AdminState,
  ClockState,
  ParticipantState,
  Ring,
  RoomState,
  ServerMessage,
  WaitingNote,
  WaitingRoom,
} from './messages';
import type { People } from './people';

/** How long a reaction is shown. */
const REACTION_FOR_MS = 4_000;
/** More at once are too many to be seen. */
const MOST_REACTIONS = 20;

/** What follows from a message of the room. */
export type Effect =
  | { effect: 'notice'; code: NoticeCode; name: string | null }
  /** What I may send may have changed. */
  | { effect: 'rights_changed' }
  /** Where my media is. */
  | { effect: 'media_token'; url: string; token: string }
  /** I am out. */
  | { effect: 'closed'; reason: LeaveReason }
  /** A message of mine was refused. */
  | { effect: 'refused'; problem: Problem };

/** What I may send. */
export interface Allowed {
  microphone: boolean;
  camera: boolean;
  screen: boolean;
}

/** Something, and when it was told (any clock in milliseconds that goes on). */
interface Told<T> {
  is: T;
  atMs: number;
}

const notice = (code: NoticeCode, name: string | null = null): Effect => ({ effect: 'notice', code, name });

export class RoomSide {
  isAdmin = false;
  role: StageRole = 'speaker';
  hand: number | null = null;
  mutedByAdmin: MutedSources = {};
  title: string | null = null;
  callType: CallType = 'audio_video';
  recording: RecordingMode = 'none';
  webinar = false;
  waitingRoom = false;
  whiteboard: RoomState['whiteboard'] & object = { shown: false, by: null, page: 0 };
  timeWarning: number | null = null;
  /** Whom everybody shall look at. */
  presenter: ParticipantId | null = null;
  /** Which others look at the boards over snapshots and files: they draw there. */
  readonly viewers = new Map<string, ParticipantId[]>();
  /** The whole state has been told: from here on comings and goings are news. */
  settled = false;
  /** In the waiting room. */
  waiting: WaitingRoom | undefined;
  private recordingState: Told<RecordingState> = { is: { state: 'off' }, atMs: 0 };
  private clock: Told<ClockState> | undefined;
  private consentGiven: boolean | undefined;
  private ringing: Ring[] = [];
  /** Who rang the doorbell and is not known to wait yet. */
  private atTheDoor: ParticipantId | undefined;
  private admin: Told<AdminState> = { is: { waiting: [], removed: [], consents: [] }, atMs: 0 };
  private notes: WaitingNote[] = [];
  private asked: { by: ParticipantId; source: MediaSource } | undefined;
  private reactions: Told<ReactionView>[] = [];
  private reactionsSoFar = 0;

  constructor(
    public me: ParticipantId,
    public displayName: string,
    public tools: Tools,
  ) {}

  /** What I may send now. */
  allowed(): Allowed {
    const { microphone, camera, screen } = this.mutedByAdmin;
    return {
      microphone: this.has('microphone') && !microphone,
      camera: this.has('camera') && !camera,
      screen: this.has('screen') && !screen,
    };
  }

  /** Whether my seat has something to send at all, whoever may have taken it for now. */
  has(source: MediaSource): boolean {
    if (this.role !== 'speaker') return false;
    if (source === 'camera') return this.callType !== 'audio_only';
    return source === 'microphone' || (this.tools.screen_sharing ?? false);
  }

  /** What I was asked to switch on was switched; or, without `source`, I declined. */
  answered(source?: MediaSource): void {
    if (source === undefined || this.asked?.source === source) this.asked = undefined;
  }

  /** Takes a message of the server. */
  take(message: ServerMessage, people: People, nowMs: number): Effect[] {
    const effects: Effect[] = [];
    switch (message.type) {
      case 'welcome':
        this.takeRoom(message.you, message.room, people, nowMs);
        effects.push({ effect: 'rights_changed' });
        break;
      case 'waiting': {
        const { you, room } = message;
        this.me = you;
        this.title = room.title;
        this.callType = room.call_type;
        this.recording = room.recording;
        this.notes = [...room.notes];
        this.waiting = room;
        break;
      }
      case 'waiting_place':
        if (this.waiting) this.waiting = { ...this.waiting, place: message.place };
        break;
      case 'media_token':
        effects.push({ effect: 'media_token', url: message.livekit_url, token: message.livekit_token });
        break;
      case 'joined': {
        const { participant } = message;
        if (participant.participant_id === this.me) {
          this.takeMine(participant);
          effects.push({ effect: 'rights_changed' });
          break;
        }
        // However the ring ended, they are here.
        this.ringing = this.ringing.filter((ring) => ring.participant_id !== participant.participant_id);
        if (people.seatJoined(participant) && this.settled) {
          effects.push(notice('person_joined', participant.display_name));
        }
        break;
      }
      case 'left': {
        const name = people.seatLeft(message.participant_id);
        if (name !== undefined) effects.push(notice('person_left', name));
        break;
      }
      case 'media_changed': {
        const { participant_id: id, media, muted_by_admin: muted = {} } = message;
        if (id === this.me) effects.push(...this.muted(muted));
        else people.changeSeat(id, { media, muted_by_admin: muted });
        break;
      }
      case 'hand_changed': {
        const { participant_id: id, hand, by } = message;
        if (id === this.me) {
          if (this.hand !== null && hand === null && by != null) {
            effects.push(notice('hand_lowered', people.nameOf(by) ?? null));
          }
          this.hand = hand;
          break;
        }
        const seat = people.seat(id);
        if (seat && hand !== null && seat.hand == null) {
          effects.push(notice('hand_raised', seat.display_name));
        }
        people.changeSeat(id, { hand });
        break;
      }
      case 'rights_changed': {
        const { participant_id: id, tools, role } = message;
        if (id !== this.me) {
          people.changeSeat(id, { tools, role });
          break;
        }
        if (this.role !== role || JSON.stringify(this.tools) !== JSON.stringify(tools)) {
          effects.push(notice('rights_changed'));
        }
        this.tools = tools;
        this.role = role;
        effects.push({ effect: 'rights_changed' });
        break;
      }
      case 'whiteboard_changed':
        this.whiteboard = message.whiteboard;
        break;
      case 'recording_changed': {
        const was = this.recordingState.is.state === 'on';
        const is = message.recording.state === 'on';
        if (was !== is) effects.push(notice(is ? 'recording_started' : 'recording_stopped'));
        this.recordingState = { is: message.recording, atMs: nowMs };
        break;
      }
      case 'ring_changed': {
        const { ring } = message;
        this.ringing = this.ringing.filter((known) => known.participant_id !== ring.participant_id);
        if (ring.state !== 'answered') this.ringing.push(ring);
        break;
      }
      case 'clock': {
        const { clock } = message;
        this.clock = { is: clock, atMs: nowMs };
        if (this.timeWarning !== null && clock.seconds_left > this.timeWarning) this.timeWarning = null;
        break;
      }
      case 'time_warning':
        this.timeWarning = message.seconds_left;
        effects.push(notice(message.seconds_left > 60 ? 'five_minutes_left' : 'half_minute_left'));
        break;
      case 'admin':
        this.admin = { is: message.state, atMs: nowMs };
        effects.push(...this.doorbellRang());
        break;
      case 'doorbell':
        this.atTheDoor = message.participant_id;
        effects.push(...this.doorbellRang());
        break;
      case 'reacted': {
        const { participant_id, reaction } = message;
        this.reactions = this.reactions.filter(({ atMs }) => nowMs - atMs < REACTION_FOR_MS);
        this.reactionsSoFar += 1;
        if (this.reactions.length < MOST_REACTIONS) {
          this.reactions.push({ is: { id: this.reactionsSoFar, participant_id, reaction }, atMs: nowMs });
        }
        break;
      }
      case 'note': {
        const { note } = message;
        if (note.from !== this.me) effects.push(notice('note', note.from_name));
        if (!this.notes.some(({ id }) => id === note.id)) this.notes.push(note);
        break;
      }
      case 'asked_to_unmute':
        effects.push(notice('asked_to_unmute', people.nameOf(message.by) ?? null));
        this.asked = { by: message.by, source: message.source };
        break;
      case 'consent_kept':
        if (message.consent.participant_id === this.me) this.consentGiven = message.consent.answer;
        break;
      case 'closed':
        effects.push({ effect: 'closed', reason: message.reason });
        break;
      case 'presenter_changed':
        this.presenter = message.presenter;
        break;
      case 'chat': {
        const { from, from_name: name, file } = message.message;
        if (from === this.me || file?.purpose === 'board') break;
        const ofMe = file?.purpose === 'snapshot' && file.of === this.me;
        effects.push(notice(ofMe ? 'snapshot_of_me' : 'chat_message', name));
        break;
      }
      case 'refused':
        if (message.key == null) effects.push({ effect: 'refused', problem: message.error });
        break;
      case 'board_viewers': {
        const { board } = message;
        const others = message.participants.filter((id) => id !== this.me);
        const before = this.viewers.get(board)?.length ?? 0;
        this.viewers.delete(board);
        const [first] = others;
        if (first === undefined) break;
        if (before === 0) effects.push(notice('live_edit_began', people.nameOf(first) ?? null));
        this.viewers.set(board, others);
        break;
      }
    }
    return effects;
  }

  private takeRoom(you: ParticipantId, room: RoomState, people: People, nowMs: number): void {
    this.me = you;
    const mine = room.participants.find(({ participant_id: id }) => id === you);
    if (mine) this.takeMine(mine);
    this.tools = room.tools;
    this.title = room.title;
    this.callType = room.call_type;
    this.recording = room.recording;
    this.webinar = room.webinar ?? false;
    this.waitingRoom = room.waiting_room ?? false;
    this.whiteboard = room.whiteboard ?? { shown: false, by: null, page: 0 };
    this.recordingState = { is: room.recording_state ?? { state: 'off' }, atMs: nowMs };
    this.consentGiven = room.consent?.answer;
    this.ringing = room.rings ?? [];
    this.presenter = room.presenter ?? null;
    this.clock =
      room.seconds_left === null
        ? undefined
        : { is: { seconds_left: room.seconds_left, runs: room.clock_runs ?? false }, atMs: nowMs };
    people.seats(room.participants);
    this.waiting = undefined;
    this.settled = true;
  }

  private takeMine(mine: ParticipantState): void {
    this.isAdmin = mine.is_admin;
    this.displayName = mine.display_name;
    this.mutedByAdmin = mine.muted_by_admin ?? {};
    this.tools = mine.tools ?? this.tools;
    this.role = mine.role ?? 'speaker';
    this.hand = mine.hand ?? null;
  }

  private muted(now: MutedSources): Effect[] {
    const before = this.mutedByAdmin;
    this.mutedByAdmin = now;
    // The microphone last, so that it is what is read: who believes to be heard is not, or the other way round.
    const changed = (['screen', 'camera', 'microphone'] as const).filter(
      (source) => (before[source] ?? false) !== (now[source] ?? false),
    );
    if (changed.length === 0) return [];
    const told = changed.map((source) => notice(BY_ADMIN[source][now[source] ? 0 : 1]));
    return [...told, { effect: 'rights_changed' }];
  }

  /** The bell may ring a moment before the room says who stands there. */
  private doorbellRang(): Effect[] {
    const who = this.admin.is.waiting.find(({ participant_id: id }) => id === this.atTheDoor);
    if (!who) return [];
    this.atTheDoor = undefined;
    return [notice('doorbell', who.display_name)];
  }

  // --- what is drawn ---

  reactionViews(nowMs: number): ReactionView[] {
    return this.reactions.filter(({ atMs }) => nowMs - atMs < REACTION_FOR_MS).map(({ is }) => is);
  }

  /** Something may be drawn differently because time went by. */
  moves(): boolean {
    return (
      (this.clock?.is.runs ?? false) ||
      this.reactions.length > 0 ||
      this.recordingState.is.state === 'on' ||
      this.admin.is.waiting.length > 0
    );
  }

  secondsLeft(nowMs: number): number | null {
    if (!this.clock) return null;
    const { is, atMs } = this.clock;
    return Math.max(0, is.seconds_left - (is.runs ? seconds(nowMs - atMs) : 0));
  }

  clockRuns(): boolean {
    return this.clock?.is.runs ?? false;
  }

  recordingNow(nowMs: number): RecordingState {
    const { is, atMs } = this.recordingState;
    return is.state === 'on' ? { ...is, elapsed_s: is.elapsed_s + seconds(nowMs - atMs) } : is;
  }

  consent(): ConsentAnswer {
    if (this.consentGiven !== undefined) return this.consentGiven ? 'yes' : 'no';
    const { state } = this.recordingState.is;
    // From the start on: what is said before the answer is in no recording.
    const asked = state === 'on' || state === 'starting' || this.recording === 'automatic';
    return asked ? 'asked' : 'not_asked';
  }

  askedToUnmute(people: People): AskedToUnmuteView | null {
    return this.asked ? { by_name: people.nameOf(this.asked.by) ?? '', source: this.asked.source } : null;
  }

  rings(people: People): RingView[] {
    return this.ringing.map(({ participant_id, display_name, state }) => ({
      participant_id,
      display_name: people.nameOf(participant_id) ?? display_name ?? '',
      state,
    }));
  }

  waitingPeople(nowMs: number): WaitingPersonView[] {
    const more = seconds(nowMs - this.admin.atMs);
    return this.admin.is.waiting.map((person) => ({
      ...person,
      waited_s: person.waited_s + more,
      notes: this.notesOf(person.participant_id),
    }));
  }

  removed(): RemovedPerson[] {
    return this.admin.is.removed;
  }

  /** Everybody's answer, of those who are in and of those who gave one; admins only. */
  consents(people: People): ConsentView[] {
    if (!this.isAdmin || this.recording === 'none') return [];
    const views = this.admin.is.consents.map(
      ({ participant_id: id, answer, at_ms }): ConsentView => ({
        participant_id: id,
        display_name: id === this.me ? this.displayName : (people.nameOf(id) ?? id),
        answer,
        at_ms,
      }),
    );
    for (const { participant_id, display_name } of people.seated()) {
      if (!views.some((view) => view.participant_id === participant_id)) {
        views.push({ participant_id, display_name, answer: null, at_ms: null });
      }
    }
    return views;
  }

  myNotes(): NoteView[] {
    return this.notesOf(this.me);
  }

  private notesOf(guest: ParticipantId): NoteView[] {
    return this.notes
      .filter((note) => note.guest === guest)
      .map(({ id, from, from_name, text, at_ms }) => ({
        id,
        from_name,
        mine: from === this.me,
        text,
        at_ms,
      }));
  }
}

/** What is said when an admin takes the right to send something, and when it comes back. */
const BY_ADMIN = {
  microphone: ['muted_by_admin', 'released_by_admin'],
  camera: ['camera_stopped_by_admin', 'camera_released_by_admin'],
  screen: ['screen_stopped_by_admin', 'screen_released_by_admin'],
} as const satisfies Record<MediaSource, [NoticeCode, NoticeCode]>;

function seconds(ms: number): number {
  return Math.max(0, Math.floor(ms / 1000));
}
