import {
  ArrowLeft,
  Check,
  Clock,
  Copy,
  Globe,
  HardDrive,
  Mail,
  MessageSquareText,
  QrCode as QrIcon,
  RefreshCw,
  TriangleAlert,
  Video,
} from 'lucide-react';
import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../components/Avatar';
import { Button } from '../../components/Button';
import { Choice } from '../../components/Choice';
import rowStyles from '../../components/Row.module.css';
import { useCopy } from '../../components/useCopy';
import { useEngine } from '../../engine/context';
import type { AppView, MadeRoomView, SeatLinkView } from '../../engine/view';
import { dateLocale, languageNames, type Spoken, spoken } from '../../i18n';
import { shortLink } from './draft';
import styles from './Links.module.css';
import { readyMessage } from './message';
import pageStyles from './NewRoom.module.css';
import { QrCode } from './QrCode';

interface Props {
  room: MadeRoomView;
  view: AppView;
  onBack: () => void;
}

/** One link per person: to copy, to scan, to send with a ready message. */
export function Links({ room, view, onBack }: Props) {
  const { t, i18n } = useTranslation();
  const engine = useEngine();
  const { copied, copy } = useCopy();
  const [language, setLanguage] = useState<Spoken>(spoken(view.settings.language, navigator.languages));
  const others = room.links.filter(({ me }) => !me);
  const mine = room.links.find(({ me }) => me);
  const [open, setOpen] = useState<string | undefined>(others[0]?.participant_id);
  const until =
    room.good_until === null
      ? undefined
      : new Intl.DateTimeFormat(dateLocale(i18n.language, navigator.languages), {
          day: 'numeric',
          month: 'short',
        }).format(room.good_until * 1000);
  const list = room.links.map(({ display_name, url }) => `${display_name}: ${url}`).join('\n');
  const Reach = room.reach === 'computer' ? HardDrive : Globe;
  return (
    <div className={pageStyles.screen} data-testid="room-links">
      <header className={pageStyles.head}>
        <AriaButton className={pageStyles.back ?? ''} aria-label={t('lobby.back')} onPress={onBack}>
          <ArrowLeft size={20} strokeWidth={1.8} aria-hidden />
        </AriaButton>
        <h1 className={pageStyles.title}>{room.title ?? t('links.title')}</h1>
        <Button size="bar" onPress={onBack} data-testid="links-done">
          {t('links.done')}
        </Button>
        <Button
          kind="primary"
          size="bar"
          icon={Video}
          onPress={() => void engine.rooms?.enter(room.room_id)}
          data-testid="enter-room"
        >
          {t('links.enter')}
        </Button>
      </header>
      <main className={pageStyles.body}>
        <p className={pageStyles.private} data-reach={room.reach}>
          <Reach size={20} strokeWidth={1.8} aria-hidden />
          <span>{t(`links.reach_${room.reach}`)}</span>
          {room.reach === 'computer' && engine.account && (
            <Button
              size="dense"
              onPress={() => void engine.account?.allowNetwork(true)}
              data-testid="links-allow-network"
            >
              {t('links.allowNetwork')}
            </Button>
          )}
        </p>
        {room.reach !== 'computer' && mine?.url.startsWith('http:') && (
          <p className={styles.warn} data-testid="links-no-tls">
            <TriangleAlert size={20} strokeWidth={1.8} aria-hidden />
            <span>{t('links.noTls')}</span>
          </p>
        )}
        {room.refused && (
          <p className={styles.warn} role="alert" data-testid="links-refused">
            <TriangleAlert size={20} strokeWidth={1.8} aria-hidden />
            <span>
              {t('links.renewRefused')} {t(`problem.${room.refused.code}`)}
            </span>
          </p>
        )}
        <div className={styles.caption}>
          <h2 className={pageStyles.heading}>{t('links.each')}</h2>
          {until && (
            <span className={styles.until}>
              <Clock size={16} strokeWidth={1.8} aria-hidden />
              {t('links.until', { date: until })}
            </span>
          )}
          <Choice
            label={t('links.language')}
            hidden
            value={language}
            options={Object.entries(languageNames).map(([id, label]) => ({ id: id as Spoken, label }))}
            onChange={setLanguage}
            icon={<MessageSquareText size={18} strokeWidth={1.8} aria-hidden />}
            data-testid="message-language"
          />
        </div>
        <ul className={styles.links}>
          {[...others, ...(mine ? [mine] : [])].map((link) => (
            <LinkCard
              key={link.participant_id}
              link={link}
              room={room}
              host={view.settings.display_name}
              language={language}
              open={open === link.participant_id}
              onOpen={() => setOpen(open === link.participant_id ? undefined : link.participant_id)}
            />
          ))}
        </ul>
        <Button
          size="bar"
          icon={copied === list ? Check : Copy}
          onPress={() => copy(list)}
          data-testid="copy-all"
        >
          {copied === list ? t('links.copied') : t('links.copyAll')}
        </Button>
      </main>
      <div className="sr-only" role="status">
        {copied && t('links.copied')}
      </div>
    </div>
  );
}

interface CardProps {
  link: SeatLinkView;
  room: MadeRoomView;
  host: string;
  language: Spoken;
  open: boolean;
  onOpen: () => void;
}

function LinkCard({ link, room, host, language, open, onOpen }: CardProps) {
  const { t } = useTranslation();
  const engine = useEngine();
  const { copied, copy } = useCopy();
  const [sure, setSure] = useState(false);
  const { participant_id: id, display_name: name, url, me } = link;
  const { title, starts_at } = room;
  const text = readyMessage(language, { name, host, url, title, starts_at }, Date.now() / 1000);
  return (
    <li className={styles.link} data-testid="link" data-participant-id={id}>
      <div className={styles.line}>
        <Avatar name={name} size={34} />
        <div className={rowStyles.words}>
          <p className={rowStyles.name}>{me ? t('lobby.you', { name }) : name}</p>
          <p className={rowStyles.more}>{shortLink(url)}</p>
        </div>
        <Button
          kind={open ? 'primary' : 'second'}
          icon={copied === url ? Check : Copy}
          aria-label={t('links.copyName', { name })}
          onPress={() => copy(url)}
          data-testid="copy-link"
        >
          {copied === url ? t('links.copied') : t('links.copy')}
        </Button>
        <AriaButton
          className={`${styles.icon} ${open ? styles.iconOpen : ''}`}
          aria-label={t('links.showName', { name })}
          aria-expanded={open}
          onPress={onOpen}
          data-testid="show-link"
        >
          <QrIcon size={18} strokeWidth={1.8} aria-hidden />
          <MessageSquareText size={18} strokeWidth={1.8} aria-hidden />
        </AriaButton>
      </div>
      {open && (
        <div className={styles.more}>
          <QrCode text={url} label={t('links.qr', { name })} />
          <div className={styles.message} lang={language}>
            <p className={styles.messageHead}>{t('links.message')}</p>
            <p className={styles.messageText} data-testid="ready-message">
              {text}
            </p>
            <div className={styles.ways}>
              {engine.windows && (
                <AriaButton
                  className={styles.way ?? ''}
                  onPress={() =>
                    void engine.windows?.mail(room.title ?? t('links.subject', { lng: language }), text)
                  }
                  data-testid="mail-message"
                >
                  <Mail size={17} strokeWidth={1.8} aria-hidden />
                  {t('links.mail')}
                </AriaButton>
              )}
              <AriaButton className={styles.way ?? ''} onPress={() => copy(text)} data-testid="copy-message">
                {copied === text ? (
                  <Check size={17} strokeWidth={1.8} aria-hidden />
                ) : (
                  <Copy size={17} strokeWidth={1.8} aria-hidden />
                )}
                {copied === text ? t('links.copied') : t('links.copyText')}
              </AriaButton>
              <AriaButton
                className={styles.way ?? ''}
                aria-expanded={sure}
                onPress={() => setSure(!sure)}
                data-testid="renew-link"
              >
                <RefreshCw size={17} strokeWidth={1.8} aria-hidden />
                {t('links.renew')}
              </AriaButton>
            </div>
          </div>
        </div>
      )}
      {open && sure && (
        <div className={styles.sure} role="alert">
          <p>{t('links.renewText', { name })}</p>
          <div className={styles.answers}>
            <Button
              size="dense"
              kind="end"
              onPress={() => {
                setSure(false);
                void engine.rooms?.renewLink(room.room_id, id);
              }}
              data-testid="renew-yes"
            >
              {t('links.renewYes')}
            </Button>
            <Button size="dense" onPress={() => setSure(false)} data-testid="renew-no">
              {t('links.renewNo')}
            </Button>
          </div>
        </div>
      )}
    </li>
  );
}
