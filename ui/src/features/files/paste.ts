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
