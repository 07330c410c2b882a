import { makeRoom, startPeer } from './server.mjs';
import {
  at,
  bin,
  check,
  FIRST_LOAD,
  fits,
  goneOver,
  open,
  part,
  picture,
  pitch,
  SOON,
  server,
  toCall,
  toLobby,
} from './stage.mjs';

await part('the page of a link', async (last) => {
  const soon = new Date(Date.now() + 3600_000).toISOString();
  const room = await makeRoom(server, { starts_at: soon, early_entry: 3500, recording: 'manual' });
  for (const locale of ['en-GB', 'it-IT']) {
    const { page, context, faults, requests } = await open(last, { locale });
    const sizes = new Map();
    const cdp = await context.newCDPSession(page);
    await cdp.send('Network.enable');
    cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) =>
      sizes.set(requestId, encodedDataLength),
    );
    const began = Date.now();
    await page.goto(room.guest);
    await at(page, 'join-in-browser').waitFor();
    console.log(`  from opening the link to Join here: ${Date.now() - began} ms`);
    await page.waitForLoadState('networkidle');
    const first = [...sizes.values()].reduce((sum, one) => sum + one, 0);
    check(
      first <= FIRST_LOAD,
      `the first load is small enough (${locale})`,
      `${Math.round(first / 1000)} kB of ${FIRST_LOAD / 1000}`,
    );
    const words = await page.locator('body').textContent();
    const wanted =
      locale === 'en-GB'
        ? ['Dr Elena Conti invites you', 'Join here', 'Open in the app']
        : ['Dr Elena Conti la invita', 'Entra da qui', 'Apri nell’app'];
    check(
      wanted.every((one) => words.includes(one)),
      `it says who invites, and both ways in (${locale})`,
    );
    check(words.includes('Follow-up visit'), 'it says the room');
    check((await at(page, 'starts-at').count()) === 1, 'it says when');
    check((await at(page, 'recording-notice').count()) === 1, 'it says that it may be recorded');
    check((await page.getAttribute('html', 'lang')) === locale.slice(0, 2), `the page is in ${locale}`);
    check((await context.cookies()).length === 0, 'no cookie is set');
    const hosts = new Set(requests.map((request) => new URL(request.url()).origin));
    check(
      [...hosts].every((host) => host === server.url),
      'nothing is asked of anybody else',
      [...hosts].join(' '),
    );
    check(
      requests.every((request) => !request.headers().referer),
      'no referrer is told',
    );
    check(faults.length === 0, 'nothing is refused by the content policy', faults.join('; '));
    await goneOver(page, `the page of a link (${locale})`);
    await picture(page, `invite-${locale}`);
    const loaded = () => [...sizes.values()].reduce((sum, one) => sum + one, 0);
    const before = loaded();
    await at(page, 'join-in-browser').click();
    await at(page, 'screen-lobby').waitFor();
    await page.waitForLoadState('networkidle');
    const behind = Math.round((loaded() - before) / 1000);
    console.log(`  fetched behind the lobby, for what comes after Join: ${behind} kB`);
    await page.goto(room.guest);
    // The last thing done here: the browser's own question about other programs lies over the page from now on.
    await at(page, 'open-in-app').click();
    await page.locator('[data-testid=app-answer][data-answer=nothing]').waitFor();
    check(page.url() === room.guest, 'where there is no app the page stays, and says so');
    await picture(page, `invite-no-app-${locale}`);
  }
  const { page } = await open(last);
  await page.goto(`${room.guest}.`);
  check(
    await at(page, 'join-in-browser')
      .waitFor()
      .then(() => true),
    'a link with a trailing dot is the same link',
  );
  for (let n = 0; n < 3; n += 1) await fetch(room.guest, { headers: { accept: 'text/html' } });
  const looked = await (await fetch(room.guest, { headers: { accept: 'application/json' } })).json();
  check(looked.in_use === false, 'looking at a link, as a mail scanner does, uses nothing up');
});

await part('too early', async (last) => {
  const starts_at = new Date(Date.now() + 6000).toISOString();
  const room = await makeRoom(server, { starts_at, early_entry: 0 });
  const { page, faults } = await open(last);
  await toLobby(page, room.guest);
  await at(page, 'join').click();
  await at(page, 'screen-waiting').waitFor();
  await picture(page, 'early');
  await fits(page, 'waiting for the time');
  await at(page, 'screen-call').waitFor();
  check(true, 'in by itself when it is the time');
  check(faults.length === 0, 'the page reported no fault', faults.join('; '));
});

await part('links that let nobody in', async (last) => {
  const { page } = await open(last);
  const room = await makeRoom(server, { ends_at: new Date(Date.now() + 1500).toISOString() });
  // By the key: looks through a link are counted.
  const status = async () => (await server.api('GET', `/v2/rooms/${room.room_id}`)).status;
  for (const end = Date.now() + SOON; (await status()) !== 'ended' && Date.now() < end; );
  const disabled = await makeRoom(server);
  await server.api('POST', `/v2/rooms/${disabled.room_id}/disable`);
  const links = [
    [room.guest, 'link_expired'],
    [disabled.guest, 'room_disabled'],
    [`${server.url}/join/${'x'.repeat(43)}`, 'link_unknown'],
    [`${server.url}/join/short`, 'link_unknown'],
    [`${server.url}/join/`, 'link_unknown'],
  ];
  for (const [link, wanted] of links) {
    await page.goto(link);
    await at(page, 'problem').waitFor();
    check(
      (await at(page, 'problem').getAttribute('data-code')) === wanted,
      `${wanted} is said in plain words`,
    );
    check(!(await page.locator('body').textContent()).includes('Follow-up'), 'and nothing of the room');
  }
  await page.goto(room.guest);
  await at(page, 'problem').waitFor();
  await goneOver(page, 'the page of a link that lets nobody in');
  await picture(page, 'expired');
});

await part('browsers that lack something', async (last) => {
  const room = await makeRoom(server);
  const none = await open(last);
  await none.context.addInitScript(() => {
    delete window.RTCPeerConnection;
  });
  await none.page.goto(room.guest);
  await none.page.locator('[data-lack=no_webrtc]').waitFor();
  check((await at(none.page, 'join-in-browser').count()) === 0, 'without WebRTC the app, or another browser');
  await picture(none.page, 'no-webrtc');

  const insecure = await open(last);
  await insecure.page.goto(room.guest.replace('127.0.0.1', 'visits.test'));
  await insecure.page.locator('[data-lack=insecure]').waitFor();
  check(true, 'an address without TLS says to use the app');
  await goneOver(insecure.page, 'the page at an address without TLS');
  await picture(insecure.page, 'insecure');
  await at(insecure.page, 'join-in-browser').click();
  await at(insecure.page, 'join').click();
  await insecure.page.locator('[data-testid=screen-call][data-connection=connected]').waitFor();
  check(true, 'who comes without camera and microphone is in all the same');
  await at(insecure.page, 'leave').click();

  const devices = [
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'missing'],
    ['NotReadableError', 'busy'],
  ];
  for (const [name, state] of devices) {
    const { page, context } = await open(last);
    await context.addInitScript((thrown) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('as told', thrown));
    }, name);
    await toLobby(page, room.guest);
    await page.locator(`[data-state=${state}]`).nth(1).waitFor();
    check(true, `devices ${state}: said, and it blocks nobody`);
    await goneOver(page, `the lobby with devices ${state}`);
    await picture(page, `lobby-${state}`);
    await at(page, 'join').click();
    await page.locator('[data-testid=screen-call][data-connection=connected]').waitFor();
    await at(page, 'leave').click();
    await at(page, 'after-call').waitFor();
  }

  const peer = startPeer(bin, room.host, ['--name', 'Dr Elena Conti']);
  last(peer.kill);
  const quiet = await open(last);
  await quiet.context.addInitScript(() => {
    // As a phone that saves its battery: no sound before something is pressed on the call itself.
    const { play } = HTMLMediaElement.prototype;
    HTMLMediaElement.prototype.play = function () {
      const refuses = this instanceof HTMLAudioElement && !window.mayPlay;
      return refuses ? Promise.reject(new DOMException('not yet', 'NotAllowedError')) : play.call(this);
    };
    addEventListener(
      'pointerdown',
      (event) => {
        if (event.target.closest?.('[data-testid=play-others]')) window.mayPlay = true;
      },
      true,
    );
  });
  await toCall(quiet.page, room.guest);
  await at(quiet.page, 'play-others').waitFor();
  await goneOver(quiet.page, 'the call that waits for a press');
  await picture(quiet.page, 'sound-refused');
  await at(quiet.page, 'play-others').click();
  await at(quiet.page, 'play-others').waitFor({ state: 'detached' });
  const heard = await pitch(quiet.page);
  check(
    Math.abs(heard - 440) < 15,
    'sound that the browser refuses is one button away',
    `${Math.round(heard)} Hz`,
  );
});
