// What all sections of the console share.

import { createContext, use } from 'react';
import type { Api } from './api';

export interface ConsoleShared {
  api: Api;
  /** The operator who looks. */
  me: string | undefined;
  /** Grows with each change that was made here. */
  changes: number;
  changed: () => void;
  /** Shows all that is kept of a session; missing where that cannot be shown. */
  openSession: ((room: string, session: string) => void) | undefined;
}

export const ConsoleContext = createContext<ConsoleShared | null>(null);

export function useConsole(): ConsoleShared {
  const shared = use(ConsoleContext);
  if (!shared) throw new Error('no console around this component');
  return shared;
}
