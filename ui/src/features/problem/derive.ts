// What a problem is to a person: which sign, and which way on.

import type { ErrorCode } from '../../engine/view';

/** The sign a problem is shown with. */
export type Sign = 'link' | 'time' | 'clock' | 'room' | 'network' | 'device' | 'fault';

/** What can be done at once: there is always something. */
export type WayOn = 'paste_again' | 'try_again' | 'ask_for_link';

export function sign(code: ErrorCode): Sign {
  switch (code) {
    case 'link_malformed':
    case 'link_unknown':
    case 'link_revoked':
    case 'unauthorized':
    case 'forbidden':
    case 'server_not_allowed':
    case 'not_found':
    case 'invalid':
      return 'link';
    case 'link_expired':
      return 'time';
    case 'room_not_started':
    case 'token_expired':
    case 'rate_limited':
      return 'clock';
    case 'room_disabled':
    case 'room_ended':
    case 'room_full':
    case 'room_not_found':
    case 'room_frozen':
    case 'room_empty':
    case 'removed':
    case 'muted_by_admin':
      return 'room';
    case 'server_unreachable':
    case 'server_not_understood':
    case 'media_unreachable':
      return 'network';
    case 'seat_in_use':
    case 'displaced':
    case 'conflict':
      return 'device';
    case 'too_large':
    case 'file_type_refused':
    case 'recording_unavailable':
    case 'internal':
      return 'fault';
  }
}

/** `known`: the link is still in the field, so that it can be tried once more. */
export function wayOn(code: ErrorCode, known: boolean): WayOn {
  switch (code) {
    case 'room_full':
    case 'room_not_started':
    case 'server_unreachable':
    case 'media_unreachable':
    case 'rate_limited':
    case 'internal':
    case 'unauthorized':
    case 'token_expired':
    case 'seat_in_use':
    case 'displaced':
    case 'conflict':
      return known ? 'try_again' : 'paste_again';
    // Nothing helps but another link, which somebody has to send.
    case 'link_revoked':
    case 'link_expired':
    case 'room_disabled':
    case 'room_ended':
    case 'room_not_found':
    case 'forbidden':
    case 'removed':
      return 'ask_for_link';
    case 'link_malformed':
    case 'link_unknown':
    case 'server_not_understood':
    case 'server_not_allowed':
    case 'not_found':
    case 'invalid':
    // What comes up in a room, not on the way into one.
    case 'muted_by_admin':
    case 'too_large':
    case 'file_type_refused':
    case 'room_frozen':
    case 'room_empty':
    case 'recording_unavailable':
      return 'paste_again';
  }
}
