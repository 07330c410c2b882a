// Pictures that lie on boards, fetched once each.

export class BoardPictures {
  private readonly known = new Map<string, HTMLImageElement | undefined>();
  private heard: (fileId: string) => void = () => {};

  constructor(private readonly fetch: ((fileId: string) => Promise<string | null>) | undefined) {}

  /** Hears of each picture that has come. */
  onCome(heard: (fileId: string) => void): void {
    this.heard = heard;
  }

  readonly of = (fileId: string): HTMLImageElement | undefined => {
    if (!this.known.has(fileId)) {
      this.known.set(fileId, undefined);
      void this.load(fileId);
    }
    return this.known.get(fileId);
  };

  /** Waits until all of them are there, or cannot be had. */
  async all(fileIds: Iterable<string>): Promise<void> {
    await Promise.all([...fileIds].map((id) => this.known.get(id) ?? this.load(id)));
  }

  private async load(fileId: string): Promise<void> {
    const address = await this.fetch?.(fileId).catch(() => null);
    if (!address) {
      // Perhaps it is still on its way: whoever asks again later may have it.
      setTimeout(() => this.known.delete(fileId), 3_000);
      return;
    }
    const image = await loadImage(address);
    if (!image) return;
    this.known.set(fileId, image);
    this.heard(fileId);
  }
}

export async function loadImage(address: string): Promise<HTMLImageElement | undefined> {
  const image = new Image();
  image.src = address;
  try {
    await image.decode();
    return image;
  } catch {
    return undefined;
  }
}
