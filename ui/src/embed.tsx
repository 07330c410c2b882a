// The page in the frame of the widget: a company's own page has it, see `widget`.

import i18next from 'i18next';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { EmbedPage } from './EmbedPage';
import { embedEngine } from './engine/browser/embed';
import { EngineProvider } from './engine/context';
import { spoken, startI18n } from './i18n';
import './styles/tokens.css';
import './styles/base.css';

const root = document.getElementById('root');
if (root) {
  startI18n(spoken('system', navigator.languages));
  const engine = embedEngine({
    guest: () => i18next.t('invite.guest'),
    screenOf: (name) => i18next.t('gallery.ofTheirScreen', { name }),
  });
  createRoot(root).render(
    <StrictMode>
      <EngineProvider engine={engine}>
        <EmbedPage alone={window.parent === window} />
      </EngineProvider>
    </StrictMode>,
  );
}
