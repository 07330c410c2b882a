import { useTranslation } from 'react-i18next';
import type { CallView, ScreenView } from '../../engine/view';
import { Announcer } from '../call/Announcer';
import { TimesProvider, useTimes } from '../call/times';
import { Bar, Recording } from './Mini';
import styles from './MiniBar.module.css';

/** All that is seen of a visit that somebody made small: that it is recorded, and what they may need at once. */
export function MiniBar({ screen }: { screen: ScreenView }) {
  const { t } = useTranslation();
  return (
    <main className={styles.bar} data-testid="screen-bar" data-state={screen.kind}>
      {screen.kind === 'call' ? (
        <InCall call={screen} />
      ) : (
        <p className={styles.words} role="status">
          {screen.kind === 'waiting'
            ? t('embed.waiting')
            : screen.kind === 'after'
              ? t('mini.over')
              : t('embed.notIn')}
        </p>
      )}
    </main>
  );
}

function InCall({ call }: { call: CallView }) {
  const times = useTimes(call);
  return (
    <TimesProvider value={times}>
      <h1 className="sr-only">{call.title}</h1>
      <div className={styles.recording}>
        <Recording call={call} />
      </div>
      <Bar call={call} />
      <Announcer call={call} />
    </TimesProvider>
  );
}
