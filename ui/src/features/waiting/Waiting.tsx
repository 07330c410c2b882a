import { BellRing, Check, Clock, Link, LogOut, Mic, WifiOff } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../components/Avatar';
import { Button } from '../../components/Button';
import { Conversation } from '../../components/Conversation';
import { GuestHeader } from '../../components/GuestHeader';
import { Meter } from '../../components/Meter';
import { useSeconds } from '../../components/useSeconds';
import { useEngine } from '../../engine/context';
import type { NoticeView, Settings, WaitingView } from '../../engine/view';
import { dateLocale } from '../../i18n';
import { places, whatNow } from './derive';
import styles from './Waiting.module.css';

interface Props {
  waiting: WaitingView;
  settings: Settings;
  notice: NoticeView | null;
}

/** Before one is let in: the place, the host, and nothing more to do. */
export function Waiting({ waiting, settings, notice }: Props) {
  const { t, i18n } = useTranslation();
  const engine = useEngine();
  const [checks, setChecks] = useState(false);
  const { place, host_name: host, notes, connection } = waiting;
  const now = whatNow(waiting, Date.now());
  // What is being written stays, whatever the line does.
  const writes = useRef(false);
  writes.current ||= now !== 'early';
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const at = waiting.starts_at === null ? undefined : new Date(waiting.starts_at * 1000);
  const locale = dateLocale(i18n.language, navigator.languages);
  const time = at && new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(at);
  const day =
    at && new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' }).format(at);
  const { knock_again_s: knock } = waiting;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new figure begins anew
  const since = useMemo(() => performance.now(), [knock]);
  const again = useSeconds(knock ?? 0, knock !== null, -1, since);
  useChangedTitle(place, t('waiting.titlePlace', { place: place ?? '' }));
  return (
    <div className={styles.screen} data-testid="screen-waiting" data-state={now}>
      <GuestHeader title={waiting.company} settings={settings} />
      <main className={styles.main}>
        <div className={styles.left}>
          <span className={styles.chip}>
            <Check size={18} strokeWidth={2} aria-hidden />
            {t('waiting.rightPlace')}
          </span>
          <div role="status" className={styles.words}>
            <h1 ref={heading} tabIndex={-1} className={styles.title}>
              {now === 'early' && t('waiting.early', { time: time ?? '' })}
              {now === 'moment' && t('waiting.moment')}
              {now === 'next' && t('waiting.next')}
              {now === 'later' && t('waiting.later', { count: (place ?? 1) - 1 })}
            </h1>
            <p className={styles.text}>
              {now === 'early' && t('waiting.earlyText', { day: day ?? '' })}
              {now !== 'early' && (host ? t('waiting.hostKnows', { host }) : t('waiting.hostAway'))}
            </p>
          </div>
          {place !== null && <Places place={place} />}
          {notice?.code === 'link_in_call' && (
            <p className={styles.trouble} role="status">
              <Link size={22} strokeWidth={1.8} aria-hidden />
              {t('notice.link_in_call')}
            </p>
          )}
          {connection.state === 'reconnecting' && (
            <p className={styles.trouble} role="alert">
              <WifiOff size={22} strokeWidth={1.8} aria-hidden />
              {t('waiting.reconnecting')}
            </p>
          )}
          <div className={styles.ways}>
            <Button
              size="guest"
              icon={Mic}
              onPress={() => setChecks(!checks)}
              aria-expanded={checks}
              data-testid="sound-check"
            >
              {t('waiting.soundCheck')}
            </Button>
            {engine.seat && now !== 'early' && (
              <Button
                size="guest"
                icon={BellRing}
                unavailable={again > 0}
                onPress={() => void engine.seat?.knock()}
                data-testid="knock"
              >
                {again > 0 ? t('waiting.rang') : t('waiting.ring')}
              </Button>
            )}
            <Button size="guest" icon={LogOut} onPress={() => void engine.leave()} data-testid="leave">
              {t('waiting.leave')}
            </Button>
          </div>
          {checks && <SoundCheck waiting={waiting} />}
          <p className={styles.hint}>
            {now === 'early' ? (
              <Clock size={20} strokeWidth={1.8} aria-hidden />
            ) : (
              <BellRing size={20} strokeWidth={1.8} aria-hidden />
            )}
            {now === 'early' ? t('waiting.byItself') : t('waiting.chime')}
          </p>
        </div>
        {engine.seat && writes.current && (
          <section className={styles.card} aria-label={t('waiting.messageHost')}>
            <header className={styles.cardHead}>
              <Avatar name={host ?? waiting.company} size={44} />
              <div>
                <h2 className={styles.cardTitle}>
                  {host ? t('waiting.message', { host }) : t('waiting.messageHost')}
                </h2>
                <p className={styles.cardText}>{t('waiting.onlyYou')}</p>
              </div>
            </header>
            <Conversation
              guest
              notes={notes}
              label={host ? t('waiting.message', { host }) : t('waiting.messageHost')}
              empty={t('waiting.noNotes')}
              onSend={(text) => void engine.seat?.sendNote(null, text)}
            />
          </section>
        )}
      </main>
    </div>
  );
}

/** One's place, as far as it goes. */
function Places({ place }: { place: number }) {
  const { t } = useTranslation();
  return (
    <div className={styles.places} data-testid="place" data-place={place}>
      <ol aria-hidden>
        {places(place).map((one) => (
          <li key={one} className={one === place ? styles.mine : ''}>
            {one === place ? t('waiting.you') : one === 0 ? '…' : one}
          </li>
        ))}
      </ol>
      <span>{t('waiting.place', { place })}</span>
    </div>
  );
}

/** Whether one can be heard, without leaving the queue. */
function SoundCheck({ waiting }: { waiting: WaitingView }) {
  const { t } = useTranslation();
  const engine = useEngine();
  const heard = waiting.microphone.state === 'on';
  return (
    <section className={styles.check} data-testid="sound-panel">
      <p>{heard ? t('microphone.on') : t('microphone.off')}</p>
      <Meter on={heard} />
      <Button onPress={() => void engine.playTestSound()} data-testid="play-sound">
        {t('lobby.play')}
      </Button>
    </section>
  );
}

/** The window's title says the place: whoever looks at something else sees it move. */
function useChangedTitle(place: number | null, title: string) {
  useEffect(() => {
    if (place === null) return;
    const before = document.title;
    document.title = title;
    return () => {
      document.title = before;
    };
  }, [place, title]);
}
