import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
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

/** Colours and widths: of what is drawn next, and of what is selected. */
export function Palette({ session, scene, onPicture }: Props) {
  const { t } = useTranslation();
  const { chosen } = scene;
  const shape = chosen?.shape;
  const colour = shape && shape.kind !== 'picture' ? shape.colour : scene.colour;
  return (
    <div className={`${styles.palette} ${onPicture ? styles.light : ''}`} data-testid="board-palette">
      <ToggleButtonGroup
        className={styles.row ?? ''}
        aria-label={t('board.colours')}
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
            aria-label={one === 'ink' && onPicture ? t('board.white') : t(`board.${one}`)}
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
        selectedKeys={[String(scene.width)]}
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
