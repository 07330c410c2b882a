import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { makeRoom, startPeer, startPerson } from './server.mjs';
import { at, bin, check, fits, goneOver, open, painted, part, picture, SOON, server } from './stage.mjs';

const APP = 'story-clinic';
const EXAMPLE = new URL('../../widget/example/index.html', import.meta.url);

/** The company's own page on an origin of its own: the example, with the addresses of this story, and its back end. */
async function company(last, { userId = 'anna', listed = true } = {}) {
  const page = (await readFile(EXAMPLE, 'utf8'))
    .replace('<!doctype html>', '<!doctype html><html lang="en">')
    .replace('https://visits.example.org', server.url)
    .replace("'clinic'", `'${APP}'`)
    // Everything that it is told is kept for the story.
    .replace(
      'Visita.on(',
      `window.told = [];
      for (const name of ['connected', 'reconnecting', 'disconnected', 'presence', 'incomingCall', 'incomingCallOver', 'callStarted', 'callEnded', 'tokenRenewed', 'error'])
        Visita.on(name, (data) => window.told.push({ name, data: JSON.parse(JSON.stringify(data)), code: data.code }));
      Visita.on(`,
    )
    .replace('await Visita.connect', "window.failed = ''; window.failed = await Visita.connect")
    .replace('access_token);\n</script>', "access_token).then(() => 'no', (error) => error.code);\n</script>")
    .replace('<h1>My clinic</h1>', '<main><h1>My clinic</h1><label>Name <input id="name"></label></main>');
  const http = createServer(async (request, response) => {
    if (request.url === '/visita-credentials') {
      const body = { user_id: userId, expires_in: 360 };
      const credentials = await server.api('POST', '/sdk/credentials', body);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(credentials));
    } else {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      // As strict as pages of a hospital may be: none of its own styles or markup from scripts.
      response.setHeader(
        'content-security-policy',
        `script-src 'unsafe-inline' ${server.url}; frame-src ${server.url}; require-trusted-types-for 'script'`,
      );
      // A link may lie in a frame by itself, without the widget.
      const link =
        request.url?.startsWith('/framed') && new URL(request.url, server.url).searchParams.get('link');
      const framed = `<!doctype html><html lang="en"><title>My clinic</title><iframe src="${link}" allow="camera; microphone" width="500" height="700">`;
      response.end(link ? framed : request.url === '/' ? page : '');
    }
  });
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  last(() => http.closeAllConnections());
  last(() => http.close());
  const origin = `http://127.0.0.1:${http.address().port}`;
  await server.api('PATCH', '/v2/company', { web_app_id: APP, embed_origins: listed ? [origin] : [] });
  return origin;
}

/** What the page was told under a name, when it has come. */
async function heard(page, name, nth = 0) {
  const all = await page.waitForFunction(
    ([wanted, n]) => {
      const found = window.told?.filter((one) => one.name === wanted) ?? [];
      return found.length > n && found[n];
    },
    [name, nth],
    { timeout: SOON },
  );
  return all.jsonValue();
}

/** The page in the frame. */
async function frameOf(page) {
  const element = await page.locator('visita-widget iframe').elementHandle();
  return element.contentFrame();
}

/** Where the window is. */
const shape = (page) => page.locator('visita-widget .window').getAttribute('data-shape');
const becomes = (page, wanted) =>
  page.locator(`visita-widget .window[data-shape=${wanted}]`).waitFor({ state: 'attached' });

async function visitor(last, options = {}, view = {}) {
  const origin = await company(last, options);
  const person = await open(last, view);
  await person.page.goto(origin);
  return person;
}

await part('the widget rings and is answered', async (last) => {
  const room = await makeRoom(server, { live: true });
  const { page, faults } = await visitor(last);
  const connected = await heard(page, 'connected');
  check(connected.data.userId === 'anna', 'signed in from a page of another origin');
  check((await shape(page)) === 'nothing', 'nothing is shown');
  await page.locator('#name').focus();
  const peer = startPeer(bin, room.host, ['--name', 'Dr Elena Conti']);
  last(peer.kill);
  const incoming = await heard(page, 'incomingCall');
  check(incoming.data.callerName === 'Dr Elena Conti', 'the page is told who calls');
  await becomes(page, 'card');
  const frame = await frameOf(page);
  await at(frame, 'answer').waitFor();
  const field = await page.evaluate(() => document.activeElement?.id);
  check(field === 'name', 'whoever types goes on typing');
  await goneOver(frame, 'the card of a call');
  await picture(page, 'widget-card');
  await at(frame, 'answer').click();
  await frame.locator('[data-testid=screen-call][data-connection=connected]').waitFor();
  await heard(page, 'callStarted');
  check(await painted(frame), 'the caller is seen');
  check(await frame.evaluate(() => location.pathname.startsWith('/embed/')), 'the code is in no address');
  await fits(frame, 'the call in the window');
  await goneOver(frame, 'the call in the window', { small: true });
  await goneOver(page, 'the page with the window', { small: true });
  await picture(page, 'widget-call');

  await page.getByRole('button', { name: 'Make small' }).click();
  await becomes(page, 'bar');
  await at(at(frame, 'screen-bar'), 'toggle-microphone').waitFor();
  await fits(frame, 'the bar');
  await picture(page, 'widget-bar');
  await page.getByRole('button', { name: 'Make large again' }).click();
  check(await painted(frame), 'made small and large again, the caller is seen');

  const before = await page.locator('visita-widget .window').boundingBox();
  await page.getByRole('button', { name: 'Move with the arrow keys' }).focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+ArrowUp');
  const after = await page.locator('visita-widget .window').boundingBox();
  check(after.x === before.x - 16 && after.height === before.height - 16, 'the keys move and size it');
  for (let n = 0; n < 30; n += 1) await page.keyboard.press('Shift+ArrowUp');
  await at(frame, 'screen-mini').waitFor();
  await fits(frame, 'a small window');
  await picture(page, 'widget-small');
  await at(frame, 'mini-open').click();
  await at(frame, 'screen-mini').waitFor({ state: 'detached' });
  check(true, 'a small window shows who speaks, and grows again');

  await page.evaluate(async () => {
    const { access_token } = await (await fetch('/visita-credentials')).json();
    await Visita.updateAccessToken(access_token);
  });
  await heard(page, 'tokenRenewed');
  check((await shape(page)) === 'call', 'a newer token drops no call');

  await page.evaluate(() => Visita.hangUp());
  const ended = await heard(page, 'callEnded');
  check(ended.data.reason === 'left' && ended.data.roomId === room.room_id, 'hung up, the page is told so');
  await becomes(page, 'nothing');
  check(true, 'and the window is gone');
  peer.end();
  const { streams = [] } = await peer.report;
  const seen = streams.find(({ source }) => source === 'camera');
  check((seen?.frames ?? 0) > 10, 'the caller saw me', `${seen?.frames ?? 0} pictures`);
  check(faults.length === 0, 'the page reported no fault', faults.join('; '));
});

await part('the widget declines, and hears of the others', async (last) => {
  const room = await makeRoom(server, { live: true });
  const { page } = await visitor(last);
  await heard(page, 'connected');
  const marta = await startPerson(room.assistant, 'Marta');
  last(marta.close);
  await becomes(page, 'card');
  await page.evaluate(() => Visita.decline());
  const over = await heard(page, 'incomingCallOver');
  check(over.data.reason === 'declined', 'declined');
  await marta.until((one) => one.type === 'ring_changed' && one.ring.state === 'declined');
  check(true, 'the room says so');
  await becomes(page, 'nothing');

  const other = await open(last);
  await other.page.goto(page.url());
  await heard(other.page, 'connected');
  marta.say({ type: 'ring' });
  await becomes(page, 'card');
  await becomes(other.page, 'card');
  await at(await frameOf(other.page), 'answer').click();
  const elsewhere = await heard(page, 'incomingCallOver', 1);
  check(elsewhere.data.reason === 'answered_elsewhere', 'answered on another device, this one is silent');
  await becomes(page, 'nothing');
});

await part('the widget opens a link', async (last) => {
  const room = await makeRoom(server);
  const lead = await startPerson(room.assistant, 'Marta');
  last(lead.close);
  const { page } = await visitor(last, {}, { viewport: { width: 360, height: 740 } });
  await heard(page, 'connected');
  await page.locator('#name').focus();
  await page.evaluate((link) => Visita.open(link), room.guest);
  const frame = await frameOf(page);
  await at(frame, 'screen-lobby').waitFor();
  const box = await page.locator('visita-widget .window').boundingBox();
  check(box.width === 360 && box.height === 740, 'on a telephone it fills the page');
  await fits(frame, 'the lobby in the window');
  await picture(page, 'widget-lobby');
  await at(frame, 'join').click();
  await frame.locator('[data-testid=screen-call][data-connection=connected]').waitFor();
  lead.say({ type: 'end_session' });
  await frame.locator('[data-testid=after-call][data-reason=session_ended]').waitFor();
  check((await heard(page, 'callEnded')).data.reason === 'session_ended', 'ended for everybody: it says why');
  await at(frame, 'go-home').click();
  await becomes(page, 'nothing');
  const field = await page.evaluate(() => document.activeElement?.id);
  check(field === 'name', 'the keyboard is back where it was');
  const refused = await page.evaluate(() =>
    Visita.open('https://elsewhere.example/join/x').catch(({ code }) => code),
  );
  check(refused === 'invalid_link', 'a link of another server is refused');
});

await part('a link in a frame of the company', async (last) => {
  const room = await makeRoom(server);
  const peer = startPeer(bin, room.host, ['--name', 'Dr Elena Conti']);
  last(peer.kill);
  const origin = await company(last);
  const { page } = await open(last);
  await page.goto(`${origin}/framed?link=${encodeURIComponent(room.guest)}`);
  const frame = await (await page.locator('iframe').elementHandle()).contentFrame();
  await at(frame, 'join-in-browser').click();
  await at(frame, 'join').click();
  check(await painted(frame), 'the host is seen');
  check(frame.url() === room.guest, 'loaded anew it is the same link');
  const { page: other } = await open(last);
  await company(last, { listed: false });
  await other.goto(`${origin}/framed?link=${encodeURIComponent(room.guest)}`);
  const refused = await (await other.locator('iframe').elementHandle()).contentFrame();
  check((await at(refused, 'join-in-browser').count()) === 0, 'not where the origin is not listed');
});

await part('the widget refuses', async (last) => {
  const failed = async (page) =>
    (await page.waitForFunction(() => window.failed || false, undefined, { timeout: SOON })).jsonValue();
  const unlisted = await visitor(last, { listed: false });
  check((await failed(unlisted.page)) === 'frame_refused', 'an origin that is not listed');
  check((await unlisted.page.locator('visita-widget').count()) === 0, 'and leaves nothing on the page');

  const { page } = await visitor(last);
  await heard(page, 'connected');
  const codes = await page.evaluate(async () => {
    const code = (error) => error.code;
    const twice = await Visita.connect('anna', 'x').catch(code);
    await Visita.disconnect();
    const unknown = await Visita.connect('anna', 'not-a-token').catch(code);
    const { access_token } = await (await fetch('/visita-credentials')).json();
    const other = await Visita.connect('conti', access_token).catch(code);
    await Visita.connect('anna', access_token);
    return { twice, unknown, other };
  });
  check(codes.twice === 'already_connected', 'to sign in twice', codes.twice);
  check(codes.unknown === 'invalid_token', 'a token that is none', codes.unknown);
  check(codes.other === 'token_of_another_user', "another user's token", codes.other);
  check(true, 'and lets in afterwards');
});
