import { Check, ChevronUp, Lock, Mic, MicOff, TriangleAlert, Video, VideoOff } from 'lucide-react';
import {
  Button,
  Header,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  ToggleButton,
} from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Popup } from '../../components/Popup';
import { useEngine } from '../../engine/context';
import type { DeviceState, DeviceView } from '../../engine/view';
import { choiceFor, deviceOptions, SYSTEM } from '../settings/derive';
import styles from './DeviceSlot.module.css';
import type { DeviceButton } from './derive';

interface DeviceMenu {
  kind: 'microphone' | 'speaker' | 'camera';
  devices: DeviceView[];
  chosen: string | null;
}

interface Props {
  kind: 'microphone' | 'camera';
  device: DeviceState;
  button: DeviceButton;
  set: (on: boolean) => void;
  menus: DeviceMenu[];
}

/** A slot of the bar: a switch whose word says what a click does, and a list of devices. */
export function DeviceSlot({ kind, device, button, set, menus }: Props) {
  const { t } = useTranslation();
  const { absent, on, trouble, locked } = button;
  if (absent) return null;
  const mic = kind === 'microphone';
  const Icon = mic ? (on ? Mic : MicOff) : on ? Video : VideoOff;
  const verb = mic ? (on ? t('call.mute') : t('call.unmute')) : on ? t('call.cameraOff') : t('call.cameraOn');
  const lacks = trouble === 'missing';
  const none = mic ? t('call.noMicrophone') : t('call.noCamera');
  const word = locked ? t('call.byHost') : lacks ? none : trouble ? t(`call.${trouble}`) : verb;
  const what = mic ? t('call.microphoneSlot') : t('call.cameraSlot');
  return (
    <div className={`${styles.slot} ${on ? '' : styles.off} ${trouble ? styles.trouble : ''}`}>
      <ToggleButton
        className={styles.toggle ?? ''}
        isSelected={on}
        // What an admin took only an admin gives back.
        onChange={() => !locked && set(!on)}
        aria-label={locked ? `${what}: ${t('call.mutedByHost')}` : lacks ? none : `${word}, ${what}`}
        aria-keyshortcuts={mic ? 'M' : 'V'}
        data-testid={`toggle-${kind}`}
        data-state={device.state}
      >
        <span className={styles.pill}>
          {locked ? (
            <Lock size={20} strokeWidth={1.8} aria-hidden />
          ) : trouble ? (
            <TriangleAlert size={20} strokeWidth={1.8} aria-hidden />
          ) : (
            <Icon size={20} strokeWidth={1.8} aria-hidden />
          )}
        </span>
        <span className={styles.word}>{word}</span>
      </ToggleButton>
      <DeviceMenuButton
        label={mic ? t('call.chooseMicrophone') : t('call.chooseCamera')}
        menus={menus}
        testid={`choose-${kind}`}
      />
    </div>
  );
}

function DeviceMenuButton({ label, menus, testid }: { label: string; menus: DeviceMenu[]; testid: string }) {
  const { t } = useTranslation();
  const engine = useEngine();
  return (
    <MenuTrigger onOpenChange={(open) => open && void engine.refreshDevices()}>
      <Button className={styles.caret ?? ''} aria-label={label} data-testid={testid}>
        <ChevronUp size={14} strokeWidth={1.8} aria-hidden />
      </Button>
      <Popup className={styles.popover} placement="top" offset={16}>
        <Menu className={styles.menu ?? ''} aria-label={label}>
          {menus.map(({ kind, devices, chosen }) => (
            <MenuSection
              key={kind}
              className={styles.section ?? ''}
              selectionMode="single"
              disallowEmptySelection
              // Keys are unique in the whole menu: a headset is a microphone and a speaker.
              selectedKeys={[`${kind}:${chosen ?? SYSTEM}`]}
              onSelectionChange={(keys) => {
                const [id] = keys;
                if (id === undefined) return;
                void engine.updateSettings({ [kind]: choiceFor(String(id).slice(kind.length + 1)) });
              }}
            >
              <Header className={styles.header ?? ''}>{t(`home.${kind}`)}</Header>
              {deviceOptions(chosen, devices, t('call.systemDefault'), t('settings.gone')).map(
                ({ id, label: name }) => (
                  <MenuItem key={id} id={`${kind}:${id}`} textValue={name} className={styles.item ?? ''}>
                    <Check size={16} strokeWidth={2} aria-hidden />
                    <span>{name}</span>
                  </MenuItem>
                ),
              )}
            </MenuSection>
          ))}
        </Menu>
      </Popup>
    </MenuTrigger>
  );
}
