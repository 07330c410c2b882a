import { Button, Dialog, DialogTrigger, ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Popup } from '../../components/Popup';
import type { Colour } from '../../engine/view';
import { COLOURS } from './draw';
import styles from './Palette.module.css';
import type { BoardSession, Scene, Width } from './session';

interface Props {
  session: BoardSession;
  scene: Scene;
  onPicture: boolean;
}

const WIDTHS = ['thin', 'usual', 'thick'] as const;

/** The palette behind a button that shows the colour: for as long as it is wanted. */
export function PaletteButton(props: Props) {
  const { t } = useTranslation();
  const { notes } = props.scene;
  const name = t(notes ? 'board.noteColours' : 'board.palette');
  return (
    <DialogTrigger>
      <Button
        className={`${styles.opens} ${kindOf(props)}`}
        aria-label={name}
        data-colour={colourOf(props.scene)}
        data-testid="board-palette-open"
      >
        <span className={styles.dot} />
      </Button>
      <Popup placement="top start" offset={10}>
        <Dialog className={styles.popped ?? ''} aria-label={name}>
          <Palette {...props} />
        </Dialog>
      </Popup>
    </DialogTrigger>
  );
}

function kindOf({ scene, onPicture }: Props): string {
  return (scene.notes ? styles.notes : onPicture ? styles.light : '') ?? '';
}

/** Colours and widths: of what is drawn next, and of what is selected. */
export function Palette({ session, scene, onPicture }: Props) {
  const { t } = useTranslation();
  const { chosen, notes } = scene;
  const shape = chosen?.shape;
  const colour = colourOf(scene);
  const nameOf = (one: (typeof COLOURS)[number]) => {
    if (notes && one === 'ink') return t('board.grey');
    if (notes && one === 'ochre') return t('board.yellow');
    return one === 'ink' && onPicture ? t('board.white') : t(`board.${one}`);
  };
  const width = session.widthOf(shape) ?? scene.width;
  return (
    <div className={`${styles.palette} ${kindOf({ session, scene, onPicture })}`} data-testid="board-palette">
      <ToggleButtonGroup
        className={styles.row ?? ''}
        aria-label={t(notes ? 'board.noteColours' : 'board.colours')}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[colour]}
        onSelectionChange={(keys) => {
          const [key] = keys;
          if (key !== undefined) session.setColour(key as Colour);
        }}
      >
        {COLOURS.map((one) => (
          <ToggleButton
            key={one}
            id={one}
            className={styles.swatch ?? ''}
            aria-label={nameOf(one)}
            data-colour={one}
            data-testid={`colour-${one}`}
          >
            <span className={styles.dot} />
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <span className={styles.line} />
      <ToggleButtonGroup
        className={styles.row ?? ''}
        aria-label={t('board.widths')}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[String(width)]}
        onSelectionChange={(keys) => {
          const [key] = keys;
          if (key !== undefined) session.setWidth(Number(key) as Width);
        }}
      >
        {WIDTHS.map((word, n) => (
          <ToggleButton
            key={word}
            id={String(n)}
            className={styles.width ?? ''}
            aria-label={t(`board.${word}`)}
            data-width={n}
            data-testid={`width-${n}`}
          >
            <span className={styles.nib} />
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </div>
  );
}

/** The one that is in use: of what is written or selected, else of what comes next. */
function colourOf({ notes, editing, chosen, colour, ground }: Scene): Colour {
  const shape = editing ?? chosen?.shape;
  if (notes) return (shape && 'ground' in shape && shape.ground) || ground;
  return shape && 'colour' in shape ? shape.colour : colour;
}
