import { Users, WifiOff } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Spinner } from '../../components/Spinner';
import { useEngine } from '../../engine/context';
import type { CallView, PersonView } from '../../ipc/bindings';
import { arrange, CROWD, gapFor, layout } from './layout';
import { OwnPicture } from './OwnPicture';
import styles from './Stage.module.css';
import { OwnTile, ScreenTile, Tile } from './Tile';

interface Props {
  call: CallView;
  simple: boolean;
}

/** The people, and oneself. */
export function Stage({ call, simple }: Props) {
  const { t } = useTranslation();
  const { pictures } = useEngine();
  const stage = useRef<HTMLDivElement>(null);
  const [box, setBox] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setBox({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const now = layout(call);
  const frozen = call.connection.state === 'reconnecting';
  const floats = now.kind === 'alone' || now.kind === 'single' || (now.kind === 'grid' && !now.ownTile);
  return (
    <div ref={stage} className={styles.stage} data-layout={now.kind}>
      {now.kind === 'joining' && (
        <div className={styles.message} role="status">
          <Spinner size={40} />
          <h2 className={styles.messageTitle}>{t('call.joining')}</h2>
          <p>{t('call.joiningText')}</p>
        </div>
      )}
      {now.kind === 'alone' && (
        <div className={styles.message}>
          <span className={styles.sign}>
            <Users size={32} strokeWidth={1.8} aria-hidden />
          </span>
          <h2 className={styles.messageTitle}>{t('call.alone')}</h2>
          <p>{call.is_test_call ? t('call.testHint') : t('call.aloneText')}</p>
        </div>
      )}
      {now.kind === 'single' && <Tile person={now.person} single simple={simple} frozen={frozen} />}
      {now.kind === 'grid' && (
        <Grid call={call} people={now.people} ownTile={now.ownTile} box={box} frozen={frozen} />
      )}
      {now.kind === 'shared' && (
        <div className={styles.shared}>
          <ScreenTile owner={now.owner} stream={now.stream} frozen={frozen} />
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll it */}
          <section className={styles.strip} aria-label={t('call.people')} tabIndex={0}>
            <div className={styles.stripTile}>
              <OwnTile call={call} crowded />
            </div>
            {now.people.map((person) => (
              <div key={person.participant_id} className={styles.stripTile}>
                <Tile person={person} frozen={frozen} crowded />
              </div>
            ))}
          </section>
        </div>
      )}
      {floats && <OwnPicture call={call} simple={simple} />}
      {!pictures.supported && (
        <div className={styles.noPictures} role="status" data-testid="no-decoder">
          <b>{t('call.noDecoderTitle')}</b>
          <span>{t('call.noDecoder')}</span>
        </div>
      )}
      {frozen && <Reconnecting />}
    </div>
  );
}

interface GridProps {
  call: CallView;
  people: PersonView[];
  ownTile: boolean;
  box: { width: number; height: number };
  frozen: boolean;
}

function Grid({ call, people, ownTile, box, frozen }: GridProps) {
  const count = people.length + (ownTile ? 1 : 0);
  const gap = gapFor(count);
  const { columns, width, height } = arrange(count, box.width, box.height, gap);
  const size = { width, height };
  return (
    <div className={styles.grid} style={{ gap, maxWidth: columns * width + (columns - 1) * gap }}>
      {ownTile && (
        <div style={size}>
          <OwnTile call={call} crowded={count > CROWD} />
        </div>
      )}
      {people.map((person) => (
        <div key={person.participant_id} style={size}>
          <Tile person={person} frozen={frozen} under={!ownTile} crowded={count > CROWD} />
        </div>
      ))}
    </div>
  );
}

/** Over the frozen picture: what happens by itself, and since when. */
function Reconnecting() {
  const { t } = useTranslation();
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const since = performance.now();
    const timer = setInterval(() => setSeconds(Math.floor((performance.now() - since) / 1000)), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className={styles.reconnecting} role="alert" data-testid="reconnecting">
      <WifiOff size={26} strokeWidth={1.8} aria-hidden />
      <div>
        <p className={styles.reconnectingTitle}>{t('call.reconnecting')}</p>
        {/* The count is for eyes: read out every second it would drown the rest. */}
        <p aria-hidden>{t('call.reconnectingText', { count: seconds })}</p>
      </div>
      <Spinner size={24} />
    </div>
  );
}
