import { ArrowLeft, Clock, Headphones, TriangleAlert, Video } from 'lucide-react';
import { Button as AriaButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../components/Avatar';
import { Button } from '../../components/Button';
import { GuestHeader } from '../../components/GuestHeader';
import { NameField } from '../../components/NameField';
import { firstName } from '../../components/people';
import { useEngine } from '../../engine/context';
import type { LobbyView, Problem, Settings } from '../../engine/view';
import { dateLocale } from '../../i18n';
import { Consent } from './Consent';
import { DeviceRows } from './DeviceRows';
import { asksFirst, joinAs, peopleIn } from './derive';
import styles from './Lobby.module.css';
import { Notes } from './Notes';
import { Preview } from './Preview';

interface Props {
  lobby: LobbyView;
  settings: Settings;
}

/** Who, where, with what; and one large button. */
export function Lobby({ lobby, settings }: Props) {
  const { t, i18n } = useTranslation();
  const engine = useEngine();
  const { preview, problem } = lobby;
  const name = lobby.display_name.trim();
  const asks = asksFirst(lobby);
  // Once the visit has begun nobody needs to be told when.
  const startsAt =
    preview.starts_at != null && preview.starts_at * 1000 > Date.now() ? preview.starts_at : null;
  return (
    <div className={styles.screen} data-testid="screen-lobby">
      <GuestHeader
        title={preview.company}
        settings={settings}
        back={
          <AriaButton
            className={styles.back ?? ''}
            onPress={() => void engine.goHome()}
            data-testid="go-home"
          >
            <ArrowLeft size={18} strokeWidth={1.8} aria-hidden />
            <span>{t('lobby.back')}</span>
          </AriaButton>
        }
      />
      <main className={styles.main}>
        <div className={styles.left}>
          <Preview lobby={lobby} mirrored={settings.mirror !== false} />
          <Notes lobby={lobby} />
          {lobby.consent && preview.asks_consent && <Consent answer={lobby.consent} />}
        </div>
        <div className={styles.right}>
          <h1 className={styles.title}>
            {name ? t('lobby.hello', { name: firstName(name) }) : t('lobby.helloNobody')}
          </h1>
          <p className={styles.room}>
            <Room lobby={lobby} />
            {startsAt != null && (
              <span className={styles.starts} data-testid="starts-at">
                {t('lobby.startsAt', {
                  when: new Intl.DateTimeFormat(dateLocale(i18n.language, navigator.languages), {
                    weekday: 'long',
                    day: 'numeric',
                    month: 'long',
                    hour: '2-digit',
                    minute: '2-digit',
                  }).format(startsAt * 1000),
                })}
              </span>
            )}
            <span className={styles.server}>{t('lobby.server', { host: lobby.host })}</span>
          </p>
          {preview.display_name === null && (
            <div className={styles.name}>
              <NameField
                guest
                label={t('lobby.name')}
                help={t('lobby.nameHelp')}
                value={lobby.display_name}
                onChange={(typed) => void engine.setDisplayName(typed)}
                onDone={() => !asks && void engine.join(false)}
              />
            </div>
          )}
          <DeviceRows lobby={lobby} />
          <div className={styles.act}>
            {problem && !asks && <Trouble problem={problem} />}
            {asks ? <Ask /> : <Join lobby={lobby} again={problem !== null} />}
          </div>
          <Foot lobby={lobby} />
        </div>
      </main>
    </div>
  );
}

/** Which room, whose. */
function Room({ lobby: { preview } }: { lobby: LobbyView }) {
  const { t } = useTranslation();
  const { title, host_name: host, call_type } = preview;
  const kind =
    call_type === 'audio_video' || call_type === 'video_only' ? t('lobby.visit') : t('lobby.audioVisit');
  if (!host) return <>{title ?? kind}</>;
  // The host's name stands out; where it stands in the sentence is the language's affair.
  const marked = t('lobby.visitWith', { title: title ?? kind, host: '\u0000' });
  const [before, after] = marked.split('\u0000');
  return (
    <>
      {before}
      <b>{host}</b>
      {after}
    </>
  );
}

function Join({ lobby, again }: { lobby: LobbyView; again: boolean }) {
  const { t } = useTranslation();
  const engine = useEngine();
  const as = joinAs(lobby);
  const words = {
    all: t('lobby.join'),
    sound: t('lobby.joinSound'),
    attend: t('lobby.joinAttend'),
    listen: t('lobby.joinListen'),
  };
  const Icon = as === 'all' && lobby.camera.state !== 'not_allowed' ? Video : Headphones;
  return (
    <Button
      kind="primary"
      size="large"
      className={styles.join}
      icon={Icon}
      onPress={() => void engine.join(false)}
      autoFocus={lobby.preview.display_name !== null}
      data-testid="join"
    >
      {again ? t('lobby.tryAgain') : words[as]}
    </Button>
  );
}

/** The seat is in use elsewhere: nobody is displaced unasked. */
function Ask() {
  const { t } = useTranslation();
  const engine = useEngine();
  return (
    <section className={styles.ask} data-testid="seat-in-use" role="alert">
      <h2 className={styles.askTitle}>{t('lobby.inUseTitle')}</h2>
      <p>{t('lobby.inUseText')}</p>
      <div className={styles.askWays}>
        <Button size="guest" onPress={() => void engine.goHome()} data-testid="not-now">
          {t('lobby.notNow')}
        </Button>
        <Button kind="primary" size="guest" onPress={() => void engine.join(true)} data-testid="join-here">
          {t('lobby.joinHere')}
        </Button>
      </div>
    </section>
  );
}

function Trouble({ problem: { code } }: { problem: Problem }) {
  const { t } = useTranslation();
  return (
    <section className={styles.trouble} data-testid="problem" data-code={code} role="alert">
      <TriangleAlert size={22} strokeWidth={1.8} aria-hidden />
      <div>
        <h2 className={styles.troubleTitle}>{t(`problem.${code}`)}</h2>
        <p>{t(`problem.${code}Text`)}</p>
        <p className={styles.code}>{t('problem.support', { code })}</p>
      </div>
    </section>
  );
}

function Foot({ lobby: { preview } }: { lobby: LobbyView }) {
  const { t, i18n } = useTranslation();
  const people = peopleIn(preview.people_in);
  const until = preview.good_until === null ? undefined : new Date(preview.good_until * 1000);
  const date =
    until &&
    new Intl.DateTimeFormat(dateLocale(i18n.language, navigator.languages), {
      day: 'numeric',
      month: 'long',
    }).format(until);
  return (
    <div className={styles.foot}>
      <span className={styles.people} data-testid="people-in">
        {people && <Avatar name={people.first} size={26} />}
        <span>
          {people ? t('lobby.peopleIn', { count: people.others + 1, ...people }) : t('lobby.nobodyIn')}
          {preview.waiting_room && `. ${t('lobby.letIn')}`}
        </span>
      </span>
      {date && (
        <span className={styles.until}>
          <Clock size={17} strokeWidth={1.8} aria-hidden />
          {t('lobby.goodUntil', { date })}
        </span>
      )}
    </div>
  );
}
