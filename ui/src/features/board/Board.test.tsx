import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FileDrag } from '../../engine/engine';
import type { BoardAction } from '../../engine/view';
import { openPage, press } from '../../test/page';

type Page = Awaited<ReturnType<typeof openPage>>;

const board = () => screen.findByTestId('board');
const doneOnBoard = ({ asked }: Page) =>
  asked.flatMap(([name, action]) => (name === 'board' ? [action as BoardAction] : []));
const of = <K extends BoardAction['do']>(page: Page, kind: K) =>
  doneOnBoard(page).filter((one): one is Extract<BoardAction, { do: K }> => one.do === kind);

async function open(query: string) {
  const page = await openPage(query);
  await userEvent.click(screen.getByTestId('board-slot'));
  await board();
  return page;
}

/** Where nothing is laid out, a place on the paper is that on the board. */
function drag(...places: [number, number][]) {
  const paper = screen.getByTestId('board-paper');
  const [first, ...rest] = places;
  if (!first) return;
  const at = ([clientX, clientY]: [number, number]) => ({ clientX, clientY, pointerId: 1, button: 0 });
  fireEvent.pointerDown(paper, at(first));
  for (const place of rest) fireEvent.pointerMove(paper, at(place));
  fireEvent.pointerUp(paper, at(places[places.length - 1] ?? first));
}

afterEach(() => vi.restoreAllMocks());

describe('the board', () => {
  it('opens for me by its place in the bar, and closes again', async () => {
    const page = await open('screen=call&people=3');
    await waitFor(() => expect(of(page, 'open')).not.toHaveLength(0));
    expect(screen.getByTestId('board-empty')).toBeTruthy();
    await userEvent.click(screen.getByTestId('board-close'));
    expect(screen.queryByTestId('board')).toBeNull();
    expect(of(page, 'close')).not.toHaveLength(0);
    expect(screen.getByTestId('stage').dataset.layout).toBe('grid');
  });

  it('is opened for everybody by an admin, with a word of who did', async () => {
    const page = await openPage('screen=call&people=3&guest');
    const show = (shown: boolean) =>
      act(async () =>
        page.change(({ screen }) => {
          if (screen.kind === 'call') screen.whiteboard = { shown, by: 'seat-0', page: 0 };
        }),
      );
    await show(true);
    await board();
    expect(screen.getByTestId('board-opened-by').textContent).toContain('Anna Rossi');
    expect(screen.queryByTestId('board-for-all')).toBeNull();
    // For oneself it may be closed, and opened again.
    await userEvent.click(screen.getByTestId('board-close'));
    expect(screen.queryByTestId('board')).toBeNull();
    await userEvent.click(screen.getByTestId('board-slot'));
    await board();
    await show(false);
    await waitFor(() => expect(screen.queryByTestId('board')).toBeNull());
  });

  it('is closed for everybody with a word of who did, to whoever had it open', async () => {
    const page = await openPage('screen=call&people=3&guest&shown');
    const set = (shown: boolean, by: string | null) =>
      act(async () =>
        page.change(({ screen }) => {
          if (screen.kind === 'call') screen.whiteboard = { shown, by, page: 0 };
        }),
      );
    const said = () => screen.queryByTestId('notice')?.textContent;
    await board();
    await set(false, 'seat-0');
    await waitFor(() => expect(said()).toBe('Anna Rossi closed the board for everyone.'));
    expect(screen.queryByTestId('board')).toBeNull();
    // Shown again it is not closed any more.
    await set(true, 'seat-0');
    await waitFor(() => expect(said()).toBeUndefined());
    await board();
    // Whoever closed it has left meanwhile.
    await set(false, 'gone');
    await waitFor(() => expect(said()).toBe('The board was closed for everyone.'));
    await userEvent.click(screen.getByTestId('notice-close'));
    expect(said()).toBeUndefined();
    // Nobody closed it: the room began anew, after its server was away.
    await set(true, 'seat-0');
    await board();
    await set(false, null);
    await board();
    expect(said()).toBeUndefined();
    // Whoever closed it for themselves misses nothing.
    await set(true, 'seat-0');
    await board();
    await userEvent.click(screen.getByTestId('board-close'));
    await set(false, 'seat-0');
    expect(said()).toBeUndefined();
  });

  it('says nothing to whoever closed it', async () => {
    await open('screen=call&people=3');
    await userEvent.click(screen.getByRole('button', { name: 'Show to everyone' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Close for everyone' }));
    await waitFor(() => expect(screen.queryByTestId('board')).toBeNull());
    expect(screen.queryByTestId('notice')).toBeNull();
  });

  it('is shown to everybody and closed for everybody by its admin', async () => {
    const page = await open('screen=call&people=3');
    await userEvent.click(screen.getByRole('button', { name: 'Show to everyone' }));
    expect(page.asked.at(-1)).toEqual(['show whiteboard', true, 0]);
    await userEvent.click(screen.getByRole('button', { name: 'Close for everyone' }));
    expect(page.asked).toContainEqual(['show whiteboard', false, 0]);
  });

  it('takes strokes, figures and what is undone', async () => {
    const page = await open('screen=call&people=2');
    drag([10, 10], [40, 30], [80, 20]);
    expect(of(page, 'put')).toMatchObject([{ shape: { kind: 'pen' } }]);
    await waitFor(() => expect(screen.getByTestId('board').dataset.count).toBe('1'));
    await userEvent.keyboard('r');
    drag([100, 100], [300, 250]);
    expect(of(page, 'put')[1]).toMatchObject({
      shape: { outline: 'rectangle', from: { x: 100, y: 100 }, to: { x: 300, y: 250 } },
    });
    expect(screen.getByTestId('board').dataset.count).toBe('2');
    await userEvent.keyboard('{Control>}z{/Control}');
    expect(screen.getByTestId('board').dataset.count).toBe('1');
    await userEvent.click(screen.getByTestId('board-redo'));
    expect(screen.getByTestId('board').dataset.count).toBe('2');
  });

  it('is drawn on by keys alone', async () => {
    const page = await open('screen=call&people=2');
    act(() => screen.getByTestId('board-paper').focus());
    await userEvent.keyboard('o{Enter}{ArrowRight}');
    expect(of(page, 'put')).toMatchObject([{ shape: { outline: 'ellipse' } }]);
    expect(of(page, 'change')).toHaveLength(1);
    expect(screen.getByText('Ellipse, 1 of 1')).toBeTruthy();
    await userEvent.keyboard('{Delete}');
    expect(screen.getByTestId('board').dataset.count).toBe('0');
    await userEvent.keyboard('t{Enter}');
    await userEvent.type(await screen.findByTestId('board-text'), 'left knee{Control>}{Enter}{/Control}');
    expect(of(page, 'put')[1]).toMatchObject({ shape: { kind: 'text', text: 'left knee' } });
    // A letter that was typed chose no tool.
    expect(screen.getByTestId('tool-text').dataset.selected).toBe('true');
  });

  it('lays what is chosen over and under the rest, by keys and by its menu', async () => {
    const page = await open('screen=call&people=2');
    for (const key of ['r', 'o']) {
      act(() => screen.getByTestId('board-paper').focus());
      await userEvent.keyboard(`${key}{Enter}`);
    }
    const [lower, upper] = of(page, 'put').map(({ id }) => id);
    expect(screen.getByText('Ellipse, 2 of 2')).toBeTruthy();
    await userEvent.keyboard('[[');
    expect(of(page, 'order')).toEqual([{ do: 'order', board: 'board', ids: [upper], to: 'back' }]);
    expect(screen.getByText('Ellipse, 1 of 2')).toBeTruthy();
    await userEvent.keyboard(']');
    expect(screen.getByText('Ellipse, 2 of 2')).toBeTruthy();
    await userEvent.keyboard('{Control>}[[{/Control}');
    expect(screen.getByText('Ellipse, 1 of 2')).toBeTruthy();
    await userEvent.click(screen.getByTestId('board-undo'));
    expect(screen.getByText('Ellipse, 2 of 2')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Order' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Send to back' }));
    expect(of(page, 'order').at(-1)).toMatchObject({ ids: [upper], to: 'back' });
    expect(lower).not.toBe(upper);
  });

  it('says what is not mine to change, and offers nothing for it', async () => {
    const page = await openPage('screen=call&people=2&guest&shown&drawn&drawing=some');
    await board();
    await waitFor(() => expect(screen.getByTestId('tool-pen')).toBeTruthy());
    act(() => screen.getByTestId('board-paper').focus());
    await userEvent.keyboard('n');
    expect((await screen.findByTestId('board-not-mine')).textContent).toContain(
      'Somebody else put this here',
    );
    expect(screen.getByTestId('board-order').hasAttribute('disabled')).toBe(true);
    expect(screen.getByTestId('board-remove').hasAttribute('disabled')).toBe(true);
    await userEvent.keyboard('{ArrowRight}]>{Delete}');
    expect(of(page, 'change')).toEqual([]);
    expect(of(page, 'order')).toEqual([]);
  });

  it('takes pictures that are dropped on it or pasted, and the chat does not', async () => {
    const page = await open('screen=call&people=2');
    const paper = screen.getByTestId('board-paper');
    const png = new File(['x'], 'knee.png', { type: 'image/png' });
    const pdf = new File(['x'], 'report.pdf', { type: 'application/pdf' });
    const files = [png, pdf];
    const dataTransfer = { types: ['Files'], files };
    fireEvent.dragOver(paper, { dataTransfer });
    expect(screen.getByTestId('board-drop').textContent).toContain('it lies on the board');
    fireEvent.drop(paper, { dataTransfer });
    expect(screen.queryByTestId('board-drop')).toBeNull();
    fireEvent.paste(paper, { clipboardData: { files: [png], getData: () => '' } });
    const took = () => page.asked.flatMap(([name, names]) => (name === 'take for board' ? [names] : []));
    await waitFor(() => expect(took()).toEqual([['knee.png', 'report.pdf'], ['knee.png']]));
    await waitFor(() => expect(of(page, 'put')).toHaveLength(3));
    expect(page.asked.filter(([name]) => /^(send|paste)/.test(name))).toEqual([]);
  });

  it('takes what is pasted while it is open, wherever the web view says that it was', async () => {
    const page = await open('screen=call&people=2');
    const png = new File(['x'], 'knee.png', { type: 'image/png' });
    const took = () => page.asked.filter(([name]) => name === 'take for board').length;
    const sent = () => page.asked.filter(([name]) => name === 'send pasted').length;
    const paste = (words = '') => {
      const getData = (type: string) => (type === 'text/plain' ? words : '');
      fireEvent.paste(document.body, { clipboardData: { files: [png], getData } });
    };
    // By its place in the bar it was opened: there the keyboard is.
    paste();
    act(() => screen.getByTestId('board-paper').focus());
    paste();
    expect([took(), sent()]).toEqual([2, 0]);
    // A picture is put beside what is being typed; words with their picture are typed.
    await userEvent.keyboard('t{Enter}');
    expect(document.activeElement).toBe(screen.getByTestId('board-text'));
    paste();
    expect([took(), sent()]).toEqual([3, 0]);
    paste('knee');
    expect([took(), sent()]).toEqual([3, 0]);
    await userEvent.keyboard('{Escape}');
    const before = sent();
    await press('chat');
    expect(document.activeElement?.closest('aside')).toBeTruthy();
    paste();
    await waitFor(() => expect([took(), sent()]).toEqual([3, before + 1]));
  });

  it('takes files that were copied, and leaves to the chat what cannot lie on it', async () => {
    const page = await openPage('screen=lobby');
    const dropped: string[][] = [];
    if (page.board) {
      page.board.dropOnBoard = async (paths) => {
        dropped.push(paths);
        return [];
      };
    }
    await act(() => page.join(false));
    await userEvent.click(screen.getByTestId('board-slot'));
    await board();
    const paste = (...names: string[]) => {
      const uris = names.map((name) => `file:///home/anna/${name}`).join('\r\n');
      const getData = (type: string) => (type === 'text/uri-list' ? uris : '');
      fireEvent.paste(document.body, { clipboardData: { files: [], getData } });
    };
    paste('knee.PNG', 'march.pdf');
    expect(dropped).toEqual([['/home/anna/knee.PNG', '/home/anna/march.pdf']]);
    const sent = () => page.asked.filter(([name]) => name === 'send files');
    expect(sent()).toEqual([]);
    paste('letter.docx');
    expect(sent()).toEqual([['send files', ['/home/anna/letter.docx']]]);
    expect(dropped).toHaveLength(1);
  });

  it('looks into the clipboard where the page is told nothing, and the chat does while one is there', async () => {
    const page = await openPage('screen=lobby');
    const picture = { kind: 'picture', file_id: 'file-knee', width: 640, height: 400 } as const;
    const pasteOnBoard = vi.fn(async () => [picture]);
    if (page.board) page.board.pasteOnBoard = pasteOnBoard;
    await act(() => page.join(false));
    const keys = () => {
      for (const repeat of [false, true, true])
        fireEvent.keyDown(document.activeElement ?? document.body, { key: 'v', ctrlKey: true, repeat });
    };
    const chat = () => page.asked.filter(([name]) => name === 'paste').length;
    await userEvent.click(screen.getByTestId('board-slot'));
    await board();
    keys();
    await waitFor(() => expect(of(page, 'put')).toHaveLength(1));
    expect([pasteOnBoard.mock.calls.length, chat()]).toEqual([1, 0]);
    await press('chat');
    keys();
    await waitFor(() => expect(chat()).toBe(1));
    expect(pasteOnBoard).toHaveBeenCalledTimes(1);
    await userEvent.click(screen.getByTestId('board-close'));
    keys();
    await waitFor(() => expect(chat()).toBe(2));
    expect(pasteOnBoard).toHaveBeenCalledTimes(1);
  });

  it('takes what the back end says was dropped on it', async () => {
    const page = await openPage('screen=lobby');
    const heard: ((drag: FileDrag) => void)[] = [];
    const dropped: string[][] = [];
    if (page.board) {
      page.board.onDrop = async (hear) => {
        heard.push(hear);
        return () => {};
      };
      page.board.dropOnBoard = async (paths) => {
        dropped.push(paths);
        return [{ kind: 'picture', file_id: 'file-knee', width: 640, height: 400 }];
      };
    }
    await act(() => page.join(false));
    const tell = (drag: FileDrag) => act(async () => heard.at(-1)?.(drag));
    await userEvent.click(screen.getByTestId('board-slot'));
    await board();
    await waitFor(() => expect(heard).not.toHaveLength(0));
    await tell({ state: 'over' });
    expect(screen.getByTestId('board-drop')).toBeTruthy();
    await tell({ state: 'dropped', paths: ['/home/anna/knee.png'], at: { x: 300, y: 200 } });
    expect(screen.queryByTestId('board-drop')).toBeNull();
    expect(dropped).toEqual([['/home/anna/knee.png']]);
    await waitFor(() => expect(of(page, 'put')).toHaveLength(1));
  });

  it('has pages', async () => {
    const page = await open('screen=call&people=2&drawn');
    expect(within(screen.getByTestId('page')).getByText('Page 1 of 3')).toBeTruthy();
    expect(screen.getByTestId('board-items').textContent).toBe('13 items on page 1');
    await userEvent.click(screen.getByTestId('page-next'));
    expect(screen.getByTestId('board-items').textContent).toBe('Nothing on page 2');
    await userEvent.click(screen.getByTestId('page-add'));
    expect(of(page, 'add_page')).toHaveLength(1);
    expect(within(screen.getByTestId('page')).getByText('Page 4 of 4')).toBeTruthy();
  });

  it('says where the others are', async () => {
    await open('screen=call&people=3&drawn');
    await waitFor(() => expect(screen.getAllByTestId('board-cursor')).toHaveLength(2));
  });

  it('shows a laser with its name, and a trace that is gone within a second', async () => {
    const page = await open('screen=call&people=3');
    const point = (x: number, laser = true) =>
      act(() =>
        page.tellBoard({
          kind: 'cursors',
          board: 'board',
          cursors: [
            { participant_id: 'seat-0', display_name: 'Anna Rossi', page: 0, at: { x, y: 100 }, laser },
          ],
        }),
      );
    const traces = () => screen.getByTestId('laser-traces').dataset.traces;
    point(100, false);
    const cursor = await screen.findByTestId('board-cursor');
    expect(cursor.dataset.laser).toBe('false');
    expect(traces()).toBeUndefined();
    point(100);
    point(160);
    await waitFor(() => expect(screen.getByTestId('board-cursor').dataset.laser).toBe('true'));
    expect(screen.getByTestId('board-cursor').textContent).toBe('Anna Rossi');
    await waitFor(() => expect(traces()).toBe('true'));
    await waitFor(() => expect(traces()).toBe('false'));
  });

  it('has a laser by the key L, which leaves a trace of mine too', async () => {
    const page = await open('screen=call&people=2');
    await userEvent.keyboard('l');
    expect(screen.getByTestId('tool-laser').dataset.selected).toBe('true');
    expect(screen.getByTestId('board-paper').dataset.tool).toBe('laser');
    drag([10, 10], [40, 30], [80, 20]);
    expect(of(page, 'put')).toHaveLength(0);
    await waitFor(() =>
      expect(of(page, 'cursor').at(-1)).toMatchObject({ at: { x: 80, y: 20 }, laser: true }),
    );
    await waitFor(() => expect(screen.getByTestId('laser-traces').dataset.traces).toBeTruthy());
    // The line has another letter.
    await userEvent.keyboard('d');
    expect(screen.getByTestId('tool-shapes').getAttribute('aria-label')).toContain('Line');
  });

  it.each([
    ['guest&shown', 'everybody sees it'],
    ['guest', 'The others see it when they open the board'],
    ['', 'not shown to everyone yet'],
    ['shown', 'everybody sees it'],
    ['guest&shown&drawing=look', 'as soon as somebody draws'],
  ])('says while it is empty who sees it: ?%s', async (query, words) => {
    if (query.includes('shown')) await openPage(`screen=call&people=3&${query}`);
    else await open(`screen=call&people=3&${query}`);
    expect((await screen.findByTestId('board-empty')).textContent).toContain(words);
  });

  it.each([
    ['drawn', 'saved', /^Saved: Downloads\/Whiteboard 1 - Physio team, weekly - [-\d]+ [.\d]+\.png$/],
    ['drawn&full', 'failed', /It could not be saved/],
  ])('names the file that it was saved to, or says that it was not: ?%s', async (query, state, words) => {
    vi.spyOn(HTMLCanvasElement.prototype, 'toDataURL').mockReturnValue('data:image/png;base64,AA==');
    await open(`screen=call&people=3&${query}`);
    await userEvent.click(screen.getByTestId('board-save'));
    await userEvent.click(await screen.findByTestId('save-png'));
    await waitFor(() => expect(screen.getByTestId('board-saved').dataset.state).toBe(state));
    expect(screen.getByTestId('board-saved').textContent).toMatch(words);
  });

  it('takes several lines of text, which any way out of it keeps', async () => {
    const page = await open('screen=call&people=2');
    const texts = () => of(page, 'put').map(({ shape }) => shape.kind === 'text' && shape.text);
    const begin = async (y: number) => {
      screen.getByTestId('board-paper').focus();
      await userEvent.keyboard('t');
      drag([400, y]);
      return screen.findByTestId('board-text');
    };
    await userEvent.type(await begin(100), 'one{Enter}two{Shift>}{Enter}{/Shift}three');
    expect(screen.getByTestId('board-typing').textContent).toContain('Enter begins a new line');
    await userEvent.keyboard('{Escape}');
    expect(texts()).toEqual(['one\ntwo\nthree']);
    // It ended the text, not the board; the keyboard is back on the paper.
    expect(document.activeElement).toBe(screen.getByTestId('board-paper'));
    await userEvent.type(await begin(300), 'beside');
    drag([900, 900]);
    expect(screen.queryByTestId('board-text')).toBeNull();
    await userEvent.type(await begin(500), 'the bar');
    await press('chat');
    await userEvent.keyboard('{Escape}');
    await userEvent.type(await begin(700), 'closed');
    act(() => screen.getByTestId('board-close').click());
    expect(texts().slice(1)).toEqual(['beside', 'the bar', 'closed']);
  });

  it('has notes by the key K, and their colours while they are meant', async () => {
    const page = await open('screen=call&people=2');
    const colour = (name: string) => screen.getByRole('radio', { name });
    screen.getByTestId('board-paper').focus();
    await userEvent.click(screen.getByRole('radio', { name: 'Teal' }));
    await userEvent.keyboard('k');
    expect(screen.getByTestId('tool-note').getAttribute('aria-pressed')).toBe('true');
    expect(screen.getByRole('radiogroup', { name: 'Colour of the note' })).toBeTruthy();
    // Yellow whatever the pen has; the words are black on any of them.
    expect(colour('Yellow').getAttribute('aria-checked')).toBe('true');
    await userEvent.click(colour('Grey'));
    drag([400, 300]);
    const field = await screen.findByRole('textbox', { name: 'Text of the note' });
    expect(field.style.background).toBe('var(--draw-note-ink)');
    expect(field.style.color).toBe('var(--draw-ink)');
    await userEvent.type(field, 'Bike{Escape}');
    expect(of(page, 'put')).toMatchObject([{ shape: { text: 'Bike', colour: 'ink', ground: 'ink' } }]);
    // It is said as what it is.
    await userEvent.keyboard('n');
    expect(await screen.findByText(/^Note: Bike, 1 of 1/)).toBeTruthy();
    await userEvent.keyboard('p');
    expect(colour('Teal').getAttribute('aria-checked')).toBe('true');
    expect(screen.queryByRole('radio', { name: 'Grey' })).toBeNull();
  });

  it('lets whoever may only show where they point look round, and take a laser', async () => {
    const page = await openPage('screen=call&people=2&guest&shown&drawn&drawing=point');
    await board();
    expect(screen.getByTestId('board-look').textContent).toContain('You can look');
    expect(screen.getByTestId('tool-select').getAttribute('aria-label')).toBe('Look around');
    for (const tool of ['tool-pen', 'board-undo', 'board-remove', 'board-palette']) {
      expect(screen.queryByTestId(tool), tool).toBeNull();
    }
    await userEvent.click(screen.getByTestId('tool-laser'));
    drag([10, 10], [50, 50]);
    expect(of(page, 'cursor').at(-1)).toMatchObject({ laser: true });
    expect(of(page, 'put')).toHaveLength(0);
  });

  it('has only the tools of my rights', async () => {
    await open('screen=call&people=2&guest&drawing=some');
    for (const tool of ['tool-shapes', 'tool-text', 'tool-note', 'tool-picture', 'tool-eraser']) {
      expect(screen.queryByTestId(tool), tool).toBeNull();
    }
    expect(screen.getByTestId('tool-pen')).toBeTruthy();
  });

  it('lets people look who may not draw, and says so', async () => {
    const page = await openPage('screen=call&people=2&guest&shown&drawn&drawing=look');
    await board();
    expect(screen.getByTestId('board-look').textContent).toContain('You can look');
    expect(screen.queryByTestId('board-tools')).toBeNull();
    drag([10, 10], [50, 50]);
    expect(of(page, 'put')).toHaveLength(0);
  });

  it('is under More for those who have no board of their own', async () => {
    await openPage('screen=call&people=2&guest&shown&drawing=never');
    await board();
    expect(screen.queryByTestId('board-slot')).toBeNull();
    await userEvent.click(screen.getByTestId('more'));
    await userEvent.click(await screen.findByTestId('more-board'));
    expect(screen.queryByTestId('board')).toBeNull();
  });

  it('is under More in simple mode', async () => {
    await openPage('screen=call&people=2&guest&simple');
    await userEvent.click(screen.getByTestId('more'));
    await userEvent.click(await screen.findByTestId('more-board'));
    expect(await board()).toBeTruthy();
  });

  it('is not there where the back end has none', async () => {
    await openPage('screen=call&people=2', ['board']);
    expect(screen.queryByTestId('board-slot')).toBeNull();
  });

  it('is left by choosing a layout', async () => {
    await open('screen=call&people=4');
    await userEvent.click(screen.getByTestId('layout'));
    await userEvent.click(await screen.findByTestId('layout-grid'));
    await waitFor(() => expect(screen.queryByTestId('board')).toBeNull());
  });

  it('is granted to somebody, or taken', async () => {
    const page = await openPage('screen=call&people=3');
    await userEvent.click(screen.getByTestId('manage'));
    const more = () => screen.getAllByTestId('person-more')[0] as HTMLElement;
    await userEvent.click(more());
    await userEvent.click(await screen.findByTestId('person-lookOnly'));
    expect(page.asked.at(-1)).toEqual(['grant drawing', 'seat-0', false]);
    await userEvent.click(more());
    await userEvent.click(await screen.findByTestId('person-letDraw'));
    expect(page.asked.at(-1)).toEqual(['grant drawing', 'seat-0', true]);
  });
});

describe('live edit', () => {
  it('is drawn on a snapshot, by its own board, and goes back to the gallery', async () => {
    const page = await openPage('screen=call&people=3&gallery=3');
    await userEvent.click(screen.getByTestId('gallery'));
    const [first] = await screen.findAllByTestId('snapshot-draw');
    await userEvent.click(first as HTMLElement);
    const opened = await board();
    expect(opened.dataset.board).toMatch(/^snapshot-/);
    expect(screen.queryByTestId('page-add')).toBeNull();
    expect(screen.queryByTestId('board-for-all')).toBeNull();
    drag([10, 10], [40, 30]);
    expect(of(page, 'put')[0]?.board).toBe(opened.dataset.board);
    await userEvent.click(screen.getByTestId('board-close'));
    expect(screen.queryByTestId('board')).toBeNull();
    expect(screen.getAllByTestId('snapshot-draw')).not.toHaveLength(0);
  });
});

describe.each([
  ['light', 'en'],
  ['dark', 'it'],
])('in %s, %s', (theme, lang) => {
  it.each([
    'screen=call&people=3&shown',
    'screen=call&people=3&drawn&shown',
    'screen=call&people=2&guest&shown&drawn&drawing=look',
    'screen=call&people=3&guest&shown&drawn&laser&drawing=point',
    'screen=call&people=2&guest&shown&drawing=loading',
    'screen=call&people=2&guest&shown&drawn&simple',
  ])('axe finds nothing on the board of ?%s', async (query) => {
    await openPage(`${query}&theme=${theme}&lang=${lang}`);
    await board();
    const { violations } = await axe.run(document, { rules: { 'color-contrast': { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual(
      [],
    );
  });
});
