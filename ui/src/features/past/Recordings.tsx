import {
  CircleDot,
  ClipboardCheck,
  Download,
  Ellipsis,
  Files,
  FileVideo,
  Trash2,
  TriangleAlert,
  VideoOff,
} from 'lucide-react';
import { useState } from 'react';
import { Button as AriaButton, Dialog, DialogTrigger, MenuTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { Choice } from '../../components/Choice';
import { IconButton } from '../../components/IconButton';
import { Item, Menu } from '../../components/Menu';
import { Popup } from '../../components/Popup';
import { Spinner } from '../../components/Spinner';
import { useEngine } from '../../engine/context';
import type { KeptView, RecordingFormat, RecordingView, SnapshotView } from '../../engine/view';
import { dateLocale } from '../../i18n';
import { clock } from '../call/derive';
import { Agreement } from '../call/RecordingCard';
import { DeleteQuestion } from '../files/DeleteQuestion';
import { sizeWords } from '../files/sizes';
import { snapshotTitle } from '../gallery/words';
import { agreement, marks } from './derive';
import { Player } from './Player';
import styles from './Recordings.module.css';
import { Saving } from './Saving';

/** What was recorded, one at a time: played, saved, deleted. */
export function Recordings({ kept }: { kept: KeptView }) {
  const { t, i18n } = useTranslation();
  const [chosen, choose] = useState<string>();
  const { recordings } = kept;
  const shown = recordings.find(({ recording_id }) => recording_id === chosen) ?? recordings[0];
  const time = new Intl.DateTimeFormat(dateLocale(i18n.language, navigator.languages), {
    hour: '2-digit',
    minute: '2-digit',
  });
  return (
    <section className={styles.card} aria-label={t('past.recording')} data-testid="kept-recording">
      {recordings.length > 1 && shown && (
        <div className={styles.choice}>
          <Choice
            label={t('past.which')}
            hidden
            value={shown.recording_id}
            options={recordings.map((one, n) => ({
              id: one.recording_id,
              label: t('past.recordingOf', {
                n: n + 1,
                count: recordings.length,
                time: time.format(one.started_at_ms ?? 0),
                length: clock(one.duration_s ?? 0),
              }),
            }))}
            onChange={choose}
            data-testid="choose-recording"
          />
        </div>
      )}
      {shown ? (
        <Recording key={shown.recording_id} recording={shown} kept={kept} />
      ) : (
        <div className={styles.state} data-testid="not-recorded">
          {kept.loading ? <Spinner size={28} /> : <VideoOff size={26} strokeWidth={1.8} aria-hidden />}
          <p>{kept.loading ? t('past.loading') : t('past.notRecorded')}</p>
        </div>
      )}
    </section>
  );
}

const FORMATS = { webm: 'WebM', mp4: 'MP4' } as const satisfies Record<RecordingFormat, string>;

function Recording({ recording, kept }: { recording: RecordingView; kept: KeptView }) {
  const { t, i18n } = useTranslation();
  const { past } = useEngine();
  const [asks, setAsks] = useState(false);
  const locale = dateLocale(i18n.language, navigator.languages);
  const { recording_id: id, state, bytes, kept_until_ms: until, play_url: url } = recording;
  const date = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const nameOf = (snapshot: SnapshotView) =>
    `${time.format(snapshot.at_ms ?? 0)} · ${snapshotTitle(t, snapshot)}`;
  const save = (format: RecordingFormat) => void past?.act({ do: 'save_recording', recording: id, format });
  const facts = [
    recording.separate_tracks ? t('past.separate') : t(`recording.layout_${recording.layout}`),
    (bytes ?? 0) > 0 && sizeWords(bytes ?? 0, locale),
    until !== null && t('past.keptUntil', { date: date.format(until) }),
  ];
  return (
    <div data-testid="recording" data-state={state}>
      {state === 'available' && url ? (
        <Player
          url={url}
          length={recording.duration_s ?? 0}
          marks={marks(recording, kept.snapshots)}
          nameOf={({ snapshot }) => nameOf(snapshot)}
        />
      ) : (
        <div className={styles.state} role="status">
          <State state={state} separate={recording.separate_tracks} />
        </div>
      )}
      <div className={styles.foot}>
        <Answers kept={kept} />
        <p className={styles.facts}>{facts.filter(Boolean).join(' · ')}</p>
        <span className={styles.actions}>
          {state === 'available' && !recording.separate_tracks && (
            <MenuTrigger>
              <Button icon={Download} data-testid="save-recording">
                {t('file.save')}
              </Button>
              <Menu
                placement="bottom end"
                aria-label={t('past.saveRecording')}
                onAction={(key) => save(key as RecordingFormat)}
              >
                {(['webm', 'mp4'] as const).map((format) => (
                  <Item
                    key={format}
                    id={format}
                    icon={FileVideo}
                    words={FORMATS[format]}
                    help={t(`past.${format}Text`)}
                    data-testid={`save-${format}`}
                  />
                ))}
              </Menu>
            </MenuTrigger>
          )}
          {(state === 'available' || state === 'failed') && (
            <MenuTrigger>
              <IconButton icon={Ellipsis} label={t('past.moreRecording')} data-testid="recording-more" />
              <Menu
                placement="bottom end"
                aria-label={t('past.moreRecording')}
                onAction={() => setAsks(true)}
              >
                <Item
                  id="delete"
                  icon={Trash2}
                  end
                  words={t('past.deleteRecording')}
                  data-testid="delete-recording"
                />
              </Menu>
            </MenuTrigger>
          )}
        </span>
      </div>
      {asks && (
        <div className={styles.below}>
          <DeleteQuestion
            words={t('past.deleteRecordingSure')}
            onYes={() => {
              setAsks(false);
              void past?.act({ do: 'delete_recording', recording: id });
            }}
            onNot={() => setAsks(false)}
          />
        </div>
      )}
      {(['webm', 'mp4'] as const).map((format) => {
        const saving = recording[format];
        return (
          saving && (
            <div key={format} className={styles.below}>
              <Saving
                name={FORMATS[format]}
                saving={saving}
                onAgain={() => save(format)}
                testid={`saving-${format}`}
              />
            </div>
          )
        );
      })}
    </div>
  );
}

function State({ state, separate }: { state: RecordingView['state']; separate: boolean }) {
  const { t } = useTranslation();
  if (separate && state === 'available')
    return (
      <>
        <Files size={26} strokeWidth={1.8} aria-hidden />
        <p>{t('past.stateSeparate')}</p>
      </>
    );
  switch (state) {
    case 'recording':
      return (
        <>
          <CircleDot className={styles.red} size={26} strokeWidth={2.2} aria-hidden />
          <p>{t('past.stateRecording')}</p>
        </>
      );
    case 'failed':
      return (
        <>
          <TriangleAlert className={styles.warn} size={26} strokeWidth={1.8} aria-hidden />
          <p>{t('past.stateFailed')}</p>
        </>
      );
    default:
      return (
        <>
          <Spinner size={28} />
          <p>{t('past.stateProcessing')}</p>
        </>
      );
  }
}

/** Who is in it, and who is not. */
function Answers({ kept: { consents } }: { kept: KeptView }) {
  const { t } = useTranslation();
  if (consents.length === 0) return null;
  const { agreed, out } = agreement(consents);
  return (
    <DialogTrigger>
      <AriaButton className={styles.chip ?? ''} data-testid="kept-answers">
        <ClipboardCheck size={15} strokeWidth={1.8} aria-hidden />
        {out > 0 ? t('past.agreedOut', { agreed, out }) : t('past.agreedAll', { count: agreed })}
      </AriaButton>
      <Popup className={styles.answers} placement="top start" offset={8}>
        <Dialog className={styles.dialog ?? ''} aria-label={t('consent.answers')}>
          <Agreement consents={consents} over />
        </Dialog>
      </Popup>
    </DialogTrigger>
  );
}
