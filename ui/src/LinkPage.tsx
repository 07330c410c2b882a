import { useEffect } from 'react';
import { I18nProvider } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { later } from './components/later';
import { useAppView, useEngine } from './engine/context';
import type { AppView } from './engine/view';
import { Invite } from './features/invite/Invite';
import { Refused } from './features/invite/Refused';
import { Lobby } from './features/lobby/Lobby';
import { Opening } from './features/opening/Opening';
import { Guarded, ScreenMissing } from './features/problem/Missing';
import { useRetry } from './features/problem/useRetry';
import { drawnSettings } from './simple';
import { useAppearance } from './useAppearance';

// What comes after Join is fetched while somebody looks at themselves in the lobby.
const loadCall = () => import('./features/call/Call');
const loadWaiting = () => import('./features/waiting/Waiting');
const loadAfter = () => import('./features/after/After');
const meanwhile = { coming: () => <Opening host={location.host} />, missing: ScreenMissing };
const Call = later(async () => (await loadCall()).Call, meanwhile);
const Waiting = later(async () => (await loadWaiting()).Waiting, meanwhile);
const After = later(async () => (await loadAfter()).After, meanwhile);

/** The screen that the last view says, of those that a link leads to. */
export function LinkPage() {
  const view = useAppView();
  const { i18n } = useTranslation();
  const settings = view && drawnSettings(view);
  useAppearance(settings ?? undefined);
  if (!view) return null;
  return (
    <I18nProvider locale={i18n.language}>
      <Guarded>
        <LinkScreen view={view} />
      </Guarded>
    </I18nProvider>
  );
}

/** One screen of a link. */
export function LinkScreen({ view }: { view: AppView }) {
  const { screen } = view;
  const engine = useEngine();
  const retry = useRetry(screen, () => void engine.openLink(''), true);
  const settings = drawnSettings(view);
  const inLobby = screen.kind === 'lobby' && !screen.invite;
  useEffect(() => {
    if (!inLobby) return;
    // One that does not come now is asked for again when it is needed.
    for (const load of [loadCall, loadWaiting]) void load().catch(() => {});
  }, [inLobby]);
  switch (screen.kind) {
    case 'home':
      return <Refused problem={screen.problem} settings={settings} retry={retry} />;
    case 'opening':
      return retry.held ? (
        <Refused problem={retry.held} settings={settings} retry={retry} />
      ) : (
        <Opening host={screen.host} />
      );
    case 'lobby':
      return screen.invite ? (
        <Invite lobby={screen} settings={settings} />
      ) : (
        <Lobby lobby={screen} settings={settings} />
      );
    case 'waiting':
      return <Waiting waiting={screen} settings={settings} notice={view.notice} />;
    case 'call':
      return <Call call={screen} settings={settings} devices={view.devices} notice={view.notice} />;
    case 'after':
      return <After after={screen} settings={settings} onPast={() => {}} />;
  }
}
