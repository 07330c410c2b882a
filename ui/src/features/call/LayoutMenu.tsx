import {
  Check,
  ChevronDown,
  LayoutDashboard,
  LayoutGrid,
  type LucideIcon,
  Maximize,
  Minimize,
  Monitor,
  PinOff,
  RectangleHorizontal,
} from 'lucide-react';
import { Button, Menu, MenuItem, MenuSection, MenuTrigger, Popover, Separator } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { CallView } from '../../engine/view';
import styles from './LayoutMenu.module.css';
import { choices, type LayoutChoice } from './layout';
import { useFullscreen } from './useFullscreen';

const icons: Record<LayoutChoice, LucideIcon> = {
  automatic: LayoutDashboard,
  grid: LayoutGrid,
  speaker: RectangleHorizontal,
  presentation: Monitor,
};

interface Props {
  call: CallView;
  choice: LayoutChoice;
  pinned: string | undefined;
  onChoose: (choice: LayoutChoice) => void;
  onUnpin: () => void;
}

/** How the stage lies. */
export function LayoutMenu({ call, choice, pinned, onChoose, onUnpin }: Props) {
  const { t } = useTranslation();
  const { full, toggle } = useFullscreen();
  const possible = choices(call);
  // A presentation that is over leaves the choice without its screen.
  const now = possible.includes(choice) ? choice : 'automatic';
  const name = call.people.find(({ participant_id }) => participant_id === pinned)?.display_name;
  const Icon = icons[now];
  const word = name === undefined ? t(`layout.${now}`) : t('layout.pinned');
  return (
    <MenuTrigger>
      <Button className={styles.button ?? ''} aria-label={t('layout.button', { word })} data-testid="layout">
        <Icon size={17} strokeWidth={1.8} aria-hidden />
        <span className={styles.word}>{word}</span>
        <ChevronDown size={16} strokeWidth={1.8} aria-hidden />
      </Button>
      <Popover className={styles.popover ?? ''} placement="bottom end" offset={8}>
        <Menu
          className={styles.menu ?? ''}
          aria-label={t('layout.menu')}
          onAction={(key) => {
            if (key === 'full') toggle();
            if (key === 'unpin') onUnpin();
          }}
        >
          <MenuSection
            aria-label={t('layout.menu')}
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={name === undefined ? [now] : []}
            onSelectionChange={(keys) => {
              const [key] = keys;
              if (key !== undefined) onChoose(key as LayoutChoice);
            }}
          >
            {possible.map((one) => {
              const Sign = icons[one];
              return (
                <MenuItem
                  key={one}
                  id={one}
                  textValue={t(`layout.${one}`)}
                  className={styles.item ?? ''}
                  data-testid={`layout-${one}`}
                >
                  <Sign size={18} strokeWidth={1.8} aria-hidden />
                  <span className={styles.words}>
                    <span>{t(`layout.${one}`)}</span>
                    <span className={styles.help}>{t(`layout.${one}Text`)}</span>
                  </span>
                  <Check className={styles.check} size={16} strokeWidth={2} aria-hidden />
                </MenuItem>
              );
            })}
          </MenuSection>
          <Separator className={styles.line ?? ''} />
          <MenuSection aria-label={t('layout.window')}>
            {name !== undefined && (
              <MenuItem
                id="unpin"
                textValue={t('call.unpinName', { name })}
                className={styles.item ?? ''}
                data-testid="layout-unpin"
              >
                <PinOff size={18} strokeWidth={1.8} aria-hidden />
                <span className={styles.words}>{t('call.unpinName', { name })}</span>
              </MenuItem>
            )}
            <MenuItem
              id="full"
              textValue={full ? t('layout.leaveFull') : t('layout.full')}
              className={styles.item ?? ''}
              data-testid="layout-full"
            >
              {full ? (
                <Minimize size={18} strokeWidth={1.8} aria-hidden />
              ) : (
                <Maximize size={18} strokeWidth={1.8} aria-hidden />
              )}
              <span className={styles.words}>{full ? t('layout.leaveFull') : t('layout.full')}</span>
              <kbd className={styles.key}>F</kbd>
            </MenuItem>
          </MenuSection>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
