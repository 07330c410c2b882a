import { useCallback, useEffect, useState } from 'react';
import { useEngine } from '../engine/context';

/** Copies text, and says for a moment which. */
export function useCopy(): { copied: string | undefined; copy: (text: string) => void } {
  const { windows } = useEngine();
  const [copied, setCopied] = useState<string>();
  useEffect(() => {
    if (copied === undefined) return;
    const timer = setTimeout(() => setCopied(undefined), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = useCallback(
    (text: string) => {
      const done = windows ? windows.copyText(text) : navigator.clipboard?.writeText(text);
      // Without TLS there is no clipboard.
      void done?.then(() => setCopied(text));
    },
    [windows],
  );
  return { copied, copy };
}
