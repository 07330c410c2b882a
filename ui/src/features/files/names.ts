// Names of files that the page makes: what it is, of which visit or whom, and when.

/** Longest part of a name, in characters. */
const MOST = 60;
/** What Windows takes in no name, signs that are not seen, and those that turn the order of the others round. */
const NOT_IN_NAMES = /[<>:"/\\|?*\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** `Whiteboard - Dr Rossi - 2026-11-22 15.04.pdf`; parts that say nothing are left out. */
export function nameOfFile(parts: readonly (string | false | undefined)[], at: Date, ending: string): string {
  const said = parts.map((part) => plain(part || '')).filter((part) => part !== '');
  return `${[...said, dateAndTime(at)].join(' - ')}.${ending}`;
}

/** As people write it into names of files: `2026-11-22 15.04`, in the time of this place. */
function dateAndTime(at: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${day} ${two(at.getHours())}.${two(at.getMinutes())}`;
}

function plain(text: string): string {
  const spaced = text.replace(NOT_IN_NAMES, ' ').replace(/\s+/g, ' ').trim();
  // Windows loses a dot at an end, and a cut may leave a space there.
  return [...spaced]
    .slice(0, MOST)
    .join('')
    .replace(/^[. ]+|[. ]+$/g, '');
}
