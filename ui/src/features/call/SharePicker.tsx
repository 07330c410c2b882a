import { AppWindow, Monitor, MonitorUp, TriangleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Dialog, Heading, Radio, RadioGroup } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { Sheet } from '../../components/Sheet';
import { Spinner } from '../../components/Spinner';
import { useEngine } from '../../engine/context';
import type { ShareSourcesView, ShareSourceView } from '../../engine/view';
import styles from './SharePicker.module.css';

interface Props {
  /** What can be shown, as far as it is known. */
  sources: ShareSourcesView | undefined;
  onClose: () => void;
}

/** Which screen or window the others shall see. Nothing is shown before the button says so. */
export function SharePicker({ sources = { state: 'loading' }, onClose }: Props) {
  const { t } = useTranslation();
  const { share } = useEngine();
  const [chosen, setChosen] = useState<string | null>(null);
  useEffect(() => {
    void share?.openPicker?.();
    return () => void share?.closePicker?.();
  }, [share]);
  const found = sources.state === 'ready' ? sources.sources : [];
  // What was chosen may have been closed meanwhile.
  const ready = sources.state === 'by_system' || found.some(({ id }) => id === chosen);
  const start = () => {
    if (!ready) return;
    void share?.start(sources.state === 'by_system' ? null : chosen);
    onClose();
  };
  const group = (kind: 'screen' | 'window', title: string) => {
    const some = found.filter((source) => source.kind === kind);
    if (some.length === 0) return null;
    return (
      <section>
        <h3 className={styles.groupTitle}>{title}</h3>
        <div className={styles.grid}>
          {some.map((source) => (
            <Source key={source.id} source={source} />
          ))}
        </div>
      </section>
    );
  };
  return (
    <Sheet className={styles.modal} dismissable onClose={onClose}>
      <Dialog className={styles.dialog ?? ''} data-testid="share-picker">
        <Heading slot="title" className={styles.title ?? ''}>
          {t('share.title')}
        </Heading>
        <p className={styles.text}>{t('share.text')}</p>
        <div className={styles.body}>
          {sources.state === 'loading' && (
            <p className={styles.state} role="status">
              <Spinner size={28} />
              {t('share.looking')}
            </p>
          )}
          {sources.state === 'by_system' && (
            <p className={styles.state}>
              <MonitorUp size={32} strokeWidth={1.8} aria-hidden />
              {t('share.bySystem')}
            </p>
          )}
          {sources.state === 'failed' && (
            <p className={styles.trouble} role="alert">
              <TriangleAlert size={22} strokeWidth={1.8} aria-hidden />
              <span>
                <b>{t('share.failed')}</b> {t('share.failedText')}
              </span>
            </p>
          )}
          {sources.state === 'ready' &&
            (found.length === 0 ? (
              <p className={styles.state}>{t('share.nothing')}</p>
            ) : (
              <RadioGroup
                className={styles.groups ?? ''}
                aria-label={t('share.title')}
                value={chosen}
                onChange={setChosen}
              >
                {group('screen', t('share.screens'))}
                {group('window', t('share.windows'))}
              </RadioGroup>
            ))}
        </div>
        <div className={styles.ways}>
          <Button onPress={onClose} data-testid="share-cancel">
            {t('share.cancel')}
          </Button>
          <Button
            kind="primary"
            unavailable={!ready}
            icon={MonitorUp}
            onPress={start}
            aria-describedby="share-hint"
            data-testid="share-start"
          >
            {t('share.start')}
          </Button>
          <span id="share-hint" className="sr-only">
            {ready ? '' : t('share.chooseFirst')}
          </span>
        </div>
      </Dialog>
    </Sheet>
  );
}

function Source({ source: { id, kind, label, preview } }: { source: ShareSourceView }) {
  const Icon = kind === 'screen' ? Monitor : AppWindow;
  return (
    <Radio value={id} className={styles.source ?? ''} data-testid="share-source">
      <span className={styles.picture}>
        {preview ? <img src={preview} alt="" /> : <Icon size={32} strokeWidth={1.5} aria-hidden />}
      </span>
      <span className={styles.label}>
        <Icon size={16} strokeWidth={1.8} aria-hidden />
        <span>{label}</span>
      </span>
    </Radio>
  );
}
