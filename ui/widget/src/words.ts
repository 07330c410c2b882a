// The few words around the frame; all others are in it.

import type { Spoken } from './wire';

const en = {
  visit: 'Video visit',
  rings: 'Incoming call',
  move: 'Move with the arrow keys; with Shift they change the size',
  minimise: 'Make small',
  restore: 'Make large again',
  full: 'Full screen',
  notFull: 'Leave full screen',
  close: 'Close',
  leave: 'Leave and close',
};

const it: typeof en = {
  visit: 'Videovisita',
  rings: 'Chiamata in arrivo',
  move: 'Sposta con le frecce; con Maiusc cambiano la dimensione',
  minimise: 'Riduci',
  restore: 'Ingrandisci di nuovo',
  full: 'Schermo intero',
  notFull: 'Esci da schermo intero',
  close: 'Chiudi',
  leave: 'Esci e chiudi',
};

export type Word = keyof typeof en;

export function word(language: Spoken, name: Word): string {
  return (language === 'it' ? it : en)[name];
}

/** The language of a tag such as `it-IT`, if it is spoken. */
export function spokenOf(tag: string): Spoken | undefined {
  const language = tag.toLowerCase().split('-')[0];
  return language === 'en' || language === 'it' ? language : undefined;
}
