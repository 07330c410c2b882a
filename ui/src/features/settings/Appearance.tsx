import { useTranslation } from 'react-i18next';
import { Choice } from '../../components/Choice';
import { NameField } from '../../components/NameField';
import { Toggle } from '../../components/Toggle';
import { useEngine } from '../../engine/context';
import type { Language, Settings, Theme } from '../../engine/view';
import { languageNames } from '../../i18n';
import { Switch } from './Devices';
import styles from './SettingsPanel.module.css';

/** Name, language, colours, size of text. */
export function Appearance({ settings }: { settings: Settings }) {
  const { t } = useTranslation();
  const engine = useEngine();
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
  return (
    <div className={styles.columns}>
      <section className={`${styles.card} ${styles.column}`}>
        <NameField
          label={t('settings.name')}
          help={t('settings.nameHelp')}
          value={settings.display_name}
          onChange={(name) => void engine.setDisplayName(name)}
        />
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
        <Switch settings={settings} name="simple_for_guests" />
      </section>
    </div>
  );
}
