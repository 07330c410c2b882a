import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FakeEngine } from '../../engine/fake';
import { openPage, press } from '../../test/page';
import { watchSight } from '../../test/sight';

const byId = (id: string) => screen.getByTestId(id);
const shown = (id: string) => screen.queryByTestId(id) !== null;
const asked = (engine: FakeEngine, ...names: string[]) =>
  engine.asked.filter(([name]) => names.includes(name));
const message = (key: string) => {
  const found = screen.getAllByTestId('message').find(({ dataset }) => dataset.key === key);
  if (!found) throw new Error(`no message ${key}`);
  return found;
};
const card = (id: string) => {
  const found = screen.getAllByTestId('file').find(({ dataset }) => dataset.fileId === id);
  if (!found) throw new Error(`no file ${id}`);
  return found;
};

async function openChat(query = 'chat=long', without: Parameters<typeof openPage>[1] = []) {
  const engine = await openPage(`screen=call&people=3&${query}`, without);
  await press('chat');
  return engine;
}

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe.each([
  ['light', 'en'],
  ['dark', 'it'],
])('in %s, %s', (theme, lang) => {
  it.each(['chat=none', 'chat=long', 'chat=long&simple'])('axe finds nothing on ?%s', async (query) => {
    await openPage(`screen=call&people=3&${query}&theme=${theme}&lang=${lang}`);
    if (query.includes('simple')) {
      await press('more');
      await press('more-chat');
    } else {
      await press('chat');
      if (shown('chat-search')) await press('chat-search');
    }
    const rules = { 'color-contrast': { enabled: false } };
    const { violations } = await axe.run(byId('chat-panel'), { rules });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
  });
});

describe('the chat', () => {
  it('keeps a text that is too long, says by how much, and sends it once it fits', async () => {
    const engine = await openChat('chat=none');
    const text = 'x'.repeat(4003);
    fireEvent.change(byId('chat-field'), { target: { value: text } });
    expect(byId('chat-left').textContent).toContain('3 characters too many');
    await userEvent.keyboard('{Enter}');
    expect((byId('chat-field') as HTMLTextAreaElement).value).toBe(text);
    expect(asked(engine, 'send chat')).toEqual([]);
    fireEvent.change(byId('chat-field'), { target: { value: text.slice(3) } });
    expect(byId('chat-left').textContent).toContain('0 characters left');
    await userEvent.keyboard('{Enter}');
    expect(asked(engine, 'send chat')).toHaveLength(1);
  });

  it('opens with the keyboard in its field, and gives it back', async () => {
    const engine = await openChat('chat=unread');
    expect(document.activeElement).toBe(byId('chat-field'));
    expect(byId('chat').getAttribute('aria-pressed')).toBe('true');
    await userEvent.keyboard('{Escape}');
    expect(shown('chat-panel')).toBe(false);
    expect(document.activeElement).toBe(byId('chat'));
    expect(asked(engine, 'show chat').map(([, on]) => on)).toEqual([true, false]);
  });

  it('counts what is new, and shows where it begins', async () => {
    await openPage('screen=call&people=3&chat=unread');
    expect(byId('chat').getAttribute('aria-label')).toBe('Chat with everyone, 2 new messages, 2');
    await press('chat');
    expect(byId('unread').textContent).toBe('2 new messages');
    await waitFor(() => expect(byId('chat').getAttribute('aria-label')).toBe('Chat with everyone'));
    expect(shown('unread')).toBe(true);
  });

  it('is one panel of several, of which one is open', async () => {
    await openChat();
    await press('gallery');
    expect([shown('chat-panel'), shown('gallery-panel')]).toEqual([false, true]);
    await press('people-count');
    expect([shown('gallery-panel'), shown('people-panel')]).toEqual([false, true]);
    await press('people-count');
    expect(shown('people-panel')).toBe(false);
  });

  it('has no place for who has neither chat nor files', async () => {
    await openPage('screen=call&people=3&without=chat file_upload');
    expect(shown('chat')).toBe(false);
  });

  it('shows a lock where the right was taken, and lets one read on', async () => {
    const engine = await openChat();
    await press('close-panel');
    act(() =>
      engine.change(({ screen: call }) => {
        if (call.kind === 'call') call.me.tools = { ...call.me.tools, chat: false, file_upload: false };
      }),
    );
    expect(byId('chat').textContent).toContain('By host');
    await press('chat');
    expect(shown('chat-field')).toBe(false);
    expect(byId('chat-panel').textContent).toContain('You can read along here.');
  });

  it('is opened from the message that tells of it, and not told of while it is open', async () => {
    const engine = await openPage('screen=call&people=3&chat=unread&notice=chat_message');
    await userEvent.click(within(byId('notice')).getByText('Show'));
    expect(shown('chat-panel')).toBe(true);
    expect(asked(engine, 'dismiss notice')).toHaveLength(1);
    act(() =>
      engine.change((view) => {
        view.notice = { code: 'chat_message', name: 'Anna Rossi' };
      }),
    );
    expect(shown('notice')).toBe(false);
  });

  it('is told of as what came: a file by its name, a snapshot by whom it shows', async () => {
    const engine = await openPage('screen=call&people=3&chat=pdf&gallery=1&notice=chat_message');
    expect(byId('notice').textContent).toContain('Anna Rossi sent a file: all-images-of-the-year.pdf');
    act(() =>
      engine.changeTools(({ chat: { messages }, gallery: [taken] }) => {
        const last = messages.findLast(({ from }) => from === 'seat-0');
        if (last && taken) messages.push({ ...last, key: 'taken', text: '', file: taken.file });
      }),
    );
    expect(byId('notice').textContent).toContain('Anna Rossi took a picture of their own video.');
    await userEvent.click(within(byId('notice')).getByText('Show'));
    expect(shown('gallery-panel')).toBe(true);
    expect(shown('chat-panel')).toBe(false);
  });

  it('keeps what is not sent yet while it is closed', async () => {
    await openChat();
    await userEvent.keyboard('Half a sen');
    await press('chat');
    await press('chat');
    expect((byId('chat-field') as HTMLTextAreaElement).value).toBe('Half a sen');
  });
});

describe('writing', () => {
  it('sends by Enter and begins a line by Shift and Enter', async () => {
    const engine = await openChat();
    await userEvent.keyboard('One{Shift>}{Enter}{/Shift}two{Enter}');
    expect(asked(engine, 'send chat')).toEqual([['send chat', 'One\ntwo', null]]);
    expect((byId('chat-field') as HTMLTextAreaElement).value).toBe('');
    expect(asked(engine, 'typing').map(([, on]) => on)).toEqual([true, false]);
    await userEvent.keyboard('  {Enter}');
    expect(asked(engine, 'send chat')).toHaveLength(1);
  });

  it('tells that I write for as long as I do', async () => {
    const engine = await openChat();
    const said = () => asked(engine, 'typing').map(([, on]) => on);
    vi.useFakeTimers();
    const type = (value: string, afterMs: number) => {
      vi.advanceTimersByTime(afterMs);
      fireEvent.change(byId('chat-field'), { target: { value } });
    };
    type('O', 0);
    type('On', 1000);
    expect(said()).toEqual([true]);
    type('One', 1000);
    expect(said()).toEqual([true, true]);
    // Somebody slow is not dropped between by the others, after six seconds.
    type('One ', 1900);
    type('One t', 3900);
    expect(said()).toEqual([true, true, true]);
    vi.advanceTimersByTime(3999);
    expect(said()).toEqual([true, true, true]);
    vi.advanceTimersByTime(1);
    expect(said()).toEqual([true, true, true, false]);
    vi.advanceTimersByTime(60_000);
    expect(said()).toHaveLength(4);
  });

  it('does not send what is being put together', async () => {
    const engine = await openChat();
    await userEvent.keyboard('に');
    fireEvent.keyDown(byId('chat-field'), { key: 'Enter', isComposing: true });
    expect(asked(engine, 'send chat')).toEqual([]);
  });

  it('answers a message, and shows which', async () => {
    const engine = await openChat();
    await userEvent.click(within(message('message-5')).getByTestId('reply'));
    expect(byId('replying').textContent).toContain('Reply to Kenji Mori');
    await userEvent.keyboard('{Escape}');
    expect([shown('replying'), shown('chat-panel')]).toEqual([false, true]);
    await userEvent.click(within(message('message-5')).getByTestId('reply'));
    await userEvent.keyboard('Thanks{Enter}');
    expect(asked(engine, 'send chat')).toEqual([['send chat', 'Thanks', 5]]);
    expect(shown('replying')).toBe(false);
    expect(within(message('message-101')).getByTestId('quote').textContent).toContain('Here is the report');
  });

  it('jumps to what was answered', async () => {
    await openChat();
    const scrolled = vi.fn();
    message('message-3').scrollIntoView = scrolled;
    await userEvent.click(within(message('message-4')).getByTestId('quote'));
    expect(scrolled).toHaveBeenCalled();
  });

  it('says how far it has come, in words', async () => {
    await openChat();
    expect(message('message-4').textContent).toContain('Read');
    expect(message('message-9').textContent).toContain('Delivered');
    expect(message('message-16').textContent).toContain('Sending');
    expect(message('message-15').textContent).toContain('Not sent');
  });

  it('tries again what was not taken, or forgets it', async () => {
    const engine = await openChat();
    await userEvent.click(within(message('message-15')).getByTestId('try-again'));
    expect(asked(engine, 'try again')).toEqual([['try again', 'message-15']]);
    expect(message('message-15').dataset.tick).toBe('sent');
    const file = within(card('broken'));
    await userEvent.click(file.getByTestId('file-discard'));
    expect(asked(engine, 'discard')).toEqual([['discard', 'message-13']]);
  });
});

describe('what others write', () => {
  const write = (engine: FakeEngine, text: string) =>
    act(() =>
      engine.changeTools(({ chat }) => {
        const [first] = chat.messages;
        if (first) chat.messages.push({ ...first, key: text, id: 99, text, at_ms: Date.now() });
      }),
    );

  it('is read out, once', async () => {
    const engine = await openChat();
    expect(byId('chat-news').textContent).toBe('');
    write(engine, 'Hello');
    expect(byId('chat-news').textContent).toBe('Anna Rossi: Hello');
    write(engine, 'Again');
    expect(byId('chat-news').textContent).toBe('Anna Rossi: Again');
  });

  it('waits below for who scrolled up', async () => {
    const engine = await openChat();
    const list = screen.getByRole('region', { name: 'Messages' });
    Object.defineProperties(list, {
      scrollHeight: { value: 2000 },
      clientHeight: { value: 400 },
    });
    list.scrollTop = 100;
    fireEvent.scroll(list);
    expect(byId('to-end').textContent).toBe('To the newest message');
    write(engine, 'Hello');
    write(engine, 'Again');
    expect(byId('to-end').textContent).toBe('2 new messages');
    expect(list.scrollTop).toBe(100);
    await press('to-end');
    expect(shown('to-end')).toBe(false);
    expect(list.scrollTop).toBe(2000);
  });

  it('is told while it is written', async () => {
    const engine = await openChat();
    const typing = (...names: string[]) =>
      act(() =>
        engine.changeTools(({ chat }) => {
          chat.typing = names;
        }),
      );
    expect(byId('typing').textContent).toBe('Anna Rossi is typing');
    typing('Anna', 'Kenji');
    expect(byId('typing').textContent).toBe('Anna and Kenji are typing');
    typing('Anna', 'Kenji', 'Aisha');
    expect(byId('typing').textContent).toBe('Several people are typing');
    typing();
    expect(byId('typing').textContent).toBe('');
  });

  it('is copied, and its links are opened by the system', async () => {
    const engine = await openChat();
    await userEvent.click(within(message('message-5')).getByTestId('copy'));
    expect(asked(engine, 'copy')).toEqual([['copy', 'Here is the report from March.']]);
    const link = byId('link');
    expect(fireEvent.click(link)).toBe(false);
    write(engine, 'Write to anna.rossi@studio-conti.example');
    fireEvent.click(screen.getByRole('link', { name: 'anna.rossi@studio-conti.example' }));
    expect(asked(engine, 'open url')).toEqual([
      ['open url', 'https://www.example.org/knee/exercises'],
      ['open url', 'mailto:anna.rossi@studio-conti.example'],
    ]);
  });

  it('is never more than text', async () => {
    const engine = await openChat();
    write(engine, '<img src=x onerror=alert(1)> <b>bold</b>');
    const text = message('<img src=x onerror=alert(1)> <b>bold</b>');
    expect(text.querySelector('img')).toBeNull();
    expect(text.textContent).toContain('<b>bold</b>');
  });
});

describe('the search', () => {
  it('goes from the newest place to the one before', async () => {
    await openChat();
    await press('chat-search');
    await userEvent.keyboard('the');
    expect(byId('search-count').textContent).toBe('7 of 7');
    await press('before');
    expect(byId('search-count').textContent).toBe('6 of 7');
    await userEvent.keyboard('zzz');
    await userEvent.type(byId('search-field'), 'zzz');
    expect(byId('search-count').textContent).toBe('Nothing found');
    await userEvent.keyboard('{Escape}');
    expect([shown('search-field'), shown('chat-panel')]).toEqual([false, true]);
  });
});

describe('files', () => {
  it('are chosen, saved, opened and deleted, the last asked first', async () => {
    const engine = await openChat();
    await press('attach');
    expect(asked(engine, 'pick files')).toHaveLength(1);
    await userEvent.click(within(card('report')).getByTestId('file-save'));
    expect(asked(engine, 'download')).toEqual([['download', 'report']]);
    expect(card('report').textContent).toContain('saved');
    await userEvent.click(within(card('report')).getByTestId('file-open'));
    expect(asked(engine, 'open file')).toEqual([['open file', 'report']]);
    await userEvent.click(within(card('report')).getByTestId('file-delete'));
    expect(asked(engine, 'delete file')).toEqual([]);
    await press('delete-not');
    await userEvent.click(within(card('report')).getByTestId('file-delete'));
    await press('delete-yes');
    expect(asked(engine, 'delete file')).toEqual([['delete file', 'report']]);
  });

  it('say how far they are, and why they did not go through', async () => {
    await openChat();
    expect(within(card('up')).getByRole('progressbar').getAttribute('aria-valuenow')).toBe('63');
    expect(card('up').textContent).toContain('Sending, 43 MB of 68 MB');
    expect(card('down').textContent).toContain('Saving, 9 MB of 24 MB');
    expect(within(card('large')).queryByTestId('file-try-again')).toBeNull();
    expect(card('large').textContent).toContain('Larger than 150 MB');
    expect(within(card('broken')).queryByTestId('file-try-again')).toBeTruthy();
  });

  it('have a picture that opens large', async () => {
    await openChat();
    await userEvent.click(within(card('photo')).getByTestId('file-picture'));
    expect(byId('picture-sheet').textContent).toContain('my-knee.jpg');
    await waitFor(() => expect(byId('picture-sheet').querySelector('img')).toBeTruthy());
    await press('picture-close');
    expect(shown('picture-sheet')).toBe(false);
  });

  it('are shared by dropping them on the call', async () => {
    const engine = await openPage('screen=call&people=3');
    const drag = (detail: object) =>
      act(() => void document.dispatchEvent(new CustomEvent('fake-drop', { detail })));
    drag({ state: 'over' });
    expect(byId('file-drop').textContent).toBe('Drop files to share them with everyone');
    drag({ state: 'left' });
    expect(shown('file-drop')).toBe(false);
    drag({ state: 'dropped', paths: ['/tmp/a.pdf'], at: { x: 0, y: 0 } });
    expect(asked(engine, 'send files')).toEqual([['send files', ['/tmp/a.pdf']]]);
    expect(shown('chat-panel')).toBe(true);
  });

  it('are pasted once where the page is not told of them, however long the keys are held', async () => {
    const engine = await openPage('screen=call&people=3');
    for (const repeat of [false, true, true])
      fireEvent.keyDown(document.body, { key: 'v', ctrlKey: true, repeat });
    await waitFor(() => expect(asked(engine, 'paste')).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked(engine, 'paste')).toHaveLength(1);
  });

  it('are not shared where they are a picture of words that are typed', async () => {
    const engine = await openPage('screen=call&people=3');
    await press('chat');
    const field = byId('chat-field');
    field.focus();
    const getData = (type: string) => (type === 'text/plain' ? 'Twice a day' : '');
    const files = [new File(['x'], 'words.png', { type: 'image/png' })];
    fireEvent.keyDown(field, { key: 'v', ctrlKey: true });
    fireEvent.paste(field, { clipboardData: { files, getData } });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([...asked(engine, 'paste'), ...asked(engine, 'send pasted')]).toEqual([]);
  });

  it('are not, without the right to', async () => {
    const engine = await openPage('screen=call&people=3&without=file_upload');
    document.dispatchEvent(
      new CustomEvent('fake-drop', {
        detail: { state: 'dropped', paths: ['/tmp/a.pdf'], at: { x: 0, y: 0 } },
      }),
    );
    expect(asked(engine, 'send files')).toEqual([]);
    await press('chat');
    expect(shown('attach')).toBe(false);
  });
});

describe('a back end without tools', () => {
  it('has no chat, no gallery and nothing to present', async () => {
    await openPage('screen=call&people=3', ['tools']);
    expect([shown('chat'), shown('gallery')]).toEqual([false, false]);
    await press('more');
    for (const id of ['more-pointer', 'more-present', 'more-gallery']) expect(shown(id)).toBe(false);
  });
});

describe('a snapshot in the chat', () => {
  const open = async (query: string) => {
    const sight = watchSight();
    const engine = await openChat(`chat=snapshots&gallery=2&screens${query}`);
    sight.show(() => true);
    return engine;
  };

  it('says what it shows, and is saved at once where nothing is drawn on it', async () => {
    const engine = await open('');
    expect(card('snapshot-0').textContent).toContain('Snapshot of Anna Rossi');
    expect(card('snapshot-1').textContent).toContain('Kenji Mori’s screen');
    await userEvent.click(within(card('snapshot-1')).getByTestId('file-picture'));
    expect(within(byId('picture-sheet')).getByRole('heading').textContent).toBe('Kenji Mori’s screen');
    await press('picture-close');
    await userEvent.click(within(card('snapshot-0')).getByTestId('file-save'));
    expect(asked(engine, 'download')).toEqual([['download', 'snapshot-0']]);
  });

  it('shows what was drawn on it, small and large, and is saved with that or without', async () => {
    const engine = await open('&drawn');
    await waitFor(() => expect(screen.getAllByTestId('drawn')).toHaveLength(2));
    const small = within(card('snapshot-1'));
    expect(small.getByTestId('file-picture').getAttribute('aria-label')).toContain('drawn on');
    await userEvent.click(small.getByTestId('file-save'));
    expect(screen.getAllByRole('menuitem').map(({ textContent }) => textContent)).toEqual([
      'With the drawing',
      'Without the drawing',
    ]);
    await press('save-plain');
    expect(asked(engine, 'download')).toEqual([['download', 'snapshot-1']]);
    await userEvent.click(small.getByTestId('file-picture'));
    const sheet = within(byId('picture-sheet'));
    expect(sheet.getByTestId('drawn').dataset.of).toBe('snapshot-1');
    expect(sheet.getByTestId('picture-save')).toBeTruthy();
  });
});
