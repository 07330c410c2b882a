import {
  ChevronDown,
  CircleStop,
  LayoutDashboard,
  LayoutGrid,
  type LucideIcon,
  Monitor,
  PinOff,
  Presentation,
  Projector,
  RectangleHorizontal,
} from 'lucide-react';
import { Button, Header, MenuSection, MenuTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Item, ItemCheck, Line, Menu } from '../../components/Menu';
import { useEngine } from '../../engine/context';
import type { CallView } from '../../engine/view';
import { FullscreenItem } from './FullscreenItem';
import styles from './LayoutMenu.module.css';
import { choices, type LayoutChoice, presenterOf } from './layout';
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
  /** A board has the main place; whoever chooses a layout leaves it. */
  board: boolean;
}

/** How the stage lies. */
export function LayoutMenu({ call, choice, pinned, onChoose, onUnpin, board }: Props) {
  const { t } = useTranslation();
  const { full, toggle } = useFullscreen();
  const { tools } = useEngine();
  const possible = choices(call);
  // A presentation that is over leaves the choice without its screen.
  const now = possible.includes(choice) ? choice : 'automatic';
  const name = call.people.find(({ participant_id }) => participant_id === pinned)?.display_name;
  const presenter = presenterOf(call)?.display_name;
  const Icon = board ? Presentation : presenter === undefined ? icons[now] : Projector;
  const chosen = name === undefined ? t(`layout.${now}`) : t('layout.pinned');
  const word = board ? t('board.slot') : presenter === undefined ? chosen : t('present.layout');
  return (
    <MenuTrigger>
      <Button className={styles.button ?? ''} aria-label={t('layout.button', { word })} data-testid="layout">
        <Icon size={17} strokeWidth={1.8} aria-hidden />
        <span className={styles.word}>{word}</span>
        <ChevronDown size={16} strokeWidth={1.8} aria-hidden />
      </Button>
      <Menu
        placement="bottom end"
        offset={8}
        aria-label={t('layout.menu')}
        onAction={(key) => {
          if (key === 'full') toggle();
          if (key === 'unpin') onUnpin();
          if (key === 'stop') void tools?.present(false);
        }}
      >
        {presenter === undefined && (
          <MenuSection
            aria-label={t('layout.menu')}
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={name === undefined && !board ? [now] : []}
            onSelectionChange={(keys) => {
              const [key] = keys;
              if (key !== undefined) onChoose(key as LayoutChoice);
            }}
          >
            {possible.map((one) => (
              <Item
                key={one}
                id={one}
                icon={icons[one]}
                words={t(`layout.${one}`)}
                help={t(`layout.${one}Text`)}
                data-testid={`layout-${one}`}
              >
                <ItemCheck />
              </Item>
            ))}
          </MenuSection>
        )}
        {presenter === undefined && <Line />}
        <MenuSection aria-label={t('layout.window')}>
          {presenter !== undefined && (
            <Header className={styles.why ?? ''} data-testid="layout-why">
              {t('present.why', { name: presenter })}
            </Header>
          )}
          {presenter !== undefined && tools && call.me.is_admin && (
            <Item
              id="stop"
              icon={CircleStop}
              words={t('present.stopName', { name: presenter })}
              data-testid="layout-stop"
            />
          )}
          {name !== undefined && presenter === undefined && (
            <Item id="unpin" icon={PinOff} words={t('call.unpinName', { name })} data-testid="layout-unpin" />
          )}
          <FullscreenItem full={full} data-testid="layout-full" />
        </MenuSection>
      </Menu>
    </MenuTrigger>
  );
}
