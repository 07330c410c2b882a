import { AppWindow, CalendarClock, CircleDot, DoorOpen, TriangleAlert, Video } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../components/Avatar';
import { Button } from '../../components/Button';
import { GuestHeader } from '../../components/GuestHeader';
import { lack } from '../../engine/browser/support';
import { useEngine } from '../../engine/context';
import type { LobbyView, Settings } from '../../engine/view';
import { dateLocale } from '../../i18n';
import styles from './Invite.module.css';

interface Props {
  lobby: LobbyView;
  settings: Settings;
}

/** An app that is there has the keyboard by then. */
const APP_WITHIN_MS = 2500;

/** What a link in a browser shows first: who invites, to what, when; and two ways in. Nothing is asked of the person yet. */
export function Invite({ lobby: { preview }, settings }: Props) {
  const { t, i18n } = useTranslation();
  const { browser } = useEngine();
  const lacks = lack();
  const app = browser?.appLink();
  const { title, host_name: host, call_type: type, company } = preview;
  const kind = type === 'audio_video' ? t('lobby.visit') : t('lobby.audioVisit');
  const at = preview.starts_at == null ? undefined : new Date(preview.starts_at * 1000);
  const locale = dateLocale(i18n.language, navigator.languages);
  const when =
    at &&
    new Intl.DateTimeFormat(locale, {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      hour: '2-digit',
      minute: '2-digit',
    }).format(at);
  const later = preview.opens_at != null && preview.opens_at * 1000 > Date.now();
  return (
    <div className={styles.screen} data-testid="screen-invite">
      <GuestHeader title={company} settings={settings} />
      <main className={styles.main}>
        <section className={styles.card}>
          <div className={styles.who}>
            <Avatar name={host ?? company} size={64} />
            <div className={styles.words}>
              <h1 className={styles.title}>{host ? t('invite.by', { host }) : t('invite.you')}</h1>
              <p className={styles.room}>{title ?? kind}</p>
            </div>
          </div>
          <ul className={styles.facts}>
            {when && (
              <Fact icon={<CalendarClock size={22} strokeWidth={1.8} aria-hidden />} testid="starts-at">
                {when}
              </Fact>
            )}
            {preview.people_in.length > 0 && (
              <Fact icon={<Video size={22} strokeWidth={1.8} aria-hidden />}>
                {t('lobby.peopleIn', {
                  count: preview.people_in.length,
                  first: preview.people_in[0] ?? '',
                  others: preview.people_in.length - 1,
                })}
              </Fact>
            )}
            {preview.waiting_room && (
              <Fact icon={<DoorOpen size={22} strokeWidth={1.8} aria-hidden />}>{t('lobby.letIn')}</Fact>
            )}
            {preview.recording !== 'none' && (
              <Fact
                icon={<CircleDot size={22} strokeWidth={1.8} aria-hidden />}
                red
                testid="recording-notice"
              >
                <b>{preview.recording === 'automatic' ? t('invite.recorded') : t('invite.mayBeRecorded')}</b>{' '}
                {t('invite.recordedText')}
              </Fact>
            )}
          </ul>
          {lacks && (
            <p className={styles.lack} role="alert" data-testid="lack" data-lack={lacks}>
              <TriangleAlert size={22} strokeWidth={1.8} aria-hidden />
              <span>
                <b>{t(`lack.${lacks}`)}</b> {app ? t(`lack.${lacks}App`) : t(`lack.${lacks}Other`)}
              </span>
            </p>
          )}
          <div className={styles.ways}>
            {app && lacks && <InApp link={app} primary />}
            {lacks !== 'no_webrtc' && (
              <Button
                kind={lacks && app ? 'second' : 'primary'}
                size={lacks && app ? 'guest' : 'large'}
                icon={Video}
                onPress={() => void browser?.joinHere()}
                data-testid="join-in-browser"
              >
                {lacks && lacks !== 'same_computer' ? t('invite.listen') : t('invite.here')}
              </Button>
            )}
            {app && !lacks && <InApp link={app} primary={false} />}
          </div>
          {later && at && <p className={styles.hint}>{t('invite.early')}</p>}
        </section>
      </main>
    </div>
  );
}

interface FactProps {
  icon: ReactNode;
  red?: boolean;
  testid?: string;
  children: ReactNode;
}

function Fact({ icon, red = false, testid, children }: FactProps) {
  return (
    <li className={`${styles.fact} ${red ? styles.red : ''}`} data-testid={testid}>
      {icon}
      <span>{children}</span>
    </li>
  );
}

/** A browser does not tell whether there is an app: one that opens takes the keyboard; else it says what to do. */
function InApp({ link, primary }: { link: string; primary: boolean }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<'not' | 'waits' | 'nothing' | 'opened'>('not');
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    if (asked !== 'waits') return;
    const opened = () => setAsked('opened');
    const hidden = () => document.visibilityState === 'hidden' && opened();
    const timer = setTimeout(() => setAsked('nothing'), APP_WITHIN_MS);
    addEventListener('blur', opened);
    document.addEventListener('visibilitychange', hidden);
    return () => {
      clearTimeout(timer);
      removeEventListener('blur', opened);
      document.removeEventListener('visibilitychange', hidden);
    };
  }, [asked]);
  const open = () => {
    setAsked('waits');
    // In a frame: where no app knows the scheme, this page stays where it is.
    if (frame.current) frame.current.src = link;
  };
  return (
    <>
      <Button
        kind={primary ? 'primary' : 'second'}
        size={primary ? 'large' : 'guest'}
        icon={AppWindow}
        busy={asked === 'waits'}
        onPress={open}
        data-testid="open-in-app"
      >
        {t('invite.inApp')}
      </Button>
      <p className={styles.hint} role="status" data-testid="app-answer" data-answer={asked}>
        {asked === 'nothing' && t('invite.noApp')}
        {asked === 'opened' && t('invite.opened')}
      </p>
      <iframe ref={frame} hidden title={t('invite.inApp')} aria-hidden tabIndex={-1} />
    </>
  );
}
