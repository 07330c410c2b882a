// Whether a picture fills its place and loses edges, or is shown whole.

interface Size {
  width: number;
  height: number;
}

/** Filling may cost this share of the picture, at most; a face near the edge survives it. */
const MAX_CUT = 0.2;

export function objectFit(picture: Size, box: Size): 'cover' | 'contain' {
  if (!(picture.width > 0 && picture.height > 0 && box.width > 0 && box.height > 0)) return 'cover';
  const ratio = picture.width / picture.height / (box.width / box.height);
  const cut = 1 - Math.min(ratio, 1 / ratio);
  return cut > MAX_CUT ? 'contain' : 'cover';
}
