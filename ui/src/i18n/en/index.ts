// English, a file for each part of the page. Every other language has exactly these files and keys.

import { admin } from './admin';
import { after } from './after';
import { board } from './board';
import { call } from './call';
import { operators } from './console';
import { home } from './home';
import { join } from './join';
import { lobby } from './lobby';
import { messages } from './messages';
import { newRoom } from './newroom';
import { past } from './past';
import { problem } from './problem';
import { recording } from './recording';
import { settings } from './settings';
import { share } from './share';
import { tools } from './tools';
import { waiting } from './waiting';
import { windows } from './windows';

export const en = {
  app: { name: 'Visita' },
  ...home,
  ...newRoom,
  ...join,
  ...lobby,
  ...waiting,
  ...call,
  ...admin,
  ...share,
  ...tools,
  ...recording,
  ...messages,
  ...board,
  ...after,
  ...past,
  ...operators,
  ...windows,
  ...settings,
  ...problem,
} as const;

type Words<T> = { readonly [K in keyof T]: T[K] extends string ? string : Words<T[K]> };

/** What a language has to say. */
export type Dictionary = Words<typeof en>;
