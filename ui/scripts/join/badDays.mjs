import { makeRoom, startPeer, startPerson } from './server.mjs';
import { at, bin, check, open, painted, part, picture, server, toCall } from './stage.mjs';

const CONNECTED = '[data-testid=screen-call][data-connection=connected]';

/** A room with its host, and where asked for with somebody who only writes. */
async function visit(last, withMarta = false) {
  const room = await makeRoom(server);
  const peer = startPeer(bin, room.host, ['--name', 'Dr Elena Conti']);
  last(peer.kill);
  if (!withMarta) return { room };
  const marta = await startPerson(room.assistant, 'Marta');
  last(marta.close);
  return { room, marta };
}

const isBack = (page) => page.locator(CONNECTED).waitFor({ timeout: 60_000 });

async function openChat(page) {
  await at(page, 'more').click();
  await at(page, 'more-chat').click();
}

await part('the server is killed', async (last) => {
  const { room } = await visit(last);
  const { page, faults } = await open(last);
  await toCall(page, room.guest);
  await painted(page);
  await server.kill();
  await page.locator('[data-testid=screen-call]:not([data-connection=connected])').waitFor();
  check(true, 'it says that the line is lost');
  await picture(page, 'reconnecting');
  await server.start();
  await isBack(page);
  check(true, 'back in the room by itself');
  check(await painted(page), 'the host is seen again');
  await openChat(page);
  await at(page, 'chat-field').fill('Still here');
  await page.keyboard.press('Enter');
  await page.locator('[data-tick=sent], [data-tick=delivered], [data-tick=seen]').first().waitFor();
  check(true, 'and the chat goes on');
  check(faults.length === 0, 'the page reported no fault', faults.join('; '));
});

await part('the server is killed with two browsers in the call', async (last) => {
  const { host, guest } = await makeRoom(server);
  const pages = [];
  for (const link of [host, guest]) {
    const { page, context } = await open(last);
    await context.addInitScript(() => {
      window.connections = [];
      const Real = RTCPeerConnection;
      window.RTCPeerConnection = class extends Real {
        constructor(...a) {
          super(...a);
          window.connections.push(this);
        }
      };
    });
    await toCall(page, link);
    pages.push(page);
  }
  const own = (page) =>
    page.evaluate(() => Number(document.querySelector('[data-testid=self-preview] video')?.dataset.frames));
  for (const page of pages) await painted(page);
  await server.kill();
  for (const page of pages) {
    await page.locator('[data-testid=screen-call]:not([data-connection=connected])').waitFor();
  }
  await server.start();
  for (const [n, page] of pages.entries()) {
    const who = n === 0 ? 'the host' : 'the guest';
    await isBack(page);
    check(await painted(page), `${who} sees the other again`);
    const before = await own(page);
    await page.waitForFunction(
      (frames) =>
        Number(document.querySelector('[data-testid=self-preview] video')?.dataset.frames) > frames + 5,
      before,
    );
    check(true, `${who} sees their own picture`);
    const sent = await page.evaluate(() =>
      window.connections.flatMap((one) =>
        one.connectionState === 'closed'
          ? []
          : one.getSenders().flatMap(({ track }) => (track ? [`${track.kind} ${track.readyState}`] : [])),
      ),
    );
    check(`${sent.sort()}` === 'audio live,video live', `${who} sends each device once`, `${sent}`);
  }
});

await part('the network is lost', async (last) => {
  const { room, marta } = await visit(last, true);
  const { page, context } = await open(last);
  await toCall(page, room.guest);
  await painted(page);
  await context.setOffline(true);
  marta.say({ type: 'chat', key: 'away', text: 'Said while you were away' });
  await context.setOffline(false);
  await isBack(page);
  await openChat(page);
  await page.getByText('Said while you were away').waitFor();
  check(true, 'what was missed is there');
});

await part('the files of the page are gone', async (last) => {
  const { room } = await visit(last);
  const { page } = await open(last);
  await toCall(page, room.guest);
  await painted(page);
  // As when another version was put on the server in the middle of the call.
  await page.route('**/assets/BoardView-*.js', (route) => route.fulfill({ status: 404 }));
  await at(page, 'more').click();
  await at(page, 'more-board').click();
  await at(page, 'part-missing').waitFor();
  check(await at(page, 'leave').isVisible(), 'a board that does not open leaves the call');
  await picture(page, 'part-missing');
  await at(page, 'part-again').click();
  await at(page, 'part-missing').waitFor();
  await page.unroute('**/assets/BoardView-*.js');
  await at(page, 'part-again').click();
  await at(page, 'board').waitFor();
  check(true, 'and opens once it is there again');
  await at(page, 'board-close').click();
  await page.route('**/assets/ChatPanel-*.js', (route) => route.fulfill({ status: 404 }));
  await at(page, 'more').click();
  await at(page, 'more-chat').click();
  await at(page, 'panel-missing').waitFor();
  await picture(page, 'panel-missing');
  await page.unroute('**/assets/ChatPanel-*.js');
  await at(page, 'part-again').click();
  await at(page, 'chat-field').waitFor();
  check(true, 'the chat too');
});

await part('a phone that sleeps', async (last) => {
  const { room, marta } = await visit(last, true);
  const { page, context } = await open(last);
  await context.addInitScript(() => {
    window.locks = 0;
    const { request } = WakeLock.prototype;
    WakeLock.prototype.request = function (kind) {
      window.locks += 1;
      return request.call(this, kind);
    };
  });
  await toCall(page, room.guest);
  await painted(page);
  check((await page.evaluate(() => window.locks)) > 0, 'the display is kept on');
  const cdp = await context.newCDPSession(page);
  await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
  marta.say({ type: 'chat', key: 'asleep', text: 'Said while you slept' });
  await marta.until((one) => one.type === 'chat' && one.message.key === 'asleep');
  await cdp.send('Page.setWebLifecycleState', { state: 'active' });
  await isBack(page);
  check(await painted(page), 'awake again, the host is seen');
  await openChat(page);
  await page.getByText('Said while you slept').waitFor();
  check(true, 'and what was said meanwhile is there');
});
