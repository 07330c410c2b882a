import type { Dictionary } from '../en';

export const windows: Pick<Dictionary, 'incoming' | 'mini'> = {
  incoming: {
    title: 'Visita · chiamata in arrivo',
    ringsFor_one: 'Suona ancora {{count}} s',
    ringsFor_other: 'Suona ancora {{count}} s',
    somebody: 'Qualcuno',
    decline: 'Rifiuta',
    soundOnly: 'Solo audio',
    answer: 'Rispondi',
    over: 'La chiamata è finita.',
  },

  mini: {
    open: 'Apri',
    muted: 'Spento',
    on: 'Spegni',
    over: 'La visita è finita.',
    reconnecting: 'Riprendiamo la connessione',
  },
};
