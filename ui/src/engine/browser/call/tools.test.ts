import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChatView, PointerView, ToolsNews } from '../../view';
import { People } from './people';
import { RoomSide } from './room';
import { Tools } from './tools';

let news: ToolsNews[] = [];
let notices: [string, string | null][] = [];
let tools: Tools;

beforeEach(() => {
  vi.useFakeTimers();
  news = [];
  notices = [];
  const ways = {
    toRoom: () => {},
    tools: (one: ToolsNews) => news.push(one),
    board: () => {},
    notice: (code: string, name: string | null) => notices.push([code, name]),
  };
  tools = new Tools(new RoomSide('me', 'Anna', {}), new People(), ways);
});

afterEach(() => {
  tools.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const chat = (): ChatView => {
  const told = news.findLast((one) => one.kind === 'chat');
  if (told?.kind !== 'chat') throw new Error('a chat');
  return told.chat;
};
const pointers = (): PointerView[] | undefined => {
  const told = news.findLast((one) => one.kind === 'pointers');
  return told?.kind === 'pointers' ? told.pointers : undefined;
};

describe('files that were saved before the page was loaded anew', () => {
  it('are saved still', () => {
    sessionStorage.setItem('visita.visit-saved', '["file-1"]');
    const ways = {
      toRoom: () => {},
      tools: (one: ToolsNews) => news.push(one),
      board: () => {},
      notice: () => {},
    };
    const again = new Tools(new RoomSide('me', 'Anna', {}), new People(), ways);
    sessionStorage.clear();
    const info = {
      file_id: 'file-1',
      name: 'a.pdf',
      media_type: 'application/pdf',
      size: 1,
      sha256: '',
      purpose: 'chat',
    };
    const rest = { of: null, of_screen: false, size_px: null, has_thumbnail: false };
    const message = {
      id: 1,
      from: 'other',
      from_name: 'Kenji',
      at_ms: 1,
      text: '',
      file: { ...info, ...rest },
    };
    again.take({ type: 'chat', message } as never);
    expect(chat().messages.map(({ file }) => file?.state.state)).toEqual(['saved']);
    again.close();
  });
});

describe('uploads', () => {
  /** What is asked of the server and not answered yet, by what is to be done: `POST letter 1`, `PATCH letter 1`. */
  let asked: Map<string, (answer: Response) => void>;
  let all: string[];
  let bodies: unknown[];

  beforeEach(() => {
    asked = new Map();
    all = [];
    bodies = [];
    vi.stubGlobal('fetch', (url: string, { method, body, signal }: RequestInit) => {
      const name = method === 'POST' ? JSON.parse(String(body)).name : url.split('/').at(-1);
      const what = `${method} ${name}`;
      all.push(what);
      if (method === 'POST') bodies.push(JSON.parse(String(body)));
      return new Promise<Response>((resolve, reject) => {
        asked.set(what, resolve);
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    });
    tools.files.set('wss://visits.example.org/channel', 'TOKEN');
  });

  const answer = async (what: string, status: number, body: unknown) => {
    const answered = asked.get(what);
    if (!answered) throw new Error(`nobody asked ${what}, but ${[...asked.keys()]}`);
    asked.delete(what);
    answered(new Response(status === 204 ? null : JSON.stringify(body), { status }));
    await vi.advanceTimersByTimeAsync(0);
  };
  const begin = (name: string) => answer(`POST ${name}`, 201, { file_id: name, offset: 0 });
  const share = async (count: number) => {
    tools.shareAll(Array.from({ length: count }, (_, n) => new File(['some words'], `letter ${n + 1}`)));
    await vi.advanceTimersByTimeAsync(0);
  };
  const key = (name: string) => chat().messages.find(({ file }) => file?.info.name === name)?.key ?? '';

  it('go one after the other, in their order', async () => {
    await share(25);
    expect(all).toEqual(['POST letter 1']);
    expect(chat().messages).toHaveLength(25);
    expect(chat().messages[24]).toMatchObject({ tick: 'sending', file: { state: { sent: 0 } } });
    await begin('letter 1');
    await vi.waitFor(() => expect(all).toContain('PATCH letter 1'));
    await answer('PATCH letter 1', 200, {});
    expect(all.slice(2)).toEqual(['POST letter 2']);
    // One that fails makes way too.
    await answer('POST letter 2', 400, { error: { code: 'invalid', message: '' } });
    expect(chat().messages.find(({ file }) => file?.info.name === 'letter 2')?.tick).toBe('failed');
    expect(all.slice(3)).toEqual(['POST letter 3']);
    // What is shared apart from them does not wait for them.
    tools.share(new Blob(['some words']), 'a snapshot');
    await vi.advanceTimersByTimeAsync(0);
    expect(all.slice(4)).toEqual(['POST a snapshot']);
  });

  it('say of a snapshot whose it is, and that it shows a screen', async () => {
    const shot = { purpose: 'snapshot', of: 'host', ofScreen: true } as const;
    tools.share(new Blob(['some words']), 'a screen', shot);
    await vi.advanceTimersByTimeAsync(0);
    expect(bodies.at(-1)).toMatchObject({ purpose: 'snapshot', of: 'host', of_screen: true });
    expect(chat().messages[0]?.file?.info).toMatchObject({ of: 'host', of_screen: true });
  });

  it('are given up while they wait, and never come to the server', async () => {
    await share(3);
    tools.discard(key('letter 2'));
    expect(chat().messages.map(({ file }) => file?.info.name)).not.toContain('letter 2');
    // One that has begun is taken off the server as well.
    tools.discard(key('letter 1'));
    await vi.advanceTimersByTimeAsync(0);
    expect(all.slice(1).sort()).toEqual(['POST letter 1', 'POST letter 3']);
    await begin('letter 1');
    expect(all.at(-1)).toBe('DELETE letter 1');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(all).not.toContain('POST letter 2');
  });

  it('wait a little where there are too many, and are not begun again when given up meanwhile', async () => {
    await share(1);
    tools.share(new Blob(['some words']), 'letter 2');
    await vi.advanceTimersByTimeAsync(0);
    const error = { code: 'rate_limited', message: '' };
    await answer('POST letter 1', 429, { error });
    await answer('POST letter 2', 429, { error });
    expect(chat().messages.map(({ tick }) => tick)).toEqual(['sending', 'sending']);
    tools.discard(key('letter 2'));
    await begin('letter 2');
    await vi.advanceTimersByTimeAsync(1000);
    expect(all.slice(2)).toEqual(['POST letter 2', 'DELETE letter 2', 'POST letter 1']);
  });
});

describe('pointers of the others', () => {
  const spot = { target: { kind: 'camera', participant_id: 'host' }, x: 100, y: 200 } as const;
  const pointed = () => tools.take({ type: 'pointed', participant_id: 'host', spot });
  const pass = (ms: number) => {
    vi.advanceTimersByTime(ms);
    tools.tick();
  };

  it('go away where nothing is heard of them any more', () => {
    pointed();
    pass(7000);
    pointed();
    pass(7999);
    expect(pointers()).toHaveLength(1);
    pass(1);
    expect(pointers()).toEqual([]);
  });
});

describe('what is chosen for the board', () => {
  /** What the server is sent, and what it answers. */
  let sent: string[];
  let status: number;

  beforeEach(() => {
    vi.useRealTimers();
    sent = [];
    status = 200;
    vi.stubGlobal('fetch', async (_url: string, { method, body }: RequestInit) => {
      sent.push(method === 'POST' ? `POST ${JSON.parse(String(body)).name}` : String(method));
      if (status !== 200) {
        const error = { code: 'too_large', message: '' };
        return new Response(JSON.stringify({ error }), { status });
      }
      const answer = method === 'POST' ? { offset: 0 } : { size_px: [640, 400] };
      return new Response(JSON.stringify({ file_id: 'page', ...answer }), { status });
    });
    tools.files.set('wss://visits.example.org/channel', 'TOKEN');
  });
  afterEach(() => vi.restoreAllMocks());

  /** The browser's dialog gives this. */
  const chooses = (...files: File[]) =>
    vi.spyOn(HTMLInputElement.prototype, 'click').mockImplementation(function (this: HTMLInputElement) {
      expect(this.accept).toBe('image/png,image/jpeg,image/webp,image/gif,application/pdf');
      expect(this.multiple).toBe(true);
      if (files.length > 0) Object.defineProperty(this, 'files', { value: files });
      this.dispatchEvent(new Event(files.length > 0 ? 'change' : 'cancel'));
    });

  it('is among what can be put there, or nothing', async () => {
    const click = chooses();
    expect(await tools.pickForBoard()).toEqual([]);
    expect(click).toHaveBeenCalledOnce();
    expect(sent).toEqual([]);
  });

  it('goes up where it is a picture, whatever it is called', async () => {
    chooses(new File(['\x89PNG and so on'], 'knee.pdf', { type: 'application/pdf' }));
    const picture = { kind: 'picture', file_id: 'page', width: 640, height: 400 };
    expect(await tools.pickForBoard()).toEqual([picture]);
    expect(sent).toEqual(['POST knee.pdf', 'PATCH']);
  });

  it('comes with the others that were chosen, in their order', async () => {
    chooses(
      new File(['one'], 'one.png'),
      new File(['%PDF-1.7'], 'two.pdf'),
      new File(['three'], 'three.png'),
    );
    expect((await tools.pickForBoard()).map(({ kind }) => kind)).toEqual(['picture', 'document', 'picture']);
    expect(sent).toEqual(['POST one.png', 'PATCH', 'POST three.png', 'PATCH']);
  });

  it('that is dropped on the board is not shared in the chat', () => {
    document.body.innerHTML = '<main><section data-takes-files></section></main>';
    const heard: string[] = [];
    const unlisten = tools.onDrop((drag) => void heard.push(drag.state));
    const drag = (type: string, at: string) => {
      const event = new Event(type, { bubbles: true, cancelable: true });
      const dataTransfer = { types: ['Files'], files: [new File(['x'], 'x.png')] };
      document.querySelector(at)?.dispatchEvent(Object.assign(event, { dataTransfer }));
    };
    drag('dragover', 'main');
    drag('dragover', 'section');
    drag('drop', 'section');
    expect(heard).toEqual(['over', 'left']);
    drag('drop', 'main');
    expect(heard).toEqual(['over', 'left', 'left', 'dropped']);
    unlisten();
    document.body.innerHTML = '';
  });

  it('is read where it is a document, and stays here', async () => {
    chooses(new File(['%PDF-1.7 and so on'], 'knee.png'));
    expect(await tools.pickForBoard()).toEqual([
      { kind: 'document', name: 'knee.png', base64: btoa('%PDF-1.7 and so on') },
    ]);
    expect(sent).toEqual([]);
    expect(notices).toEqual([]);
  });

  it('is not read where it is too large, or cannot be', async () => {
    const large = new File(['%PDF-1.7'], 'large.pdf');
    Object.defineProperty(large, 'size', { value: 41 * 1024 * 1024 });
    chooses(large);
    expect(await tools.pickForBoard()).toEqual([]);
    const gone = new File(['%PDF-1.7'], 'gone.pdf');
    gone.slice = () => {
      throw new DOMException('gone', 'NotReadableError');
    };
    chooses(gone);
    expect(await tools.pickForBoard()).toEqual([]);
    expect(notices).toEqual([
      ['no_picture', 'large.pdf'],
      ['no_picture', 'gone.pdf'],
    ]);
  });

  it('is said not to go up, be it a picture or a page', async () => {
    status = 413;
    chooses(new File(['a picture'], 'knee.png'));
    expect(await tools.pickForBoard()).toEqual([]);
    expect(await tools.putPicture('report 2.png', new Blob(['a page']))).toBeNull();
    expect(notices).toEqual([
      ['no_picture', 'knee.png'],
      ['no_picture', 'report 2.png'],
    ]);
  });

  it('is not spoken of any more once the call is over', async () => {
    status = 413;
    const putting = tools.putPicture('report.png', new Blob(['a page']));
    tools.close();
    expect(await putting).toBeNull();
    expect(notices).toEqual([]);
  });
});
