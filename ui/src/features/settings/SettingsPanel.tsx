import { Bell, Globe, Keyboard, type LucideIcon, Mic, Server, Stethoscope } from 'lucide-react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useEngine } from '../../engine/context';
import type { AppView } from '../../engine/view';
import { Account } from './Account';
import { Appearance } from './Appearance';
import { Devices } from './Devices';
import { Diagnostics } from './Diagnostics';
import { Notifications } from './Notifications';
import styles from './SettingsPanel.module.css';
import { Shortcuts } from './Shortcuts';

const PAGES = ['devices', 'you', 'shortcuts', 'notifications', 'account', 'diagnostics'] as const;
export type SettingsPage = (typeof PAGES)[number];

const icons: Record<SettingsPage, LucideIcon> = {
  devices: Mic,
  you: Globe,
  shortcuts: Keyboard,
  notifications: Bell,
  account: Server,
  diagnostics: Stethoscope,
};

interface Props {
  view: AppView;
  /** Where to begin. */
  first?: SettingsPage;
}

/** What the person chooses; each change holds at once. */
export function SettingsPanel({ view, first = 'devices' }: Props) {
  const { t } = useTranslation();
  const engine = useEngine();
  const { settings } = view;
  const there: Record<SettingsPage, boolean> = {
    devices: true,
    you: true,
    shortcuts: settings.shortcuts !== undefined,
    notifications: settings.notifications !== undefined,
    account: view.account !== undefined,
    diagnostics: view.about !== undefined || engine.diagnostics !== undefined,
  };
  const pages = PAGES.filter((page) => there[page]);
  return (
    <main className={styles.whole} data-testid="settings">
      <Tabs
        className={styles.settings ?? ''}
        orientation="vertical"
        defaultSelectedKey={there[first] ? first : 'devices'}
      >
        <div className={styles.side}>
          <h1 className={styles.sideTitle}>{t('settings.title')}</h1>
          <TabList className={styles.tabs ?? ''} aria-label={t('settings.title')}>
            {pages.map((page) => {
              const Icon = icons[page];
              return (
                <Tab key={page} id={page} className={styles.tab ?? ''} data-testid={`settings-tab-${page}`}>
                  <Icon size={18} strokeWidth={1.8} aria-hidden />
                  <span>{t(`settings.page_${page}`)}</span>
                </Tab>
              );
            })}
          </TabList>
        </div>
        <div className={styles.page}>
          {pages.map((page) => (
            <TabPanel key={page} id={page} className={styles.panel ?? ''}>
              <h2 className={styles.title}>{t(`settings.page_${page}`)}</h2>
              {page === 'devices' && <Devices view={view} />}
              {page === 'you' && <Appearance settings={settings} />}
              {page === 'shortcuts' && settings.shortcuts && <Shortcuts shortcuts={settings.shortcuts} />}
              {page === 'notifications' && <Notifications settings={settings} />}
              {page === 'account' && view.account && <Account view={view} account={view.account} />}
              {page === 'diagnostics' && <Diagnostics view={view} />}
            </TabPanel>
          ))}
        </div>
      </Tabs>
    </main>
  );
}
