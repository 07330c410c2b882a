// How wide and high words are on a board.

/** From one line to the next, in letters' heights. */
export const LINE = 1.3;

/** The letters of a board, as the page has them. */
export function boardFont(size: number): string {
  return `500 ${size}px ${family()}`;
}

export function textSize(text: string, size: number): { width: number; height: number } {
  const lines = text.split('\n');
  const width = Math.max(...lines.map((line) => lineWidth(line, size)), size / 2);
  return { width: Math.ceil(width), height: Math.ceil(lines.length * size * LINE) };
}

/** Widths at a size of 100, by line. */
const widths = new Map<string, number>();
let ruler: CanvasRenderingContext2D | null | undefined;

function lineWidth(line: string, size: number): number {
  let wide = widths.get(line);
  if (wide === undefined) {
    ruler ??= document.createElement('canvas').getContext('2d');
    if (ruler) ruler.font = boardFont(100);
    // Where nothing can be drawn nothing is measured either: about a letter's usual width.
    wide = ruler ? ruler.measureText(line).width : [...line].length * 55;
    if (widths.size > 5_000) widths.clear();
    widths.set(line, wide);
  }
  return (wide * size) / 100;
}

let named: string | undefined;

function family(): string {
  named ??= getComputedStyle(document.documentElement).getPropertyValue('--sans').trim() || 'sans-serif';
  return named;
}
