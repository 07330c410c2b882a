import {
  AudioLines,
  DoorOpen,
  History,
  House,
  LayoutDashboard,
  Plus,
  Settings as SettingsIcon,
  TriangleAlert,
  UserRoundCheck,
} from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../components/Avatar';
import { Button } from '../../components/Button';
import { Logo } from '../../components/Logo';
import { later } from '../../components/later';
import { firstName } from '../../components/people';
import { SideBar, SideButton } from '../../components/SideBar';
import { useEngine } from '../../engine/context';
import type { AccountView, AppView, Problem } from '../../engine/view';
import { dateLocale } from '../../i18n';
import { NewRoom } from '../newroom/NewRoom';
import { AskForLink } from '../problem/AskForLink';
import { wayOn } from '../problem/derive';
import { Missing } from '../problem/Missing';
import { ProblemCard } from '../problem/ProblemCard';
import { RetryWords, TryNow } from '../problem/Retrying';
import type { Retry } from '../problem/useRetry';
import { type SettingsPage, SettingsPanel } from '../settings/SettingsPanel';
import { Computer } from './Computer';
import { canTestCall, waitingIn } from './derive';
import styles from './Home.module.css';
import { LinkBar } from './LinkBar';
import { RoomList } from './RoomList';
import { ServerCard } from './ServerCard';

/** It comes when it is opened first: not every start needs a player and what draws boards. */
const Past = later(async () => (await import('../past/Past')).default, {
  coming: () => <main className={styles.main} aria-busy />,
  missing: Missing,
});
const Console = later(async () => (await import('../console/Console')).default, {
  coming: () => <div className={styles.home} aria-busy />,
  missing: ({ of, again }) => <Missing again={again} onClose={of.onBack} />,
});

export type Page = 'home' | 'rooms' | 'past' | 'new' | 'settings' | 'console';

interface Props {
  view: AppView;
  problem: Problem | null;
  /** What is in the link's field, and how to change it. */
  link: [string, (link: string) => void];
  /** How a service that cannot be reached is tried again. */
  retry: Retry;
  /** What is shown first. */
  begin: Page;
}

/** Open a link, try the devices, choose how it all looks. */
export function Home({ view, problem, link: [link, setLink], retry, begin }: Props) {
  const { t, i18n } = useTranslation();
  const engine = useEngine();
  const [chosen, choose] = useState<Page>(begin);
  const [first, setFirst] = useState<SettingsPage>();
  // From where a new room was begun: there it ends.
  const [newFrom, setNewFrom] = useState<Page>('home');
  const { stop } = retry;
  // Whoever looks at something else is not called away from it.
  const setPage = (next: Page) => {
    stop();
    choose(next);
  };
  const settings = (tab?: SettingsPage) => {
    setFirst(tab);
    setPage('settings');
  };
  // A room that is being made is gone on with after a reload; the back end has it.
  const page = view.new_room && engine.rooms ? 'new' : chosen;
  const operator = engine.console ? operatorOf(view.account) : undefined;
  const field = useRef<HTMLInputElement>(null);
  const name = view.settings.display_name;
  const waiting = waitingIn(view.rooms);
  const hasProblem = problem !== null;
  const way = problem && wayOn(problem.code, link.trim() !== '');
  const retries = way === 'try_again' && problem?.code === 'server_unreachable';
  useEffect(() => {
    if (hasProblem) choose('home');
  }, [hasProblem]);
  const type = useCallback(
    (text: string) => {
      stop();
      setLink(text);
    },
    [stop, setLink],
  );
  const open = (text: string) => {
    setLink(text);
    if (text.trim()) void engine.openLink(text);
  };
  // From one of them it leads back to all.
  const showPast = () => {
    void engine.past?.act({ do: 'close' });
    setPage('past');
  };
  const newRoom = (from: Page) => {
    setNewFrom(from);
    setPage('new');
  };
  const pasteAgain = () => {
    setLink('');
    void engine.goHome();
    field.current?.focus();
  };
  const today = new Intl.DateTimeFormat(dateLocale(i18n.language, navigator.languages), {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  });
  if (page === 'console' && operator)
    return (
      <Console
        me={operator.user}
        server={operator.server ?? t('home.thisComputer')}
        onNew={engine.rooms && (() => newRoom('console'))}
        onBack={() => setPage('home')}
      />
    );
  return (
    <div className={styles.home} data-testid="screen-home">
      <SideBar
        label={t('app.name')}
        brand={
          <>
            <Logo size={30} />
            <span className={styles.brand}>{t('app.name')}</span>
          </>
        }
        foot={
          <>
            <ServerCard server={view.server} network={view.network} />
            <AriaButton className={styles.me ?? ''} onPress={() => settings('you')}>
              <Avatar name={name} size={32} />
              <span className={styles.meWords}>
                <span className={styles.meName}>{name || t('home.noName')}</span>
                <span className={styles.meMore}>
                  {view.account ? (
                    <Account account={view.account} />
                  ) : name ? (
                    t('home.nameMore')
                  ) : (
                    t('home.noNameMore')
                  )}
                </span>
              </span>
            </AriaButton>
          </>
        }
      >
        <SideButton
          icon={House}
          words={t('home.home')}
          current={page === 'home'}
          onPress={() => setPage('home')}
        />
        {engine.rooms && (
          <SideButton
            icon={DoorOpen}
            words={t('home.rooms')}
            current={page === 'rooms'}
            onPress={() => setPage('rooms')}
            data-testid="open-rooms"
          />
        )}
        {engine.past && (
          <SideButton
            icon={History}
            words={t('past.nav')}
            current={page === 'past'}
            onPress={showPast}
            data-testid="open-past"
          />
        )}
        {operator && (
          <SideButton
            icon={LayoutDashboard}
            words={t('console.open')}
            onPress={() => setPage('console')}
            data-testid="open-console"
          />
        )}
        <SideButton
          icon={SettingsIcon}
          words={t('home.settings')}
          current={page === 'settings'}
          onPress={() => settings()}
          data-testid="open-settings"
        />
      </SideBar>
      {page === 'settings' && <SettingsPanel view={view} {...(first && { first })} />}
      {page === 'new' && <NewRoom view={view} onBack={() => setPage(newFrom)} />}
      {page === 'past' && <Past />}
      {page === 'rooms' && view.rooms && (
        <main className={styles.main}>
          <h1 className={styles.title}>{t('home.rooms')}</h1>
          <RoomList rooms={view.rooms} onNew={() => newRoom('home')} />
        </main>
      )}
      {page === 'home' && (
        <main className={styles.main}>
          <div className={styles.top}>
            <LinkBar
              ref={field}
              value={link}
              onChange={type}
              onOpen={open}
              second={hasProblem || (engine.rooms !== undefined && link.trim() === '')}
            />
            {engine.rooms && (
              <Button
                // What is wrong has a way on of its own, which is the first thing to do.
                kind={hasProblem || link.trim() !== '' ? 'second' : 'primary'}
                size="bar"
                icon={Plus}
                onPress={() => newRoom('home')}
                data-testid="new-room-button"
              >
                {t('home.newRoom')}
              </Button>
            )}
          </div>
          {view.account && (view.account.state === 'expired' || view.account.state === 'refused') && (
            <section className={styles.expired} role="alert" data-testid="account-trouble">
              <TriangleAlert size={22} strokeWidth={1.8} aria-hidden />
              <p>
                <b>{t(`home.${view.account.state}Title`, { server: view.account.server })}</b>{' '}
                {t(`home.${view.account.state}Text`)}
              </p>
              <Button icon={UserRoundCheck} onPress={() => settings('account')} data-testid="sign-in-again">
                {t('home.signIn')}
              </Button>
            </section>
          )}
          {problem ? (
            <ProblemCard
              problem={problem}
              more={retries && <RetryWords retry={retry} />}
              onClose={() => void engine.goHome()}
            >
              {retries && <TryNow retry={retry} />}
              {way === 'try_again' && !retries && (
                <Button kind="primary" onPress={() => open(link)} data-testid="try-again">
                  {t('problem.tryAgain')}
                </Button>
              )}
              {way === 'paste_again' && (
                <Button kind="primary" onPress={pasteAgain} data-testid="paste-again">
                  {t('home.linkPlaceholderShort')}
                </Button>
              )}
              {way === 'ask_for_link' && <AskForLink code={problem.code} name={name} />}
            </ProblemCard>
          ) : (
            <header className={styles.heading}>
              <p className={styles.date}>{capitalised(today.format(new Date()))}</p>
              <h1 className={styles.title}>
                {waiting > 0
                  ? t('home.waitsTitle', { count: waiting })
                  : name
                    ? t('home.greeting', { name: firstName(name) })
                    : t('home.title')}
              </h1>
            </header>
          )}
          {view.rooms && engine.rooms && <RoomList rooms={view.rooms} onNew={() => newRoom('home')} />}
          <section className={styles.test}>
            <span className={styles.testSign}>
              <AudioLines size={30} strokeWidth={1.8} aria-hidden />
            </span>
            <div className={styles.testWords}>
              <h2 className={styles.testTitle}>{t('home.testTitle')}</h2>
              <p id="test-call-text" className={styles.testText}>
                {canTestCall(view) ? t('home.testText') : t('home.testUnavailable')}
              </p>
            </div>
            <Button
              size="bar"
              icon={AudioLines}
              unavailable={!canTestCall(view)}
              aria-describedby="test-call-text"
              onPress={() => void engine.startTestCall()}
              data-testid="test-call"
            >
              {t('home.makeTestCall')}
            </Button>
          </section>
          <Computer view={view} onChange={() => settings()} />
        </main>
      )}
    </div>
  );
}

/** Who one is to the servers, in a line. */
function Account({ account }: { account: AccountView }) {
  const { t } = useTranslation();
  switch (account.state) {
    case 'local':
      return <>{t('home.accountLocal')}</>;
    case 'signed_in':
      return <>{t('home.accountAt', { server: account.server })}</>;
    case 'signing_in':
      return <>{t('home.accountSigningIn', { server: account.server })}</>;
    case 'expired':
      return <>{t('home.accountExpired', { server: account.server })}</>;
    case 'refused':
      return <>{t('home.accountRefused', { server: account.server })}</>;
  }
}

/** As whom, and where, an operator uses the console; on this computer it is who uses the app. */
function operatorOf(account: AccountView | undefined): { user?: string; server?: string } | undefined {
  if (account?.state === 'local' && account.is_operator) return {};
  if (account?.state === 'signed_in' && account.is_operator)
    return { user: account.user_id, server: account.server };
  return undefined;
}

const capitalised = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1);
