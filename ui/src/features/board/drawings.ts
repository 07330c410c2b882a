// What is drawn over snapshots, wherever one is shown. Each board is opened once, aside, for as long as somebody shows it; while
// the editor has it open, its news serve for both.

import type { BoardCommands, Unlisten } from '../../engine/engine';
import { ROOM_BOARD } from '../../engine/rights';
import type { BoardAction, BoardNews, ItemView } from '../../engine/view';
import { type Board, emptyBoard, hear, itemsOn } from './boardState';
import { BoardPictures } from './pictures';
import { Choices } from './session';

interface Known {
  board: Board;
  /** Who shows it. */
  heard: Set<() => void>;
  /** The back end was asked to look at it aside. */
  aside: boolean;
  /** The editor has it open. */
  edited: boolean;
}

export class Drawings {
  /** What the editor goes by: so it is known here what it has open. */
  readonly editor: BoardCommands;
  /** What I draw with, on whichever of them. */
  readonly chosen = new Choices();
  /** Pictures that lie on these boards. */
  readonly pictures: BoardPictures;
  private readonly known = new Map<string, Known>();
  private listening: Promise<Unlisten> | undefined;

  constructor(
    private readonly commands: BoardCommands,
    fetch: ((fileId: string) => Promise<string | null>) | undefined,
  ) {
    // All else is the back end's own.
    this.editor = Object.assign(Object.create(commands) as BoardCommands, {
      // Before the editor opens anything it is heard here too.
      onNews: async (heard: (news: BoardNews) => void) => {
        await this.listen();
        return commands.onNews(heard);
      },
      act: (action: BoardAction) => this.act(action),
    });
    this.pictures = new BoardPictures(fetch);
    this.pictures.onCome(() => {
      for (const { heard } of this.known.values()) for (const tell of heard) tell();
    });
  }

  /** Nobody listens any more. */
  stop(): void {
    void this.listening?.then((unlisten) => unlisten());
    this.listening = undefined;
  }

  /** Shows what is drawn over a snapshot, until the answer is called; `heard` is called with each change. */
  watch(id: string, heard: () => void): Unlisten {
    const known = this.of(id);
    // Whoever watches twice counts twice.
    const tell = () => heard();
    known.heard.add(tell);
    void this.look(id);
    return () => {
      known.heard.delete(tell);
      if (known.heard.size > 0 || known.edited) return;
      this.known.delete(id);
      if (known.aside) void this.commands.act({ do: 'close', board: id });
    };
  }

  /** What lies over it, the lowest first; nothing while that is not known. */
  items(id: string): readonly ItemView[] {
    const known = this.known.get(id);
    return known ? itemsOn(known.board, 0) : [];
  }

  /** What lies over it, once all of that has come; nothing where it does not come in time. */
  whole(id: string, withinMs: number): Promise<readonly ItemView[]> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        resolve([...this.items(id)]);
        end();
      };
      const end = this.watch(id, () => {
        if (this.isKnown(id)) done();
      });
      const timer = setTimeout(done, withinMs);
      if (this.isKnown(id)) done();
    });
  }

  private isKnown(id: string): boolean {
    return this.known.get(id)?.board.loading === false;
  }

  private of(id: string): Known {
    let known = this.known.get(id);
    if (!known) {
      known = { board: emptyBoard(), heard: new Set(), aside: false, edited: false };
      this.known.set(id, known);
    }
    return known;
  }

  private async look(id: string): Promise<void> {
    await this.listen();
    const known = this.known.get(id);
    if (!known || known.heard.size === 0 || known.edited || known.aside) return;
    known.aside = true;
    await this.commands.act({ do: 'open', board: id, aside: true });
  }

  private listen(): Promise<Unlisten> {
    this.listening ??= this.commands.onNews((news) => this.hear(news));
    return this.listening;
  }

  private hear(news: BoardNews): void {
    const known = this.known.get(news.board);
    // A board that is opened again begins empty: what is shown stays until all of it has come.
    if (!known || (news.kind === 'whole' && news.loading)) return;
    const touched = hear(known.board, ownStrokes(news));
    if (touched.kind === 'cursors' || touched.kind === 'rights') return;
    for (const tell of known.heard) tell();
  }

  /** What the editor asks for. */
  private act(action: BoardAction): Promise<void> {
    const { board: id } = action;
    if (id === ROOM_BOARD) return this.commands.act(action);
    if (action.do === 'open') this.of(id).edited = true;
    const done = this.commands.act(action);
    const known = this.known.get(id);
    if (action.do === 'close' && known) {
      known.edited = false;
      // It is closed altogether; whoever shows it opens it again.
      known.aside = false;
      if (known.heard.size > 0) void this.look(id);
      else this.known.delete(id);
    }
    return done;
  }
}

/** Strokes grow in place, and the editor has its own. */
function ownStrokes(news: BoardNews): BoardNews {
  const own = (item: ItemView): ItemView =>
    item.shape.kind === 'pen' ? { ...item, shape: { ...item.shape, points: [...item.shape.points] } } : item;
  if (news.kind === 'whole') return { ...news, items: news.items.map(own) };
  return news.kind === 'changed' ? { ...news, put: news.put.map(own) } : news;
}
