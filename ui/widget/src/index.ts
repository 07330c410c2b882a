// `visita-widget`: video visits of a Visita server in a company's own pages. See the README beside this folder.

import { Client, type Listener, type VisitaEvent } from './client';
import { VisitaError } from './errors';
import { checked, type VisitaOptions } from './options';

export type { Client, Listener, VisitaEvent, VisitaEvents } from './client';
export type { WidgetErrorCode } from './errors';
export { VisitaError } from './errors';
export type { VisitaOptions } from './options';
export type { RangUntil, WidgetCall, WidgetTools } from './wire';

let current: Client | undefined;
let scriptOrigin: string | undefined;

/** By script tag, the server is where the script is from. */
export function setScriptOrigin(origin: string): void {
  scriptOrigin = origin;
}

/** Says whose visits these are. Nothing is loaded before `connect` or `open`. */
export function configure(options: VisitaOptions): Client {
  if (current) throw new VisitaError('already_configured', 'destroy what there is first');
  current = new Client(checked(options, scriptOrigin));
  return current;
}

function client(): Client {
  if (!current) throw new VisitaError('not_configured', 'call configure first');
  return current;
}

// The same functions as those of what `configure` answers.

export const connect = async (userId: string, accessToken: string) => client().connect(userId, accessToken);
export const updateAccessToken = async (accessToken: string) => client().updateAccessToken(accessToken);
export const disconnect = async () => client().disconnect();
export const open = async (link: string) => client().open(link);
export const answer = (options?: { camera?: boolean }) => client().answer(options);
export const decline = () => client().decline();
export const hangUp = () => client().hangUp();
export const close = () => client().close();
export const minimise = () => client().minimise();
export const restore = () => client().restore();
export const on = <Name extends VisitaEvent>(name: Name, heard: Listener<Name>) => client().on(name, heard);
export const off = <Name extends VisitaEvent>(name: Name, heard: Listener<Name>) => client().off(name, heard);

export function destroy(): void {
  current?.destroy();
  current = undefined;
}
