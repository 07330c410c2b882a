import { type ReactNode, useEffect, useRef } from 'react';
import { ROOM_BOARD } from '../../engine/rights';
import { useTools } from '../../engine/tools';
import type { CallView } from '../../engine/view';
import { type Background, BoardStage } from './BoardStage';

interface Props {
  call: CallView;
  /** The file of the snapshot that is drawn on; nothing for the room's board. */
  snapshot: string | undefined;
  onClose: () => void;
  children: ReactNode;
}

/** The room's board, or live edit of one of its snapshots. */
export function CallBoard({ call, snapshot, onClose, children }: Props) {
  const { gallery } = useTools();
  const there = snapshot !== undefined && gallery.some(({ file }) => file.info.file_id === snapshot);
  // With a snapshot that is deleted goes what is drawn on it. Before the gallery is told there is none yet.
  const was = useRef<string>(undefined);
  if (there) was.current = snapshot;
  const gone = snapshot !== undefined && was.current === snapshot && !there;
  useEffect(() => {
    if (gone) onClose();
  }, [gone, onClose]);
  if (snapshot === undefined) {
    return (
      <BoardStage board={ROOM_BOARD} call={call} onClose={onClose}>
        {children}
      </BoardStage>
    );
  }
  const known = gallery.find(({ file }) => file.info.file_id === snapshot);
  const [width, height] = known?.file.info.size_px ?? [];
  const background: Background = {
    size: width && height ? { width, height } : undefined,
    takenBy: known?.by_name ?? '',
    mine: known !== undefined && known.by_name === call.me.display_name,
    others: known?.editing ?? [],
  };
  return (
    <BoardStage board={snapshot} call={call} background={background} onClose={onClose}>
      {children}
    </BoardStage>
  );
}
