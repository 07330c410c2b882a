import {
  CameraOff,
  Check,
  Crown,
  Ellipsis,
  Hand,
  Lock,
  type LucideIcon,
  Mic,
  MicOff,
  MonitorOff,
  MonitorUp,
  PencilLine,
  PencilOff,
  Pin,
  PinOff,
  Undo2,
  UserX,
  Video,
} from 'lucide-react';
import { useState } from 'react';
import { Button, MenuTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../components/Avatar';
import { Button as WordButton } from '../../components/Button';
import { Item, Menu } from '../../components/Menu';
import { useEngine } from '../../engine/context';
import type { CallView, PersonView } from '../../engine/view';
import { microphoneButton, muted, quality, saysQuality } from './derive';
import styles from './PersonRow.module.css';
import { type PersonAction, personActions } from './personActions';

interface Props {
  person: PersonView;
  call: CallView;
  /** I am an admin. */
  manages: boolean;
  hand: number | undefined;
  pinned: boolean;
  onPin: () => void;
}

/** Somebody in the room, with what can be done about them. */
export function PersonRow({ person, call, manages, hand, pinned, onPin }: Props) {
  const { t } = useTranslation();
  const { admin } = useEngine();
  const [asks, setAsks] = useState(false);
  const { participant_id: id, display_name: name } = person;
  const how = muted(person);
  const taken = how === 'admin';
  return (
    <li className={styles.row} data-testid="person" data-participant-id={id} data-muted={how}>
      <div className={styles.line}>
        <Avatar name={name} size={30} />
        <div className={styles.words}>
          <p className={styles.name}>
            <span>{name}</span>
            {person.is_admin && (
              <Crown size={14} strokeWidth={1.8} aria-label={t('people.isAdmin')} role="img" />
            )}
          </p>
          <p className={styles.more}>
            <State person={person} hand={hand} />
          </p>
        </div>
        {hand !== undefined && (
          <span className={styles.hand}>
            <Hand size={15} strokeWidth={1.8} aria-hidden />
            {hand}
          </span>
        )}
        {manages && person.role !== 'audience' && (
          <>
            <IconButton
              icon={taken ? Lock : person.microphone ? Mic : MicOff}
              label={
                taken
                  ? t('people.releaseName', { name })
                  : person.microphone
                    ? t('people.muteName', { name })
                    : t('people.askName', { name })
              }
              off={how !== 'no'}
              onPress={() => {
                if (taken) void admin?.release(id, 'microphone');
                else if (person.microphone) void admin?.mute(id, 'microphone');
                else void admin?.askToUnmute(id, 'microphone');
              }}
              testid="person-microphone"
            />
            {call.call_type !== 'audio_only' && (
              <IconButton
                icon={person.muted_by_admin.camera ? Lock : person.camera ? Video : CameraOff}
                label={
                  person.muted_by_admin.camera
                    ? t('people.releaseCameraName', { name })
                    : person.camera
                      ? t('people.cameraOffName', { name })
                      : t('people.askCameraName', { name })
                }
                off={!person.camera || (person.muted_by_admin.camera ?? false)}
                onPress={() => {
                  if (person.muted_by_admin.camera) void admin?.release(id, 'camera');
                  else if (person.camera) void admin?.mute(id, 'camera');
                  else void admin?.askToUnmute(id, 'camera');
                }}
                testid="person-camera"
              />
            )}
          </>
        )}
        <MenuTrigger>
          <Button
            className={styles.icon ?? ''}
            aria-label={t('people.moreName', { name })}
            data-testid="person-more"
          >
            <Ellipsis size={18} strokeWidth={1.8} aria-hidden />
          </Button>
          <Menu
            placement="bottom end"
            offset={6}
            aria-label={name}
            onAction={(key) => act(key as PersonAction)}
          >
            {personActions(person, call, manages, pinned).map((action) => (
              <Item
                key={action}
                id={action}
                icon={icons[action]}
                words={t(`people.${action}`)}
                end={action === 'remove'}
                data-testid={`person-${action}`}
              />
            ))}
          </Menu>
        </MenuTrigger>
      </div>
      {asks && (
        <div className={styles.sure} role="alert" data-testid="remove-sure">
          <p>{t('people.removeSure', { name })}</p>
          <div className={styles.ways}>
            <WordButton size="dense" onPress={() => setAsks(false)} autoFocus>
              {t('people.removeNot')}
            </WordButton>
            <WordButton
              size="dense"
              kind="end"
              onPress={() => void admin?.remove(id)}
              data-testid="remove-yes"
            >
              {t('people.remove')}
            </WordButton>
          </div>
        </div>
      )}
    </li>
  );

  function act(action: PersonAction) {
    switch (action) {
      case 'pin':
      case 'unpin':
        return onPin();
      case 'askMicrophone':
        return void admin?.askToUnmute(id, 'microphone');
      case 'muteMicrophone':
        return void admin?.mute(id, 'microphone');
      case 'stopSharing':
        return void admin?.mute(id, 'screen');
      case 'allowSharing':
        return void admin?.release(id, 'screen');
      case 'makePresenter':
        if (call.webinar) return void admin?.setRole(id, 'speaker');
        return void admin?.setTools(id, { ...person.tools, screen_sharing: true, present_to_everyone: true });
      case 'takePresenter':
        if (call.webinar) return void admin?.setRole(id, 'audience');
        return void admin?.setTools(id, {
          ...person.tools,
          screen_sharing: false,
          present_to_everyone: false,
        });
      case 'letDraw':
      case 'lookOnly':
        return void admin?.grantDrawing(id, action === 'letDraw');
      case 'lowerHand':
        return void admin?.lowerHand(id);
      case 'sendBack':
        return void admin?.sendBack(id);
      case 'remove':
        return setAsks(true);
    }
  }
}

const icons: Record<PersonAction, LucideIcon> = {
  pin: Pin,
  unpin: PinOff,
  askMicrophone: Mic,
  muteMicrophone: Lock,
  stopSharing: MonitorOff,
  allowSharing: Check,
  makePresenter: MonitorUp,
  takePresenter: MonitorOff,
  letDraw: PencilLine,
  lookOnly: PencilOff,
  lowerHand: Hand,
  sendBack: Undo2,
  remove: UserX,
};

/** What somebody does, as one line. */
function State({ person, hand }: { person: PersonView; hand: number | undefined }) {
  const { t } = useTranslation();
  const how = muted(person);
  const words = [
    hand !== undefined && t('call.handAt', { place: hand }),
    how === 'admin' && t('call.mutedByHost'),
    how === 'self' && t('people.mutedSelf'),
    how === 'no' && person.speaking && t('people.speaking'),
    person.streams.some(({ source }) => source === 'screen') && t('people.shares'),
    person.role === 'audience' && t('people.audience'),
    saysQuality(person.quality) && t('call.connection', { word: t(`quality.q${quality(person.quality)}`) }),
  ].filter((word) => word !== false);
  return <>{words.length === 0 ? t('people.in') : words.slice(0, 2).join(' · ')}</>;
}

/** Oneself, last. */
export function OwnRow({ call, hand }: { call: CallView; hand: number | undefined }) {
  const { t } = useTranslation();
  const { me } = call;
  const { on, locked } = microphoneButton(me);
  return (
    <li className={styles.row} data-testid="own-row">
      <div className={styles.line}>
        <Avatar name={me.display_name} size={30} />
        <div className={styles.words}>
          <p className={styles.name}>
            <span>{me.display_name ? t('lobby.you', { name: me.display_name }) : t('call.you')}</span>
            {me.is_admin && <Crown size={14} strokeWidth={1.8} aria-label={t('people.isAdmin')} role="img" />}
          </p>
          <p className={styles.more}>
            {locked ? t('call.mutedByHost') : on ? t('people.in') : t('people.mutedSelf')}
          </p>
        </div>
        {hand !== undefined && (
          <span className={styles.hand}>
            <Hand size={15} strokeWidth={1.8} aria-hidden />
            {hand}
          </span>
        )}
      </div>
    </li>
  );
}

interface IconProps {
  icon: LucideIcon;
  label: string;
  /** It is off: inverted. */
  off: boolean;
  onPress: () => void;
  testid: string;
}

function IconButton({ icon: Icon, label, off, onPress, testid }: IconProps) {
  return (
    <Button
      className={`${styles.icon} ${off ? styles.off : ''}`}
      aria-label={label}
      onPress={onPress}
      data-testid={testid}
    >
      <Icon size={18} strokeWidth={1.8} aria-hidden />
    </Button>
  );
}
