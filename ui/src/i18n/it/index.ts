import type { Dictionary } from '../en';
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

// People are addressed as «Lei». A button or menu says what the person tells the app, as «Apri», «Salva».
export const it: Dictionary = {
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
};
