import { MicOff, PhoneOff, Timer } from 'lucide-react';
import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { Panel } from '../../components/Panel';
import { useEngine } from '../../engine/context';
import type { CallView, RecordingLayout } from '../../engine/view';
import { handPlaces, listed, timeLeft } from './derive';
import { EndQuestion } from './EndQuestion';
import styles from './PeoplePanel.module.css';
import { OwnRow, PersonRow } from './PersonRow';
import { RecordingCard } from './RecordingCard';
import { useLeft } from './times';
import { WaitingRow } from './WaitingQueue';

interface Props {
  call: CallView;
  pinned: string | undefined;
  onPin: (id: string | undefined) => void;
  /** How the next recording is to be arranged, and how to change that. */
  layout: [RecordingLayout, (layout: RecordingLayout) => void];
  onClose: () => void;
}

/** Who is in; and for admins, everything that a room can be told. */
export function PeoplePanel({ call, pinned, onPin, layout: [layout, onLayout], onClose }: Props) {
  const { t } = useTranslation();
  const { admin } = useEngine();
  const manages = call.me.is_admin && admin !== undefined && !call.is_test_call;
  const hands = handPlaces(call);
  const waiting = manages ? call.waiting : [];
  const rings = manages ? call.rings : [];
  const removed = manages ? call.removed : [];
  const count = call.people.length + 1;
  return (
    <Panel
      title={manages ? t('people.manageLabel') : t('people.title')}
      wide
      onClose={onClose}
      testid="people-panel"
    >
      <div className={styles.body}>
        {manages && call.recording !== 'none' && (
          <RecordingCard call={call} layout={layout} onLayout={onLayout} />
        )}
        <section>
          <div className={styles.caption}>
            <h3 className={styles.captionTitle}>
              {waiting.length > 0
                ? t('people.countWaiting', { count, waiting: waiting.length })
                : t('people.count', { count })}
            </h3>
            {manages && call.people.length > 1 && (
              <AriaButton
                className={styles.link ?? ''}
                onPress={() => void admin.muteAll()}
                data-testid="mute-all"
              >
                <MicOff size={16} strokeWidth={1.8} aria-hidden />
                {t('people.muteAll')}
              </AriaButton>
            )}
          </div>
          <ul className={styles.list}>
            {waiting.map((person, n) => (
              <WaitingRow key={person.participant_id} person={person} place={n + 1} />
            ))}
            {listed(call.people).map((person) => (
              <PersonRow
                key={person.participant_id}
                person={person}
                call={call}
                manages={manages}
                hand={hands.get(person.participant_id)}
                pinned={pinned === person.participant_id}
                onPin={() => onPin(pinned === person.participant_id ? undefined : person.participant_id)}
              />
            ))}
            <OwnRow call={call} hand={hands.get(call.me.participant_id)} />
          </ul>
          {waiting.length > 1 && (
            <Button size="dense" className={styles.all} onPress={() => void admin?.admitAll()}>
              {t('people.admitAll', { count: waiting.length })}
            </Button>
          )}
        </section>
        {rings.length > 0 && (
          <section>
            <h3 className={styles.captionTitle}>{t('people.ringsTitle')}</h3>
            <ul className={styles.list}>
              {rings.map(({ participant_id: id, display_name: name, state }) => (
                <li key={id} className={styles.removed} data-testid="ring" data-state={state}>
                  <span>
                    {name || t('notice.somebody')} · {t(`people.ring_${state}`)}
                  </span>
                  {state !== 'ringing' && state !== 'answered' && (
                    <Button
                      size="dense"
                      aria-label={t('people.ringAgainName', { name: name || t('notice.somebody') })}
                      onPress={() => void admin?.ring(id)}
                      data-testid="ring-again"
                    >
                      {t('people.ringAgain')}
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          </section>
        )}
        {removed.length > 0 && (
          <section>
            <h3 className={styles.captionTitle}>{t('people.removedTitle')}</h3>
            <ul className={styles.list}>
              {removed.map(({ participant_id: id, display_name: name }) => (
                <li key={id} className={styles.removed}>
                  <span>{name}</span>
                  <Button
                    size="dense"
                    aria-label={t('people.readmitName', { name })}
                    onPress={() => void admin?.readmit(id)}
                    data-testid="readmit"
                  >
                    {t('people.readmit')}
                  </Button>
                </li>
              ))}
            </ul>
          </section>
        )}
        {manages && call.seconds_left !== null && <TimeCard call={call} />}
      </div>
      {manages && <End call={call} />}
    </Panel>
  );
}

/** What is left, and more of it. */
function TimeCard({ call }: { call: CallView }) {
  const { t } = useTranslation();
  const { admin } = useEngine();
  const left = timeLeft(useLeft(call));
  const words =
    left.unit === 'seconds'
      ? t('call.secondsLeft', { count: left.count })
      : t('call.minutesLeft', { count: left.unit === 'none' ? 0 : left.count });
  return (
    <section className={`${styles.card} ${styles.time}`}>
      <Timer size={20} strokeWidth={1.8} aria-hidden />
      <p className={styles.timeWords}>{words}</p>
      {[5, 15].map((minutes) => (
        <Button
          key={minutes}
          size="dense"
          aria-label={t('people.extendBy', { count: minutes })}
          onPress={() => void admin?.extend(minutes * 60)}
          data-testid={`extend-${minutes}`}
        >
          {t('people.extend', { count: minutes })}
        </Button>
      ))}
    </section>
  );
}

/** Ends it for all; asks once, in place. */
function End({ call }: { call: CallView }) {
  const { t } = useTranslation();
  const engine = useEngine();
  const [sure, setSure] = useState(false);
  return (
    <footer className={styles.foot}>
      {sure ? (
        <div role="alert">
          <EndQuestion call={call} onNot={() => setSure(false)} />
        </div>
      ) : (
        <Button
          kind="end"
          className={styles.end}
          icon={PhoneOff}
          onPress={() => (call.people.length > 0 ? setSure(true) : void engine.endForEveryone())}
          data-testid="panel-end"
        >
          {t('call.endForEveryone')}
        </Button>
      )}
    </footer>
  );
}
