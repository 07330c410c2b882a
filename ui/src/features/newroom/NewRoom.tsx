import {
  ArrowLeft,
  CircleCheck,
  CircleDot,
  Headphones,
  type LucideIcon,
  Presentation,
  ShieldCheck,
  Stethoscope,
  TriangleAlert,
  UserPlus,
  Users,
} from 'lucide-react';
import { useState } from 'react';
import { Button as AriaButton, Input, Label, Radio, RadioGroup, TextField } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { Choice } from '../../components/Choice';
import fieldStyles from '../../components/Field.module.css';
import { Toggle } from '../../components/Toggle';
import { useEngine } from '../../engine/context';
import {
  type AppView,
  type CallType,
  PRESETS,
  type Preset,
  type RecordingMode,
  type RoomDraft,
} from '../../engine/view';
import { fault, fromField, MOST_SEATS, nextQuarter, preset, seat, toField } from './draft';
import { Links } from './Links';
import styles from './NewRoom.module.css';
import { SeatRow } from './SeatRow';

const icons: Record<Preset, LucideIcon> = {
  visit: Stethoscope,
  team: Users,
  webinar: Presentation,
  audio: Headphones,
  interview: CircleDot,
};

const LENGTHS = ['none', '900', '1800', '2700', '3600', '5400'] as const;

interface Props {
  view: AppView;
  onBack: () => void;
}

/** A room: what it is for, who comes, how it goes; then a link for each. */
export function NewRoom({ view, onBack }: Props) {
  const { t } = useTranslation();
  const engine = useEngine();
  const canRecord = view.account !== undefined && 'can_record' in view.account && view.account.can_record;
  const [draft, setDraft] = useState(() => preset('visit', view.settings.display_name, undefined, canRecord));
  const [tried, setTried] = useState(false);
  const [added, setAdded] = useState<number>();
  const made = view.new_room;
  const close = () => {
    if (made) void engine.rooms?.closeNewRoom();
    onBack();
  };
  if (made?.state === 'made') return <Links room={made} view={view} onBack={close} />;
  const wrong = fault(draft, Date.now() / 1000);
  const edit = (change: Partial<RoomDraft>) => setDraft({ ...draft, ...change });
  const open = () => {
    setTried(true);
    if (!wrong) void engine.rooms?.create(draft);
  };
  const makes = made?.state === 'making';
  return (
    <div className={styles.screen} data-testid="new-room">
      <header className={styles.head}>
        <AriaButton
          className={styles.back ?? ''}
          aria-label={t('lobby.back')}
          onPress={close}
          data-testid="new-room-back"
        >
          <ArrowLeft size={20} strokeWidth={1.8} aria-hidden />
        </AriaButton>
        <h1 className={styles.title}>{t('newRoom.title')}</h1>
        <Button size="bar" onPress={close}>
          {t('newRoom.cancel')}
        </Button>
        <Button
          kind="primary"
          size="bar"
          icon={CircleCheck}
          busy={makes}
          onPress={open}
          data-testid="create-room"
        >
          {makes ? t('newRoom.making') : t('newRoom.open')}
        </Button>
      </header>
      <main className={styles.body}>
        <RadioGroup
          className={styles.presets ?? ''}
          aria-label={t('newRoom.presets')}
          orientation="horizontal"
          value={draft.preset}
          onChange={(kind) => setDraft(preset(kind as Preset, view.settings.display_name, draft, canRecord))}
        >
          {PRESETS.map((kind) => {
            const Icon = icons[kind];
            return (
              <Radio key={kind} value={kind} className={styles.preset ?? ''} data-testid={`preset-${kind}`}>
                <span className={styles.presetSign}>
                  <Icon size={20} strokeWidth={1.8} aria-hidden />
                </span>
                <CircleCheck className={styles.chosen} size={20} strokeWidth={1.8} aria-hidden />
                <span className={styles.presetName}>{t(`newRoom.${kind}`)}</span>
                <span className={styles.presetText}>{t(`newRoom.${kind}Text`)}</span>
              </Radio>
            );
          })}
        </RadioGroup>
        <TextField
          className={fieldStyles.field ?? ''}
          value={draft.title}
          onChange={(title) => edit({ title })}
          maxLength={120}
        >
          <Label className={fieldStyles.label ?? ''}>{t('newRoom.name')}</Label>
          <Input
            className={fieldStyles.input ?? ''}
            placeholder={t('newRoom.namePlaceholder')}
            data-testid="room-title"
          />
        </TextField>
        <section aria-labelledby="new-room-people">
          <h2 id="new-room-people" className={styles.heading}>
            {t('newRoom.people')}
          </h2>
          <ul className={styles.seats}>
            {draft.seats.map((one, n) => (
              <SeatRow
                // biome-ignore lint/suspicious/noArrayIndexKey: a seat has no id before the room is made
                key={n}
                seat={one}
                tried={tried}
                fresh={n === added}
                removable={!one.me && draft.seats.length > 2}
                onChange={(changed) =>
                  edit({ seats: draft.seats.map((old, at) => (at === n ? changed : old)) })
                }
                onRemove={() => edit({ seats: draft.seats.filter((_, at) => at !== n) })}
              />
            ))}
            <li className={styles.add}>
              <Button
                kind="quiet"
                icon={UserPlus}
                unavailable={draft.seats.length >= MOST_SEATS[draft.preset]}
                onPress={() => {
                  setAdded(draft.seats.length);
                  edit({ seats: [...draft.seats, seat(draft.preset, false)] });
                }}
                data-testid="add-person"
              >
                {t('newRoom.add')}
              </Button>
              <span className={styles.count}>
                {t('newRoom.seats', { count: draft.seats.length, most: MOST_SEATS[draft.preset] })}
              </span>
            </li>
          </ul>
        </section>
        <div className={styles.options}>
          <When draft={draft} edit={edit} />
          <div className={styles.option}>
            <Choice
              label={t('newRoom.length')}
              value={String(draft.duration_s ?? 'none')}
              options={LENGTHS.map((id) => ({
                id: id as string,
                label:
                  id === 'none' ? t('newRoom.noLimit') : t('newRoom.minutes', { count: Number(id) / 60 }),
              }))}
              onChange={(id) => edit({ duration_s: id === 'none' ? null : Number(id) })}
              data-testid="room-length"
            />
            <p className={styles.help}>{t('newRoom.lengthText')}</p>
          </div>
          <div className={styles.option}>
            <Choice<CallType>
              label={t('newRoom.callType')}
              value={draft.call_type}
              options={[
                { id: 'audio_video', label: t('newRoom.audio_video') },
                { id: 'audio_upgradable', label: t('newRoom.audio_upgradable') },
                { id: 'audio_only', label: t('newRoom.audio_only') },
              ]}
              onChange={(call_type) => edit({ call_type })}
              data-testid="room-call-type"
            />
            <p className={styles.help}>{t(`newRoom.${draft.call_type}Text`)}</p>
          </div>
          {canRecord && (
            <div className={styles.option}>
              <Choice<RecordingMode>
                label={t('newRoom.recording')}
                value={draft.recording}
                options={[
                  { id: 'none', label: t('newRoom.recording_none') },
                  { id: 'manual', label: t('newRoom.recording_manual') },
                  { id: 'automatic', label: t('newRoom.recording_automatic') },
                ]}
                onChange={(recording) => edit({ recording })}
                data-testid="room-recording"
              />
              <p className={styles.help}>
                {draft.recording === 'none' ? t('newRoom.recordingNone') : t('recording.everybodyAsked')}
              </p>
            </div>
          )}
          <div className={styles.option}>
            <Toggle
              label={t('newRoom.waitingRoom')}
              help={t('newRoom.waitingRoomText')}
              on={draft.waiting_room}
              onChange={(waiting_room) => edit({ waiting_room })}
              data-testid="room-waiting"
            />
          </div>
          <div className={styles.option}>
            <Toggle
              label={t('newRoom.ring')}
              help={t('newRoom.ringText')}
              on={draft.ring}
              onChange={(ring) => edit({ ring })}
              data-testid="room-ring"
            />
          </div>
        </div>
        <p className={styles.private}>
          <ShieldCheck size={20} strokeWidth={1.8} aria-hidden />
          <span>
            <b>{t('newRoom.private')}</b> {t('newRoom.privateText')}
          </span>
        </p>
      </main>
      {/* It floats over the end of the form, which never moves for it. */}
      {tried && wrong ? (
        <p className={styles.trouble} role="alert" data-testid="new-room-fault" data-fault={wrong}>
          <TriangleAlert size={20} strokeWidth={1.8} aria-hidden />
          {t(`newRoom.fault_${wrong}`)}
        </p>
      ) : (
        made?.state === 'refused' && (
          <p className={styles.trouble} role="alert" data-testid="new-room-refused">
            <TriangleAlert size={20} strokeWidth={1.8} aria-hidden />
            <span>
              <b>{t(`problem.${made.problem.code}`)}.</b> {t(`problem.${made.problem.code}Text`)}
            </span>
          </p>
        )
      )}
    </div>
  );
}

interface WhenProps {
  draft: RoomDraft;
  edit: (change: Partial<RoomDraft>) => void;
}

/** Any time, or from a time on. */
function When({ draft, edit }: WhenProps) {
  const { t } = useTranslation();
  const { starts_at, ends_at } = draft;
  const field = (key: 'starts_at' | 'ends_at', value: number | null) => (
    <label className={styles.time}>
      <span className={styles.help}>{t(key === 'starts_at' ? 'newRoom.from' : 'newRoom.to')}</span>
      <input
        type="datetime-local"
        className={fieldStyles.input}
        value={toField(value)}
        onChange={(event) => edit({ [key]: fromField(event.target.value) })}
        data-testid={key}
      />
    </label>
  );
  return (
    <div className={`${styles.option} ${starts_at === null ? '' : styles.wide}`}>
      <Choice
        label={t('newRoom.when')}
        value={starts_at === null ? 'any' : 'set'}
        options={[
          { id: 'any', label: t('newRoom.anyTime') },
          { id: 'set', label: t('newRoom.setTime') },
        ]}
        onChange={(id) => {
          const from = nextQuarter(Date.now() / 1000);
          edit(
            id === 'any'
              ? { starts_at: null, ends_at: null }
              : { starts_at: from, ends_at: from + (draft.duration_s ?? 3600) },
          );
        }}
        data-testid="room-when"
      />
      {starts_at === null ? (
        <p className={styles.help}>{t('newRoom.anyTimeText')}</p>
      ) : (
        <div className={styles.times}>
          {field('starts_at', starts_at)}
          {field('ends_at', ends_at)}
        </div>
      )}
    </div>
  );
}
