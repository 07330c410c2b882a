import { X } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { IconButton, NoIconButton } from '../../components/IconButton';
import { useEngine } from '../../engine/context';
import { type Shortcuts as Keys, SHORTCUTS, type ShortcutName } from '../../engine/view';
import { keysOf, keysShown, takenBy } from './derive';
import styles from './SettingsPanel.module.css';

/** Keys that work while another program has the keyboard. */
export function Shortcuts({ shortcuts }: { shortcuts: Keys }) {
  const { t } = useTranslation();
  const engine = useEngine();
  const [listens, setListens] = useState<ShortcutName>();
  /** The shortcut whose keys were not taken, and the one that has them. */
  const [refused, setRefused] = useState<{ name: ShortcutName; by: ShortcutName }>();
  const set = (name: ShortcutName, keys: string | null) =>
    void engine.updateSettings({ shortcuts: { ...shortcuts, [name]: keys } });
  const press = (name: ShortcutName) => (event: KeyboardEvent) => {
    if (listens !== name) return;
    if (event.key === 'Tab') return setListens(undefined);
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') return setListens(undefined);
    const keys = keysOf(event);
    if (!keys) return;
    setListens(undefined);
    const other = takenBy(keys, name, shortcuts);
    setRefused(other && { name, by: other });
    if (!other) set(name, keys);
  };
  return (
    <div className={styles.columns}>
      <section className={`${styles.card} ${styles.column}`}>
        <p className={styles.help}>{t('settings.shortcutsHelp')}</p>
        {SHORTCUTS.map((name) => {
          const keys = shortcuts[name];
          const label = t(`settings.${name}`);
          return (
            <div
              key={name}
              className={`${styles.divided} ${styles.shortcut}`}
              data-testid={`shortcut-${name}`}
            >
              <div className={styles.words}>
                <p className={styles.label}>{label}</p>
                <p className={styles.help}>{t(`settings.${name}Help`)}</p>
                {refused?.name === name && (
                  <p className={styles.refused} role="alert" data-testid="shortcut-refused">
                    {t('settings.keysTaken', { name: t(`settings.${refused.by}`) })}
                  </p>
                )}
              </div>
              {/* The next keys are its own: before any button or page hears them. */}
              <div onKeyDownCapture={press(name)}>
                <Button
                  className={listens === name ? styles.listens : styles.keys}
                  aria-label={`${label}: ${keys ? keysShown(keys) : t('settings.noKeys')}`}
                  onPress={() => {
                    setRefused(undefined);
                    setListens(listens === name ? undefined : name);
                  }}
                  data-testid="shortcut-keys"
                >
                  {listens === name ? t('settings.pressKeys') : keys ? keysShown(keys) : t('settings.noKeys')}
                </Button>
              </div>
              {keys ? (
                <IconButton
                  icon={X}
                  label={t('settings.removeKeys', { name: label })}
                  onPress={() => set(name, null)}
                  data-testid="shortcut-remove"
                />
              ) : (
                <NoIconButton />
              )}
            </div>
          );
        })}
      </section>
      <section className={`${styles.card} ${styles.column}`}>
        <p className={styles.label}>{t('settings.inCall')}</p>
        <dl className={styles.list}>
          {(['M', 'V', 'H', 'F'] as const).map((key) => (
            <div key={key}>
              <dt>{t(`settings.key_${key}`)}</dt>
              <dd>
                <kbd>{key}</kbd>
              </dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  );
}
