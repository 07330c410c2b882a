// The desktop back end, by Tauri's commands and events.

import { commands, events } from '../ipc/bindings';
import type { Engine } from './engine';
import { FramesClient } from './frames/client';

export function desktopEngine(): Engine {
  const asked = {
    framesEndpoint: () => commands.framesEndpoint(),
    setShownSizes: async (sizes) => void (await commands.setShownSizes(sizes)),
  } satisfies Pick<Engine, 'framesEndpoint' | 'setShownSizes'>;
  return {
    ...asked,
    appView: () => commands.appView(),
    onAppView: (heard) => events.appViewChanged.listen(({ payload }) => heard(payload)),
    onLevels: (heard) => events.levelsChanged.listen(({ payload }) => heard(payload)),
    openLink: async (link) => void (await commands.openLink(link)),
    startTestCall: async () => void (await commands.startTestCall()),
    setDisplayName: async (name) => void (await commands.setDisplayName(name)),
    setMicrophone: async (on) => void (await commands.setMicrophone(on)),
    setCamera: async (on) => void (await commands.setCamera(on)),
    playTestSound: async () => void (await commands.playTestSound()),
    join: async (displace) => void (await commands.join(displace)),
    leave: async () => void (await commands.leave()),
    endForEveryone: async () => void (await commands.endForEveryone()),
    goHome: async () => void (await commands.goHome()),
    rejoin: async () => void (await commands.rejoin()),
    dismissNotice: async () => void (await commands.dismissNotice()),
    updateSettings: async (patch) => void (await commands.updateSettings(patch)),
    refreshDevices: async () => void (await commands.refreshDevices()),
    diagnostics: () => commands.diagnostics(),
    pictures: new FramesClient(asked),
  };
}
