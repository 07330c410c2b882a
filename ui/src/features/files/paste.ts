import { TAKES_FILES } from '../../engine/engine';

/** Where files lie that were copied in the system's file manager, and are pasted. */
export function pastedPaths(uriList: string): string[] {
  return uriList
    .split(/\r?\n/)
    .filter((line) => /^file:\/\/\//i.test(line))
    .flatMap((line) => {
      try {
        const path = decodeURIComponent(new URL(line).pathname);
        // `/C:/…` where there are drives.
        return [/^\/[a-z]:/i.test(path) ? path.slice(1) : path];
      } catch {
        return [];
      }
    });
}

/** Somebody who is there with the keyboard means that, and not what is open beside it. */
const ELSEWHERE = 'input, textarea, [contenteditable], aside, [role="dialog"], [role="alertdialog"]';

/**
 * The part of the page to which files go that are pasted now, where there is one that takes them; else they are shared in the
 * chat. It goes by where the keyboard is: web views differ in what they call the place of a paste, some say it is the body.
 */
export function pasteTaker(): Element | undefined {
  const takers = [...document.querySelectorAll(`[${TAKES_FILES}]`)];
  const focus = document.activeElement;
  const there = takers.find((taker) => taker.contains(focus));
  return there ?? (focus?.closest(ELSEWHERE) ? undefined : takers[0]);
}

/**
 * Whether words are pasted into the field they are typed in, though there be a picture of them too, as word processors put it
 * beside them. Files that were copied are meant as files.
 */
export function pastesWords(data: DataTransfer): boolean {
  const types = document.activeElement?.matches('input, textarea, [contenteditable]') ?? false;
  return (
    types && data.getData('text/plain') !== '' && pastedPaths(data.getData('text/uri-list')).length === 0
  );
}

/** Whether these keys paste; held down they paste once. */
export function pastes({ key, repeat, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
  return !repeat && (ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === 'v';
}
