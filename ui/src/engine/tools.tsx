// Chat, gallery and pointers as the engine last told them. They come by a way of their own, apart from the view.

import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react';
import { useEngine } from './context';
import type { ToolsCommands } from './engine';
import type { ChatView, PointerView, SnapshotView } from './view';

export interface ToolsView {
  chat: ChatView;
  /** Newest first. */
  gallery: SnapshotView[];
}

const NOTHING: ToolsView = { chat: { messages: [], typing: [], unread: 0 }, gallery: [] };

const ToolsContext = createContext(NOTHING);
const OwnSeatContext = createContext<string | undefined>(undefined);
// Apart from the rest: they change up to 30 times a second.
const PointersContext = createContext<PointerView[]>([]);

/** What the last call left behind, for as long as no other begins. */
const left = new WeakMap<ToolsCommands, ToolsView>();

/** Chat and gallery of the call that is over, as they were at its end. */
export function useLeftTools(): ToolsView {
  const { tools } = useEngine();
  return (tools && left.get(tools)) ?? NOTHING;
}

/** Listens for as long as a call lasts; `me` is my seat in it. */
export function ToolsProvider({ me, children }: { me?: string; children: ReactNode }) {
  const { tools } = useEngine();
  const [chat, setChat] = useState(NOTHING.chat);
  const [gallery, setGallery] = useState(NOTHING.gallery);
  const [pointers, setPointers] = useState<PointerView[]>([]);
  useEffect(() => {
    if (!tools) return;
    let gone = false;
    let unlisten: (() => void) | undefined;
    const listen = async () => {
      unlisten = await tools.onNews((news) => {
        if (gone) return;
        if (news.kind === 'chat') setChat((before) => sameWhereSame(before, news.chat));
        else if (news.kind === 'gallery') setGallery(news.snapshots);
        else setPointers(news.pointers);
      });
      if (gone) unlisten();
      else await tools.tell();
    };
    void listen();
    return () => {
      gone = true;
      unlisten?.();
    };
  }, [tools]);
  const view = useMemo(() => ({ chat, gallery }), [chat, gallery]);
  useEffect(() => {
    if (tools) left.set(tools, view);
  }, [tools, view]);
  return (
    <ToolsContext value={view}>
      <OwnSeatContext value={me}>
        <PointersContext value={pointers}>{children}</PointersContext>
      </OwnSeatContext>
    </ToolsContext>
  );
}

/** Messages that did not change stay the very same, so that only what changed is drawn anew. */
function sameWhereSame(before: ChatView, now: ChatView): ChatView {
  const known = new Map(before.messages.map((message) => [message.key, message]));
  const messages = now.messages.map((message) => {
    const old = known.get(message.key);
    return old && JSON.stringify(old) === JSON.stringify(message) ? old : message;
  });
  const same =
    messages.length === before.messages.length && messages.every((one, n) => one === before.messages[n]);
  return { ...now, messages: same ? before.messages : messages };
}

/** Chat and gallery. */
export function useTools(): ToolsView {
  return use(ToolsContext);
}

/** The seat I am in, which tells pictures of me from pictures of others; nothing outside a call. */
export function useOwnSeat(): string | undefined {
  return use(OwnSeatContext);
}

/** Where the others point. */
export function usePointers(): PointerView[] {
  return use(PointersContext);
}
