import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openPage } from '../../test/page';
import { painted } from '../files/pdf/painted';
import { moved } from './FromDocument';

vi.mock('pdfjs-dist/legacy/build/pdf.worker.mjs?worker', async () => ({
  default: (await import('../../test/pdfWorker')).LocalWorker,
}));
// Nothing is painted here; what comes of it is.
vi.mock('../files/pdf/painted', async (original) => ({ ...(await original<object>()), painted: vi.fn() }));

beforeEach(() => {
  vi.mocked(painted).mockReset();
  vi.mocked(painted).mockResolvedValue(new Blob(['a page'], { type: 'image/png' }));
});
afterEach(() => vi.restoreAllMocks());

type Page = Awaited<ReturnType<typeof openPage>>;

async function choose(query: string) {
  const page = await openPage(`screen=call&people=2&${query}`);
  await userEvent.click(screen.getByTestId('board-slot'));
  await userEvent.click(await screen.findByRole('button', { name: /^(Picture or PDF|Immagine o PDF)$/ }));
  return page;
}
const sent = ({ asked }: Page) => asked.flatMap(([name, file]) => (name === 'put picture' ? [file] : []));
const placed = ({ asked }: Page) =>
  asked.flatMap(([name, action]) => {
    const done = action as { do: string; shape: { kind: string; file_id?: string } };
    return name === 'board' && done.do === 'put' && done.shape.kind === 'picture' ? [done.shape] : [];
  });
/** On which pages of the board. */
const on = ({ asked }: Page) =>
  asked.flatMap(([name, action]) => {
    const done = action as { do: string; page: number };
    return name === 'board' && done.do === 'put' ? [done.page] : [];
  });
const asks = () => screen.findByTestId('which-page');
const pageButton = (n: number, of = 4) => screen.getByRole('button', { name: `Page ${n} of ${of}` });
const onto = () => userEvent.click(screen.getByTestId('which-page-put'));
const told = () => screen.getByTestId('which-page-told').textContent;
const pages = () => screen.getAllByTestId('document-page');

describe('a page of a document', () => {
  it('is put on the board straight away where there is no other', async () => {
    const page = await choose('document=1');
    await waitFor(() => expect(placed(page)).toMatchObject([{ file_id: 'file-page' }]));
    expect(sent(page)).toEqual(['knee-march.png']);
    expect(screen.queryByTestId('which-page')).toBeNull();
    await waitFor(() => expect(screen.queryByTestId('document-coming')).toBeNull());
    // A4, its longer side of so many pixels.
    const [first, scale] = vi.mocked(painted).mock.calls[0] ?? [];
    expect(Math.round((first?.size.height ?? 0) * (scale ?? 0))).toBe(2000);
  });

  it('is asked for where there are several, and then put there', async () => {
    const page = await choose('document=4');
    expect((await asks()).textContent).toContain('Which pages?');
    expect((await asks()).textContent).toContain('knee-march.pdf, 4 pages');
    expect(pages()).toHaveLength(4);
    await onto();
    expect(placed(page)).toEqual([]);
    await userEvent.click(pageButton(3));
    expect(screen.getByTestId('which-page-put').textContent).toBe('Put 1 page on the board');
    await onto();
    await waitFor(() => expect(placed(page)).toMatchObject([{ file_id: 'file-page' }]));
    expect(sent(page)).toEqual(['knee-march 3.png']);
    await waitFor(() => expect(screen.queryByTestId('which-page')).toBeNull());
  });

  it('may be several, which lie on pages of their own, in their order', async () => {
    const page = await choose('document=4');
    await asks();
    await userEvent.click(pageButton(4));
    await userEvent.click(pageButton(2));
    await userEvent.click(pageButton(3));
    await userEvent.click(pageButton(3));
    expect(pages().map((one) => one.getAttribute('aria-pressed'))).toEqual([
      'false',
      'true',
      'false',
      'true',
    ]);
    expect(screen.getByTestId('which-page-put').textContent).toBe('Put 2 pages on the board');
    expect(told()).toBe('Each gets a page of the board of its own.');
    await onto();
    await waitFor(() => expect(placed(page)).toHaveLength(2));
    expect(sent(page)).toEqual(['knee-march 2.png', 'knee-march 4.png']);
    await waitFor(() => expect(screen.queryByTestId('which-page')).toBeNull());
    expect(on(page)).toEqual([0, 1]);
    expect(screen.getByTestId('board').dataset.count).toBe('1');
  });

  it('may be all of them, or none again', async () => {
    const page = await choose('document=4');
    await asks();
    await userEvent.click(screen.getByTestId('which-page-all'));
    expect(screen.getByTestId('which-page-put').textContent).toBe('Put 4 pages on the board');
    await userEvent.click(screen.getByTestId('which-page-all'));
    expect(screen.getByTestId('which-page-put').textContent).toBe('Put on the board');
    await userEvent.click(screen.getByTestId('which-page-all'));
    await onto();
    await waitFor(() => expect(on(page)).toEqual([0, 1, 2, 3]));
  });

  it('is one of twenty at most, which is said', async () => {
    await choose('document=22');
    expect((await asks()).textContent).toContain('20 pages at most at once.');
    await userEvent.click(screen.getByRole('button', { name: 'The first 20' }));
    expect(screen.getByTestId('which-page-put').textContent).toBe('Put 20 pages on the board');
    await userEvent.click(pageButton(21, 22));
    expect(told()).toBe('20 pages at most at once.');
    expect(pageButton(21, 22).getAttribute('aria-pressed')).toBe('false');
    // One for another.
    await userEvent.click(pageButton(1, 22));
    await userEvent.click(pageButton(21, 22));
    expect(pageButton(21, 22).getAttribute('aria-pressed')).toBe('true');
  });

  it('is chosen by keys', async () => {
    const page = await choose('document=4');
    await asks();
    await waitFor(() => expect(document.activeElement).toBe(pages()[0]));
    await userEvent.keyboard('{ArrowRight}{ArrowRight}{ArrowLeft}');
    expect(document.activeElement).toBe(pages()[1]);
    // Tab goes past the others.
    await userEvent.keyboard('{Tab}');
    expect(document.activeElement).toBe(screen.getByTestId('which-page-all'));
    await userEvent.keyboard('{Shift>}{Tab}{/Shift}{End} ');
    expect(pageButton(4).getAttribute('aria-pressed')).toBe('true');
    await userEvent.keyboard('{Tab}{Tab}{Tab}{Enter}');
    await waitFor(() => expect(sent(page)).toEqual(['knee-march 4.png']));
  });

  it('says that it is on its way, and is dropped when that is cancelled', async () => {
    const page = await choose('document=4');
    await asks();
    let finish = (_: Blob) => {};
    vi.mocked(painted).mockReturnValue(
      new Promise((resolve) => {
        finish = resolve;
      }),
    );
    await userEvent.click(pageButton(2));
    await onto();
    expect(told()).toBe('Page 2 goes onto the board');
    // Another is not chosen meanwhile.
    await userEvent.click(pageButton(3));
    expect(told()).toBe('Page 2 goes onto the board');
    expect(pageButton(3).getAttribute('aria-pressed')).toBe('false');
    await userEvent.click(screen.getByTestId('which-page-cancel'));
    expect(screen.queryByTestId('which-page')).toBeNull();
    await act(async () => finish(new Blob(['a page'])));
    expect(sent(page)).toEqual([]);
    expect(placed(page)).toEqual([]);
  });

  it('that cannot be painted leaves the others to be chosen', async () => {
    const page = await choose('document=4');
    await asks();
    await waitFor(() => expect(pages()).toHaveLength(4));
    vi.mocked(painted).mockRejectedValueOnce(new Error('damaged'));
    await userEvent.click(pageButton(2));
    await userEvent.click(pageButton(3));
    await onto();
    await waitFor(() => expect(told()).toBe('Page 2 cannot be shown. Choose another.'));
    // Those that can are there.
    expect(sent(page)).toEqual(['knee-march 3.png']);
    await userEvent.click(pageButton(1));
    await onto();
    await waitFor(() => expect(sent(page)).toEqual(['knee-march 3.png', 'knee-march 1.png']));
  });

  it('that is the only one and cannot be painted is said to be so', async () => {
    vi.mocked(painted).mockResolvedValue(null);
    const page = await choose('document=1');
    expect((await screen.findByTestId('document-cannot')).textContent).toContain('This page cannot be shown');
    expect(sent(page)).toEqual([]);
  });

  it('leaves the board as it was where it did not go up', async () => {
    const page = await openPage('screen=lobby&document=4');
    if (page.board) page.board.putPicture = async () => null;
    await act(() => page.join(false));
    await userEvent.click(screen.getByTestId('board-slot'));
    await userEvent.click(await screen.findByTestId('tool-picture'));
    await asks();
    await userEvent.click(screen.getByTestId('which-page-all'));
    await onto();
    await waitFor(() => expect(screen.queryByTestId('which-page')).toBeNull());
    expect(placed(page)).toEqual([]);
  });
});

describe('a document', () => {
  it.each([
    ['broken', 'This document cannot be shown', 'damaged'],
    ['locked', 'This document is protected by a password', 'asks for the password'],
  ])('that is %s says so', async (which, title, why) => {
    const page = await choose(`document=${which}`);
    const said = await screen.findByTestId('document-cannot');
    expect(said.textContent).toContain(title);
    expect(said.textContent).toContain(why);
    expect(said.textContent).toContain('knee-march.pdf');
    await userEvent.click(screen.getByTestId('document-close'));
    expect(screen.queryByTestId('document-cannot')).toBeNull();
    expect(placed(page)).toEqual([]);
    // The next one may be whole.
    await userEvent.click(screen.getByTestId('tool-picture'));
    expect(await screen.findByTestId('document-cannot')).toBeTruthy();
  });

  it('is nothing to pictures, of which several lie there at once', async () => {
    const page = await choose('pictures=3');
    await waitFor(() => expect(placed(page)).toHaveLength(3));
    expect(sent(page)).toEqual([]);
  });

  it('is nothing to a picture, which lies there at once', async () => {
    const page = await choose('');
    await waitFor(() => expect(placed(page)).toMatchObject([{ file_id: 'file-knee' }]));
    expect(sent(page)).toEqual([]);
  });
});

describe('the keys', () => {
  it.each([
    ['ArrowRight', 1, 2],
    ['ArrowLeft', 1, 1],
    ['ArrowDown', 2, 5],
    ['ArrowDown', 6, 6],
    ['ArrowUp', 5, 2],
    ['Home', 5, 1],
    ['End', 2, 7],
    ['Enter', 2, undefined],
  ])('%s goes from %i to %s, of seven in rows of three', (key, at, to) => {
    expect(moved(key, at, 7, 3)).toBe(to);
  });
});

it.each([
  ['document=4&lang=en', 'which-page'],
  ['document=4&theme=dark&lang=it', 'which-page'],
  ['document=locked&lang=en', 'document-cannot'],
])('axe finds nothing in ?%s', async (query, id) => {
  await choose(query);
  await screen.findByTestId(id);
  const { violations } = await axe.run(document, { rules: { 'color-contrast': { enabled: false } } });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
});
