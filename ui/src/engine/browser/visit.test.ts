import { beforeEach, describe, expect, it } from 'vitest';
import { forgetVisit, keepSaved, keepTime, savedBefore, timeBefore } from './visit';

beforeEach(() => sessionStorage.clear());

describe('a page that is loaded anew', () => {
  it('goes on with the time of the visit, and with what was saved', () => {
    expect([timeBefore(), savedBefore()]).toEqual([{ withOthersMs: 0, inMs: 0 }, []]);
    keepTime({ withOthersMs: 61_000, inMs: 75_000 });
    keepSaved('a');
    keepSaved('b');
    keepSaved('a');
    expect(timeBefore()).toEqual({ withOthersMs: 61_000, inMs: 75_000 });
    expect(savedBefore()).toEqual(['a', 'b']);
    forgetVisit();
    expect([timeBefore(), savedBefore(), sessionStorage.length]).toEqual([
      { withOthersMs: 0, inMs: 0 },
      [],
      0,
    ]);
  });

  it('takes nothing that is not its own', () => {
    sessionStorage.setItem('visita.visit-time', '{"inMs":"x"');
    sessionStorage.setItem('visita.visit-saved', '{"a":1}');
    expect([timeBefore(), savedBefore()]).toEqual([{ withOthersMs: 0, inMs: 0 }, []]);
  });
});
