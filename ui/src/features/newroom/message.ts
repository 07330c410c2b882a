// What is sent with a link, in the language of whoever gets it.

import i18next from 'i18next';
import { firstName } from '../../components/people';
import { dateLocale, type Spoken } from '../../i18n';

interface Given {
  name: string;
  /** Who invites; may be empty. */
  host: string;
  url: string;
  title: string | null;
  /** When it begins, Unix seconds; nothing where one may come at any time. */
  starts_at: number | null;
}

/** `now` in Unix seconds: what has begun is not told any more. */
export function readyMessage(
  language: Spoken,
  { name, host, url, title, starts_at }: Given,
  now: number,
): string {
  const t = i18next.getFixedT(language);
  const words: string[] = [
    t('ready.hello', { name: firstName(name) }),
    host.trim()
      ? t('ready.invites', { host, title: title ?? t('ready.visit') })
      : t('ready.invited', { title: title ?? t('ready.visit') }),
  ];
  if (starts_at !== null && starts_at > now) {
    const when = new Intl.DateTimeFormat(dateLocale(language, navigator.languages), {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      hour: '2-digit',
      minute: '2-digit',
    });
    words.push(t('ready.begins', { when: when.format(starts_at * 1000) }));
  }
  words.push(t('ready.open'));
  return `${words.join(' ')}\n${url}`;
}
