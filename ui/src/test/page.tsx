// The whole page on the fake engine, as a person meets it.

import { render } from '@testing-library/react';
import { App } from '../App';
import { EngineProvider } from '../engine/context';
import { type FakeEngine, fakeEngine, fakeOptions } from '../engine/fake';

export async function openPage(query: string): Promise<FakeEngine> {
  const engine = fakeEngine({ ...fakeOptions(query), moving: false });
  const { findByTestId } = render(
    <EngineProvider engine={engine}>
      <App />
    </EngineProvider>,
  );
  await findByTestId(/^screen-/);
  return engine;
}
