import { ImageOff, Presentation } from 'lucide-react';
import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { ROOM_BOARD } from '../../engine/rights';
import type { KeptBoardView } from '../../engine/view';
import { PAGE } from '../board/export';
import { Coming, FileSheet, Instead } from '../files/FileSheet';
import { PageControls, ZoomControls } from '../files/ViewControls';
import { useZoom, useZoomKeys, ZoomArea } from '../files/ZoomArea';
import styles from './Boards.module.css';
import cards from './Kept.module.css';
import { Nothing } from './Nothing';
import { type KeptPictures, useBoardPage } from './pictures';

/** Widths in pixels at which a page is drawn. */
const PREVIEW = 480;
const LARGE = 2000;

interface Props {
  boards: readonly KeptBoardView[];
  pictures: KeptPictures;
  loading: boolean;
}

/** The room's board as it is now, to be looked at. What was drawn over a snapshot is shown with it. */
export function Boards({ boards, pictures, loading }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const board = boards.find((one) => one.board === ROOM_BOARD);
  return (
    <section className={cards.card} aria-labelledby="kept-board" data-testid="kept-board">
      <header className={cards.head}>
        <h2 id="kept-board" className={cards.title}>
          {t('past.board')}
        </h2>
        {board && board.pages > 1 && (
          <span className={cards.count}>{t('past.pages', { count: board.pages })}</span>
        )}
      </header>
      {board ? (
        <AriaButton
          className={styles.preview ?? ''}
          aria-label={t('past.openBoard')}
          onPress={() => setOpen(true)}
          data-testid="open-board"
        >
          <Preview board={board} pictures={pictures} />
        </AriaButton>
      ) : (
        <Nothing icon={Presentation} words={t('past.noBoard')} loading={loading} testid="kept-board-empty" />
      )}
      {board && open && <Large board={board} pictures={pictures} onClose={() => setOpen(false)} />}
    </section>
  );
}

function Preview({ board, pictures }: Pick<Props, 'pictures'> & { board: KeptBoardView }) {
  const picture = useBoardPage(board, 0, PREVIEW, pictures);
  if (picture) return <img src={picture} alt="" draggable={false} />;
  return <Presentation size={26} strokeWidth={1.8} aria-hidden />;
}

interface LargeProps {
  board: KeptBoardView;
  pictures: KeptPictures;
  onClose: () => void;
}

/** Page by page, as large as the window or larger. */
function Large({ board, pictures, onClose }: LargeProps) {
  const { t } = useTranslation();
  const [page, setPage] = useState(1);
  const picture = useBoardPage(board, page - 1, LARGE, pictures);
  const [own, setOwn] = useState<{ width: number; height: number }>();
  const zooming = useZoom(own);
  const { shown } = zooming;
  const turn = (to: number) => setPage(Math.min(board.pages, Math.max(1, to)));
  useZoomKeys(zooming, (key, wide) => {
    // Arrows turn pages, unless there is more of this one to either side.
    if (key === 'PageUp' || (key === 'ArrowLeft' && !wide)) turn(page - 1);
    else if (key === 'PageDown' || (key === 'ArrowRight' && !wide)) turn(page + 1);
    else return false;
    return true;
  });
  return (
    <FileSheet
      title={t('past.board')}
      text={t('past.boardText')}
      controls={
        picture !== null && (
          <>
            {board.pages > 1 && <PageControls page={page} count={board.pages} onPage={turn} />}
            <ZoomControls zooming={zooming} />
          </>
        )
      }
      onClose={onClose}
      testid="board-sheet"
    >
      {picture === undefined && <Coming words={t('board.loading')} />}
      {picture === null && (
        <Instead icon={ImageOff} title={t('past.noDrawing')} text={t('past.noDrawingText')} />
      )}
      {picture && (
        <ZoomArea zooming={zooming} label={t('past.board')} describedby="board-keys" busy={false}>
          <img
            className={shown ? styles.page : styles.fitted}
            src={picture}
            alt={t('past.boardPage', { page })}
            draggable={false}
            onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => {
              // Units of the board, as on the board itself.
              const sharp = LARGE / PAGE.width;
              if (width > 0) setOwn({ width: width / sharp, height: height / sharp });
            }}
          />
        </ZoomArea>
      )}
      <p id="board-keys" className="sr-only">
        {t('viewer.keys')}
      </p>
    </FileSheet>
  );
}
