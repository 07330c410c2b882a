// Where a picture lies in its place: whether it fills it and loses edges, or is shown whole.

export interface Size {
  width: number;
  height: number;
}

export type Fit = 'cover' | 'contain';

/** How a picture is shown: what there is of it, in how much room. */
export interface Fitted {
  picture: Size;
  box: Size;
  fit: Fit;
}

/** Filling may cost this share of the picture, at most; a face near the edge survives it. */
const MAX_CUT = 0.2;

export function objectFit(picture: Size, box: Size): Fit {
  if (!(picture.width > 0 && picture.height > 0 && box.width > 0 && box.height > 0)) return 'cover';
  const ratio = picture.width / picture.height / (box.width / box.height);
  const cut = 1 - Math.min(ratio, 1 / ratio);
  return cut > MAX_CUT ? 'contain' : 'cover';
}

export interface Place extends Size {
  x: number;
  y: number;
}

/** Where the whole picture lies, from the box's corner; it reaches beyond the box where edges are cut. */
export function pictureIn({ picture, box, fit }: Fitted): Place | undefined {
  const across = box.width / picture.width;
  const down = box.height / picture.height;
  const scale = fit === 'cover' ? Math.max(across, down) : Math.min(across, down);
  if (!(Number.isFinite(scale) && scale > 0)) return undefined;
  const width = picture.width * scale;
  const height = picture.height * scale;
  return { x: (box.width - width) / 2, y: (box.height - height) / 2, width, height };
}
