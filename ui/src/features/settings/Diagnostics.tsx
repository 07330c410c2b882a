import { Check, Copy, FolderOpen } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { useCopy } from '../../components/useCopy';
import { useEngine } from '../../engine/context';
import type { AppView, DiagnosticsView } from '../../engine/view';
import styles from './SettingsPanel.module.css';

/** What support asks for: versions, devices, figures of the last call. No name, no link, no key. */
export function Diagnostics({ view }: { view: AppView }) {
  const { t } = useTranslation();
  const engine = useEngine();
  const { copied, copy } = useCopy();
  const [figures, setFigures] = useState<DiagnosticsView>();
  useEffect(() => {
    let gone = false;
    void engine.diagnostics?.().then((told) => !gone && setFigures(told));
    return () => {
      gone = true;
    };
  }, [engine]);
  const { about, devices, server } = view;
  const ms = (value: number | null | undefined) =>
    value == null ? t('settings.notKnown') : t('settings.ms', { count: Math.round(value) });
  const rows: [string, string][] = [
    ...(about
      ? ([
          [t('settings.version'), about.version],
          [t('settings.system'), about.system],
          [t('settings.dataFolder'), about.data_folder],
        ] as [string, string][])
      : []),
    [t('settings.ownServer'), server.state === 'failed' ? `${server.state}: ${server.detail}` : server.state],
    [t('home.camera'), devices.cameras.map(({ label }) => label).join(', ') || t('settings.none')],
    [t('home.microphone'), devices.microphones.map(({ label }) => label).join(', ') || t('settings.none')],
    [t('home.speaker'), devices.speakers.map(({ label }) => label).join(', ') || t('settings.none')],
    [t('settings.pictures'), engine.pictures.supported ? t('settings.works') : t('lobby.noDecoder')],
    ...(figures
      ? ([
          [t('settings.joinToConnected'), ms(figures.join_to_connected_ms)],
          [t('settings.joinToPicture'), ms(figures.join_to_first_painted_ms)],
          [t('settings.rtt'), ms(figures.rtt_ms)],
        ] as [string, string][])
      : []),
  ];
  const text = rows.map(([name, value]) => `${name}: ${value}`).join('\n');
  return (
    <section className={styles.card} data-testid="diagnostics">
      <dl className={styles.list}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div className={styles.ways}>
        <Button icon={copied ? Check : Copy} onPress={() => copy(text)} data-testid="copy-diagnostics">
          {copied ? t('links.copied') : t('settings.copyForSupport')}
        </Button>
        {engine.windows && (
          <Button
            icon={FolderOpen}
            onPress={() => void engine.windows?.openFolder()}
            data-testid="open-folder"
          >
            {t('settings.openFolder')}
          </Button>
        )}
      </div>
      {view.notice?.code === 'not_opened' && (
        <p className={`${styles.note} ${styles.warn}`} role="alert" data-testid="not-opened">
          {t('notice.not_opened', { name: view.notice.name ?? '' })}
        </p>
      )}
      <p className={styles.help}>{t('settings.supportHelp')}</p>
    </section>
  );
}
