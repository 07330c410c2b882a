// The script of a tag: the global `Visita`.

import { setScriptOrigin } from './index';

const script = document.currentScript;
if (script instanceof HTMLScriptElement && script.src) setScriptOrigin(new URL(script.src).origin);

export {
  answer,
  close,
  configure,
  connect,
  decline,
  destroy,
  disconnect,
  hangUp,
  minimise,
  off,
  on,
  open,
  restore,
  updateAccessToken,
  VisitaError,
} from './index';
