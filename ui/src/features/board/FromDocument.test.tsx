import { act, screen, waitFor, within } from '@testing-library/react';
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
const asks = () => screen.findByTestId('which-page');
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
    expect((await asks()).textContent).toContain('Which page?');
    expect((await asks()).textContent).toContain('knee-march.pdf, 4 pages');
    expect(pages()).toHaveLength(4);
    expect(placed(page)).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Page 3 of 4' }));
    await waitFor(() => expect(placed(page)).toMatchObject([{ file_id: 'file-page' }]));
    expect(sent(page)).toEqual(['knee-march 3.png']);
    await waitFor(() => expect(screen.queryByTestId('which-page')).toBeNull());
  });

  it('is chosen by keys', async () => {
    const page = await choose('document=4');
    await asks();
    await waitFor(() => expect(document.activeElement).toBe(pages()[0]));
    await userEvent.keyboard('{ArrowRight}{ArrowRight}{ArrowLeft}');
    expect(document.activeElement).toBe(pages()[1]);
    // Tab goes past the others.
    await userEvent.keyboard('{Tab}');
    expect(document.activeElement).toBe(screen.getByTestId('which-page-cancel'));
    await userEvent.keyboard('{Shift>}{Tab}{/Shift}{End}{Enter}');
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
    await userEvent.click(screen.getByRole('button', { name: 'Page 2 of 4' }));
    expect(within(await asks()).getByRole('status').textContent).toBe('Page 2 goes onto the board');
    // Another is not chosen meanwhile.
    await userEvent.click(screen.getByRole('button', { name: 'Page 3 of 4' }));
    expect(within(await asks()).getByRole('status').textContent).toBe('Page 2 goes onto the board');
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
    await userEvent.click(screen.getByRole('button', { name: 'Page 2 of 4' }));
    await waitFor(async () =>
      expect(within(await asks()).getByRole('status').textContent).toBe(
        'Page 2 cannot be shown. Choose another.',
      ),
    );
    await userEvent.click(screen.getByRole('button', { name: 'Page 1 of 4' }));
    await waitFor(() => expect(sent(page)).toEqual(['knee-march 1.png']));
  });

  it('that is the only one and cannot be painted is said to be so', async () => {
    vi.mocked(painted).mockResolvedValue(null);
    const page = await choose('document=1');
    expect((await screen.findByTestId('document-cannot')).textContent).toContain('This page cannot be shown');
    expect(sent(page)).toEqual([]);
  });

  it('leaves the board as it was where it did not go up', async () => {
    const page = await openPage('screen=call&people=2&document=4');
    if (page.board) page.board.putPicture = async () => null;
    await userEvent.click(screen.getByTestId('board-slot'));
    await userEvent.click(await screen.findByTestId('tool-picture'));
    await asks();
    await userEvent.click(screen.getByRole('button', { name: 'Page 2 of 4' }));
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
