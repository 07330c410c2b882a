import { describe, expect, it } from 'vitest';
import { type Going, type Main, mainOf } from './useMain';

const NOTHING: Going = { presenter: undefined, shown: false, board: undefined };

/** What has the main place after each of these, one after the other. */
function following(...steps: Partial<Going>[]): Main[] {
  let before = NOTHING;
  let main: Main = 'presenter';
  return steps.map((step) => {
    const now = { ...before, ...step };
    main = mainOf(main, before, now);
    before = now;
    return main;
  });
}

describe('the main place', () => {
  it('has the newer of the two', () => {
    expect(following({ presenter: 'anna' }, { shown: true, board: 'board' })).toEqual(['presenter', 'board']);
    expect(following({ shown: true, board: 'board' }, { presenter: 'anna' })).toEqual(['board', 'presenter']);
  });

  it('has whoever presents anew, and whoever takes over', () => {
    const steps = [{ presenter: 'anna' }, { shown: true }, { presenter: 'kenji' }, { shown: false }];
    expect(following(...steps)).toEqual(['presenter', 'board', 'presenter', 'presenter']);
  });

  it('has what I open myself', () => {
    expect(following({ presenter: 'anna' }, { board: 'board' }, { board: 'snapshot-1' })).toEqual([
      'presenter',
      'board',
      'board',
    ]);
  });

  it('has the board again when it is opened for everybody after all', () => {
    expect(following({ board: 'board' }, { presenter: 'anna' }, { shown: true })).toEqual([
      'board',
      'presenter',
      'board',
    ]);
  });

  it('stays as it is when something ends', () => {
    expect(following({ shown: true, board: 'board' }, { presenter: 'anna' }, { shown: false })).toEqual([
      'board',
      'presenter',
      'presenter',
    ]);
    expect(following({ presenter: 'anna' }, { shown: true }, { presenter: undefined })).toEqual([
      'presenter',
      'board',
      'board',
    ]);
  });

  it('has who presents, when both begin at once', () => {
    expect(following({ presenter: 'anna', shown: true, board: 'board' })).toEqual(['presenter']);
  });
});
