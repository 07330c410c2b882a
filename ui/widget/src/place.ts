// Where the window is: plain geometry in CSS pixels.

export interface Size {
  width: number;
  height: number;
}

export interface Box extends Size {
  left: number;
  top: number;
}

/** Which corner is pulled. */
export type Corner = 'nw' | 'ne' | 'sw' | 'se';

/** From the edges of the page. */
const GAP = 16;
/** As small as a visit may be, and as large as it is at first: a telephone. */
const LEAST: Size = { width: 320, height: 260 };
const FIRST: Size = { width: 400, height: 640 };
/** The bar of a visit that was made small: the header, and the buttons that are needed at once. */
const BAR: Size = { width: 380, height: 102 };
const CARD: Size = { width: 420, height: 220 };
/** Where it is narrow its buttons lie in two rows, and names in more. */
const NARROW_CARD = { width: 390, height: 310 };
/** In a window lower than this there is no room for all of a visit. */
const SMALL = 480;
/** In a page smaller than this the window fills it. */
const NARROW: Size = { width: 560, height: 460 };

export function fills(page: Size): boolean {
  return page.width < NARROW.width || page.height < NARROW.height;
}

/** At first: at the bottom right, where such things are looked for. */
export function first(page: Size): Box {
  return within({ ...FIRST, left: page.width, top: page.height }, page);
}

/** All of it in the page, as large as there is room. */
export function within(box: Box, page: Size): Box {
  const width = Math.round(Math.min(Math.max(box.width, LEAST.width), page.width - 2 * GAP));
  const height = Math.round(Math.min(Math.max(box.height, LEAST.height), page.height - 2 * GAP));
  return kept({ ...box, width, height }, page);
}

/** All of it in the page, as large as it is. */
export function kept({ left, top, width, height }: Box, page: Size): Box {
  return {
    width,
    height,
    left: Math.round(Math.max(GAP, Math.min(left, page.width - width - GAP))),
    top: Math.round(Math.max(GAP, Math.min(top, page.height - height - GAP))),
  };
}

export function moved(box: Box, dx: number, dy: number, page: Size): Box {
  return kept({ ...box, left: box.left + dx, top: box.top + dy }, page);
}

/** The corner that is pulled moves, the one across from it stays. */
export function pulled(box: Box, corner: Corner, dx: number, dy: number, page: Size): Box {
  const west = corner.endsWith('w');
  const north = corner.startsWith('n');
  const right = box.left + box.width;
  const bottom = box.top + box.height;
  const room: Size = {
    width: west ? right - GAP : page.width - GAP - box.left,
    height: north ? bottom - GAP : page.height - GAP - box.top,
  };
  const width = Math.max(LEAST.width, Math.min(box.width + (west ? -dx : dx), room.width));
  const height = Math.max(LEAST.height, Math.min(box.height + (north ? -dy : dy), room.height));
  const left = west ? right - width : box.left;
  const top = north ? bottom - height : box.top;
  return within({ left, top, width, height }, page);
}

/** Becomes larger to where there is more room. */
export function grown(box: Box, dx: number, dy: number, page: Size): Box {
  const west = box.left > page.width - box.left - box.width;
  const north = box.top > page.height - box.top - box.height;
  const corner: Corner = `${north ? 'n' : 's'}${west ? 'w' : 'e'}`;
  return pulled(box, corner, west ? -dx : dx, north ? -dy : dy, page);
}

/** Whether it is too small for all of a visit, and could be larger. */
export function isSmall(box: Box, page: Size): boolean {
  return box.height < Math.min(SMALL, page.height - 2 * GAP);
}

/** As large as at first, where it was. */
export function large({ left, top, width, height }: Box, page: Size): Box {
  const size = { width: Math.max(width, FIRST.width), height: FIRST.height };
  return within({ ...size, left: left + width - size.width, top: top + height - size.height }, page);
}

/** The bar lies where the bottom of the window was. */
export function bar(box: Box, page: Size): Box {
  const width = Math.min(BAR.width, page.width - 2 * GAP);
  const left = box.left + box.width - width;
  return kept({ width, height: BAR.height, left, top: box.top + box.height - BAR.height }, page);
}

/** Where somebody who calls is shown. */
export function card(page: Size): Box {
  const width = Math.min(CARD.width, page.width - 2 * GAP);
  const height = width < NARROW_CARD.width ? NARROW_CARD.height : CARD.height;
  return kept(
    { width, height: Math.min(height, page.height - 2 * GAP), left: page.width, top: page.height },
    page,
  );
}
