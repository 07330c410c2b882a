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

/** In lines that are no wider than `most`: broken between words, and within one only where it is alone on its line. */
export function wrapped(text: string, size: number, most: number): string {
  return text
    .split('\n')
    .flatMap((line) => (lineWidth(line, size) <= most ? [line] : broken(line, size, most)))
    .join('\n');
}

function broken(line: string, size: number, most: number): string[] {
  const lines: string[] = [];
  let now = '';
  for (const word of line.split(' ')) {
    const longer = now === '' ? word : `${now} ${word}`;
    if (lineWidth(longer, size) <= most) {
      now = longer;
      continue;
    }
    if (now !== '') lines.push(now);
    now = '';
    for (const letter of word) {
      if (now !== '' && lineWidth(now + letter, size) > most) {
        lines.push(now);
        now = '';
      }
      now += letter;
    }
  }
  return [...lines, now];
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
