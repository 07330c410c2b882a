import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App, partOf } from './App';
import { EngineProvider } from './engine/context';
import { spoken, startI18n } from './i18n';
import './styles/tokens.css';
import './styles/base.css';

const app = <App part={partOf(location.search)} />;

/** In the app there is a desktop behind the page; in a plain browser there is an invented one. */
async function page(): Promise<ReactNode> {
  if (import.meta.env.MODE === 'fake') {
    const { fakeEngine, fakeOptions, linkEngine } = await import('./engine/fake');
    const fake = fakeEngine(fakeOptions(location.search));
    // For tests that look at the page in a browser.
    Object.assign(window, { fake });
    if (new URLSearchParams(location.search).get('window') !== 'link')
      return <EngineProvider engine={fake}>{app}</EngineProvider>;
    const { LinkPage } = await import('./LinkPage');
    return (
      <EngineProvider engine={linkEngine(fake)}>
        <LinkPage />
      </EngineProvider>
    );
  }
  const { desktopEngine } = await import('./engine/desktop');
  return <EngineProvider engine={desktopEngine()}>{app}</EngineProvider>;
}

const root = document.getElementById('root');
if (root) {
  startI18n(spoken('system', navigator.languages));
  void page().then((drawn) => createRoot(root).render(<StrictMode>{drawn}</StrictMode>));
}
