// The page of a link, in a browser.

import i18next from 'i18next';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { browserEngine } from './engine/browser';
import { EngineProvider } from './engine/context';
import { spoken, startI18n } from './i18n';
import { LinkPage } from './LinkPage';
import './styles/tokens.css';
import './styles/base.css';

const root = document.getElementById('root');
if (root) {
  startI18n(spoken('system', navigator.languages));
  const engine = browserEngine({
    guest: () => i18next.t('invite.guest'),
    screenOf: (name) => i18next.t('gallery.ofTheirScreen', { name }),
  });
  createRoot(root).render(
    <StrictMode>
      <EngineProvider engine={engine}>
        <LinkPage />
      </EngineProvider>
    </StrictMode>,
  );
}
