import { BellRing, MessageCircle, ShieldCheck, Users, X } from 'lucide-react';
import { useState } from 'react';
import { Button as AriaButton, Dialog } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../components/Avatar';
import { Button } from '../../components/Button';
import { Conversation } from '../../components/Conversation';
import { Toggle } from '../../components/Toggle';
import { useEngine } from '../../engine/context';
import type { Settings, WaitingPersonView } from '../../engine/view';
import { waitedMinutes } from './derive';
import styles from './WaitingQueue.module.css';

interface Props {
  waiting: WaitingPersonView[];
  settings: Settings;
  onManage: () => void;
}

/** Who waits, the next one first. Shown as initials, never as a live picture. */
export function WaitingQueue({ waiting, settings, onManage }: Props) {
  const { t } = useTranslation();
  const engine = useEngine();
  return (
    <Dialog className={styles.queue ?? ''} aria-label={t('queue.title')} data-testid="waiting-queue">
      <div className={styles.head}>
        <div>
          <h2 className={styles.title}>{t('queue.title')}</h2>
          <p className={styles.text}>{t('queue.text')}</p>
        </div>
        {waiting.length > 1 && (
          <Button
            size="dense"
            icon={Users}
            onPress={() => void engine.admin?.admitAll()}
            data-testid="admit-all"
          >
            {t('people.admitAll', { count: waiting.length })}
          </Button>
        )}
      </div>
      {waiting.length === 0 ? (
        <p className={styles.nobody}>{t('queue.nobody')}</p>
      ) : (
        <ul className={styles.rows}>
          {waiting.map((person, n) => (
            <WaitingRow key={person.participant_id} person={person} place={n + 1} />
          ))}
        </ul>
      )}
      <div className={styles.foot}>
        {settings.doorbell !== undefined && (
          <div className={styles.bell}>
            <BellRing size={18} strokeWidth={1.8} aria-hidden />
            <Toggle
              label={t('queue.doorbell')}
              on={settings.doorbell}
              onChange={(doorbell) => void engine.updateSettings({ doorbell })}
              data-testid="doorbell"
            />
          </div>
        )}
        <Button size="dense" kind="quiet" icon={ShieldCheck} onPress={onManage} data-testid="open-panel">
          {t('people.manageLabel')}
        </Button>
      </div>
    </Dialog>
  );
}

interface RowProps {
  person: WaitingPersonView;
  /** 1 is next. */
  place: number;
}

/** One who waits: write, refuse, let in. */
export function WaitingRow({ person, place }: RowProps) {
  const { t } = useTranslation();
  const engine = useEngine();
  const [open, setOpen] = useState(false);
  const { participant_id: id, display_name: name, connected, notes } = person;
  const last = notes.findLast(({ mine }) => !mine);
  const minutes = waitedMinutes(person);
  return (
    <li className={styles.row} data-testid="waiting-person" data-participant-id={id}>
      <div className={styles.line}>
        <Avatar name={name} size={36} />
        <div className={styles.words}>
          <p className={styles.name}>{name}</p>
          <p className={styles.more}>
            {t('queue.place', { place })} ·{' '}
            {minutes === 0 ? t('queue.justArrived') : t('queue.waited', { count: minutes })}
            {!connected && ` · ${t('queue.away')}`}
          </p>
        </div>
        <AriaButton
          className={`${styles.icon} ${open ? styles.open : ''}`}
          aria-expanded={open}
          aria-label={t('queue.write', { name })}
          onPress={() => setOpen(!open)}
          data-testid="write"
        >
          <MessageCircle size={18} strokeWidth={1.8} aria-hidden />
        </AriaButton>
        <AriaButton
          className={styles.icon ?? ''}
          aria-label={t('people.refuseName', { name })}
          onPress={() => void engine.admin?.refuse(id)}
          data-testid="refuse"
        >
          <X size={18} strokeWidth={1.8} aria-hidden />
        </AriaButton>
        <Button
          size="dense"
          kind={place === 1 ? 'primary' : 'second'}
          aria-label={t('people.admitName', { name })}
          onPress={() => void engine.admin?.admit(id)}
          data-testid="admit"
        >
          {t('people.admit')}
        </Button>
      </div>
      {last && !open && <p className={styles.note}>“{last.text}”</p>}
      {open && (
        <div className={styles.conversation}>
          <Conversation
            notes={notes}
            label={t('queue.write', { name })}
            empty={t('queue.noNotes')}
            onSend={(text) => void engine.seat?.sendNote(id, text)}
          />
        </div>
      )}
    </li>
  );
}
