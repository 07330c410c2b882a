// The browser as a back end: a link's page that is in the call by itself.

import type { Engine } from '../engine';
import type { ParticipantId } from '../view';
import { App } from './app';
import { Share } from './call/share';
import { give } from './call/tools';
import { browserKind, isPhone } from './support';

/** What the engine calls things, in the page's language. */
export interface Words {
  /** Somebody who gives no name. */
  guest: () => string;
  /** What somebody shows of their screen. */
  screenOf: (name: string) => string;
}

export function browserEngine({ guest, screenOf }: Words, app = new App()): Engine {
  const kind = browserKind();
  const { pictures } = app;
  const say = (message: Parameters<NonNullable<App['call']>['say']>[0]) => app.call?.say(message);
  const about =
    (type: 'admit' | 'refuse' | 'send_back' | 'remove' | 'readmit' | 'lower_hand') =>
    async (participant_id: ParticipantId) =>
      say({ type, participant_id });
  return {
    pictures,
    appView: async () => app.view(),
    onAppView: async (heard) => app.onView(heard),
    onLevels: async (heard) => app.onLevels(heard),
    // There is one link, and it is in the address.
    openLink: async () => app.lookUp(),
    startTestCall: async () => {},
    setDisplayName: async (name) => app.setDisplayName(name),
    setMicrophone: async (on) => app.set('microphone', on),
    setCamera: async (on) => app.set('camera', on),
    playTestSound: async () => app.playTestSound(),
    join: async (displace) => app.join(displace, guest()),
    leave: async () => app.leave(),
    endForEveryone: async () => say({ type: 'end_session' }),
    goHome: async () => app.goHome(),
    rejoin: async () => app.lookUp({ here: true }),
    dismissNotice: async () => app.dismissNotice(),
    updateSettings: async (patch) => app.update(patch),
    refreshDevices: async () => app.refreshDevices(),
    diagnostics: async () => app.figures(),
    save: async (name, dataUrl) => saveAs(name, dataUrl),
    browser: {
      kind,
      playSound: async () => app.call?.playSound(),
      flipCamera: isPhone(kind) ? async () => app.flipCamera() : undefined,
      appLink: () => (isPhone(kind) ? undefined : app.appLink()),
      joinHere: async () => app.joinHere(),
      openUrl: (url) => {
        // A mail begins in a program of the system: it needs no page of its own, and leaves this one as it is.
        if (url.startsWith('mailto:')) location.assign(url);
        else window.open(url, '_blank', 'noopener,noreferrer');
      },
    },
    seat: {
      raiseHand: async (raised) => say({ type: 'raise_hand', raised }),
      react: async (reaction) => say({ type: 'react', reaction }),
      answerConsent: async (answer, text) => app.answerConsent(answer, text),
      declineUnmute: async () => app.call?.declineUnmute(),
      sendNote: async (to, text) => say({ type: 'note', ...(to !== null && { to }), text }),
      knock: async () => say({ type: 'knock' }),
    },
    admin: {
      admit: about('admit'),
      admitAll: async () => say({ type: 'admit_all' }),
      refuse: about('refuse'),
      sendBack: about('send_back'),
      mute: async (participant_id, source) => say({ type: 'mute', participant_id, source }),
      muteAll: async () => app.call?.muteAll('microphone'),
      release: async (participant_id, source) => say({ type: 'release', participant_id, source }),
      askToUnmute: async (participant_id, source) => say({ type: 'ask_to_unmute', participant_id, source }),
      remove: about('remove'),
      readmit: about('readmit'),
      setRole: async (participant_id, role) => say({ type: 'set_role', participant_id, role }),
      setTools: async (participant_id, tools) => say({ type: 'set_tools', participant_id, tools }),
      lowerHand: about('lower_hand'),
      startRecording: async (layout) => say({ type: 'start_recording', layout }),
      stopRecording: async () => say({ type: 'stop_recording' }),
      extend: async (seconds) => say({ type: 'extend', seconds }),
      showWhiteboard: async (shown, page) => say({ type: 'show_whiteboard', shown, page }),
      grantDrawing: async (participant_id, granted) =>
        say({ type: 'grant_drawing', participant_id, granted }),
      ring: async (whom) => say({ type: 'ring', ...(whom !== null && { participant_id: whom }) }),
    },
    // Phones show nobody their screen.
    ...(Share.supported && {
      share: {
        start: async () => app.call?.startShare(),
        pause: async (paused) => app.call?.share.pause(paused),
        stop: async () => app.call?.share.stop(),
      },
    }),
    board: {
      onNews: async (heard) => {
        app.boards.add(heard);
        return () => app.boards.delete(heard);
      },
      act: async (action) => app.call?.tools.actOnBoard(action),
      pickForBoard: async () => (await app.call?.tools.pickForBoard()) ?? [],
      takeForBoard: async (files) => (await app.call?.tools.takeForBoard(files)) ?? [],
      putPicture: async (name, png) => (await app.call?.tools.putPicture(name, png)) ?? null,
    },
    tools: {
      onNews: async (heard) => {
        app.tools.add(heard);
        return () => app.tools.delete(heard);
      },
      tell: async () => app.call?.tools.tellAll(),
      sendChat: async (text, replyTo) => app.call?.tools.sendChat(text, replyTo),
      tryAgain: async (key) => app.call?.tools.tryAgain(key),
      discard: async (key) => app.call?.tools.discard(key),
      typing: async (typing) => say({ type: 'typing', typing }),
      showChat: async (shown) => {
        app.call?.tools.showChat(shown);
        if (shown) app.chatRead();
      },
      pickFiles: async () => app.call?.tools.pickFiles(),
      sendFiles: async (names) => app.call?.tools.sendDropped(names),
      sendPasted: async (name, base64) => app.call?.tools.share(blobOf(base64), name),
      download: async (fileId) => app.call?.tools.download(fileId),
      cancelDownload: async (fileId) => app.call?.tools.cancelDownload(fileId),
      openFile: async (fileId) => app.call?.tools.openFile(fileId),
      deleteFile: async (fileId) => app.call?.tools.deleteFile(fileId),
      filePicture: async (fileId, large) => (await app.call?.tools.picture(fileId, large)) ?? null,
      onDrop: async (heard) => app.call?.tools.onDrop(heard) ?? (() => {}),
      point: async (spot) => say({ type: 'point', spot }),
      present: async (presenting) => say({ type: 'present', presenting }),
      takeSnapshot: async (streamId) => app.call?.takeSnapshot(streamId, screenOf),
    },
  };
}

function blobOf(base64: string, type = ''): Blob {
  return new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], { type });
}

/** Saves what a `data:` URL holds where people look for what they saved. */
async function saveAs(name: string, dataUrl: string): Promise<string | null> {
  const [head = '', base64 = ''] = dataUrl.split(',', 2);
  give(blobOf(base64, head.slice('data:'.length).split(';')[0]), name);
  return name;
}
