// The desktop back end, by Tauri's commands and events.

import { getCurrentWebview } from '@tauri-apps/api/webview';
import { commands, events } from '../ipc/bindings';
import { asBase64, isDocument } from './bytes';
import { type Engine, type FileDrag, type PickedForBoard, takesFiles, type Unlisten } from './engine';
import { FramesClient } from './frames/client';

const { seat, admin, share, rooms, account, window, tool } = commands;

/** A command's answer is a changed view; what it gives back is nothing. */
const done = async (asked: Promise<unknown>) => void (await asked);

export function desktopEngine(): Engine {
  return {
    appView: () => commands.appView(),
    onAppView: (heard) => events.appViewChanged.listen(({ payload }) => heard(payload)),
    onLevels: (heard) => events.levelsChanged.listen(({ payload }) => heard(payload)),
    openLink: (link) => done(commands.openLink(link)),
    startTestCall: () => done(commands.startTestCall()),
    setDisplayName: (name) => done(commands.setDisplayName(name)),
    setMicrophone: (on) => done(commands.setMicrophone(on)),
    setCamera: (on) => done(commands.setCamera(on)),
    playTestSound: () => done(commands.playTestSound()),
    join: (displace) => done(commands.join(displace)),
    leave: () => done(commands.leave()),
    endForEveryone: () => done(commands.endForEveryone()),
    goHome: () => done(commands.goHome()),
    rejoin: () => done(commands.rejoin()),
    dismissNotice: () => done(commands.dismissNotice()),
    updateSettings: (patch) => done(commands.updateSettings(patch)),
    refreshDevices: () => done(commands.refreshDevices()),
    diagnostics: () => commands.diagnostics(),
    save: (name, dataUrl) => commands.saveDrawing(name, dataUrl),
    pictures: new FramesClient({
      framesEndpoint: () => commands.framesEndpoint(),
      setShownSizes: (sizes) => done(commands.setShownSizes(sizes)),
    }),
    seat: {
      raiseHand: (raised) => done(seat({ do: 'raise_hand', raised })),
      react: (reaction) => done(seat({ do: 'react', reaction })),
      answerConsent: (answer, text_version) => done(seat({ do: 'answer_consent', answer, text_version })),
      declineUnmute: () => done(seat({ do: 'decline_unmute' })),
      sendNote: (to, text) => done(seat({ do: 'send_note', to, text })),
      knock: () => done(seat({ do: 'knock' })),
    },
    admin: {
      admit: (whom) => done(admin({ do: 'admit', whom })),
      admitAll: () => done(admin({ do: 'admit_all' })),
      refuse: (whom) => done(admin({ do: 'refuse', whom })),
      sendBack: (whom) => done(admin({ do: 'send_back', whom })),
      mute: (whom, source) => done(admin({ do: 'mute', whom, source })),
      muteAll: () => done(admin({ do: 'mute_all' })),
      release: (whom, source) => done(admin({ do: 'release', whom, source })),
      askToUnmute: (whom, source) => done(admin({ do: 'ask_to_unmute', whom, source })),
      remove: (whom) => done(admin({ do: 'remove', whom })),
      readmit: (whom) => done(admin({ do: 'readmit', whom })),
      setRole: (whom, role) => done(admin({ do: 'set_role', whom, role })),
      setTools: (whom, tools) => done(admin({ do: 'set_tools', whom, tools })),
      lowerHand: (whom) => done(admin({ do: 'lower_hand', whom })),
      startRecording: (layout) => done(admin({ do: 'start_recording', layout })),
      stopRecording: () => done(admin({ do: 'stop_recording' })),
      extend: (seconds) => done(admin({ do: 'extend', seconds })),
      showWhiteboard: (shown, page) => done(admin({ do: 'show_whiteboard', shown, page })),
      grantDrawing: (whom, granted) => done(admin({ do: 'grant_drawing', whom, granted })),
      ring: (whom) => done(admin({ do: 'ring', whom })),
    },
    share: {
      openPicker: () => done(share({ do: 'open_picker' })),
      closePicker: () => done(share({ do: 'close_picker' })),
      start: (source_id) => done(share({ do: 'start', source_id })),
      pause: (paused) => done(share({ do: 'pause', paused })),
      stop: () => done(share({ do: 'stop' })),
    },
    rooms: {
      refresh: () => done(rooms({ do: 'refresh' })),
      create: (draft) => done(rooms({ do: 'create', draft })),
      showLinks: (room) => done(rooms({ do: 'show_links', room })),
      renewLink: (room, participant) => done(rooms({ do: 'renew_link', room, participant })),
      closeNewRoom: () => done(rooms({ do: 'close_new_room' })),
      enter: (room) => done(rooms({ do: 'enter', room })),
      remove: (room) => done(rooms({ do: 'remove', room })),
    },
    account: {
      signIn: (secret, server) => done(account({ do: 'sign_in', secret, server })),
      answerSignIn: (yes) => done(account({ do: 'answer_sign_in', yes })),
      signOut: () => done(account({ do: 'sign_out' })),
      allowNetwork: (on) => done(account({ do: 'allow_network', on })),
    },
    after: {
      rate: (stars, comment) => done(commands.rate(stars, comment)),
      saveReport: () => done(commands.saveReport()),
    },
    windows: {
      answerCall: (call_id, with_camera) => done(window({ do: 'answer_call', call_id, with_camera })),
      declineCall: (call_id) => done(window({ do: 'decline_call', call_id })),
      showMain: () => done(window({ do: 'show_main' })),
      setFullscreen: (on) => done(window({ do: 'set_fullscreen', on })),
      copyText: (text) => done(window({ do: 'copy_text', text })),
      openFolder: () => done(window({ do: 'open_folder' })),
      mail: (subject, body) => done(window({ do: 'mail', subject, body })),
      openUrl: (url) => done(window({ do: 'open_url', url })),
    },
    board: {
      onNews: (heard) => events.boardChanged.listen(({ payload }) => heard(payload)),
      // What is left out the app reads as nothing.
      act: (action) => done(commands.board(action)),
      pickForBoard: () => commands.pickForBoard(),
      takeForBoard,
      onDrop: (heard) => onDrop(heard, true),
      dropOnBoard: (paths) => commands.dropOnBoard(paths),
      pasteOnBoard: () => commands.pasteOnBoard(),
      putPicture: async (name, png) => commands.putPicture(name, await asBase64(png)),
    },
    past: {
      onNews: (heard) => events.pastChanged.listen(({ payload }) => heard(payload)),
      act: (action) => done(commands.past(action)),
      picture: (room, fileId, large) => commands.keptPicture(room, fileId, large),
    },
    console: {
      request: async (method, path, body) => {
        const told = await commands.consoleRequest(method, path, body);
        if (told.status === 'error') throw told.error;
        return told.data;
      },
    },
    devices: {
      preview: (on) => done(commands.previewDevices(on)),
    },
    tools: {
      onNews: (heard) => events.toolsChanged.listen(({ payload }) => heard(payload)),
      tell: () => done(commands.tellTools()),
      sendChat: (text, reply_to) => done(tool({ do: 'send_chat', text, reply_to })),
      tryAgain: (key) => done(tool({ do: 'try_again', key })),
      discard: (key) => done(tool({ do: 'discard', key })),
      typing: (typing) => done(tool({ do: 'typing', typing })),
      showChat: (shown) => done(tool({ do: 'show_chat', shown })),
      pickFiles: () => done(tool({ do: 'pick_files' })),
      sendFiles: (paths) => done(tool({ do: 'send_files', paths })),
      paste: () => done(tool({ do: 'paste' })),
      sendPasted: (name, base64) => done(tool({ do: 'send_pasted', name, base64 })),
      download: (file_id) => done(tool({ do: 'download', file_id })),
      cancelDownload: (file_id) => done(tool({ do: 'cancel_download', file_id })),
      openFile: (file_id) => done(tool({ do: 'open_file', file_id })),
      deleteFile: (file_id) => done(tool({ do: 'delete_file', file_id })),
      filePicture: (fileId, large) => commands.filePicture(fileId, large),
      onDrop: (heard) => onDrop(heard, false),
      point: (spot) => done(tool({ do: 'point', spot })),
      present: (presenting) => done(tool({ do: 'present', presenting })),
      takeSnapshot: (stream_id) => done(tool({ do: 'take_snapshot', stream_id })),
    },
  };
}

/** Files that are dragged over the board, or over all that is not it. The web view keeps them from the page. */
function onDrop(heard: (drag: FileDrag) => void, onBoard: boolean): Promise<Unlisten> {
  return getCurrentWebview().onDragDropEvent(({ payload }) => {
    if (payload.type === 'leave') return heard({ state: 'left' });
    const { x, y } = payload.position.toLogical(devicePixelRatio);
    if (takesFiles(document.elementFromPoint(x, y)) !== onBoard) return heard({ state: 'left' });
    if (payload.type === 'drop') heard({ state: 'dropped', paths: payload.paths, at: { x, y } });
    else heard({ state: 'over' });
  });
}

/** What was pasted on the board. What cannot be put there is said in a notice. */
async function takeForBoard(files: readonly File[]): Promise<PickedForBoard[]> {
  const all: PickedForBoard[] = [];
  for (const file of files) {
    const base64 = await asBase64(file);
    if (await isDocument(file)) {
      all.push({ kind: 'document', name: file.name, base64 });
      continue;
    }
    const picture = await commands.putPicture(file.name, base64);
    if (picture) all.push({ kind: 'picture', ...picture });
  }
  return all;
}
