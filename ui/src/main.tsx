import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App, partOf } from './App';
import { EngineProvider } from './engine/context';
import type { Engine } from './engine/engine';
import { spoken, startI18n } from './i18n';
import './styles/tokens.css';
import './styles/base.css';

/** In the app there is a desktop behind the page; in a plain browser there is an invented one. */
async function engine(): Promise<Engine> {
  if (import.meta.env.MODE === 'fake') {
    const { fakeEngine, fakeOptions } = await import('./engine/fake');
    return fakeEngine(fakeOptions(location.search));
  }
  const { desktopEngine } = await import('./engine/desktop');
  return desktopEngine();
}

const root = document.getElementById('root');
if (root) {
  startI18n(spoken('system', navigator.languages));
  void engine().then((started) => {
    createRoot(root).render(
      <StrictMode>
        <EngineProvider engine={started}>
          <App part={partOf(location.search)} />
        </EngineProvider>
      </StrictMode>,
    );
  });
}
