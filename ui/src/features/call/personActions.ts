// What can be done about somebody, from the list of people.

import type { CallView, PersonView } from '../../engine/view';
import { draws } from '../board/useBoardOpen';

export type PersonAction =
  | 'pin'
  | 'unpin'
  | 'askMicrophone'
  | 'muteMicrophone'
  | 'stopSharing'
  | 'allowSharing'
  | 'makePresenter'
  | 'takePresenter'
  | 'letDraw'
  | 'lookOnly'
  | 'lowerHand'
  | 'sendBack'
  | 'remove';

/** In the order of the menu. Everybody may pin; the rest is for admins. */
export function personActions(
  person: PersonView,
  call: Pick<CallView, 'webinar' | 'waiting_room'>,
  manages: boolean,
  pinned: boolean,
): PersonAction[] {
  const actions: PersonAction[] = [];
  const watches = person.role === 'audience';
  if (!watches) actions.push(pinned ? 'unpin' : 'pin');
  if (!manages) return actions;
  const taken = person.muted_by_admin;
  // Whoever is muted by own wish can be kept so, too.
  if (!person.microphone && !taken.microphone && !watches) actions.push('askMicrophone', 'muteMicrophone');
  if (person.hand !== null) actions.push('lowerHand');
  if (person.streams.some(({ source }) => source === 'screen')) actions.push('stopSharing');
  if (taken.screen) actions.push('allowSharing');
  if (call.webinar) actions.push(watches ? 'makePresenter' : 'takePresenter');
  else actions.push(person.tools.screen_sharing ? 'takePresenter' : 'makePresenter');
  if (!person.is_admin) actions.push(draws(person.tools) ? 'lookOnly' : 'letDraw');
  if (call.waiting_room) actions.push('sendBack');
  actions.push('remove');
  return actions;
}
