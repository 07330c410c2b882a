import { useEffect, useSyncExternalStore } from 'react';
import { I18nProvider } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { later } from './components/later';
import styles from './EmbedPage.module.css';
import { useAppView, useEngine } from './engine/context';
import type { FrameSide } from './engine/engine';
import type { ScreenView } from './engine/view';
import { Opening } from './features/opening/Opening';
import { Guarded, Missing, ScreenMissing } from './features/problem/Missing';
import { Incoming } from './features/windows/Incoming';
import { drawnSettings } from './simple';
import { useAppearance } from './useAppearance';

// A company's page has this frame all day; what a call needs is fetched with the first one.
const LinkScreen = later(async () => (await import('./LinkPage')).LinkScreen, {
  coming: () => <Opening host={location.host} />,
  missing: ScreenMissing,
});
// The screen behind it says that it comes, or why not.
const small = { coming: () => null, missing: Missing };
const Mini = later(async () => (await import('./features/windows/Mini')).Mini, small);
const MiniBar = later(async () => (await import('./features/windows/MiniBar')).MiniBar, small);

/** In windows narrower than this large text leaves no room for the people. */
const LARGE_FROM = 640;

/** What a page draws that lies in another: nothing, a call that rings, a visit. `alone`: there is no page around it. */
export function EmbedPage({ alone = false }: { alone?: boolean }) {
  const { t, i18n } = useTranslation();
  const view = useAppView();
  const { frame } = useEngine();
  const room = useShown(frame, () => frame?.room() ?? 'whole');
  const keyboard = useShown(frame, () => frame?.focused() ?? 0);
  const wide = useSyncExternalStore(onResize, () => innerWidth >= LARGE_FROM);
  const settings = view && drawnSettings(view);
  useAppearance(settings ?? undefined, wide);
  if (alone) return <main className={styles.alone}>{t('embed.alone')}</main>;
  if (!view) return null;
  const { screen, incoming } = view;
  const idle = screen.kind === 'home' && !screen.problem;
  // What comes before a call can be scrolled, a call cannot.
  const bar = room === 'bar';
  const mini = room === 'small' && screen.kind === 'call';
  return (
    <I18nProvider locale={i18n.language}>
      {idle && incoming && <Incoming view={view} keyboard={keyboard} />}
      {!idle && (
        <Guarded>
          {/* It stays as it is meanwhile: what was typed, which panel is open. */}
          <div className={styles.whole} hidden={bar || mini}>
            <LinkScreen view={view} />
          </div>
          {bar && <MiniBar screen={screen} />}
          {mini && <Mini view={view} />}
        </Guarded>
      )}
      {!idle && (bar || mini) && <NeedsRoom screen={screen} frame={frame} />}
    </I18nProvider>
  );
}

/** A question, or why it is over, is not read in a bar. */
function NeedsRoom({ screen, frame }: { screen: ScreenView; frame: FrameSide | undefined }) {
  const over = screen.kind === 'after' || screen.kind === 'home';
  const asks = screen.kind === 'call' && screen.recording !== 'none' && screen.me.consent === 'asked';
  useEffect(() => {
    if (over || asks) void frame?.showMain();
  }, [over, asks, frame]);
  return null;
}

function useShown<T>(frame: FrameSide | undefined, now: () => T): T {
  return useSyncExternalStore((heard) => frame?.onShown(heard) ?? (() => {}), now);
}

function onResize(heard: () => void) {
  addEventListener('resize', heard);
  return () => removeEventListener('resize', heard);
}
