import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { later } from './later';

// React tells the console of every fault it hands to a boundary.
beforeEach(() => vi.spyOn(console, 'error').mockImplementation(() => {}));
afterEach(() => vi.restoreAllMocks());

function made(load: () => Promise<(props: { word: string }) => React.ReactNode>) {
  return later(load, {
    coming: ({ word }) => <p>{word} is coming</p>,
    missing: ({ of, again }) => (
      <button type="button" onClick={again}>
        {of.word} is missing
      </button>
    ),
  });
}

it('draws what comes, and says meanwhile that it does', async () => {
  const Part = made(async () => ({ word }) => <p>here is {word}</p>);
  render(<Part word="the board" />);
  expect(screen.getByText('the board is coming')).toBeTruthy();
  expect(await screen.findByText('here is the board')).toBeTruthy();
});

it('leaves what is around it when it does not come, and fetches it again when asked to', async () => {
  const load = vi
    .fn()
    .mockRejectedValueOnce(new TypeError('gone'))
    .mockRejectedValueOnce(new TypeError('gone'))
    .mockResolvedValue(({ word }: { word: string }) => <p>here is {word}</p>);
  const Part = made(load);
  render(
    <main>
      <p>the call</p>
      <Part word="the board" />
    </main>,
  );
  await userEvent.click(await screen.findByText('the board is missing'));
  await waitFor(() => expect(load).toHaveBeenCalledTimes(2));
  await userEvent.click(await screen.findByText('the board is missing'));
  expect(await screen.findByText('here is the board')).toBeTruthy();
  expect(screen.getByText('the call')).toBeTruthy();
  expect(load).toHaveBeenCalledTimes(3);
});

it('asks anew when it is opened another time', async () => {
  const load = vi
    .fn()
    .mockRejectedValueOnce(new TypeError('gone'))
    .mockResolvedValue(({ word }: { word: string }) => <p>here is {word}</p>);
  const Part = made(load);
  const first = render(<Part word="the board" />);
  await screen.findByText('the board is missing');
  first.unmount();
  render(<Part word="the board" />);
  expect(await screen.findByText('here is the board')).toBeTruthy();
});

it('says so too when what came breaks off', async () => {
  let broken = true;
  const Part = made(async () => ({ word }) => {
    if (broken) throw new Error('a fault');
    return <p>here is {word}</p>;
  });
  render(<Part word="the board" />);
  const again = await screen.findByText('the board is missing');
  broken = false;
  await userEvent.click(again);
  expect(await screen.findByText('here is the board')).toBeTruthy();
});
