// What is sent with a link, in the language of whoever gets it.

import i18next from 'i18next';
import { firstName } from '../../components/people';
import type { Spoken } from '../../i18n';

interface Given {
  name: string;
  /** Who invites; may be empty. */
  host: string;
  url: string;
  title: string | null;
}

export function readyMessage(language: Spoken, { name, host, url, title }: Given): string {
  const t = i18next.getFixedT(language);
  const hello = t('ready.hello', { name: firstName(name) });
  const what = host.trim()
    ? t('ready.invites', { host, title: title ?? t('ready.visit') })
    : t('ready.invited', { title: title ?? t('ready.visit') });
  return `${hello} ${what} ${t('ready.open')}\n${url}`;
}
