import { ALargeSmall, Globe } from 'lucide-react';
import type { ReactNode } from 'react';
import { ToggleButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useEngine } from '../engine/context';
import type { Settings } from '../engine/view';
import { languageNames, type Spoken, spoken } from '../i18n';
import { simplePatch } from '../simple';
import { Choice } from './Choice';
import styles from './GuestHeader.module.css';
import { Logo } from './Logo';

interface Props {
  title: string;
  settings: Settings;
  /** What stands before the title. */
  back?: ReactNode;
}

/** Who this is, and what everybody may need at once: larger text, another language. */
export function GuestHeader({ title, settings, back }: Props) {
  const { t } = useTranslation();
  const engine = useEngine();
  const language = spoken(settings.language, navigator.languages);
  const languages = Object.entries(languageNames).map(([id, label]) => ({ id: id as Spoken, label }));
  return (
    <header className={styles.header}>
      <div className={styles.brand}>
        <Logo size={30} />
        <span className={styles.title}>{title}</span>
        {back}
      </div>
      <ToggleButton
        className={styles.larger ?? ''}
        isSelected={settings.simple}
        onChange={(simple) => void engine.updateSettings(simplePatch(settings, simple))}
        data-testid="larger-text"
      >
        <ALargeSmall size={24} strokeWidth={1.8} aria-hidden />
        <span>{t('lobby.largerText')}</span>
      </ToggleButton>
      <Choice
        label={t('lobby.language')}
        hidden
        quiet
        icon={<Globe size={20} strokeWidth={1.8} aria-hidden />}
        value={language}
        options={languages}
        onChange={(chosen) => void engine.updateSettings({ language: chosen })}
        data-testid="language"
      />
    </header>
  );
}
