// A link opened in a browser.

export const join = {
  invite: {
    by: '{{host}} invites you',
    you: 'You are invited',
    guest: 'Guest',
    here: 'Join here',
    listen: 'Join without camera and microphone',
    inApp: 'Open in the app',
    noApp: 'Nothing happened? The app may not be on this computer. Joining here works without it.',
    opened: 'The visit should open in the app. If it does not, join here.',
    early: 'You can join when the visit begins. Until then you can try camera and microphone.',
    recorded: 'This visit is recorded.',
    mayBeRecorded: 'This visit may be recorded.',
    recordedText: 'We ask first. You can say no.',
    close: 'You can close this page.',
  },

  lack: {
    insecure: 'Camera and microphone do not work at this address.',
    insecureApp: 'It is not encrypted, and browsers forbid them there. They work in the app.',
    insecureOther:
      'It is not encrypted, and browsers forbid them there. Ask whoever invited you for a link that begins with https.',
    no_webrtc: 'This browser cannot make video calls.',
    no_webrtcApp: 'Open the link in the app, or in a newer Chrome, Edge, Firefox or Safari.',
    no_webrtcOther: 'Open the link in a newer Chrome, Edge, Firefox or Safari.',
    no_devices: 'Camera and microphone do not work here.',
    no_devicesApp: 'Open the link in the app, or in Chrome, Edge, Firefox or Safari itself.',
    no_devicesOther: 'This page is inside another app. Open the link in Safari or Chrome itself.',
    same_computer: 'Firefox cannot connect to a visit that runs on this computer itself.',
    same_computerApp:
      'Open the link in the app, or in Chrome or Edge. From other computers Firefox works too.',
    same_computerOther: 'Open the link in Chrome or Edge. From other computers Firefox works too.',
  },

  // Where camera and microphone are allowed in each browser.
  allow: {
    again: 'Ask again',
    chrome: 'Click the sign to the left of the address above, and allow it there.',
    edge: 'Click the lock to the left of the address above, and allow it there.',
    firefox: 'Click the crossed-out sign to the left of the address, take the block away, then ask again.',
    safari: 'In the menu Safari, choose Settings for this website, and allow it there.',
    android: 'Tap the sign to the left of the address, then Permissions, and allow it there.',
    ios: 'Tap the sign in the address bar, then Website settings, and allow it there.',
    other: 'Allow it in the settings of your browser.',
  },

  hear: {
    refused: 'Your browser waits for you before it plays the others.',
    play: 'Hear the others',
    here: 'The sound of this device',
  },

  flip: 'Other camera',
} as const;
