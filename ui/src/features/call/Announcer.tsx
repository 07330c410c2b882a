import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallView } from '../../engine/view';
import { type Announcement, announcements } from './derive';

/** Reads joins, leaves, mutes and the state of the line out. */
export function Announcer({ call }: { call: CallView }) {
  const { t } = useTranslation();
  const before = useRef(call);
  const [said, setSaid] = useState<Announcement[]>([]);
  useEffect(() => {
    const news = announcements(before.current, call);
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
