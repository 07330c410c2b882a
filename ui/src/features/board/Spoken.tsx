import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Shape } from '../../engine/view';
import type { Scene } from './session';

/** How long a board is quiet before it is told how much lies there, in milliseconds. */
const QUIET = 1_500;

/** The board for those who do not see it: how much lies there, and what is selected. */
export function Spoken({ scene }: { scene: Scene }) {
  const { t } = useTranslation();
  const { count, page, chosen, loading, locked } = scene;
  const items = t('board.items', { count, page: page + 1 });
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (loading) return;
    const timer = setTimeout(() => setSaid(items), QUIET);
    return () => clearTimeout(timer);
  }, [items, loading]);
  const what = (shape: Shape): string => {
    switch (shape.kind) {
      case 'pen':
        return t('board.stroke');
      case 'figure':
        return t(`board.${shape.outline}`);
      case 'text':
        return t(shape.ground ? 'board.noted' : 'board.typed', { text: shape.text });
      case 'picture':
        return t('board.picture');
    }
  };
  return (
    <>
      <p id="board-items" className="sr-only" data-testid="board-items">
        {items}
      </p>
      <p className="sr-only" role="status">
        {chosen
          ? `${t('board.itemOf', { what: what(chosen.shape), place: chosen.place, count })}${locked ? `. ${t('board.notMine')}` : ''}`
          : said}
      </p>
    </>
  );
}
