import { useEffect, useState } from 'react';
import { I18nProvider } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useAppView, useEngine } from './engine/context';
import type { AppView, Problem } from './engine/view';
import { After } from './features/after/After';
import { Call } from './features/call/Call';
import { Home, type Page } from './features/home/Home';
import { SignInAsked } from './features/home/SignInAsked';
import { Lobby } from './features/lobby/Lobby';
import { Opening } from './features/opening/Opening';
import { Guarded } from './features/problem/Missing';
import { useRetry } from './features/problem/useRetry';
import { Waiting } from './features/waiting/Waiting';
import { Incoming } from './features/windows/Incoming';
import { Mini } from './features/windows/Mini';
import { drawnSettings } from './simple';
import { useAppearance } from './useAppearance';

/** Which window this page is in. */
export type Part = 'main' | 'incoming' | 'mini';

/** The window that an address asks for: each has the same page, and draws its own part of the same view. */
export function partOf(search: string): Part {
  const asked = new URLSearchParams(search).get('window');
  return asked === 'incoming' || asked === 'mini' ? asked : 'main';
}

/** The screen that the last view says. */
export function App({ part = 'main' }: { part?: Part }) {
  const view = useAppView();
  const { i18n } = useTranslation();
  const settings = view && drawnSettings(view);
  useAppearance(settings ?? undefined, part === 'main');
  // What was typed is still there when a link did not open.
  const link = useState('');
  // So is a link that came from outside and did not open.
  const came = view?.link ?? '';
  const setLink = link[1];
  useEffect(() => {
    if (came) setLink(came);
  }, [came]);
  if (!view) return null;
  return (
    <I18nProvider locale={i18n.language}>
      <Guarded>
        {part === 'main' && <Screen view={view} link={link} />}
        {part === 'main' && view.sign_in_asked && <SignInAsked asked={view.sign_in_asked} />}
        {part === 'incoming' && <Incoming view={view} />}
        {part === 'mini' && <Mini view={view} />}
      </Guarded>
    </I18nProvider>
  );
}

interface ScreenProps {
  view: AppView;
  link: [string, (link: string) => void];
}

function Screen({ view, link }: ScreenProps) {
  const { screen } = view;
  const engine = useEngine();
  const retry = useRetry(
    screen,
    () => void engine.openLink(link[0]),
    view.link != null && view.link === link[0],
  );
  const settings = drawnSettings(view);
  // What the start begins with, when it is shown next.
  const [begin, setBegin] = useState<Page>('home');
  const { kind } = screen;
  useEffect(() => {
    if (kind !== 'after' && kind !== 'home') setBegin('home');
  }, [kind]);
  const home = (problem: Problem | null) => (
    <Home view={view} problem={problem} link={link} retry={retry} begin={begin} />
  );
  switch (screen.kind) {
    case 'home':
      return home(screen.problem);
    case 'opening':
      return retry.held ? home(retry.held) : <Opening host={screen.host} />;
    case 'lobby':
      return <Lobby lobby={screen} settings={settings} />;
    case 'waiting':
      return <Waiting waiting={screen} settings={settings} notice={view.notice} />;
    case 'call':
      return <Call call={screen} settings={settings} devices={view.devices} notice={view.notice} />;
    case 'after':
      return <After after={screen} settings={settings} onPast={() => setBegin('past')} />;
  }
}
