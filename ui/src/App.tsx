import { useState } from 'react';
import { I18nProvider } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useAppView } from './engine/context';
import type { AppView } from './engine/view';
import { After } from './features/after/After';
import { Call } from './features/call/Call';
import { Home } from './features/home/Home';
import { Lobby } from './features/lobby/Lobby';
import { Opening } from './features/opening/Opening';
import { Waiting } from './features/waiting/Waiting';
import { useAppearance } from './useAppearance';

/** The screen that the last view says. */
export function App() {
  const view = useAppView();
  const { i18n } = useTranslation();
  useAppearance(view?.settings);
  // What was typed is still there when a link did not open.
  const link = useState('');
  if (!view) return null;
  return (
    <I18nProvider locale={i18n.language}>
      <Screen view={view} link={link} />
    </I18nProvider>
  );
}

interface ScreenProps {
  view: AppView;
  link: [string, (link: string) => void];
}

function Screen({ view, link }: ScreenProps) {
  const { screen } = view;
  switch (screen.kind) {
    case 'home':
      return <Home view={view} problem={screen.problem} link={link} />;
    case 'opening':
      return <Opening host={screen.host} />;
    case 'lobby':
      return <Lobby lobby={screen} settings={view.settings} />;
    case 'waiting':
      return <Waiting waiting={screen} settings={view.settings} />;
    case 'call':
      return <Call call={screen} settings={view.settings} devices={view.devices} notice={view.notice} />;
    case 'after':
      return <After after={screen} settings={view.settings} />;
  }
}
