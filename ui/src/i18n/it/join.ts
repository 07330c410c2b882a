import type { Dictionary } from '../en';

export const join: Pick<Dictionary, 'invite' | 'lack' | 'allow' | 'hear' | 'flip'> = {
  invite: {
    by: '{{host}} la invita',
    you: 'Ha un invito a una visita',
    guest: 'Ospite',
    here: 'Entra da qui',
    listen: 'Entra senza videocamera e microfono',
    inApp: 'Apri nell’app',
    noApp: 'Non è successo niente? Forse l’app non è su questo computer. Da qui si entra anche senza.',
    opened: 'La visita dovrebbe aprirsi nell’app. Altrimenti entri da qui.',
    early: 'Si entra quando la visita comincia. Intanto può provare videocamera e microfono.',
    recorded: 'Questa visita viene registrata.',
    mayBeRecorded: 'Questa visita può essere registrata.',
    recordedText: 'Prima glielo chiediamo. Può dire no.',
    close: 'Può chiudere questa pagina.',
  },

  lack: {
    insecure: 'A questo indirizzo videocamera e microfono non funzionano.',
    insecureApp: 'Non è cifrato, e i browser lì li vietano. Nell’app funzionano.',
    insecureOther:
      'Non è cifrato, e i browser lì li vietano. Chieda a chi l’ha invitata un link che comincia con https.',
    no_webrtc: 'Questo browser non può fare videochiamate.',
    no_webrtcApp: 'Apra il link nell’app, o in una versione recente di Chrome, Edge, Firefox o Safari.',
    no_webrtcOther: 'Apra il link in una versione recente di Chrome, Edge, Firefox o Safari.',
    no_devices: 'Qui videocamera e microfono non funzionano.',
    no_devicesApp: 'Apra il link nell’app, o direttamente in Chrome, Edge, Firefox o Safari.',
    no_devicesOther: 'Questa pagina è dentro un’altra app. Apra il link direttamente in Safari o Chrome.',
    same_computer: 'Firefox non riesce a collegarsi a una visita che si svolge su questo stesso computer.',
    same_computerApp:
      'Apra il link nell’app, oppure in Chrome o Edge. Da altri computer funziona anche Firefox.',
    same_computerOther: 'Apra il link in Chrome o Edge. Da altri computer funziona anche Firefox.',
  },

  allow: {
    again: 'Chiedi di nuovo',
    chrome: 'Faccia clic sul segno a sinistra dell’indirizzo in alto, e dia il permesso lì.',
    edge: 'Faccia clic sul lucchetto a sinistra dell’indirizzo in alto, e dia il permesso lì.',
    firefox: 'Faccia clic sul segno barrato a sinistra dell’indirizzo, tolga il blocco e chieda di nuovo.',
    safari: 'Nel menu Safari scelga Impostazioni per questo sito web, e dia il permesso lì.',
    android: 'Tocchi il segno a sinistra dell’indirizzo, poi Autorizzazioni, e dia il permesso lì.',
    ios: 'Tocchi il segno nella barra dell’indirizzo, poi Impostazioni sito web, e dia il permesso lì.',
    other: 'Dia il permesso nelle impostazioni del browser.',
  },

  hear: {
    refused: 'Il browser aspetta un suo tocco prima di far sentire gli altri.',
    play: 'Ascolta gli altri',
    here: 'L’audio di questo dispositivo',
  },

  flip: 'Altra videocamera',
};
