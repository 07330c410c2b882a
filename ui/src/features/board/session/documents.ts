// The way back from documents that were put on a board and taken away again.

/** Documents by the item that was first put there of each: on which pages of the board its items lie, and whence I came. */
export class Documents {
  private readonly all = new Map<string, { on: Map<string, number>; from: number }>();

  /** An item of the document that began with `first` lies on a page; I was on page `from` then. */
  put(first: string, id: string, page: number, from: number): void {
    const document = this.all.get(first);
    if (document) document.on.set(id, page);
    else this.all.set(first, { on: new Map([[id, page]]), from });
  }

  /** Whence I came to a page, when what was removed of it was the last of a document. */
  wayBack(page: number, removed: readonly string[], isThere: (id: string) => boolean): number | undefined {
    for (const { on, from } of this.all.values()) {
      const lay = removed.some((id) => on.get(id) === page);
      if (lay && ![...on.keys()].some(isThere)) return from;
    }
    return undefined;
  }
}
