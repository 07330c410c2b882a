// The lobby in the smallest window.

import { expect, it } from 'vitest';
import { apart, inChromium, isOnTop, openIn, rect } from '../../test/chromium';

inChromium();

it.each(['it', 'en'])(
  'has its sound test in sight above the way in, whatever the devices are called: %s',
  async (lang) => {
    const page = await openIn(`screen=lobby&window=link&lang=${lang}`);
    await page.evaluate(() =>
      window.fake.change(({ screen }) => {
        if (screen.kind !== 'lobby') return;
        screen.invite = false;
        screen.speaker = { state: 'on', label: 'Altoparlanti (Realtek(R) High Definition Audio) integrati' };
        screen.camera = { state: 'on', label: 'HP TrueVision HD Camera (04f2:b5d5)' };
      }),
    );
    const play = page.getByTestId('play-sound');
    await play.waitFor();
    const row = await rect(page.locator('[data-state]', { has: play }));
    apart(row, await rect(page.getByTestId('join')));
    expect(row.x + row.width).toBeLessThanOrEqual(800);
    expect(await isOnTop(play)).toBe(true);
    expect(await play.evaluate((one) => one.scrollWidth <= one.clientWidth)).toBe(true);
    await page.close();
  },
);

it('has one’s picture and the way in side by side on a telephone that lies', async () => {
  const page = await openIn('screen=lobby&guest&lang=it', 740, 360, true);
  const preview = await rect(page.getByTestId('self-preview'));
  const join = await rect(page.getByTestId('join'));
  apart(preview, join);
  for (const { y, height } of [preview, join]) expect(y >= 0 && y + height <= 360).toBe(true);
  await page.close();
});
