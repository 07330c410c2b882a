// What browser this is, and what it lacks.

/** Where the person allows camera and microphone: each browser has another place for it. */
export type BrowserKind = 'chrome' | 'edge' | 'firefox' | 'safari' | 'android' | 'ios' | 'other';

/** Why a call is not possible here, or not all of it. */
export type Lack =
  /** The address is not encrypted: browsers give no camera and no microphone then. */
  | 'insecure'
  /** No WebRTC at all. */
  | 'no_webrtc'
  /** A browser inside another app, without devices. */
  | 'no_devices'
  /** Firefox sends no media to a server on the same computer: it pairs no loopback address. */
  | 'same_computer';

export function browserKind(agent = navigator.userAgent): BrowserKind {
  if (/iPhone|iPad|iPod/.test(agent)) return 'ios';
  // An iPad says it is a Mac.
  if (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1) return 'ios';
  if (/Android/.test(agent)) return 'android';
  if (/Edg\//.test(agent)) return 'edge';
  if (/Firefox\//.test(agent)) return 'firefox';
  if (/Chrome\/|Chromium\//.test(agent)) return 'chrome';
  return /Safari\//.test(agent) ? 'safari' : 'other';
}

/** The app is for computers. */
export function isPhone(kind: BrowserKind): boolean {
  return kind === 'ios' || kind === 'android';
}

export function lack(): Lack | undefined {
  if (typeof RTCPeerConnection !== 'function' || typeof WebSocket !== 'function') return 'no_webrtc';
  if (!window.isSecureContext) return 'insecure';
  if (typeof navigator.mediaDevices?.getUserMedia !== 'function') return 'no_devices';
  const isHere = /^(localhost|.*\.localhost|127\.[\d.]+|\[::1\])$/.test(location.hostname);
  return browserKind() === 'firefox' && isHere ? 'same_computer' : undefined;
}
