import { Presentation } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { BoardOpen } from '../board/useBoardOpen';
import { BarSlot } from './BarSlot';

/** Opens the board for me, or closes it. */
export function BoardSlot({ board }: { board: BoardOpen }) {
  const { t } = useTranslation();
  if (!board.slot) return null;
  return (
    <BarSlot
      icon={Presentation}
      word={board.locked ? t('call.byHost') : t('board.slot')}
      label={board.locked ? t('board.locked') : board.open ? t('board.close') : t('board.open')}
      open={board.open}
      locked={board.locked}
      onPress={board.toggle}
      testid="board-slot"
    />
  );
}
