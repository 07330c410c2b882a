import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallView } from '../../engine/view';
import { type Announcement, announcements } from './derive';

/** So long after somebody came their devices come on, which nobody switched. */
const NEW_MS = 4_000;

/** Reads joins, leaves, mutes and the state of the line out. */
export function Announcer({ call }: { call: CallView }) {
  const { t } = useTranslation();
  const before = useRef(call);
  /** Who is here, since when. */
  const since = useRef<ReadonlyMap<string, number>>(new Map());
  const [said, setSaid] = useState<Announcement[]>([]);
  useEffect(() => {
    const now = performance.now();
    const here = call.people.map(({ participant_id: id }) => id);
    if (call.connection.state !== 'connecting') here.push(call.me.participant_id);
    const known = since.current;
    since.current = new Map(here.map((id) => [id, known.get(id) ?? now]));
    const isNew = (id: string) => now - (since.current.get(id) ?? now) < NEW_MS;
    const news = announcements(before.current, call, isNew);
    before.current = call;
    if (news.length > 0) setSaid(news);
  }, [call]);
  const words = said.map((one) =>
    'name' in one ? t(`announce.${one.say}`, { name: one.name }) : t(`announce.${one.say}`),
  );
  return (
    <div className="sr-only" role="log" aria-live="polite" data-testid="announcements">
      {words.join('. ')}
    </div>
  );
}
