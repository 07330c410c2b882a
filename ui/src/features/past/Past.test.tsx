import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import type { FakeEngine } from '../../engine/fake';
import type { PastAction, SavingView } from '../../engine/view';
import { openPage, press } from '../../test/page';
// It comes when it is opened first; here it is there already.
import './Past';

const byId = (id: string) => screen.getByTestId(id);
const all = (id: string) => screen.queryAllByTestId(id);

/** What was asked of past sessions, but for the list. */
const asked = (engine: FakeEngine) =>
  engine.asked
    .filter(([name]) => name === 'past')
    .map(([, action]) => action as PastAction)
    .filter((action) => action.do !== 'refresh');

async function sound() {
  const rules = { 'color-contrast': { enabled: false }, region: { enabled: false } };
  const { violations } = await axe.run(document, { rules });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
}

async function openList(query = ''): Promise<FakeEngine> {
  const engine = await openPage(query);
  await press('open-past');
  return engine;
}

/** The first session, without what led there among what was asked. */
async function openKept(query = ''): Promise<FakeEngine> {
  const engine = await openList(query);
  await userEvent.click((await screen.findAllByTestId('past-session'))[0] as HTMLElement);
  await screen.findByTestId('kept');
  engine.asked.length = 0;
  return engine;
}

describe('past visits', () => {
  it('stand by day, with marks for what is kept', async () => {
    const engine = await openList();
    const rows = await screen.findAllByTestId('past-session');
    expect(rows).toHaveLength(5);
    expect(all('past')[0]?.querySelectorAll('section')).toHaveLength(3);
    const name = rows[0]?.textContent;
    for (const words of ['Anna Rossi, follow-up visit', '26 min', '1 recording', '3 files', '3 snapshots'])
      expect(name).toContain(words);
    // One without a title, and without anything kept.
    expect(rows[3]?.textContent).toContain('Visit');
    expect(rows[3]?.textContent).not.toMatch(/recording|file|snapshot|message/);
    await sound();
    await press('past-more');
    expect(all('past-session')).toHaveLength(6);
    expect(screen.queryByTestId('past-more')).toBeNull();
    expect(engine.asked.filter(([, action]) => (action as PastAction).do === 'refresh')).toHaveLength(1);
    await press('past-refresh');
    expect(engine.asked.at(-1)).toEqual(['past', { do: 'refresh' }]);
  });

  it.each([
    ['past=loading', 'past-loading', 'Loading'],
    ['past=none', 'past-none', 'No past visits yet.'],
    ['past=failed', 'past-problem', 'could not be read. The server does not answer.'],
  ])('say so when there are none: ?%s', async (query, id, words) => {
    const engine = await openList(query);
    expect((await screen.findByTestId(id)).textContent).toContain(words);
    await sound();
    const again = screen.queryByTestId('past-again');
    if (!again) return;
    await userEvent.click(again);
    expect(engine.asked.at(-1)).toEqual(['past', { do: 'refresh' }]);
  });

  it('cannot be asked for more while more is on its way', async () => {
    const engine = await openList('past=more');
    await userEvent.click(await screen.findByTestId('past-more'));
    expect(asked(engine).map((action) => action.do)).toEqual(['close']);
  });

  it('are not there where the back end has none', async () => {
    await openPage('', ['past']);
    expect(screen.queryByTestId('open-past')).toBeNull();
  });

  it('open, and bring the keyboard back to where it was', async () => {
    const engine = await openList();
    const rows = await screen.findAllByTestId('past-session');
    await userEvent.click(rows[1] as HTMLElement);
    expect(asked(engine).at(-1)).toEqual({ do: 'open', room: 'room-2', session: 'results' });
    expect(document.activeElement?.textContent).toBe('Test results');
    await press('kept-back');
    expect(asked(engine).at(-1)).toEqual({ do: 'close' });
    expect((document.activeElement as HTMLElement).dataset.session).toBe('results');
    // The way there leads back to all of them, too.
    await userEvent.click(all('past-session')[0] as HTMLElement);
    await press('open-past');
    expect(byId('past')).toBeTruthy();
  });
});

describe('a session', () => {
  it.each([
    '',
    'kept=bare',
    'kept=loading',
    'kept=failed',
    'kept=recording',
    'kept=processing',
    'kept=broken',
  ])('is sound for those who hear it: ?%s', async (query) => {
    await openKept(query);
    await sound();
    await userEvent.click(byId('open-settings'));
  });

  it.each(['kept=two&long', 'kept=making', 'kept=fetching', 'kept=saved', 'kept=unsaved'])(
    'is sound while things are on their way, in Italian: ?%s',
    async (query) => {
      await openKept(`${query}&lang=it&theme=dark`);
      await sound();
      await userEvent.click(byId('open-settings'));
    },
  );

  it('says when, how long and who', async () => {
    await openKept();
    const { textContent: head } = document.querySelector('main header') as HTMLElement;
    expect(head).toContain('Anna Rossi, follow-up visit');
    expect(head).toContain('3 people');
    expect(head).toContain('Dr Elena Conti, Anna Rossi, Marco Rossi');
    expect(head).toContain('26 min');
  });

  it('says when something could not be had, and asks for it again', async () => {
    const engine = await openKept('kept=failed');
    expect(byId('kept-problem').textContent).toContain('The server does not answer.');
    await press('kept-again');
    expect(asked(engine)).toEqual([{ do: 'open', room: 'room-1', session: 'knee' }]);
  });

  it('is saved as a whole, and opened', async () => {
    const engine = await openKept();
    await press('save-everything');
    expect(asked(engine)).toEqual([{ do: 'save_everything' }]);
    expect(byId('save-everything').getAttribute('aria-disabled')).toBe('true');
    expect(within(byId('saving-everything')).getByRole('progressbar')).toBeTruthy();
    act(() =>
      engine.changePast(({ opened }) => {
        if (opened) opened.export = { state: 'saved', path: 'Downloads/visit.zip' };
      }),
    );
    await press('saving-everything-open');
    expect(asked(engine).at(-1)).toEqual({ do: 'open_saved', path: 'Downloads/visit.zip' });
    expect(byId('save-everything').getAttribute('aria-disabled')).toBeNull();
  });

  it('is tried again when it could not be saved', async () => {
    const engine = await openKept('kept=unsaved');
    await press('saving-everything-again');
    await press('saving-webm-again');
    expect(asked(engine)).toEqual([
      { do: 'save_everything' },
      { do: 'save_recording', recording: 'recording-1', format: 'webm' },
    ]);
  });
});

describe('a recording', () => {
  const video = () => document.querySelector('video') as HTMLVideoElement;

  it('plays and pauses by button and by space', async () => {
    await openKept();
    await press('player-toggle');
    expect(byId('player').dataset.state).toBe('playing');
    expect(video().paused).toBe(false);
    await press('player-play');
    expect(byId('player').dataset.state).toBe('paused');
    screen.getByRole('heading', { level: 1 }).focus();
    await userEvent.keyboard(' ');
    expect(byId('player').dataset.state).toBe('playing');
    // On a button space presses that; in a field it is a letter.
    byId('player-mute').focus();
    await userEvent.keyboard(' ');
    expect([video().paused, video().muted]).toEqual([false, true]);
    await press('kept-search');
    await userEvent.type(byId('kept-search-field'), ' m');
    expect([video().paused, video().muted]).toEqual([false, true]);
  });

  it('goes where the bar, the arrows or a snapshot say', async () => {
    await openKept();
    const position = byId('player-position') as HTMLInputElement;
    fireEvent.change(position, { target: { value: '20' } });
    expect(video().currentTime).toBe(20);
    expect(byId('player-now').textContent).toBe('00:20');
    expect(position.getAttribute('aria-valuetext')).toBe('00:20 of 00:48');
    position.focus();
    await userEvent.keyboard('{ArrowRight}');
    expect(video().currentTime).toBe(25);
    await userEvent.keyboard('{ArrowLeft}{ArrowLeft}{ArrowLeft}{ArrowLeft}{ArrowLeft}{ArrowLeft}');
    expect(video().currentTime).toBe(0);
    expect(byId('player-marks').textContent).toBe('3 snapshots');
    await press('player-marks');
    await sound();
    await userEvent.click(all('player-mark')[1] as HTMLElement);
    expect(video().currentTime).toBe(21);
  });

  it('that cannot be played says so, and may be tried again', async () => {
    await openKept();
    act(() => void video().dispatchEvent(new Event('error')));
    expect(byId('player').dataset.state).toBe('failed');
    expect(byId('player').textContent).toContain('open it with another program');
    await sound();
    await press('player-again');
    expect(byId('player').dataset.state).toBe('paused');
  });

  it.each([
    ['recording', 'It is being recorded now.'],
    ['processing', 'The file is being finished.'],
    ['broken', 'There is no file that could be played.'],
  ])('that has no file yet, or none at all, says how it stands: %s', async (state, words) => {
    await openKept(`kept=${state}`);
    expect(byId('recording').textContent).toContain(words);
    expect(screen.queryByTestId('player')).toBeNull();
    expect(screen.queryByTestId('save-recording')).toBeNull();
    // What is being written is not deleted under the recorder.
    expect(screen.queryByTestId('recording-more') !== null).toBe(state === 'broken');
  });

  it('says who is in it', async () => {
    await openKept();
    expect(byId('kept-answers').textContent).toBe('2 agreed, 1 left out');
    expect(byId('recording').textContent).toMatch(/Grid with chat · 214 MB · kept until .*Nov.* 2027/);
    await press('kept-answers');
    await sound();
    expect(all('consent-of').map(({ dataset }) => dataset.answer)).toEqual(['true', 'true', 'false']);
  });

  it('is saved as MP4, which is made first, and opened', async () => {
    const engine = await openKept();
    await press('save-recording');
    await sound();
    await press('save-mp4');
    expect(asked(engine)).toEqual([{ do: 'save_recording', recording: 'recording-1', format: 'mp4' }]);
    expect(byId('saving-mp4').textContent).toContain('MP4 is being made: 40 %');
    const mp4 = (saving: SavingView) =>
      act(() =>
        engine.changePast(({ opened }) => {
          const [one] = opened?.recordings ?? [];
          if (one) one.mp4 = saving;
        }),
      );
    mp4({ state: 'fetching', done: 0.6 });
    expect(byId('saving-mp4').textContent).toContain('MP4 is being saved: 60 %');
    mp4({ state: 'saved', path: 'Downloads/visit.mp4' });
    await press('saving-mp4-open');
    expect(asked(engine).at(-1)).toEqual({ do: 'open_saved', path: 'Downloads/visit.mp4' });
  });

  it('is deleted after a question', async () => {
    const engine = await openKept();
    await press('recording-more');
    await press('delete-recording');
    await sound();
    expect(document.activeElement).toBe(byId('delete-not'));
    await press('delete-not');
    expect(asked(engine)).toEqual([]);
    await press('recording-more');
    await press('delete-recording');
    await press('delete-yes');
    expect(asked(engine)).toEqual([{ do: 'delete_recording', recording: 'recording-1' }]);
    expect(byId('not-recorded').textContent).toBe('This visit has no recording.');
  });

  it('is one of several, chosen by its time', async () => {
    const engine = await openKept('kept=two');
    await userEvent.click(within(byId('choose-recording')).getByRole('button'));
    await userEvent.click(screen.getAllByRole('option')[1] as HTMLElement);
    expect(byId('recording').textContent).toContain('Speaker · 214 MB');
    await press('save-recording');
    await press('save-webm');
    expect(asked(engine)).toEqual([{ do: 'save_recording', recording: 'recording-2', format: 'webm' }]);
  });
});

describe('snapshots', () => {
  it('open large, one after another, and are saved and deleted', async () => {
    const engine = await openKept();
    await userEvent.click(all('kept-snapshot')[0] as HTMLElement);
    await sound();
    const sheet = () => byId('picture-sheet');
    expect(sheet().textContent).toContain('Snapshot of Anna Rossi');
    // The first was drawn on.
    await press('large-plain');
    expect(byId('large-plain').textContent).toBe('With the drawing');
    await press('large-save');
    expect(asked(engine)).toEqual([{ do: 'save_file', file_id: 'kept-0' }]);
    await press('large-open');
    expect(asked(engine).at(-1)).toEqual({ do: 'open_saved', path: 'Downloads/snapshot-1.jpg' });
    await press('newer');
    expect(screen.queryByTestId('large-plain')).toBeNull();
    // Somebody else’s.
    expect(screen.queryByTestId('large-delete')).toBeNull();
    await press('newer');
    expect(screen.queryByTestId('newer')).toBeNull();
    await press('large-delete');
    await press('delete-yes');
    expect(asked(engine).at(-1)).toEqual({ do: 'delete_file', file_id: 'kept-2' });
    expect(all('kept-snapshot')).toHaveLength(2);
  });
});

describe('the board', () => {
  it('opens large, page by page', async () => {
    await openKept();
    expect(byId('kept-board').textContent).toContain('2 pages');
    await press('open-board');
    await sound();
    // Without a canvas there is nothing to see, and it says so.
    expect((await screen.findByTestId('viewer-instead')).textContent).toContain('cannot be drawn here');
    await press('picture-close');
    expect(screen.queryByTestId('board-sheet')).toBeNull();
  });
});

describe('files', () => {
  it('are saved, opened, shown large and deleted', async () => {
    const engine = await openKept();
    const [report, exercises] = all('kept-file');
    expect(report?.textContent).toContain('Marco Rossi· 1.8 MB');
    expect(exercises?.textContent).toContain('Saving, 21 MB of 68 MB');
    await userEvent.click(within(report as HTMLElement).getByTestId('kept-file-save'));
    await press('kept-file-open');
    await userEvent.click(all('kept-file-large')[1] as HTMLElement);
    expect(byId('picture-sheet').textContent).toContain('diary-photo.jpg');
    await press('picture-save');
    await press('picture-close');
    await userEvent.click(all('kept-file-large')[0] as HTMLElement);
    expect(byId('pdf-sheet').textContent).toContain('knee-march.pdf');
    await press('picture-close');
    await userEvent.click(all('kept-file-delete')[0] as HTMLElement);
    await sound();
    await press('delete-yes');
    expect(asked(engine)).toEqual([
      { do: 'save_file', file_id: 'report' },
      { do: 'open_saved', path: 'Downloads/knee-march.pdf' },
      { do: 'save_file', file_id: 'diary' },
      { do: 'delete_file', file_id: 'report' },
    ]);
    expect(all('kept-file')).toHaveLength(2);
  });
});

describe('the chat', () => {
  it('is read, and searched', async () => {
    const engine = await openKept();
    expect(all('kept-message')).toHaveLength(8);
    await press('kept-search');
    // All at once: it is looked for when nobody typed for a moment.
    const look = (value: string) => fireEvent.change(byId('kept-search-field'), { target: { value } });
    look('hurts');
    await waitFor(() => expect(byId('kept-chat-count').textContent).toBe('2 found'));
    expect(asked(engine)).toEqual([{ do: 'search_chat', text: 'hurts' }]);
    expect(document.querySelectorAll('mark')).toHaveLength(2);
    // Who shared a file is known all the same.
    expect(byId('kept-files').textContent).toContain('Marco Rossi');
    look('giraffe');
    await waitFor(() => expect(byId('kept-chat-count').textContent).toBe('Nothing found'));
    await sound();
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(all('kept-message')).toHaveLength(8));
    expect(asked(engine).at(-1)).toEqual({ do: 'search_chat', text: '' });
    expect(byId('kept-chat-count').textContent).toBe('7 messages');
  });
});

describe('a snapshot of a shared screen', () => {
  it('is called so, and in the chat too', async () => {
    const engine = await openKept();
    act(() =>
      engine.changePast(({ opened }) => {
        const [first] = opened?.snapshots ?? [];
        const [said] = opened?.chat ?? [];
        if (!first || !said) throw new Error('a snapshot and a message');
        first.of_screen = true;
        said.file = first.file;
      }),
    );
    expect(all('kept-snapshot')[0]?.getAttribute('aria-label')).toContain('Anna Rossi’s screen');
    expect(all('kept-message')[0]?.textContent).toContain('Anna Rossi’s screen');
  });
});
