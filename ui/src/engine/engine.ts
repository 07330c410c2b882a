// What the page asks of whatever stands behind it. The desktop back end, and an invented one for tests and for looking at
// screens in a plain browser, are both of this kind.

import type { Room } from '../../widget/src/wire';
import type { BrowserKind } from './browser/support';
import type {
  AppView,
  BoardAction,
  BoardNews,
  DiagnosticsView,
  Levels,
  MediaSource,
  ParticipantId,
  PastAction,
  PastView,
  Point,
  Reaction,
  RecordingLayout,
  RoomDraft,
  RoomId,
  SettingsPatch,
  Spot,
  StageRole,
  Tools,
  ToolsNews,
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

  /** Where the pictures come from. */
  readonly pictures: Pictures;

  diagnostics?(): Promise<DiagnosticsView>;
  /** Writes a file to where people look for what they saved; tells where, or nothing when that failed. */
  save(name: string, dataUrl: string): Promise<string | null>;

  /** Only where the page is a browser's own. */
  readonly browser?: BrowserSide;

  // What a back end may not have yet. The page draws no control for a group that is missing.
  readonly seat?: SeatCommands;
  readonly admin?: AdminCommands;
  readonly share?: ShareCommands;
  readonly rooms?: RoomsCommands;
  readonly account?: AccountCommands;
  readonly after?: AfterCommands;
  readonly windows?: WindowCommands;
  readonly devices?: DeviceCommands;
  readonly board?: BoardCommands;
  readonly tools?: ToolsCommands;
  readonly past?: PastCommands;
  /** Only where an operator's account may be signed in. */
  readonly console?: ConsoleLine | undefined;
  /** Only where the page lies in a company's page. */
  readonly frame?: FrameSide;
}

/** What a browser has that the app has not. */
export interface BrowserSide {
  /** Which it is: camera and microphone are allowed in another place in each. */
  readonly kind: BrowserKind;
  /** Lets the others be heard, where the browser wants something pressed first. */
  playSound(): Promise<void>;
  /** The camera on the other side of a phone. */
  readonly flipCamera?: (() => Promise<void>) | undefined;
  /** The link in the app's own scheme; nothing where there is no app. */
  appLink(): string | undefined;
  /** The person goes on in the browser: camera and microphone are opened. */
  joinHere(): Promise<void>;
  /** Opens an address of the web beside this page. */
  openUrl(url: string): void;
}

/** What a page has that lies in another: the small windows are drawn in it. */
export interface FrameSide extends Pick<WindowCommands, 'answerCall' | 'declineCall' | 'showMain'> {
  /** Nothing is shown any more. */
  close(): void;
  /** How much of the call there is room for. */
  room(): Room;
  /** Grows each time the keyboard is given to the frame. */
  focused(): number;
  /** Tells of changes of these. */
  onShown(heard: () => void): Unlisten;
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
  /** Everybody is asked; without a layout as the room says. */
  startRecording(layout: RecordingLayout | null): Promise<void>;
  stopRecording(): Promise<void>;
  extend(seconds: number): Promise<void>;
  /** Opens the whiteboard for everybody, or closes it. */
  showWhiteboard(shown: boolean, page: number): Promise<void>;
  /** Whether somebody may draw, or only look. */
  grantDrawing(whom: ParticipantId, granted: boolean): Promise<void>;
  /** Rings somebody who is not in, or all of them. */
  ring(whom: ParticipantId | null): Promise<void>;
}

/** Showing a screen or a window. */
export interface ShareCommands {
  /** Fills `share_sources`, and keeps its pictures fresh until `closePicker`. Missing where `start` itself asks what to show. */
  openPicker?(): Promise<void>;
  closePicker?(): Promise<void>;
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
  /** Takes a seat's link back, and who came by it out; the links that are shown have the new one. */
  renewLink(room: RoomId, seat: ParticipantId): Promise<void>;
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
  /** Whether a sign-in link that came is to be used. */
  answerSignIn(yes: boolean): Promise<void>;
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
  /** Opens an address of the web in the system's browser. */
  openUrl?(url: string): Promise<void>;
}

/** Chat, files, snapshots, pointers and presenting. Their state has a way of its own to the page, apart from the view. */
export interface ToolsCommands {
  onNews(heard: (news: ToolsNews) => void): Promise<Unlisten>;
  /** Says everything once more: the page is new, and listens by now. */
  tell(): Promise<void>;

  sendChat(text: string, replyTo: number | null): Promise<void>;
  /** A message or file of mine that was not taken. */
  tryAgain(key: string): Promise<void>;
  discard(key: string): Promise<void>;
  typing(on: boolean): Promise<void>;
  /** The chat is before my eyes, or not any more. */
  showChat(shown: boolean): Promise<void>;

  /** Chooses files in the system's dialog, and shares them. */
  pickFiles(): Promise<void>;
  sendFiles(paths: string[]): Promise<void>;
  /** Shares what lies in the clipboard, when that is files or a picture; where the page itself is not told of it. */
  paste?(): Promise<void>;
  /** What was pasted and lies in no file. */
  sendPasted(name: string, base64: string): Promise<void>;
  download(fileId: string): Promise<void>;
  cancelDownload(fileId: string): Promise<void>;
  openFile(fileId: string): Promise<void>;
  deleteFile(fileId: string): Promise<void>;
  /** A picture of a file, small or as large as it is, as an address that a page can show; nothing while there is none. */
  filePicture(fileId: string, large: boolean): Promise<string | null>;
  /** Files that are dragged over the window, and dropped on it. */
  onDrop?(heard: (drag: FileDrag) => void): Promise<Unlisten>;

  point(spot: Spot | null): Promise<void>;
  /** Everybody looks at what I show; an admin may end it for others too. */
  present(presenting: boolean): Promise<void>;
  /** Of one of the others’ streams, of my camera (`LOCAL_PREVIEW`), or of what I share (`LOCAL_SHARE`). */
  takeSnapshot(streamId: number): Promise<void>;
}

/** Where files are that somebody drags: let go at a point of the window. */
export type FileDrag = { state: 'over' | 'left' } | { state: 'dropped'; paths: string[]; at: Point };

/** Marks a part of the page that takes files itself which are dropped or pasted there. */
export const TAKES_FILES = 'data-takes-files';

export function takesFiles(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(`[${TAKES_FILES}]`) !== null;
}

/** Trying devices outside of a call. */
export interface DeviceCommands {
  /** Opens the chosen camera and microphone, or closes them; fills `device_check` and the levels. */
  preview(on: boolean): Promise<void>;
}

/** Drawing together, on the room's board and over snapshots. */
export interface BoardCommands {
  onNews(heard: (news: BoardNews) => void): Promise<Unlisten>;
  act(action: BoardAction): Promise<void>;
  /** Lets people choose pictures, which are sent up, and documents; nothing of what cannot be had. */
  pickForBoard?(): Promise<PickedForBoard[]>;
  /** The same with files that were dropped on the board, or pasted there. */
  takeForBoard?(files: readonly File[]): Promise<PickedForBoard[]>;
  /** The same with what lies in the clipboard; where the page itself is not told of it. */
  pasteOnBoard?(): Promise<PickedForBoard[]>;
  /** Where the page itself is not told of what is dragged over the board: files by their paths. */
  onDrop?(heard: (drag: FileDrag) => void): Promise<Unlisten>;
  dropOnBoard?(paths: string[]): Promise<PickedForBoard[]>;
  /** Sends up a page of a document, painted; nothing where that fails, which is said in a notice. */
  putPicture?(name: string, png: Blob): Promise<PickedPicture | null>;
}

/** A document itself lies on no board: a page of it does, as a picture. */
export type PickedForBoard =
  | ({ kind: 'picture' } & PickedPicture)
  | { kind: 'document'; name: string; base64: string };

/** A picture that may lie on a board, with its size in pixels. */
export interface PickedPicture {
  file_id: string;
  width: number;
  height: number;
}

/** Past sessions of one's own rooms. Their state has a way of its own to the page, apart from the view. */
export interface PastCommands {
  onNews(heard: (past: PastView) => void): Promise<Unlisten>;
  /** Each answer is a changed view. */
  act(action: PastAction): Promise<void>;
  /** A picture that was kept, small or as large as it is, as an address that a page can show; nothing where there is none. */
  picture(room: RoomId, fileId: string, large: boolean): Promise<string | null>;
}

/** The way to the API of the server whose account is signed in. The token stays behind it. */
export interface ConsoleLine {
  /** `path` begins with `/v2/` and has its query, `body` is JSON. Fails with a `Problem` where no answer comes. */
  request(method: ConsoleMethod, path: string, body: string | null): Promise<ConsoleAnswer>;
}

export type ConsoleMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** As the server said it. */
export interface ConsoleAnswer {
  status: number;
  body: string;
}

/** Brings streams onto elements of the page. */
export type Pictures = PicturesOn<'canvas', HTMLCanvasElement> | PicturesOn<'video', HTMLVideoElement>;

/** Brings streams onto elements of one kind. */
export interface PicturesOn<Kind extends string, Shown extends HTMLElement> {
  /** What pictures are shown on. */
  readonly element: Kind;
  /** Whether pictures can be shown here at all. */
  readonly supported: boolean;
  /**
   * Shows a stream on an element until the answer is called. `sized` hears the picture's size in pixels, at its first
   * picture and at each change.
   */
  attach(streamId: number, element: Shown, sized: (width: number, height: number) => void): Unlisten;
  /** The size at which it is shown, in device pixels. */
  shown(streamId: number, element: Shown, width: number, height: number): void;
}
