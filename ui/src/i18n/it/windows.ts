import type { Dictionary } from '../en';

export const windows: Pick<Dictionary, 'incoming' | 'mini' | 'embed'> = {
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

  embed: {
    alone: 'Questa pagina mostra le visite dentro le pagine di un’azienda. Da sola non ha nulla da mostrare.',
    notIn: 'Non è ancora nella visita',
    waiting: 'In attesa di entrare',
    close: 'Chiudi',
  },
};
