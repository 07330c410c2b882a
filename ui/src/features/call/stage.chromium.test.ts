// What lies where on the stage.

import { describe, expect, it } from 'vitest';
import { apart, inChromium, isOnTop, openIn, rect } from '../../test/chromium';

inChromium();

describe('a message', () => {
  it.each([
    ['&people=2', 'chat'],
    ['&people=2', undefined],
    ['&people=4', 'people-count'],
    ['&people=3&share', 'chat'],
  ])('leaves every picture as it is: ?%s with the panel %s', async (query, panel) => {
    const page = await openIn(`screen=call${query}`);
    if (panel) await page.getByTestId(panel).click();
    const pictures = page.locator('[data-testid=stage], [data-testid=tile], [data-testid=shared-screen]');
    const places = async () => {
      const all = [];
      for (const one of await pictures.all()) all.push(await rect(one));
      return all;
    };
    const before = await places();
    expect(before.length).toBeGreaterThan(1);
    await page.evaluate(() =>
      window.fake.change((view) => {
        view.notice = { code: 'person_joined', name: 'Maria Antonietta Dall’Acqua-Bianchi' };
      }),
    );
    const notice = page.getByTestId('notice');
    await notice.waitFor();
    expect(await places()).toEqual(before);
    if (query === '&people=2') {
      // Whoever one sees oneself makes room for it.
      apart(await rect(notice), await rect(page.getByTestId('self-preview')));
    }
    await page.evaluate(() =>
      window.fake.change((view) => {
        view.notice = null;
      }),
    );
    await notice.waitFor({ state: 'detached' });
    expect(await places()).toEqual(before);
    await page.close();
  });

  it('is seen over a panel that fills a telephone', async () => {
    const page = await openIn('screen=call&people=2&simple', 360, 740);
    await page.getByTestId('more').click();
    await page.getByTestId('more-chat').click();
    await page.getByTestId('chat-panel').waitFor();
    await page.evaluate(() =>
      window.fake.change((view) => {
        view.notice = { code: 'person_joined', name: 'Maria Antonietta Dall’Acqua-Bianchi' };
      }),
    );
    const notice = page.getByTestId('notice');
    await notice.waitFor();
    expect(await isOnTop(notice)).toBe(true);
    apart(await rect(notice), await rect(page.getByTestId('chat-field')));
    await page.close();
  });

  it('lies over no tool of the board', async () => {
    const page = await openIn('screen=call&people=2&drawn&shown');
    await page.getByTestId('board').waitFor();
    await page.evaluate(() =>
      window.fake.change((view) => {
        view.notice = { code: 'person_joined', name: 'Maria Antonietta Dall’Acqua-Bianchi' };
      }),
    );
    const notice = await rect(page.getByTestId('notice'));
    for (const part of await page.locator('[data-over=bottom], [data-over=left]').all()) {
      apart(notice, await rect(part));
    }
    await page.close();
  });

  it('is not behind the question for sound, nor are the way out and the other buttons', async () => {
    const page = await openIn('screen=call&people=2&guest&window=link', 800, 600);
    await page.evaluate(() =>
      window.fake.change((view) => {
        if (view.screen.kind === 'call') view.screen.sound_refused = true;
        view.notice = { code: 'person_joined', name: 'Anna' };
      }),
    );
    await page.getByTestId('sound-refused').waitFor();
    for (const id of ['notice', 'leave', 'play-others', 'react']) {
      expect(await isOnTop(page.getByTestId(id)), id).toBe(true);
    }
    await page.close();
  });
});

describe('that I present', () => {
  it.each([
    ['&people=2', 1],
    ['&people=4', 3],
    ['&people=2&sharing=screen', 1],
  ])('hides no raised hand: ?%s', async (query, hands) => {
    const page = await openIn(`screen=call&presenter=me${query}`);
    await page.getByTestId('layout').waitFor();
    await page.evaluate(() =>
      window.fake.change(({ screen }) => {
        if (screen.kind !== 'call') return;
        for (const [n, person] of screen.people.entries()) person.hand = n + 1;
      }),
    );
    const raised = page.getByTestId('hand');
    await raised.first().waitFor();
    expect(await raised.count()).toBe(hands);
    const card = await rect(page.getByTestId('presenting'));
    for (const hand of await raised.all()) apart(card, await rect(hand));
    await page.close();
  });

  it.each([
    [800, 600],
    [360, 740],
  ])('moves no picture, nor does that I point: %s × %s', async (width, height) => {
    const page = await openIn('screen=call&people=2&guest', width, height);
    const before = await rect(page.getByTestId('tile'));
    await page.getByTestId('more').click();
    await page.getByTestId('more-pointer').click();
    await page.getByTestId('pointing').waitFor();
    await page.evaluate(() =>
      window.fake.change(({ screen }) => {
        if (screen.kind === 'call') screen.presenter = screen.me.participant_id;
      }),
    );
    // On a telephone both are counted, and seen at a press.
    if (width < 600) await page.getByTestId('cards-count').click();
    await page.getByTestId('presenting').waitFor();
    expect(await rect(page.getByTestId('tile'))).toEqual(before);
    await page.close();
  });

  it('is ended beside the presenter’s hand, not over it', async () => {
    const page = await openIn('screen=call&people=3&presenter=seat-0');
    await page.getByTestId('chat').click();
    await page.evaluate(() =>
      window.fake.change(({ screen }) => {
        const [first] = screen.kind === 'call' ? screen.people : [];
        if (first) first.hand = 1;
      }),
    );
    const hand = page.getByTestId('hand').first();
    await hand.waitFor();
    apart(await rect(page.getByTestId('stop-presenter')), await rect(hand));
    await page.close();
  });
});
