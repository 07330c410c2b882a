import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import type { FakeEngine } from '../../engine/fake';
import { callView } from '../../engine/fake/samples';
import type { PersonView, WaitingView } from '../../engine/view';
import { openPage, press } from '../../test/page';

const byId = (id: string) => screen.getByTestId(id);
const asked = (engine: FakeEngine) => engine.asked.filter(([name]) => !name.endsWith('picker'));

/** What opens over a screen is gone over like the screen itself. */
async function sound() {
  const rules = { 'color-contrast': { enabled: false }, region: { enabled: false } };
  const { violations } = await axe.run(document, { rules });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
}

describe('the layout', () => {
  it('fills the screen, and leaves it by F or Escape', async () => {
    const engine = await openPage('screen=call&people=2');
    for (const leave of ['f', '{Escape}']) {
      await userEvent.keyboard('f');
      expect(engine.asked.at(-1)).toEqual(['set fullscreen', true]);
      await userEvent.keyboard(leave);
      expect(engine.asked.at(-1)).toEqual(['set fullscreen', false]);
    }
  });

  it('is chosen from the menu, and by pin', async () => {
    await openPage('screen=call&people=5');
    expect(byId('stage').dataset.layout).toBe('grid');
    await press('layout');
    await sound();
    await press('layout-speaker');
    expect(byId('stage').dataset.layout).toBe('focus');
    const [, , third] = screen.getAllByTestId('tile');
    if (!third) throw new Error('four others');
    const who = third.dataset.participantId;
    await userEvent.click(within(third).getByTestId('pin'));
    expect(screen.getAllByTestId('tile')[0]?.dataset.participantId).toBe(who);
    expect(byId('layout').textContent).toBe('Pinned');
    await press('layout');
    await press('layout-unpin');
    expect(byId('layout').textContent).toBe('Speaker');
  });

  it('has a presentation only while something is shown', async () => {
    await openPage('screen=call&people=4&share');
    expect(byId('stage').dataset.layout).toBe('shared');
    await press('layout');
    await press('layout-grid');
    expect(byId('stage').dataset.layout).toBe('grid');
    await press('layout');
    expect(byId('layout-presentation')).toBeTruthy();
  });
});

describe('what opens beside a button', () => {
  const shown = (id: string) => screen.queryByTestId(id) !== null;

  it('bars nothing: one press elsewhere closes it and does what it says', async () => {
    const engine = await openPage('screen=call&people=3&waiting=1');
    for (const [opens, has] of [
      ['layout', 'layout-grid'],
      ['react', 'raise-hand'],
      ['manage', 'waiting-queue'],
      ['more', 'more-show-people'],
    ] as const) {
      await press(opens);
      expect(shown(has)).toBe(true);
      expect(byId('toggle-camera').closest('[inert], [aria-hidden]')).toBeNull();
      await press('toggle-camera');
      expect(shown(has)).toBe(false);
      expect(engine.asked.at(-1)?.[0]).toBe('set camera');
    }
    expect(engine.asked).toHaveLength(4);
  });

  it('gives way to the next', async () => {
    await openPage('screen=call&people=3');
    await press('more');
    await press('react');
    expect([shown('more-show-people'), shown('raise-hand')]).toEqual([false, true]);
    await press('layout');
    expect([shown('raise-hand'), shown('layout-grid')]).toEqual([false, true]);
  });

  it.each([
    ['layout', 'layout-grid'],
    ['react', 'raise-hand'],
  ])('closes by its own button, beside it and by Escape: %s', async (button, has) => {
    await openPage('screen=call&people=3');
    for (const close of [() => press(button), () => press('stage'), () => userEvent.keyboard('{Escape}')]) {
      await press(button);
      expect(shown(has)).toBe(true);
      await close();
      expect(shown(has)).toBe(false);
      await waitFor(() => expect(document.activeElement).toBe(byId(button)));
    }
  });
});

describe('people', () => {
  it('are listed to a guest without an admin’s buttons', async () => {
    await openPage('screen=call&people=4&guest&hands');
    await press('people-count');
    await sound();
    const people = screen.getAllByTestId('person');
    // Raised hands first, in their order.
    expect(people.map(({ dataset }) => dataset.participantId)).toEqual(['seat-1', 'seat-2', 'seat-0']);
    expect(screen.queryByTestId('person-microphone')).toBeNull();
    expect(screen.queryByTestId('panel-end')).toBeNull();
    await userEvent.keyboard('{Escape}');
    expect(screen.queryByTestId('people-panel')).toBeNull();
  });

  it('have one colour on the stage and in the panel', async () => {
    await openPage('screen=call&people=9');
    await press('people-count');
    const without = screen.getAllByTestId('tile').find((tile) => tile.textContent?.includes('Lukas Weber'));
    const row = screen.getAllByTestId('person').find((person) => person.textContent?.includes('Lukas Weber'));
    const colour = (place: HTMLElement | undefined) =>
      within(place as HTMLElement).getByText('LW').style.background;
    expect(colour(without)).toMatch(/person/);
    expect(colour(row)).toBe(colour(without));
  });

  it('are muted by an admin, and shown so', async () => {
    const engine = await openPage('screen=call&people=3');
    await press('manage');
    const [anna] = screen.getAllByTestId('person');
    if (!anna) throw new Error('two others');
    await userEvent.click(within(anna).getByTestId('person-microphone'));
    expect(engine.asked.at(-1)).toEqual(['mute', 'seat-0', 'microphone']);
    expect(anna.dataset.muted).toBe('admin');
    expect(within(anna).getByText('muted by host')).toBeTruthy();
    await userEvent.click(within(anna).getByTestId('person-microphone'));
    expect(engine.asked.at(-1)).toEqual(['release', 'seat-0', 'microphone']);
    // Released, they are still muted by their own switch: now one can only ask.
    await userEvent.click(within(anna).getByTestId('person-microphone'));
    expect(engine.asked.at(-1)).toEqual(['ask to unmute', 'seat-0', 'microphone']);
  });

  it('are stopped, made presenters and removed, the last asked first', async () => {
    const engine = await openPage('screen=call&people=3');
    await press('manage');
    const row = () => screen.getAllByTestId('person')[1] as HTMLElement;
    await userEvent.click(within(row()).getByTestId('person-camera'));
    expect(engine.asked.at(-1)).toEqual(['mute', 'seat-1', 'camera']);
    await userEvent.click(within(row()).getByTestId('person-more'));
    await sound();
    await press('person-makePresenter');
    expect(engine.asked.at(-1)?.[0]).toBe('set tools');
    expect(engine.asked.at(-1)?.[2]).toMatchObject({ screen_sharing: true, present_to_everyone: true });
    await userEvent.click(within(row()).getByTestId('person-more'));
    await press('person-remove');
    expect(engine.asked.at(-1)?.[0]).toBe('set tools');
    await press('remove-yes');
    expect(engine.asked.at(-1)).toEqual(['remove', 'seat-1']);
    await press('readmit');
    expect(engine.asked.at(-1)).toEqual(['readmit', 'seat-1']);
  });

  it('are all muted, and the visit is ended, asked first', async () => {
    const engine = await openPage('screen=call&people=3');
    await press('manage');
    await press('mute-all');
    await press('panel-end');
    expect(engine.asked).toEqual([['mute all']]);
    await sound();
    await press('end-sure');
    expect(engine.asked.at(-1)).toEqual(['end for everyone']);
  });
});

describe('one’s own picture', () => {
  it('shows one’s own hand and reaction, also where it floats', async () => {
    await openPage('screen=call&people=2');
    await press('react');
    await press('react-heart');
    const own = within(byId('self-preview'));
    expect(own.getByTestId('reaction')).toBeTruthy();
    await press('react');
    await press('raise-hand');
    expect(own.getByTestId('hand')).toBeTruthy();
  });
});

describe('those who are not in', () => {
  it('are rung by an admin, and rung again', async () => {
    const engine = await openPage('screen=call&people=1');
    await press('ring-others');
    expect(engine.asked).toEqual([['ring', null]]);
    expect(byId('ring-others').getAttribute('aria-disabled')).toBe('true');
    await press('manage');
    expect(byId('ring').textContent).toContain('Anna Rossi · It rings');
    act(() =>
      engine.change(({ screen: call }) => {
        if (call.kind !== 'call' || !call.rings?.[0]) return;
        call.rings[0].state = 'declined';
        call.rings[0].display_name = '';
      }),
    );
    // Whose name nobody knows has none, rather than an id.
    expect(byId('ring').textContent).toContain('Somebody · ');
    await press('ring-again');
    expect(engine.asked.at(-1)).toEqual(['ring', 'seat-8']);
  });
});

describe('what others do to me', () => {
  const change = (
    page: FakeEngine,
    how: (view: Parameters<Parameters<FakeEngine['change']>[0]>[0]) => void,
  ) => act(async () => page.change(how));
  it('is told who lowered a hand', async () => {
    const page = await openPage('screen=call&people=2&guest');
    await change(page, (view) => {
      view.notice = { code: 'hand_lowered', name: 'Anna Rossi' };
    });
    expect(byId('notice').textContent).toContain('Anna Rossi lowered your hand.');
  });

  it('is told where a file lies that no program opens, with its path to be copied', async () => {
    const page = await openPage('screen=call&people=2&notice=not_opened');
    await userEvent.click(within(byId('notice')).getByText('Copy the path'));
    expect(page.asked).toContainEqual(['copy', 'Anna Rossi']);
    await waitFor(() => expect(byId('notice-action').textContent).toBe('Copied'));
  });

  it('names the rights that were taken and given', async () => {
    const page = await openPage('screen=call&people=2&guest');
    const tools = (to: Partial<Record<'chat' | 'screen_sharing' | 'whiteboard', boolean>>) =>
      change(page, (view) => {
        view.notice = { code: 'rights_changed', name: null };
        if (view.screen.kind === 'call') Object.assign(view.screen.me.tools, to);
      });
    await tools({ chat: false, screen_sharing: false });
    expect(byId('notice').textContent).toContain('You can no longer write in the chat or share your screen.');
    await tools({ chat: true, whiteboard: false });
    expect(byId('notice').textContent).toContain('You can no longer draw. You may write in the chat again.');
  });

  it('leaves to the board what the board says itself', async () => {
    const page = await openPage('screen=call&people=2&guest');
    await press('board-slot');
    await screen.findByTestId('board-tools');
    const pen = (on: boolean) =>
      change(page, (view) => {
        view.notice = { code: 'rights_changed', name: null };
        if (view.screen.kind === 'call') view.screen.me.tools.whiteboard = { wb_pen: on, wb_cursor: true };
      });
    await pen(true);
    await pen(false);
    // The board is told of it by its own news.
    const rights = { pen: false, shape: false, text: false, picture: false, eraser: false, cursor: true };
    act(() => page.tellBoard({ kind: 'rights', board: 'board', rights, can_undo: false, can_redo: false }));
    expect(byId('board-look').textContent).toContain('You can no longer draw.');
    expect(screen.queryByTestId('notice')).toBeNull();
    await pen(true);
    expect(byId('notice').textContent).toContain('You may draw on the board again.');
  });

  it('is told of pictures that were taken of me until I dismiss it, all in one', async () => {
    const page = await openPage('screen=call&people=3&guest');
    const notice = (name: string | null) =>
      change(page, (view) => {
        view.notice = name === null ? null : { code: 'snapshot_of_me', name };
      });
    await notice('Kenji Mori');
    await notice(null);
    expect(byId('notice').textContent).toContain('Kenji Mori took a picture of your video.');
    // What passes is said before it, and it comes back.
    await change(page, (view) => {
      view.notice = { code: 'person_joined', name: 'Tomás' };
    });
    expect(byId('notice').dataset.code).toBe('person_joined');
    await notice(null);
    expect(byId('notice').dataset.code).toBe('snapshot_of_me');
    await notice('Dr Conti');
    expect(byId('notice').textContent).toContain('Kenji Mori and Dr Conti took pictures of you.');
    await press('notice-close');
    expect(screen.queryByTestId('notice')).toBeNull();
    await notice(null);
    await notice('Dr Conti');
    expect(byId('notice').textContent).toContain('Dr Conti took a picture of your video.');
  });
});

describe('a panel that a menu opened', () => {
  it.each(['', '&simple'])('gives the keyboard back to its button%s', async (query) => {
    await openPage(`screen=call&people=2&guest${query}`);
    byId('more').focus();
    await userEvent.keyboard('{Enter}');
    await press('more-show-people');
    expect(byId('people-panel')).toBeTruthy();
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(document.activeElement).toBe(byId('more')));
  });
});

describe('being alone', () => {
  it('is said otherwise before anybody came and after all have left', async () => {
    const page = await openPage('screen=call&people=1');
    const people = (some: PersonView[]) =>
      act(async () =>
        page.change(({ screen }) => {
          if (screen.kind === 'call') screen.people = some;
        }),
      );
    expect(byId('stage').textContent).toContain('Nobody else is here yet');
    await people(callView(2).people);
    await people([]);
    expect(byId('stage').textContent).toContain('Anna Rossi has left');
    expect(byId('wait-or-leave').textContent).toBe('You can wait or leave.');
    expect(byId('stage').textContent).not.toContain('yet');
    // The stage says it for as long as it is so: a notice besides says no more.
    act(() =>
      page.change((view) => {
        view.notice = { code: 'person_left', name: 'Anna Rossi' };
      }),
    );
    expect(screen.queryByTestId('notice')).toBeNull();
    await people(callView(3).people);
    await people([]);
    expect(byId('stage').textContent).toContain('Everyone else has left');
  });

  it.each(['', '&simple'])('is left by an admin who says whether the others stay: ?%s', async (look) => {
    const engine = await openPage(`screen=call&people=3${look}`);
    await press('leave');
    expect(byId('leave-others-stay').textContent).toBe('Leave, others stay');
    expect(engine.asked).not.toContainEqual(['leave']);
    await press('end-for-everyone');
    expect(engine.asked).not.toContainEqual(['end for everyone']);
  });

  it.each(['', '&simple'])('is left by a guest at once: ?guest%s', async (look) => {
    const engine = await openPage(`screen=call&people=3&guest${look}`);
    await press('leave');
    expect(engine.asked).toContainEqual(['leave']);
  });

  it('leaves nobody who stays', async () => {
    await openPage('screen=call&people=1');
    await press('leave');
    expect(byId('leave-others-stay').textContent).toBe('Leave');
  });
});

describe('those who wait', () => {
  it('are let in from the message', async () => {
    const engine = await openPage('screen=call&people=2&waiting=3');
    expect(byId('notice').textContent).toContain('Anna Rossi is waiting. And 2 more.');
    await userEvent.click(within(byId('notice')).getByText('Admit'));
    expect(engine.asked).toEqual([['admit', 'waits-0']]);
    expect(byId('notice').textContent).toContain('Tomás Herrera');
  });

  it('are in a queue with their words', async () => {
    const engine = await openPage('screen=call&people=2&waiting=3');
    await press('manage');
    await sound();
    const queue = byId('waiting-queue');
    expect(queue.textContent).toContain('Yes, I have them here.');
    expect(screen.queryByTestId('notice')).toBeNull();
    const [first, second] = within(queue).getAllByTestId('waiting-person');
    if (!first || !second) throw new Error('three wait');
    await userEvent.click(within(first).getByTestId('write'));
    await userEvent.type(within(first).getByTestId('note-input'), 'One moment{Enter}');
    expect(engine.asked.at(-1)).toEqual(['send note', 'waits-0', 'One moment']);
    await userEvent.click(within(second).getByTestId('refuse'));
    expect(engine.asked.at(-1)).toEqual(['refuse', 'waits-1']);
    await press('admit-all');
    expect(engine.asked.at(-1)).toEqual(['admit all']);
    expect(queue.textContent).toContain('Nobody is waiting.');
  });

  it('are on top of the panel', async () => {
    await openPage('screen=call&people=2&waiting=1');
    await press('manage');
    await press('open-panel');
    expect(within(byId('people-panel')).getAllByTestId('waiting-person')).toHaveLength(1);
    expect(byId('people-panel').textContent).toContain('2 in, 1 waiting');
  });
});

describe('one’s own seat', () => {
  it('raises a hand by key and shows the place', async () => {
    const engine = await openPage('screen=call&people=4&hands');
    await userEvent.keyboard('h');
    expect(engine.asked).toEqual([['raise hand', true]]);
    expect(byId('react').textContent).toContain('Hand up');
    expect(byId('react').getAttribute('aria-label')).toBe('Your hand is up, place 3');
    await press('react');
    await sound();
    await press('react-thumbs_up');
    expect(engine.asked.at(-1)).toEqual(['react', 'thumbs_up']);
    expect(screen.getAllByTestId('reaction')).toHaveLength(1);
  });

  it('cannot unmute what an admin took', async () => {
    const engine = await openPage('screen=call&people=3&guest&locked');
    expect(byId('toggle-microphone').textContent).toBe('By host');
    await press('toggle-microphone');
    await userEvent.keyboard('m');
    expect(engine.asked).toEqual([]);
  });

  it('is asked to unmute, and may say no', async () => {
    const engine = await openPage('screen=call&people=2&guest&mic=off&asked');
    expect(byId('notice').textContent).toContain('Dr Elena Conti asks you to unmute.');
    await press('notice-action');
    expect(engine.asked).toEqual([['set microphone', true], ['decline unmute']]);
  });

  it('says which of its devices is missing', async () => {
    await openPage('screen=call&people=2&camera=missing&mic=missing');
    for (const [id, words] of [
      ['toggle-microphone', 'No microphone'],
      ['toggle-camera', 'No camera'],
    ] as const) {
      expect(byId(id).textContent).toBe(words);
      expect(byId(id).getAttribute('aria-label')).toBe(words);
    }
  });

  it('says how its devices fare for as long as it is so', async () => {
    const engine = await openPage('screen=call&people=2&camera=missing&mic=busy');
    expect(byId('notice').textContent).toContain('Another program uses the microphone');
    await userEvent.click(within(byId('notice')).getByRole('button'));
    expect(byId('notice').textContent).toContain('No camera found');
    act(() =>
      engine.change(({ screen: call }) => {
        if (call.kind === 'call') call.me.camera = { state: 'on', label: 'X' };
      }),
    );
    await waitFor(() => expect(screen.queryByTestId('notice')).toBeNull());
  });

  it('adds time when little is left', async () => {
    const engine = await openPage('screen=call&people=2&left=240');
    await press('notice-action');
    expect(engine.asked).toEqual([['extend', 600]]);
    expect(screen.queryByTestId('notice')).toBeNull();
  });
});

describe('sharing', () => {
  it('begins with a choice', async () => {
    const engine = await openPage('screen=call&people=2');
    await press('share');
    await sound();
    expect(byId('share-start').getAttribute('aria-disabled')).toBe('true');
    await userEvent.click(screen.getByRole('radio', { name: 'Letters' }));
    await press('share-start');
    expect(asked(engine)).toEqual([['start share', 'window-2']]);
    expect(byId('share-card').textContent).toContain('You share one window');
    await press('pause-share');
    expect(byId('share-card').dataset.paused).toBe('true');
    await press('stop-share');
    expect(asked(engine).slice(1)).toEqual([['pause share', true], ['stop share']]);
    expect(screen.queryByTestId('share-card')).toBeNull();
  });

  it('leaves the choice to a system that has a picker', async () => {
    const engine = await openPage('screen=call&people=2&sources=by_system');
    await press('share');
    await press('share-start');
    expect(asked(engine)).toEqual([['start share', null]]);
  });

  it.each(['loading', 'failed', 'none'])('says when there is nothing to choose: %s', async (sources) => {
    const engine = await openPage(`screen=call&people=2&sources=${sources}`);
    await press('share');
    await sound();
    await press('share-start');
    await press('share-cancel');
    expect(asked(engine)).toEqual([]);
  });
});

describe('being recorded', () => {
  it('is asked, No first, and Escape is no answer', async () => {
    const engine = await openPage('screen=call&people=2&guest&recording=on&consent=asked');
    await sound();
    const [no, yes] = within(byId('consent')).getAllByRole('button');
    expect(no?.textContent).toBe('No, leave me out');
    expect(yes?.className).toBe(no?.className);
    expect(document.activeElement?.textContent).toBe('May this visit be recorded?');
    await userEvent.keyboard('{Escape}');
    expect(screen.queryByTestId('consent')).toBeNull();
    expect(engine.asked).toEqual([]);
    expect(byId('recording-slot').textContent).toContain('Recording, without you');
    await press('recording-slot');
    await press('consent-yes');
    expect(engine.asked).toEqual([['answer consent', true, 'recording-1']]);
    expect(byId('recording-slot').textContent).toMatch(/Recording 04:1\d/);
    // The answer can be changed.
    await press('more');
    await press('more-consent');
    await press('consent-no');
    expect(engine.asked.at(-1)).toEqual(['answer consent', false, 'recording-1']);
  });

  it('is started in a layout, seen with its answers, and stopped by an admin', async () => {
    const engine = await openPage('screen=call&people=2');
    await press('manage');
    const card = () => byId('recording-card');
    expect(card().textContent).toContain('Everybody is asked.');
    // Nobody owes an answer yet.
    expect(screen.queryAllByTestId('consent-of')).toHaveLength(0);
    await userEvent.click(within(byId('recording-layout')).getByRole('button'));
    await sound();
    await userEvent.click(screen.getByRole('option', { name: 'Grid with chat' }));
    await press('start-recording');
    expect(engine.asked).toEqual([['start recording', 'grid_and_chat']]);
    expect(card().dataset.state).toBe('starting');
    expect(byId('recording-slot').textContent).toContain('Recording starts');
    expect(byId('announcements').textContent).toContain('The recording starts.');
    // A host is asked like everybody.
    await press('consent-yes');
    act(() =>
      engine.change(({ screen: call }) => {
        if (call.kind !== 'call') return;
        call.recording_state = { state: 'on', elapsed_s: 0, layout: 'grid_and_chat', megabytes: 0 };
      }),
    );
    expect(card().dataset.state).toBe('on');
    expect(card().textContent).toContain('Recording 00:0');
    expect(card().textContent).toContain('1 yes · 0 no · 1 open');
    expect(byId('recording-slot').textContent).toMatch(/Recording 00:0\d · 1 of 2 people agreed/);
    act(() =>
      engine.change(({ screen: call }) => {
        if (call.kind !== 'call') return;
        Object.assign(call.consents[1] ?? {}, { answer: false, at_ms: Date.now() });
        if (call.recording_state.state === 'on') call.recording_state.megabytes = 38;
      }),
    );
    expect(card().textContent).toContain('Grid with chat · 38 MB saved');
    expect(card().textContent).toContain('1 yes · 1 no');
    expect(screen.getAllByTestId('consent-of').map(({ dataset }) => dataset.answer)).toEqual([
      'true',
      'false',
    ]);
    expect(card().textContent).toContain('Said no: left out of the file');
    expect(byId('announcements').textContent).toContain('Anna Rossi does not want to be recorded');
    await sound();
    await press('stop-recording');
    expect(engine.asked.at(-1)).toEqual(['stop recording']);
    expect(card().dataset.state).toBe('off');
    // The next one is arranged alike.
    await press('close-panel');
    await press('manage');
    await press('start-recording');
    expect(engine.asked.at(-1)).toEqual(['start recording', 'grid_and_chat']);
  });

  it.each([
    ['connection_lost', 'lost its connection'],
    ['too_slow', 'too slow'],
    ['disk_almost_full', 'almost full'],
  ])('tells admins in plain words what is wrong: %s', async (trouble, words) => {
    await openPage(`screen=call&people=3&recording=on&recorder=${trouble}`);
    expect(byId('notice').textContent).toContain(words);
    await press('manage');
    expect(byId('recording-trouble').textContent).toContain(words);
    await sound();
  });

  it.each([
    ['stopped', 'Stopped: disk full'],
    ['failed', 'Recording stopped'],
  ])('may end by itself, and be started again: %s', async (state, words) => {
    const engine = await openPage(`screen=call&people=3&recording=${state}`);
    expect(byId('recording-slot').textContent).toBe(words);
    await press('manage');
    expect(byId('recording-card').textContent).toContain(words);
    await sound();
    await press('start-recording');
    expect(engine.asked).toEqual([['start recording', 'grid']]);
  });

  it('by itself is neither started nor stopped by anybody', async () => {
    await openPage('screen=call&people=3&recording=automatic');
    await press('manage');
    expect(byId('recording-card').textContent).toContain('Recording 04:1');
    expect(screen.queryByTestId('stop-recording')).toBeNull();
    expect(screen.queryByTestId('recording-layout')).toBeNull();
  });

  it('is no guest’s to control, nor are its troubles', async () => {
    await openPage('screen=call&people=3&guest&recording=on&recorder=too_slow');
    expect(screen.queryByTestId('notice')).toBeNull();
    await press('people-count');
    expect(screen.queryByTestId('recording-card')).toBeNull();
  });
});

describe('simple mode', () => {
  it('has four buttons, and the rest behind the third', async () => {
    const engine = await openPage('screen=call&people=2&simple&guest');
    expect(within(document.querySelector('footer') as HTMLElement).getAllByRole('button')).toHaveLength(4);
    await press('more');
    await sound();
    await press('raise-hand');
    expect(engine.asked).toEqual([['raise hand', true]]);
    await press('more');
    await press('more-show-people');
    expect(byId('people-panel')).toBeTruthy();
    await press('more');
    await press('more-all');
    expect(engine.asked.at(-1)).toEqual(['update settings', { simple: false, simple_for_guests: false }]);
  });
});

describe('a back end that cannot do all this', () => {
  it('is asked for nothing it lacks', async () => {
    await openPage('screen=call&people=3', ['seat', 'admin', 'share']);
    for (const id of ['react', 'share', 'manage', 'person-microphone']) {
      expect(screen.queryByTestId(id)).toBeNull();
    }
    await press('people-count');
    expect(screen.queryByTestId('panel-end')).toBeNull();
    await userEvent.keyboard('h');
    expect(byId('people-panel')).toBeTruthy();
  });
});

describe('the waiting room', () => {
  it('shows the place and writes to the host', async () => {
    const engine = await openPage('screen=waiting&place=2');
    expect(byId('screen-waiting').textContent).toContain('One person is before you.');
    await userEvent.type(byId('note-input'), 'I am here{Enter}');
    await press('knock');
    expect(engine.asked).toEqual([['send note', null, 'I am here'], ['knock']]);
    expect(byId('knock').getAttribute('aria-disabled')).toBe('true');
    await press('sound-check');
    await press('play-sound');
    await press('leave');
    expect(engine.asked.slice(2)).toEqual([['play test sound'], ['leave']]);
  });

  it('begins at what it says, and keeps what is being written through every change', async () => {
    const engine = await openPage('screen=waiting&place=2');
    expect(document.activeElement).toBe(screen.getByRole('heading', { level: 1 }));
    await userEvent.type(byId('note-input'), 'My knee is');
    const field = byId('note-input') as HTMLInputElement;
    const change = (more: Partial<WaitingView>) =>
      act(() =>
        engine.change((view) => {
          if (view.screen.kind === 'waiting') Object.assign(view.screen, more);
        }),
      );
    change({ place: 1, notes: [] });
    change({ place: null, host_name: null, connection: { state: 'reconnecting', attempt: 1 } });
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('One moment.');
    change({ starts_at: Date.now() / 1000 + 60 });
    change({ place: 3, starts_at: null, connection: { state: 'connected' } });
    expect(byId('note-input')).toBe(field);
    expect(document.activeElement).toBe(field);
    await userEvent.keyboard(' better');
    expect(field.value).toBe('My knee is better');
  });

  it('says when a room opens', async () => {
    await openPage('screen=waiting&early');
    expect(screen.getByRole('heading', { level: 1 }).textContent).toMatch(/opens at/);
    expect(screen.queryByTestId('knock')).toBeNull();
  });
});
