// What a back end answers to the commands of a room and of one's own rooms, as far as the page can tell.

import type {
  AccountCommands,
  AdminCommands,
  AfterCommands,
  BoardCommands,
  ConsoleLine,
  DeviceCommands,
  PastCommands,
  RoomsCommands,
  SeatCommands,
  ShareCommands,
  ToolsCommands,
  WindowCommands,
} from '../engine';
import type {
  AppView,
  CallView,
  MediaSource,
  PersonView,
  Reaction,
  RecordingLayout,
  RoomDraft,
  StageRole,
  Tools,
} from '../view';
import { callView, personView, SHARE_SOURCES } from './samples';

export interface Groups {
  seat: SeatCommands;
  admin: AdminCommands;
  share: ShareCommands;
  rooms: RoomsCommands;
  account: AccountCommands;
  after: AfterCommands;
  windows: WindowCommands;
  devices: DeviceCommands;
  tools: ToolsCommands;
  board: BoardCommands;
  past: PastCommands;
  console: ConsoleLine;
}

/** Notes what was asked, then acts. */
export type Command = <Given extends unknown[]>(
  name: string,
  act: (...given: Given) => void,
) => (...given: Given) => Promise<void>;

export function groups(
  command: Command,
  change: (edit: (view: AppView) => void) => void,
  moving: boolean,
): Omit<Groups, 'tools' | 'board' | 'past' | 'console'> {
  const inCall = (edit: (call: CallView) => void) =>
    change(({ screen }) => {
      if (screen.kind === 'call') edit(screen);
    });
  const person = (id: string, edit: (person: PersonView) => void) =>
    inCall(({ people }) => {
      const found = people.find(({ participant_id }) => participant_id === id);
      if (found) edit(found);
    });
  const take = (person: PersonView, source: MediaSource, taken: boolean) => {
    const none = { microphone: false, camera: false, screen: false };
    person.muted_by_admin = { ...(person.muted_by_admin ?? none), [source]: taken };
    if (!taken) return;
    if (source === 'microphone') person.microphone = false;
    if (source === 'camera') person.camera = false;
    if (source === 'screen') person.streams = person.streams.filter((stream) => stream.source !== 'screen');
  };
  const out = (id: string) =>
    inCall((call) => {
      call.people = call.people.filter(({ participant_id }) => participant_id !== id);
    });
  const letIn = (call: CallView, id: string) => {
    const next = call.waiting?.find(({ participant_id }) => participant_id === id);
    if (!next) return;
    call.waiting = call.waiting?.filter((one) => one !== next) ?? [];
    const guest = { ...personView(call.people.length), speaking: false };
    call.people = [...call.people, { ...guest, participant_id: id, display_name: next.display_name }];
  };
  return {
    seat: {
      raiseHand: command('raise hand', (raised: boolean) =>
        inCall(({ me }) => {
          me.hand = raised ? 99 : null;
        }),
      ),
      react: command('react', (reaction: Reaction) =>
        inCall((call) => {
          call.reactions = [{ id: Date.now(), participant_id: call.me.participant_id, reaction }];
        }),
      ),
      answerConsent: command('answer consent', (answer: boolean, _text: string) =>
        change(({ screen }) => {
          if (screen.kind === 'call') {
            screen.me.consent = answer ? 'yes' : 'no';
            const mine = screen.consents.find(
              ({ participant_id }) => participant_id === (screen as CallView).me.participant_id,
            );
            if (mine) Object.assign(mine, { answer, at_ms: Date.now() });
          }
          if (screen.kind === 'lobby') screen.consent = answer ? 'yes' : 'no';
        }),
      ),
      declineUnmute: command('decline unmute', () =>
        inCall((call) => {
          call.asked_to_unmute = null;
        }),
      ),
      sendNote: command('send note', (to: string | null, text: string) =>
        change(({ screen }) => {
          const note = { id: Date.now(), from_name: 'me', mine: true, text, at_ms: Date.now() };
          if (screen.kind === 'waiting') screen.notes = [...screen.notes, note];
          if (screen.kind === 'call') {
            const guest = screen.waiting?.find(({ participant_id }) => participant_id === to);
            if (guest) guest.notes = [...guest.notes, note];
          }
        }),
      ),
      knock: command('knock', () =>
        change(({ screen }) => {
          if (screen.kind === 'waiting') screen.knock_again_s = 10;
        }),
      ),
    },
    admin: {
      admit: command('admit', (id: string) => inCall((call) => letIn(call, id))),
      admitAll: command('admit all', () =>
        inCall((call) => {
          for (const { participant_id } of call.waiting ?? []) letIn(call, participant_id);
        }),
      ),
      refuse: command('refuse', (id: string) =>
        inCall((call) => {
          call.waiting = call.waiting?.filter(({ participant_id }) => participant_id !== id) ?? [];
        }),
      ),
      sendBack: command('send back', out),
      mute: command('mute', (id: string, source: MediaSource) =>
        person(id, (one) => take(one, source, true)),
      ),
      muteAll: command('mute all', () =>
        inCall(({ people }) => {
          for (const one of people) take(one, 'microphone', true);
        }),
      ),
      release: command('release', (id: string, source: MediaSource) =>
        person(id, (one) => take(one, source, false)),
      ),
      askToUnmute: command('ask to unmute', (_id: string, _source: MediaSource) => {}),
      remove: command('remove', (id: string) => {
        inCall((call) => {
          const gone = call.people.find(({ participant_id }) => participant_id === id);
          if (gone) call.removed = [...(call.removed ?? []), gone];
        });
        out(id);
      }),
      readmit: command('readmit', (id: string) =>
        inCall((call) => {
          call.removed = call.removed?.filter(({ participant_id }) => participant_id !== id) ?? [];
        }),
      ),
      setRole: command('set role', (id: string, role: StageRole) =>
        person(id, (one) => {
          one.role = role;
        }),
      ),
      setTools: command('set tools', (id: string, tools: Tools) =>
        person(id, (one) => {
          one.tools = tools;
        }),
      ),
      lowerHand: command('lower hand', (id: string) =>
        person(id, (one) => {
          one.hand = null;
        }),
      ),
      startRecording: command('start recording', (layout: RecordingLayout | null) => {
        inCall((call) => {
          call.recording_state = { state: 'starting' };
          call.me.consent = 'asked';
          call.consents = [call.me, ...call.people].map(({ participant_id, display_name }) => ({
            participant_id,
            display_name,
            answer: null,
            at_ms: null,
          }));
        });
        // A recorder takes its time to come in.
        if (!moving) return;
        setTimeout(
          () =>
            inCall((call) => {
              if (call.recording_state.state !== 'starting') return;
              call.recording_state = { state: 'on', elapsed_s: 0, layout: layout ?? 'grid', megabytes: 0 };
            }),
          1200,
        );
      }),
      stopRecording: command('stop recording', () =>
        inCall((call) => {
          call.recording_state = { state: 'off' };
          if (call.me.consent === 'asked') call.me.consent = 'not_asked';
        }),
      ),
      ring: command('ring', (_whom: string | null) =>
        inCall((call) => {
          call.rings = [{ participant_id: 'seat-8', display_name: 'Anna Rossi', state: 'ringing' }];
        }),
      ),
      showWhiteboard: command('show whiteboard', (shown: boolean, page: number) =>
        inCall((call) => {
          call.whiteboard = { shown, by: call.me.participant_id, page };
        }),
      ),
      grantDrawing: command('grant drawing', (id: string, granted: boolean) =>
        person(id, (one) => {
          one.tools = { ...one.tools, whiteboard: granted ? true : {} };
        }),
      ),
      extend: command('extend', (seconds: number) =>
        inCall((call) => {
          if (call.seconds_left !== null) call.seconds_left += seconds;
        }),
      ),
    },
    share: {
      openPicker: command('open picker', () =>
        inCall((call) => {
          call.share_sources ??= { state: 'ready', sources: SHARE_SOURCES };
        }),
      ),
      closePicker: command('close picker', () => {}),
      start: command('start share', (id: string | null) =>
        inCall((call) => {
          const source = SHARE_SOURCES.find((one) => one.id === id);
          call.share = {
            kind: source?.kind ?? 'window',
            label: source?.label ?? '',
            paused: false,
            stream_id: null,
          };
        }),
      ),
      pause: command('pause share', (paused: boolean) =>
        inCall(({ share }) => {
          if (share) share.paused = paused;
        }),
      ),
      stop: command('stop share', () =>
        inCall((call) => {
          call.share = null;
        }),
      ),
    },
    rooms: {
      refresh: command('refresh rooms', () => {}),
      create: command('create room', (draft: RoomDraft) =>
        change((view) => {
          view.new_room = {
            state: 'made',
            room_id: 'room-9',
            title: draft.title || null,
            starts_at: draft.starts_at,
            good_until: draft.ends_at,
            reach: view.network?.on ? 'network' : 'computer',
            refused: null,
            links: draft.seats.map(({ display_name, is_admin, me }, n) => ({
              participant_id: `seat-${n}`,
              display_name,
              is_admin,
              me,
              url: `http://127.0.0.1:7880/join/q${n}Zk2LmPa9RtVbXcyUd4Xr9${n}`,
            })),
          };
        }),
      ),
      showLinks: command('show links', (_room: string) => {}),
      renewLink: command('renew link', (_room: string, seat: string) =>
        change(({ new_room }) => {
          if (new_room?.state !== 'made') return;
          const link = new_room.links.find(({ participant_id }) => participant_id === seat);
          if (link) link.url = link.url.replace(/join\/.*/, 'join/n7Zk2LmPa9RtVbXcyUd4Xr9n');
        }),
      ),
      closeNewRoom: command('close new room', () =>
        change((view) => {
          view.new_room = null;
        }),
      ),
      enter: command('enter room', (_room: string) =>
        change((view) => {
          view.screen = { kind: 'call', ...callView(1) };
          view.new_room = null;
        }),
      ),
      remove: command('remove room', (room: string) =>
        change(({ rooms }) => {
          if (rooms?.state === 'ready') rooms.rooms = rooms.rooms.filter(({ room_id }) => room_id !== room);
        }),
      ),
    },
    account: {
      signIn: command('sign in', (_link: string, server: string | null) =>
        change((view) => {
          view.account = { state: 'signing_in', server: server ?? 'visita.example' };
        }),
      ),
      answerSignIn: command('answer sign in', (yes: boolean) =>
        change((view) => {
          if (yes && view.sign_in_asked) {
            view.account = { state: 'signing_in', server: view.sign_in_asked.server };
          }
          view.sign_in_asked = null;
        }),
      ),
      signOut: command('sign out', () =>
        change((view) => {
          view.account = { state: 'local', can_record: false, is_operator: false };
        }),
      ),
      allowNetwork: command('allow network', (on: boolean) =>
        change((view) => {
          view.network = { on, url: on ? 'http://192.168.1.20:7880/' : null, problem: null };
        }),
      ),
    },
    after: {
      rate: command('rate', (_stars: number, _comment: string) =>
        change(({ screen }) => {
          if (screen.kind === 'after') screen.rating = { state: 'sent' };
        }),
      ),
      saveReport: command('save report', () =>
        change(({ screen }) => {
          if (screen.kind === 'after' && screen.report) {
            screen.report.saved_to = 'Documents/visita-report.html';
          }
        }),
      ),
    },
    devices: {
      preview: command('preview', (on: boolean) =>
        change((view) => {
          const works = { state: 'on', label: 'Integrated' } as const;
          view.device_check = on ? { camera: works, microphone: works, speaker: works } : null;
        }),
      ),
    },
    windows: {
      answerCall: command('answer call', (_call: number, _camera: boolean) =>
        change((view) => {
          view.incoming = null;
        }),
      ),
      declineCall: command('decline call', (_call: number) =>
        change((view) => {
          view.incoming = null;
        }),
      ),
      showMain: command('show main', () => {}),
      setFullscreen: command('set fullscreen', (_on: boolean) => {}),
      copyText: command('copy', (_text: string) => {}),
      openFolder: command('open folder', () => {}),
      mail: command('mail', (_subject: string, _body: string) => {}),
      openUrl: command('open url', (_url: string) => {}),
    },
  };
}
