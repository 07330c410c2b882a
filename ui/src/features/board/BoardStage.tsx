import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { later } from '../../components/later';
import { Spinner } from '../../components/Spinner';
import type { CallView } from '../../engine/view';
import { Missing } from '../problem/Missing';
import styles from './BoardStage.module.css';

/** A snapshot that is drawn on. */
export interface Background {
  /** The address of the picture; without it, it is asked for by the board's name. */
  address?: string | undefined;
  /** In pixels, where it is known: these are the units of the board. */
  size?: { width: number; height: number } | undefined;
  /** Who took it. */
  takenBy: string;
  /** I did. */
  mine?: boolean;
  /** Names of the others who have it open. */
  others: readonly string[];
}

export interface BoardStageProps {
  /** The room's board, or the file of a snapshot. */
  board: string;
  call: CallView;
  /** Live edit: what lies under the drawing, and does not move. */
  background?: Background | undefined;
  onClose: () => void;
  /** Somebody's picture, in a corner. */
  children?: ReactNode;
}

/** A board, in the main place of the stage. What it takes to draw comes when the first is opened. */
export function BoardStage(props: BoardStageProps) {
  return <BoardView key={props.board} {...props} />;
}

const BoardView = later<BoardStageProps>(async () => (await import('./BoardView')).default, {
  coming: Coming,
  missing: ({ of, again }) => <Missing again={again} onClose={of.onClose} />,
});

function Coming() {
  const { t } = useTranslation();
  return (
    <div className={styles.coming} role="status">
      <Spinner size={32} />
      <span>{t('board.loading')}</span>
    </div>
  );
}
