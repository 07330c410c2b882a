import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import { App, partOf } from '../../App';
import { EngineProvider } from '../../engine/context';
import { fakeEngine, fakeOptions } from '../../engine/fake';

const byId = (id: string) => screen.getByTestId(id);
const press = (id: string) => userEvent.click(byId(id));

async function open(query: string) {
  const engine = fakeEngine({ ...fakeOptions(query), moving: false });
  const { findByTestId } = render(
    <EngineProvider engine={engine}>
      <App part={partOf(query)} />
    </EngineProvider>,
  );
  await findByTestId(/^screen-/);
  const { violations } = await axe.run(document, { rules: { 'color-contrast': { enabled: false } } });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
  return engine;
}

describe('the window of a page', () => {
  it('is named by its address', () => {
    expect(partOf('?window=mini')).toBe('mini');
    expect(partOf('?window=other')).toBe('main');
    expect(partOf('')).toBe('main');
  });
});

describe('an incoming call', () => {
  it('is answered, with the keyboard on Answer', async () => {
    const engine = await open('window=incoming');
    expect(byId('screen-incoming').textContent).toContain('Anna Rossi');
    expect(document.activeElement).toBe(byId('answer'));
    await userEvent.keyboard('{Enter}');
    expect(engine.asked).toEqual([['answer call', 1, true]]);
    expect(byId('screen-incoming').textContent).toBe('The call is over.');
  });

  it('is answered with sound only, or not at all', async () => {
    const engine = await open('window=incoming&lang=it&theme=dark');
    await press('answer-sound');
    expect(engine.asked).toEqual([['answer call', 1, false]]);
  });

  it('is declined by Escape', async () => {
    const engine = await open('window=incoming&nobody');
    expect(screen.getByRole('heading').textContent).toBe('Follow-up visit');
    await userEvent.keyboard('{Escape}');
    expect(engine.asked).toEqual([['decline call', 1]]);
  });
});

describe('the mini window', () => {
  it('shows who speaks, and that it is recorded', async () => {
    const engine = await open('window=mini&screen=call&people=4&recording=on');
    expect(byId('mini-person').dataset.participantId).toBe('seat-2');
    expect(byId('mini-recording').textContent).toMatch(/Recording 04:1\d/);
    act(() =>
      engine.change(({ screen: call }) => {
        if (call.kind !== 'call') return;
        for (const person of call.people) person.speaking = person.participant_id === 'seat-0';
      }),
    );
    expect(byId('mini-person').dataset.participantId).toBe('seat-0');
  });

  it.each([
    ['recording=starting', 'starting', 'Recording starts'],
    ['recording=on&consent=no', 'without', 'Recording, without you'],
    ['recording=on&consent=asked', 'without', 'Recording, without you'],
    ['recording=stopped', 'stopped', 'Stopped: disk full'],
    ['guest&recording=stopped', 'stopped', 'Recording stopped'],
  ])('says how a recording stands: %s', async (query, state, words) => {
    await open(`window=mini&screen=call&people=4&${query}`);
    expect(byId('mini-recording').dataset.state).toBe(state);
    expect(byId('mini-recording').textContent).toBe(words);
  });

  it('says nothing of a recording where there is none', async () => {
    await open('window=mini&screen=call&people=2');
    expect(screen.queryByTestId('mini-recording')).toBeNull();
  });

  it('mutes, stops the camera, opens the main window, leaves', async () => {
    const engine = await open('window=mini&screen=call&people=2&lang=it');
    for (const id of ['toggle-microphone', 'toggle-camera', 'mini-share', 'mini-open', 'leave'])
      await press(id);
    expect(engine.asked).toEqual([
      ['set microphone', false],
      ['set camera', false],
      ['show main'],
      ['show main'],
      ['leave'],
    ]);
    expect(byId('screen-mini').dataset.state).toBe('over');
  });

  it('cannot unmute what an admin took', async () => {
    const engine = await open('window=mini&screen=call&people=3&guest&locked');
    await press('toggle-microphone');
    expect(engine.asked).toEqual([]);
  });
});
