// What was written in a call, as a file that any program opens.

import type { TFunction } from 'i18next';
import type { ToolsView } from '../../engine/tools';
import { arrival, arrivalWords, days } from '../chat/derive';

/** Day by day, a line for each message; nothing where nothing arrived. */
export function chatAsText({ chat, gallery }: ToolsView, t: TFunction, locale: string): string {
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'full' });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });
  // What is not kept by the server was not said.
  const sent = chat.messages.filter(({ id }) => id !== null);
  const parts = days(sent).map(({ at, groups }) => {
    const lines = groups
      .flatMap(({ messages }) => messages)
      .map((message) => {
        const { from_name: name, text, reply } = message;
        const came = arrival(message, gallery);
        const words = came.kind === 'words' ? `${name}: ${text}` : arrivalWords(t, name, came);
        const answers = reply ? ` (${t('chat.answersGone', { name: reply.from_name })})` : '';
        return `${time.format(message.at_ms ?? at)}  ${words}${answers}`;
      });
    return [day.format(at), ...lines].join('\n');
  });
  return parts.length > 0 ? `${parts.join('\n\n')}\n` : '';
}
