import { CircleCheck, CircleDashed, CircleSlash, CircleStop, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { Choice } from '../../components/Choice';
import { Spinner } from '../../components/Spinner';
import { useEngine } from '../../engine/context';
import { type CallView, type ConsentView, RECORDING_LAYOUTS, type RecordingLayout } from '../../engine/view';
import { dateLocale } from '../../i18n';
import { sizeWords } from '../files/sizes';
import { answers, clock, recordingTrouble } from './derive';
import styles from './RecordingCard.module.css';
import { useRecorded } from './times';

interface Props {
  call: CallView;
  /** How the picture of the next recording is arranged. */
  layout: RecordingLayout;
  onLayout: (layout: RecordingLayout) => void;
}

/** Start, stop, how long, how large, what is wrong, and who agreed. */
export function RecordingCard({ call, layout, onLayout }: Props) {
  const { t } = useTranslation();
  const { admin } = useEngine();
  const { recording_state: state, consents } = call;
  const runs = state.state === 'on' || state.state === 'starting';
  // Of a room that records by itself nobody starts or stops it.
  const manual = call.recording === 'manual';
  const trouble = recordingTrouble(call);
  // While nobody is asked, nobody owes an answer.
  const shown = runs ? consents : consents.filter(({ answer }) => answer !== null);
  return (
    <section
      className={`${styles.card} ${state.state === 'on' ? styles.recording : ''}`}
      data-testid="recording-card"
      data-state={state.state}
    >
      <div className={styles.head}>
        <Sign state={state.state} />
        <Words call={call} />
        {manual && runs && (
          <Button
            kind="leave"
            icon={CircleStop}
            className={styles.way}
            onPress={() => void admin?.stopRecording()}
            data-testid="stop-recording"
          >
            {t('recording.stop')}
          </Button>
        )}
        {manual && !runs && (
          <Button
            className={styles.way}
            onPress={() => void admin?.startRecording(layout)}
            data-testid="start-recording"
          >
            {state.state === 'stopped' ? t('recording.startAgain') : t('recording.start')}
          </Button>
        )}
      </div>
      {trouble && (
        <p className={styles.trouble} data-testid="recording-trouble" data-trouble={trouble}>
          <TriangleAlert size={18} strokeWidth={1.8} aria-hidden />
          {t(`recording.trouble_${trouble}`)}
        </p>
      )}
      {manual && !runs && (
        <div className={styles.choice}>
          <Choice<RecordingLayout>
            label={t('recording.layout')}
            value={layout}
            options={RECORDING_LAYOUTS.map((id) => ({ id, label: t(`recording.layout_${id}`) }))}
            onChange={onLayout}
            data-testid="recording-layout"
          />
        </div>
      )}
      {shown.length > 0 && <Agreement consents={shown} />}
    </section>
  );
}

function Sign({ state }: { state: CallView['recording_state']['state'] }) {
  if (state === 'starting') return <Spinner size={18} />;
  if (state === 'stopped') {
    return <TriangleAlert className={styles.warn} size={20} strokeWidth={1.8} aria-hidden />;
  }
  return <span className={`${styles.dot} ${state === 'on' ? styles.lit : ''}`} aria-hidden />;
}

function Words({ call }: { call: CallView }) {
  const { t, i18n } = useTranslation();
  const { recording_state: state } = call;
  const elapsed = useRecorded(call);
  const locale = dateLocale(i18n.language, navigator.languages);
  const rule = call.recording === 'automatic' ? t('recording.byItself') : t('recording.everybodyAsked');
  const [title, help] = {
    off: () => [t('recording.slotNot'), rule],
    starting: () => [t('recording.slotStarting'), t('recording.startingText')],
    on: () => {
      if (state.state !== 'on') return [];
      const layout = t(`recording.layout_${state.layout}`);
      const size = sizeWords(state.megabytes * 1_000_000, locale);
      return [
        t('recording.slotOn', { time: clock(elapsed) }),
        state.megabytes > 0 ? t('recording.saved', { layout, size }) : layout,
      ];
    },
    stopped: () =>
      state.state === 'stopped'
        ? [t(`recording.stopped_${state.reason}`), t(`recording.stopped_${state.reason}Text`)]
        : [],
  }[state.state]();
  return (
    <>
      <h3 className={styles.title}>{title}</h3>
      <p className={styles.help}>{help}</p>
    </>
  );
}

interface AgreementProps {
  consents: readonly ConsentView[];
  /** It is over: nobody answers any more. */
  over?: boolean;
}

/** Everybody's answer to being recorded. */
export function Agreement({ consents, over = false }: AgreementProps) {
  const { t, i18n } = useTranslation();
  const { yes, no, awaited } = answers(consents);
  const time = new Intl.DateTimeFormat(dateLocale(i18n.language, navigator.languages), {
    hour: '2-digit',
    minute: '2-digit',
  });
  return (
    <div className={over ? '' : styles.consents}>
      <p className={styles.consentHead}>
        <b>{t('consent.answers')}</b>
        <span>
          {awaited > 0 ? t('consent.sumOpen', { yes, no, awaited }) : t('consent.sum', { yes, no })}
        </span>
      </p>
      <ul>
        {consents.map(({ participant_id: id, display_name: name, answer, at_ms }) => (
          <li key={id} className={styles.consent} data-testid="consent-of" data-answer={String(answer)}>
            <span className={styles.consentName}>{name || t('consent.someoneGone')}</span>
            <span className={answer === true ? styles.agreed : styles.refused}>
              {answer === true && (
                <>
                  <CircleCheck size={16} strokeWidth={1.8} aria-hidden />
                  {t('consent.agreedAt', { time: time.format(at_ms ?? 0) })}
                </>
              )}
              {answer === false && (
                <>
                  <CircleSlash size={16} strokeWidth={1.8} aria-hidden />
                  {t('consent.leftOut')}
                </>
              )}
              {answer === null && (
                <>
                  <CircleDashed size={16} strokeWidth={1.8} aria-hidden />
                  {over ? t('consent.never') : t('consent.awaited')}
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
