// What the page asks of whatever stands behind it. The desktop back end, and an invented one for tests and for looking at
// screens in a plain browser, are both of this kind.

import type {
  AppView,
  DiagnosticsView,
  FramesEndpoint,
  Levels,
  MediaSource,
  ParticipantId,
  Reaction,
  RoomDraft,
  RoomId,
  SettingsPatch,
  ShownSize,
  StageRole,
  Tools,
} from './view';

/** Ends a subscription. */
export type Unlisten = () => void;

export interface Engine {
  /** The present view. Listen first, then ask: so no first change is lost. */
  appView(): Promise<AppView>;
  onAppView(heard: (view: AppView) => void): Promise<Unlisten>;
  /** Sound levels, up to 15 times a second. */
  onLevels(heard: (levels: Levels) => void): Promise<Unlisten>;

  openLink(link: string): Promise<void>;
  startTestCall(): Promise<void>;
  setDisplayName(name: string): Promise<void>;
  setMicrophone(on: boolean): Promise<void>;
  setCamera(on: boolean): Promise<void>;
  playTestSound(): Promise<void>;
  /** Goes in; `displace` takes the seat over from another device. */
  join(displace: boolean): Promise<void>;
  leave(): Promise<void>;
  endForEveryone(): Promise<void>;
  goHome(): Promise<void>;
  rejoin(): Promise<void>;
  dismissNotice(): Promise<void>;
  updateSettings(patch: SettingsPatch): Promise<void>;
  refreshDevices(): Promise<void>;

  framesEndpoint(): Promise<FramesEndpoint>;
  setShownSizes(sizes: ShownSize[]): Promise<void>;
  /** Where the pictures come from. */
  readonly pictures: Pictures;

  diagnostics?(): Promise<DiagnosticsView>;

  // What a back end may not have yet. The page draws no control for a group that is missing.
  readonly seat?: SeatCommands;
  readonly admin?: AdminCommands;
  readonly share?: ShareCommands;
  readonly rooms?: RoomsCommands;
  readonly account?: AccountCommands;
  readonly after?: AfterCommands;
  readonly windows?: WindowCommands;
  readonly devices?: DeviceCommands;
}

/** What everybody may ask for in a room, or before it. */
export interface SeatCommands {
  raiseHand(raised: boolean): Promise<void>;
  react(reaction: Reaction): Promise<void>;
  /** My answer to being recorded; `textVersion` is the wording I was shown. */
  answerConsent(answer: boolean, textVersion: string): Promise<void>;
  /** What I was asked to switch on stays off. */
  declineUnmute(): Promise<void>;
  /** A note to the host while I wait; from an admin, to one who waits. */
  sendNote(to: ParticipantId | null, text: string): Promise<void>;
  /** Rings at the door again. */
  knock(): Promise<void>;
}

/** What admins of a room may ask for. */
export interface AdminCommands {
  admit(whom: ParticipantId): Promise<void>;
  admitAll(): Promise<void>;
  refuse(whom: ParticipantId): Promise<void>;
  sendBack(whom: ParticipantId): Promise<void>;
  /** Takes the right to send a source, until `release`. */
  mute(whom: ParticipantId, source: MediaSource): Promise<void>;
  muteAll(): Promise<void>;
  release(whom: ParticipantId, source: MediaSource): Promise<void>;
  askToUnmute(whom: ParticipantId, source: MediaSource): Promise<void>;
  remove(whom: ParticipantId): Promise<void>;
  readmit(whom: ParticipantId): Promise<void>;
  setRole(whom: ParticipantId, role: StageRole): Promise<void>;
  setTools(whom: ParticipantId, tools: Tools): Promise<void>;
  lowerHand(whom: ParticipantId): Promise<void>;
  startRecording(): Promise<void>;
  stopRecording(): Promise<void>;
  extend(seconds: number): Promise<void>;
  /** Rings somebody who is not in, or all of them. */
  ring(whom: ParticipantId | null): Promise<void>;
}

/** Showing a screen or a window. */
export interface ShareCommands {
  /** Fills `share_sources`, and keeps its pictures fresh until `closePicker`. */
  openPicker(): Promise<void>;
  closePicker(): Promise<void>;
  start(sourceId: string | null): Promise<void>;
  pause(paused: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** One's own rooms. */
export interface RoomsCommands {
  refresh(): Promise<void>;
  create(draft: RoomDraft): Promise<void>;
  /** Shows the links of a room again. */
  showLinks(room: RoomId): Promise<void>;
  /** Done with the links, or with a refusal. */
  closeNewRoom(): Promise<void>;
  /** Goes into a room of one's own. */
  enter(room: RoomId): Promise<void>;
  remove(room: RoomId): Promise<void>;
}

/** Who one is to the servers. */
export interface AccountCommands {
  /** A sign-in link, or an access token with its server. */
  signIn(linkOrToken: string, server: string | null): Promise<void>;
  signOut(): Promise<void>;
  /** Lets people on this network join the rooms of this computer. */
  allowNetwork(on: boolean): Promise<void>;
}

export interface AfterCommands {
  /** 1 to 5. */
  rate(stars: number, comment: string): Promise<void>;
  /** Writes the report to where people look for what they saved; the view tells where. */
  saveReport(): Promise<void>;
}

/** Windows beside the main one. */
export interface WindowCommands {
  answerCall(call: number, withCamera: boolean): Promise<void>;
  declineCall(call: number): Promise<void>;
  /** The main window comes back to the front. */
  showMain(): Promise<void>;
  setFullscreen(on: boolean): Promise<void>;
  copyText(text: string): Promise<void>;
  openFolder(): Promise<void>;
  /** Begins a mail in the system's program. */
  mail(subject: string, body: string): Promise<void>;
}

/** Trying devices outside of a call. */
export interface DeviceCommands {
  /** Opens the chosen camera and microphone, or closes them; fills `device_check` and the levels. */
  preview(on: boolean): Promise<void>;
}

/** Brings streams onto canvases. */
export interface Pictures {
  /** Whether this web view can show pictures at all. */
  readonly supported: boolean;
  /**
   * Shows a stream on a canvas until the answer is called. `sized` hears the picture's size in pixels, at its first
   * picture and at each change.
   */
  attach(
    streamId: number,
    canvas: HTMLCanvasElement,
    sized: (width: number, height: number) => void,
  ): Unlisten;
  /** The size at which a canvas is shown, in device pixels. */
  shown(streamId: number, canvas: HTMLCanvasElement, width: number, height: number): void;
}
