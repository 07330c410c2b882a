import { Presentation, Projector } from 'lucide-react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { CallView } from '../../engine/view';
import { presenterOf } from './layout';
import styles from './MainSwitch.module.css';
import type { Main } from './useMain';

interface Props {
  call: CallView;
  main: Main;
  onMain: (main: Main) => void;
  /** It is a snapshot that is drawn on, not the room's board. */
  snapshot: boolean;
  simple: boolean;
}

/** Both of what could have the main place: who presents, and the board. */
export function MainSwitch({ call, main, onMain, snapshot, simple }: Props) {
  const { t } = useTranslation();
  const name = presenterOf(call)?.display_name;
  return (
    <ToggleButtonGroup
      className={`${styles.switch} ${simple ? styles.simple : ''}`}
      aria-label={t('present.main')}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[main]}
      onSelectionChange={(keys) => {
        const [key] = keys;
        if (key !== undefined) onMain(key as Main);
      }}
      data-testid="main-switch"
      data-main={main}
    >
      <ToggleButton id="presenter" className={styles.chip ?? ''} data-testid="main-presenter">
        <Projector size={17} strokeWidth={1.8} aria-hidden />
        <span>{name === undefined ? t('present.youShort') : t('present.by', { name })}</span>
      </ToggleButton>
      <ToggleButton id="board" className={styles.chip ?? ''} data-testid="main-board">
        <Presentation size={17} strokeWidth={1.8} aria-hidden />
        <span>{snapshot ? t('present.drawn') : t('present.board')}</span>
      </ToggleButton>
    </ToggleButtonGroup>
  );
}
