import {
  ArrowUpRight,
  BringToFront,
  Circle,
  Eraser,
  Hand,
  ImagePlus,
  Laser,
  type LucideIcon,
  Minus,
  MousePointer2,
  PaintBucket,
  Pencil,
  Redo2,
  SendToBack,
  Shapes,
  Square,
  StickyNote,
  Trash2,
  Type,
  Undo2,
} from 'lucide-react';
import {
  Toolbar as AriaToolbar,
  Button,
  MenuSection,
  MenuTrigger,
  Separator,
  ToggleButton,
} from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Item, ItemCheck, Line, Menu } from '../../components/Menu';
import type { Edge } from '../../engine/view';
import { type BoardSession, FIGURES, type Figure, isFigure, type Scene, type Tool } from './session';
import { Tip } from './Tip';
import styles from './Toolbar.module.css';
import { KEYS, ORDER_KEYS } from './useKeys';

export const FIGURE_ICONS: Record<Figure, LucideIcon> = {
  line: Minus,
  arrow: ArrowUpRight,
  rectangle: Square,
  ellipse: Circle,
};

interface Props {
  session: BoardSession;
  scene: Scene;
  /** There is nothing to draw with: it is looked on. */
  looks: boolean;
  /** It lies in rows instead of standing at the side. */
  lies: boolean;
  addPicture: (() => void) | undefined;
}

/** What one draws with, and points with. Tools that one may not use are not there. */
export function Toolbar({ session, scene, looks, lies, addPicture }: Props) {
  const { t } = useTranslation();
  const { rights } = scene;
  const tool = (name: Exclude<Tool, Figure>, icon: LucideIcon) => (
    <ToolButton
      icon={icon}
      name={t(`board.${looks && name === 'select' ? 'hand' : name}`)}
      keys={KEYS[name]}
      selected={scene.tool === name}
      onPress={() => session.choose(name)}
      testid={`tool-${name}`}
    />
  );
  return (
    <AriaToolbar
      orientation={lies ? 'horizontal' : 'vertical'}
      className={`${styles.tools} ${lies ? styles.lies : ''}`}
      aria-label={t('board.tools')}
      data-over={lies ? undefined : 'left'}
      data-testid="board-tools"
    >
      {tool('select', looks ? Hand : MousePointer2)}
      {rights.pen && tool('pen', Pencil)}
      {rights.shape && <ShapesButton session={session} scene={scene} lies={lies} />}
      {rights.text && tool('text', Type)}
      {rights.text && tool('note', StickyNote)}
      {addPicture && (
        <Tip words={t('board.addPicture')} keys={KEYS.picture}>
          <Button
            className={styles.tool ?? ''}
            aria-label={t('board.addPicture')}
            onPress={addPicture}
            data-testid="tool-picture"
          >
            <ImagePlus size={20} strokeWidth={1.8} aria-hidden />
          </Button>
        </Tip>
      )}
      {rights.eraser && tool('eraser', Eraser)}
      {rights.cursor && tool('laser', Laser)}
      {!looks && <Undoing session={session} scene={scene} lies={lies} />}
    </AriaToolbar>
  );
}

interface ButtonProps {
  session: BoardSession;
  scene: Scene;
  /** There is no room beside it, only over it. */
  lies: boolean;
}

/** What was done, taken back; and what is chosen, away. */
function Undoing({ session, scene, lies }: ButtonProps) {
  const { t } = useTranslation();
  return (
    <>
      <Separator orientation="horizontal" className={styles.line ?? ''} />
      <Once
        icon={Undo2}
        name={t('board.undo')}
        keys="Ctrl+Z"
        can={scene.canUndo}
        onPress={() => session.undo()}
        testid="board-undo"
      />
      <Once
        icon={Redo2}
        name={t('board.redo')}
        keys="Ctrl+Shift+Z"
        can={scene.canRedo}
        onPress={() => session.redo()}
        testid="board-redo"
      />
      <OrderButton session={session} scene={scene} lies={lies} />
      <Once
        icon={Trash2}
        name={t('board.remove')}
        keys="Del"
        can={scene.removable}
        onPress={() => session.removeSelected()}
        testid="board-remove"
      />
    </>
  );
}

interface ToolProps {
  icon: LucideIcon;
  name: string;
  keys: string;
  selected: boolean;
  onPress: () => void;
  testid: string;
}

function ToolButton({ icon: Icon, name, keys, selected, onPress, testid }: ToolProps) {
  return (
    <Tip words={name} keys={keys}>
      <ToggleButton
        className={styles.tool ?? ''}
        isSelected={selected}
        onChange={onPress}
        aria-label={name}
        aria-keyshortcuts={keys}
        data-testid={testid}
      >
        <Icon size={20} strokeWidth={1.8} aria-hidden />
      </ToggleButton>
    </Tip>
  );
}

/** Lines and figures, behind one button; it shows the one that is chosen. */
function ShapesButton({ session, scene, lies }: ButtonProps) {
  const { t } = useTranslation();
  const chosen = isFigure(scene.tool) ? scene.tool : undefined;
  const Icon = chosen ? FIGURE_ICONS[chosen] : Shapes;
  const name = chosen ? `${t('board.shapes')}: ${t(`board.${chosen}`)}` : t('board.shapes');
  return (
    <MenuTrigger>
      <Tip words={name} keys={FIGURES.map((figure) => KEYS[figure]).join(' ')}>
        <Button
          className={`${styles.tool} ${chosen ? styles.chosen : ''}`}
          aria-label={name}
          data-testid="tool-shapes"
        >
          <Icon size={20} strokeWidth={1.8} aria-hidden />
        </Button>
      </Tip>
      <Menu
        className={`${styles.shapes} ${styles.figures}`}
        placement={lies ? 'top' : 'right top'}
        offset={10}
        aria-label={t('board.shapes')}
        onAction={(key) => {
          if (key === 'filled') session.setFilled(!scene.filled);
          else session.choose(key as Figure);
        }}
      >
        <MenuSection
          aria-label={t('board.shapes')}
          selectionMode="single"
          selectedKeys={chosen ? [chosen] : []}
        >
          {FIGURES.map((figure) => (
            <Item
              key={figure}
              id={figure}
              icon={FIGURE_ICONS[figure]}
              words={t(`board.${figure}`)}
              data-testid={`tool-${figure}`}
            >
              <kbd aria-hidden>{KEYS[figure]}</kbd>
            </Item>
          ))}
        </MenuSection>
        <Line />
        <MenuSection
          aria-label={t('board.filled')}
          selectionMode="multiple"
          selectedKeys={scene.filled ? ['filled'] : []}
        >
          <Item id="filled" icon={PaintBucket} words={t('board.filled')} data-testid="tool-filled">
            <ItemCheck />
          </Item>
        </MenuSection>
      </Menu>
    </MenuTrigger>
  );
}

/** What is chosen, over everything else or under it. */
function OrderButton({ session, scene, lies }: ButtonProps) {
  const { t } = useTranslation();
  return (
    <MenuTrigger>
      <Tip words={t('board.order')} keys={`${ORDER_KEYS.front} ${ORDER_KEYS.back}`}>
        <Button
          className={styles.tool ?? ''}
          isDisabled={!scene.orderable}
          aria-label={t('board.order')}
          data-testid="board-order"
        >
          <BringToFront size={20} strokeWidth={1.8} aria-hidden />
        </Button>
      </Tip>
      <Menu
        className={styles.shapes}
        placement={lies ? 'top' : 'right bottom'}
        offset={10}
        aria-label={t('board.order')}
        onAction={(key) => session.order(key as Edge)}
      >
        <Item id="front" icon={BringToFront} words={t('board.toFront')} data-testid="order-front">
          <kbd aria-hidden>{ORDER_KEYS.front}</kbd>
        </Item>
        <Item id="back" icon={SendToBack} words={t('board.toBack')} data-testid="order-back">
          <kbd aria-hidden>{ORDER_KEYS.back}</kbd>
        </Item>
      </Menu>
    </MenuTrigger>
  );
}

interface OnceProps {
  icon: LucideIcon;
  name: string;
  keys: string;
  can: boolean;
  onPress: () => void;
  testid: string;
}

/** Does something once. */
function Once({ icon: Icon, name, keys, can, onPress, testid }: OnceProps) {
  return (
    <Tip words={name} keys={keys}>
      <Button
        className={styles.tool ?? ''}
        isDisabled={!can}
        onPress={onPress}
        aria-label={name}
        data-testid={testid}
      >
        <Icon size={20} strokeWidth={1.8} aria-hidden />
      </Button>
    </Tip>
  );
}
