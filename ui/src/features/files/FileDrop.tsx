import { Paperclip } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asBase64 } from '../../engine/bytes';
import { useEngine } from '../../engine/context';
import styles from './FileDrop.module.css';
import { pastedPaths, pastes, pastesWords, pasteTaker } from './paste';

/** Files that are dropped on the call, or pasted into it, are shared. Until they are let go it says so. */
export function FileDrop({ onDropped }: { onDropped: () => void }) {
  const { t } = useTranslation();
  const { tools: commands, board } = useEngine();
  const [over, setOver] = useState(false);
  const dropped = useRef(onDropped);
  dropped.current = onDropped;
  useEffect(() => {
    if (!commands) return;
    const share = (paths: string[]) => {
      if (paths.length === 0) return;
      void commands.sendFiles(paths);
      dropped.current();
    };
    let gone = false;
    let unlisten: (() => void) | undefined;
    const listen = async () => {
      unlisten = await commands.onDrop?.((drag) => {
        if (gone) return;
        setOver(drag.state === 'over');
        if (drag.state === 'dropped') share(drag.paths);
      });
      if (gone) unlisten?.();
    };
    void listen();
    let shared = false;
    // Some web views tell a page nothing of pictures and files that are pasted: then the back end looks.
    const key = (event: KeyboardEvent) => {
      if (!commands.paste || !pastes(event)) return;
      // Then it looks for the board.
      if (board?.pasteOnBoard && pasteTaker()) return;
      shared = false;
      setTimeout(() => {
        if (!shared && !gone) void commands.paste?.();
      });
    };
    const paste = (event: ClipboardEvent) => {
      const data = event.clipboardData;
      if (event.defaultPrevented || (data && pastesWords(data))) {
        // It lies on the board, or is typed.
        shared = true;
        return;
      }
      const paths = pastedPaths(data?.getData('text/uri-list') ?? '');
      // A picture that was copied from a page or the screen lies in no file.
      const pictures = [...(data?.files ?? [])].filter((file) => file.type.startsWith('image/'));
      if (paths.length === 0 && pictures.length === 0) return;
      event.preventDefault();
      shared = true;
      if (paths.length > 0) return share(paths);
      for (const picture of pictures) {
        void asBase64(picture).then((bytes) => commands.sendPasted(picture.name || 'picture.png', bytes));
      }
      dropped.current();
    };
    document.addEventListener('keydown', key);
    document.addEventListener('paste', paste);
    return () => {
      gone = true;
      unlisten?.();
      document.removeEventListener('keydown', key);
      document.removeEventListener('paste', paste);
    };
  }, [commands, board]);
  if (!over) return null;
  return (
    <div className={styles.drop} role="status" data-testid="file-drop">
      <Paperclip size={28} strokeWidth={1.8} aria-hidden />
      {t('chat.drop')}
    </div>
  );
}
