import { makeRoom, startPeer } from './server.mjs';
import { at, bin, check, fits, goneOver, open, painted, part, picture, server } from './stage.mjs';

await part('in Italian, in the dark', async (last) => {
  const room = await makeRoom(server, { recording: 'manual' });
  const peer = startPeer(bin, room.host, ['--name', 'Dr Elena Conti', '--say', 'Buongiorno']);
  last(peer.kill);
  const { page, faults } = await open(last, { locale: 'it-IT', colorScheme: 'dark' });
  await page.goto(room.guest);
  await at(page, 'join-in-browser').waitFor();
  await goneOver(page, 'the page of a link in the dark');
  await picture(page, 'dark-invite');
  await at(page, 'join-in-browser').click();
  await page.waitForFunction(
    () => Number(document.querySelector('[data-testid=self-preview] video')?.dataset.frames) > 3,
  );
  await goneOver(page, 'the lobby in the dark');
  await picture(page, 'dark-lobby');
  await at(page, 'join').click();
  await page.locator('[data-testid=screen-call][data-connection=connected]').waitFor();
  await painted(page);
  await goneOver(page, 'the call in the dark');
  await picture(page, 'dark-call');
  await at(page, 'leave').click();
  await at(page, 'after-call').waitFor();
  await goneOver(page, 'the page after a call in the dark');
  await picture(page, 'dark-after');
  check(faults.length === 0, 'the page reported no fault', faults.join('; '));
});

await part('on a phone', async (last) => {
  const room = await makeRoom(server, { recording: 'manual' });
  const peer = startPeer(bin, room.host, ['--name', 'Dr Elena Conti', '--draw', '--say', 'Hello Anna']);
  last(peer.kill);
  for (const [width, height] of [
    [360, 740],
    [320, 640],
  ]) {
    for (const [locale, colorScheme] of [
      ['en-GB', 'light'],
      ['it-IT', 'dark'],
    ]) {
      const name = `phone-${width}-${locale.slice(0, 2)}`;
      const userAgent =
        'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36';
      const phone = {
        viewport: { width, height },
        locale,
        colorScheme,
        isMobile: true,
        hasTouch: true,
        deviceScaleFactor: 2,
        userAgent,
      };
      const { page, context, faults } = await open(last, phone);
      await page.goto(room.guest);
      await at(page, 'join-in-browser').waitFor();
      await fits(page, `${name}: the page of a link`);
      check((await at(page, 'open-in-app').count()) === 0, 'the app, which is for computers, is not offered');
      await goneOver(page, `${name}: the page of a link`);
      await picture(page, `${name}-invite`);
      await at(page, 'join-in-browser').tap();
      await at(page, 'screen-lobby').waitFor();
      await page.waitForFunction(
        () => Number(document.querySelector('[data-testid=self-preview] video')?.dataset.frames) > 3,
      );
      const looks = () =>
        page.evaluate(
          () =>
            document.querySelector('[data-testid=self-preview] video').srcObject.getVideoTracks()[0].label,
        );
      const front = await looks();
      await at(page, 'flip-camera').tap();
      await page.waitForFunction((before) => {
        const track = document
          .querySelector('[data-testid=self-preview] video')
          ?.srcObject?.getVideoTracks()[0];
        return track && track.label !== before;
      }, front);
      check(true, 'the other camera of the phone', `${front}, ${await looks()}`);
      await fits(page, `${name}: the lobby`);
      await goneOver(page, `${name}: the lobby`);
      await picture(page, `${name}-lobby`);
      await at(page, 'join').tap();
      await page.locator('[data-testid=screen-call][data-connection=connected]').waitFor();
      await painted(page);
      await fits(page, `${name}: the call`);
      await goneOver(page, `${name}: the call`);
      await picture(page, `${name}-call`);
      await at(page, 'more').tap();
      await at(page, 'more-chat').waitFor();
      await picture(page, `${name}-more`);
      await at(page, 'more-chat').tap();
      await at(page, 'chat-field').waitFor();
      await fits(page, `${name}: the chat`);
      await picture(page, `${name}-chat`);
      await at(page, 'close-panel').tap();
      await at(page, 'more').tap();
      await at(page, 'more-board').tap();
      await at(page, 'board').waitFor();
      await fits(page, `${name}: the board`);
      await picture(page, `${name}-board`);
      await at(page, 'board-close').tap();
      await at(page, 'more').tap();
      await at(page, 'more-all').tap();
      await at(page, 'chat').waitFor();
      await fits(page, `${name}: the call with all buttons`);
      await goneOver(page, `${name}: the call with all buttons`);
      await picture(page, `${name}-call-all`);
      await at(page, 'leave').tap();
      await at(page, 'after-call').waitFor();
      await fits(page, `${name}: after the call`);
      await picture(page, `${name}-after`);
      check(faults.length === 0, 'the page reported no fault', faults.join('; '));
      await context.close();
    }
  }
});
