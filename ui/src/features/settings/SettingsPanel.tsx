import { AudioLines, RefreshCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { Choice } from '../../components/Choice';
import { NameField } from '../../components/NameField';
import { Toggle } from '../../components/Toggle';
import { useEngine } from '../../engine/context';
import type { AppView, DeviceView, Language, Theme } from '../../engine/view';
import { languageNames } from '../../i18n';
import { canTestCall } from '../home/derive';
import { choiceFor, deviceOptions, SYSTEM } from './derive';
import styles from './SettingsPanel.module.css';

/** What the person chooses; each change holds at once. */
export function SettingsPanel({ view }: { view: AppView }) {
  const { t } = useTranslation();
  const engine = useEngine();
  const { settings, devices } = view;
  const languages: { id: Language; label: string }[] = [
    { id: 'system', label: t('settings.languageSystem') },
    { id: 'en', label: languageNames.en },
    { id: 'it', label: languageNames.it },
  ];
  const themes: { id: Theme; label: string }[] = [
    { id: 'system', label: t('settings.themeSystem') },
    { id: 'light', label: t('settings.themeLight') },
    { id: 'dark', label: t('settings.themeDark') },
  ];
  const device = (kind: 'camera' | 'microphone' | 'speaker', list: DeviceView[]) => (
    <Choice
      label={t(`home.${kind}`)}
      value={settings[kind] ?? SYSTEM}
      options={deviceOptions(settings[kind], list, t('settings.systemDefault'), t('settings.gone'))}
      onChange={(id) => void engine.updateSettings({ [kind]: choiceFor(id) })}
      data-testid={`settings-${kind}`}
    />
  );
  return (
    <main className={styles.page} data-testid="settings">
      <h1 className={styles.title}>{t('settings.title')}</h1>
      <div className={styles.columns}>
        <div className={styles.column}>
          <section className={styles.card}>
            <h2 className={styles.heading}>{t('settings.you')}</h2>
            <NameField
              label={t('settings.name')}
              help={t('settings.nameHelp')}
              value={settings.display_name}
              onChange={(name) => void engine.setDisplayName(name)}
            />
          </section>
          <section className={styles.card}>
            <h2 className={styles.heading}>{t('settings.appearance')}</h2>
            <Choice
              label={t('settings.language')}
              value={settings.language}
              options={languages}
              onChange={(language) => void engine.updateSettings({ language })}
              data-testid="settings-language"
            />
            <Choice
              label={t('settings.theme')}
              value={settings.theme}
              options={themes}
              onChange={(theme) => void engine.updateSettings({ theme })}
              data-testid="settings-theme"
            />
            <div className={styles.divided}>
              <Toggle
                label={t('settings.simple')}
                help={t('settings.simpleHelp')}
                on={settings.simple}
                onChange={(simple) => void engine.updateSettings({ simple })}
                data-testid="settings-simple"
              />
            </div>
          </section>
        </div>
        <div className={styles.column}>
          <section className={styles.card}>
            <div className={styles.headingRow}>
              <h2 className={styles.heading}>{t('settings.devices')}</h2>
              <Button
                size="dense"
                kind="quiet"
                icon={<RefreshCw size={16} strokeWidth={1.8} aria-hidden />}
                onPress={() => void engine.refreshDevices()}
              >
                {t('settings.lookAgain')}
              </Button>
            </div>
            {device('camera', devices.cameras)}
            {device('microphone', devices.microphones)}
            {device('speaker', devices.speakers)}
          </section>
          <section className={styles.try}>
            <AudioLines size={22} strokeWidth={1.8} aria-hidden />
            <p>{t('settings.tryTitle')}</p>
            <Button
              kind="primary"
              unavailable={!canTestCall(view)}
              onPress={() => void engine.startTestCall()}
              data-testid="settings-test-call"
            >
              {t('home.testCall')}
            </Button>
          </section>
        </div>
      </div>
    </main>
  );
}
