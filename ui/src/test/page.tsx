// The whole page on the fake engine, as a person meets it.

import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { vi } from 'vitest';
import { App, partOf } from '../App';
import { EngineProvider } from '../engine/context';
import { type FakeEngine, fakeEngine, fakeOptions } from '../engine/fake';
import type { Groups } from '../engine/fake/groups';

/** `without` are groups of commands that this back end lacks. */
export async function openPage(query: string, without: (keyof Groups)[] = []): Promise<FakeEngine> {
  const engine = fakeEngine({ ...fakeOptions(query), moving: false });
  for (const group of without) delete engine[group];
  const { findByTestId } = render(
    <EngineProvider engine={engine}>
      <App part={partOf(query)} />
    </EngineProvider>,
  );
  await findByTestId(/^screen-/);
  // What is done once it is drawn, be the machine ever so busy.
  await act(async () => {});
  return engine;
}

/** Presses what has this test id, and waits for the part of the page that is fetched by it. */
export async function press(id: string): Promise<void> {
  await userEvent.click(screen.getByTestId(id));
  await act(() => vi.dynamicImportSettled());
  for (let n = 0; n < 100 && screen.queryByTestId('panel-coming'); n += 1)
    await act(() => vi.dynamicImportSettled());
}
