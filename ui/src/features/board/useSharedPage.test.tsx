import { renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { EngineContext } from '../../engine/context';
import type { Engine } from '../../engine/engine';
import type { CallView, WhiteboardState } from '../../engine/view';
import type { BoardSession } from './session';
import type { Scene } from './session/scene';
import { useSharedPage } from './useSharedPage';

/** A board that `me` looks at. */
function board(first: WhiteboardState) {
  const go = vi.fn();
  const showWhiteboard = vi.fn();
  const engine = { admin: { showWhiteboard } } as unknown as Engine;
  const session = { go } as unknown as BoardSession;
  const at = (whiteboard: WhiteboardState, page: number, pages: number, loading = false) => ({
    scene: { page, pages, loading } as Scene,
    call: { whiteboard, me: { participant_id: 'me' } } as CallView,
  });
  const { rerender } = renderHook(({ scene, call }) => useSharedPage(session, scene, call), {
    initialProps: at(first, 0, 1, true),
    wrapper: ({ children }: { children: ReactNode }) => (
      <EngineContext value={engine}>{children}</EngineContext>
    ),
  });
  const show = (...now: Parameters<typeof at>) => rerender(at(...now));
  return { go, showWhiteboard, show };
}

const shown = (by: string, page: number): WhiteboardState => ({ shown: true, by, page });
const hidden: WhiteboardState = { shown: false, by: null, page: 0 };

describe('the page that everybody looks at', () => {
  it('is turned by whoever shows the board', () => {
    const { go, showWhiteboard, show } = board(hidden);
    show(hidden, 0, 3);
    show(hidden, 1, 3);
    expect(showWhiteboard).not.toHaveBeenCalled();
    show(shown('me', 1), 1, 3);
    show(shown('me', 1), 2, 3);
    expect(showWhiteboard.mock.calls).toEqual([[true, 2]]);
    // One's own word, that comes back late, turns nothing back.
    show(shown('me', 1), 0, 3);
    show(shown('me', 2), 0, 3);
    expect(go).not.toHaveBeenCalled();
  });

  it('is followed by the others, who may look elsewhere until the next', () => {
    const { go, showWhiteboard, show } = board(shown('host', 1));
    show(shown('host', 1), 0, 3);
    expect(go.mock.calls).toEqual([[1]]);
    show(shown('host', 1), 1, 3);
    show(shown('host', 1), 0, 3);
    show(shown('host', 1), 0, 4);
    expect(go).toHaveBeenCalledTimes(1);
    // A page that is not there yet is turned to when it comes.
    show(shown('host', 4), 0, 4);
    expect(go).toHaveBeenCalledTimes(1);
    show(shown('host', 4), 0, 5);
    expect(go.mock.calls.at(-1)).toEqual([4]);
    expect(showWhiteboard).not.toHaveBeenCalled();
  });

  it('is kept when whoever shows the board opens it anew', () => {
    const { go, showWhiteboard, show } = board(shown('me', 2));
    show(shown('me', 2), 0, 3);
    expect(go.mock.calls).toEqual([[2]]);
    show(shown('me', 2), 2, 3);
    expect(showWhiteboard).not.toHaveBeenCalled();
  });
});
