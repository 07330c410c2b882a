// The small windows: a call that rings, a call in the background.

export const windows = {
  incoming: {
    title: 'Visita · incoming call',
    ringsFor_one: 'Rings for {{count}} s more',
    ringsFor_other: 'Rings for {{count}} s more',
    somebody: 'Somebody',
    decline: 'Decline',
    soundOnly: 'Sound only',
    answer: 'Answer',
    over: 'The call is over.',
  },

  mini: {
    open: 'Open',
    muted: 'Muted',
    on: 'Mute',
    over: 'The visit is over.',
    reconnecting: 'Getting the connection back',
  },

  // In the page of a company.
  embed: {
    alone: 'This page shows visits inside the pages of a company. It has nothing to show by itself.',
    notIn: 'You are not in the visit yet',
    waiting: 'Waiting to be let in',
    close: 'Close',
  },
} as const;
