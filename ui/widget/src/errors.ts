// What goes wrong, by a code that a program may branch on.

/** Codes of the widget itself. Whatever else comes is the server's (see its PROTOCOL.md, section 9). */
export type WidgetErrorCode =
  /** An option or argument that is not known, missing, or of the wrong kind; `field` names it. */
  | 'invalid_option'
  /** There is no event of this name. */
  | 'unknown_event'
  /** `configure` comes first. */
  | 'not_configured'
  /** `configure` was called before; `destroy` what it made first. */
  | 'already_configured'
  /** `destroy` was called. */
  | 'destroyed'
  /** Nobody is signed in: `connect` comes first. */
  | 'not_connected'
  /** Somebody is signed in already: `disconnect` first, or replace the token with `updateAccessToken`. */
  | 'already_connected'
  /** It was broken off by `disconnect`, `destroy` or a newer token. */
  | 'cancelled'
  /** The server does not know this token, or not any more. */
  | 'invalid_token'
  | 'token_expired'
  | 'token_of_another_user'
  /** The frame did not answer: this page's origin is not listed, or the app id is unknown. */
  | 'frame_refused'
  | 'server_unreachable'
  /** Not a link into a room of this server. */
  | 'invalid_link'
  /** Nothing rings, or nothing is open. */
  | 'no_call'
  /** One at a time. */
  | 'call_in_progress';

export class VisitaError extends Error {
  override readonly name = 'VisitaError';

  constructor(
    readonly code: WidgetErrorCode | (string & {}),
    message: string,
    /** Which option it is about. */
    readonly field?: string,
  ) {
    super(message);
  }
}

export function invalid(field: string, message: string): VisitaError {
  return new VisitaError('invalid_option', `${field}: ${message}`, field);
}
