// A link in a browser, for real: `npm run join -- [FOLDER OF PROGRAMS]`. A `visita-server`, a `visita-peer` as host and
// headless Chromium with invented devices as guest, each tool once. Prints what it checked; the exit status is 1 when
// something was not so. SCREENSHOTS=FOLDER keeps pictures of what was seen; ONLY=PATTERN runs the parts it matches.

import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { makeRoom, startPeer, startPerson, startServer } from './linkPage.mjs';

const bin = resolve(process.argv[2] ?? process.env.VISITA_BIN_DIR ?? '../target/debug');
const dist = resolve(import.meta.dirname, '../dist');
const shots = process.env.SCREENSHOTS;
const only = new RegExp(process.env.ONLY ?? '');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Anything that should happen at once. */
const SOON = 30_000;
/** What a page may load before somebody joins, compressed, in bytes. */
const FIRST_LOAD = 300_000;

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const folder = await mkdtemp(join(tmpdir(), 'visita-join-'));
if (shots) await mkdir(shots, { recursive: true });

let [passed, failed] = [0, 0];

/** Says that something is so, or that it is not. */
function check(is, words, more = '') {
  if (is) passed += 1;
  else failed += 1;
  console.log(`${is ? '  ok    ' : '  FAILED'} ${words}${more === '' ? '' : ` (${more})`}`);
}

/** Pages that are open, for a picture of what went wrong. */
const pages = new Set();

/** Runs one part; what throws is a failure of it, and the next part goes on. */
async function part(name, does) {
  if (!only.test(name)) return;
  console.log(name);
  const closing = [];
  try {
    await does((last) => closing.unshift(last));
  } catch (error) {
    check(
      false,
      name,
      String(error?.message ?? error)
        .split('\n')
        .slice(0, 4)
        .join(' | '),
    );
    if (process.env.STACK) console.log(error.stack);
    for (const [n, page] of [...pages].entries()) {
      await picture(page, `failed-${name.replaceAll(' ', '-')}-${n}`).catch(() => {});
    }
  }
  for (const last of closing) await Promise.resolve(last()).catch(() => {});
}

const server = await startServer({ bin, dist, data: join(folder, 'data') });

const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: [
    '--no-sandbox',
    '--use-fake-device-for-media-stream=device-count=2',
    '--use-fake-ui-for-media-stream',
    '--autoplay-policy=user-gesture-required',
    // A host that no browser takes for this computer itself.
    '--host-resolver-rules=MAP visits.test 127.0.0.1',
  ],
});

/** A browser of somebody's own, and a page in it that records what it did wrong. */
async function open(last, options = {}, by = browser) {
  const context = await by.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    acceptDownloads: true,
    ...options,
  });
  last(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(SOON);
  pages.add(page);
  page.on('close', () => pages.delete(page));
  const faults = [];
  const requests = [];
  page.on('console', (line) => {
    // What a killed server leaves behind is the network's, not the page's.
    if (
      line.type() === 'error' &&
      !/net::ERR_|WebSocket connection|status of 4|status of 50/.test(line.text())
    ) {
      faults.push(line.text());
    }
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => requests.push(request));
  return { page, context, faults, requests };
}

const at = (page, id) => page.getByTestId(id);

async function picture(page, name) {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`) });
}

/** What axe finds on a page. Where rows scroll under a button that stays, it takes what shows of them for all of it. */
async function goneOver(page, name, { small = false } = {}) {
  await page.evaluate(axe);
  const found = await page.evaluate(async (targets) => {
    const runOnly = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await globalThis.axe.run(document, {
      runOnly,
      rules: { 'target-size': { enabled: targets } },
    });
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`,
    );
  }, !small);
  check(found.length === 0, `axe finds nothing on ${name}`, found.join('; '));
}

/** Nothing is wider than the window, and no button cut off. */
async function fits(page, name) {
  const cut = await page.evaluate(() => {
    const found = [...document.querySelectorAll('button')].filter((button) => {
      const box = button.getBoundingClientRect();
      return (
        box.width > 0 &&
        (button.scrollWidth > button.clientWidth + 1 || box.right > innerWidth + 1 || box.left < -1)
      );
    });
    const wide = document.documentElement.scrollWidth - innerWidth;
    return [
      ...(wide > 0 ? [`${wide} px`] : []),
      ...found.map((one) => one.textContent || one.getAttribute('aria-label')),
    ];
  });
  check(cut.length === 0, `nothing is cut off: ${name}`, cut.join('; '));
}

async function toLobby(page, link) {
  await page.goto(link);
  await at(page, 'join-in-browser').click();
  await at(page, 'screen-lobby').waitFor();
}

async function toCall(page, link) {
  await toLobby(page, link);
  await at(page, 'join').click();
  await page.locator('[data-testid=screen-call][data-connection=connected]').waitFor();
}

/** Guests begin with four large buttons; here all are looked for. */
async function allButtons(page) {
  await at(page, 'more').click();
  await at(page, 'more-all').click();
  await at(page, 'chat').waitFor();
}

/** Pictures that were painted of everybody else. */
async function painted(page, more = 5) {
  const frames = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('[data-testid=tile] video')].map(({ dataset }) => Number(dataset.frames)),
    );
  const before = Math.max(0, ...(await frames()));
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll('[data-testid=tile] video')].some(
        ({ dataset }) => Number(dataset.frames) > wanted,
      ),
    before + more,
  );
  return true;
}

/** The pitch of what is heard of the others, in hertz: what the sound elements play. */
async function pitch(page) {
  return page.evaluate(async () => {
    const element = document.querySelector('body > audio');
    if (!element || element.paused || element.muted) return 0;
    const context = new AudioContext({ sampleRate: 48_000 });
    await context.resume();
    const analyser = new AnalyserNode(context, { fftSize: 8192 });
    context.createMediaStreamSource(element.srcObject).connect(analyser);
    const bins = new Float32Array(analyser.frequencyBinCount);
    const end = performance.now() + 10_000;
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      analyser.getFloatFrequencyData(bins);
      const loudest = bins.indexOf(Math.max(...bins));
      const hertz = (loudest * context.sampleRate) / analyser.fftSize;
      if (bins[loudest] > -60 || performance.now() > end) {
        await context.close();
        return hertz;
      }
    }
  });
}

// ----------------------------------------------------------------------------------------------------------------

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

await part('a call', async (last) => {
  const room = await makeRoom(server);
  const small = join(folder, 'notes.txt');
  const sent = randomBytes(20_000).toString('hex');
  await writeFile(small, sent);
  const peer = startPeer(bin, room.host, [
    '--name',
    'Dr Elena Conti',
    '--say',
    'Hello Anna',
    '--draw',
    '--file',
    small,
  ]);
  last(peer.kill);
  const marta = await startPerson(room.assistant, 'Marta');
  last(marta.close);
  const { page, faults } = await open(last);
  await toLobby(page, room.guest);
  await page.locator('[data-testid=self-preview] video').waitFor();
  await page.waitForFunction(
    () => Number(document.querySelector('[data-testid=self-preview] video')?.dataset.frames) > 3,
  );
  check(true, 'the lobby shows the camera');
  await goneOver(page, 'the lobby');
  await picture(page, 'lobby');
  await at(page, 'join').click();
  const joined = Date.now();
  await at(page, 'tile').locator('video').first().waitFor();
  await page.waitForFunction(() =>
    [...document.querySelectorAll('[data-testid=tile] video')].some(
      ({ dataset }) => Number(dataset.frames) > 0,
    ),
  );
  console.log(`  from Join to the first picture: ${Date.now() - joined} ms`);
  await page.locator('[data-testid=screen-call][data-connection=connected]').waitFor();
  check(await painted(page), 'the host is seen');
  const heard = await pitch(page);
  check(Math.abs(heard - 440) < 15, 'the host is heard', `${Math.round(heard)} Hz of 440`);
  check(!page.url().includes(room.guest.split('/').at(-1)), 'the code is gone from the address');
  check((await page.evaluate(() => document.cookie)) === '', 'there is still no cookie');
  await goneOver(page, 'the call with large buttons');
  await picture(page, 'call-simple');
  await allButtons(page);
  await goneOver(page, 'the call');
  await picture(page, 'call');

  const anna = (
    await marta.until(
      ({ type, participant }) => type === 'joined' && participant.display_name === 'Anna Rossi',
    )
  ).participant.participant_id;
  const media = await marta.until(
    (one) => one.type === 'media_changed' && one.participant_id === anna && one.media.microphone,
  );
  check(media.media.microphone && media.media.camera, 'the room knows what is on');

  // --- chat
  await at(page, 'chat').click();
  await page.getByText('Hello Anna').waitFor();
  check(true, 'a message of the host is there');
  await at(page, 'chat-field').fill('Good morning');
  await page.keyboard.press('Enter');
  const message = (await marta.until((one) => one.type === 'chat' && one.message.text === 'Good morning'))
    .message;
  check(message.from === anna, 'mine comes to the others');
  await page.locator('[data-tick=delivered], [data-tick=seen], [data-tick=sent]').first().waitFor();
  marta.say({ type: 'chat_mark', received: message.id, seen: message.id });
  marta.say({ type: 'typing', typing: true });
  await at(page, 'typing').getByText('Marta').waitFor();
  check(true, 'it is said who writes');
  marta.say({ type: 'chat', key: 'k1', text: 'How are you?', reply_to: message.id });
  await page.getByText('How are you?', { exact: true }).waitFor();
  check((await at(page, 'quote').count()) > 0, 'an answer shows what it answers');
  await page
    .locator('[data-testid=message]', { hasText: 'How are you?' })
    .getByTestId('reply')
    .click({ force: true });
  await at(page, 'chat-field').fill('Better');
  await page.keyboard.press('Enter');
  const answer = (await marta.until((one) => one.type === 'chat' && one.message.text === 'Better')).message;
  check(answer.reply_to > message.id, 'my answer says what it answers');

  // --- files
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('[data-testid=file]', { hasText: 'notes.txt' }).getByTestId('file-save').click(),
  ]);
  check((await readFile(await download.path(), 'utf8')) === sent, 'a file of the host is fetched whole');
  const bytes = randomBytes(1_700_000);
  let pieces = 0;
  await page.route('**/files/*', async (route) => {
    if (route.request().method() !== 'PATCH') return route.continue();
    pieces += 1;
    // The line breaks at the second piece.
    return pieces === 2 ? route.abort('connectionreset') : route.continue();
  });
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), at(page, 'attach').click()]);
  await chooser.setFiles({ name: 'scan.bin', mimeType: 'application/octet-stream', buffer: bytes });
  const shared = (await marta.until((one) => one.type === 'chat' && one.message.file?.name === 'scan.bin'))
    .message.file;
  check(
    shared.sha256 === createHash('sha256').update(bytes).digest('hex'),
    'a file of mine is there whole, though its line broke',
    `${pieces} pieces`,
  );
  await page.unroute('**/files/*');
  await picture(page, 'chat');
  await goneOver(page, 'the chat');

  // --- hand and reactions
  await at(page, 'react').click();
  await at(page, 'raise-hand').click();
  check(
    (await marta.until((one) => one.type === 'hand_changed' && one.participant_id === anna)).hand !== null,
    'a hand goes up',
  );
  await page.keyboard.press('Escape');
  marta.say({ type: 'lower_hand', participant_id: anna });
  await marta.until((one) => one.type === 'hand_changed' && one.participant_id === anna && one.hand === null);
  await at(page, 'react').click();
  await page.locator('[data-testid^=react-]').first().click();
  check((await marta.until((one) => one.type === 'reacted')).participant_id === anna, 'a reaction is seen');
  await page.keyboard.press('Escape');

  // --- the board
  await at(page, 'board-slot').click();
  await at(page, 'board').waitFor();
  await page.waitForFunction(() =>
    /^[1-9]|One/.test(document.querySelector('[data-testid=board-items]')?.textContent ?? ''),
  );
  check(true, 'what the host drew is there');
  marta.say({ type: 'open_board', board: 'board', since: 0 });
  const paper = await at(page, 'board-paper').boundingBox();
  await page.keyboard.press('p');
  await page.mouse.move(paper.x + paper.width * 0.4, paper.y + paper.height * 0.4);
  await page.mouse.down();
  for (let n = 0; n < 12; n += 1)
    await page.mouse.move(paper.x + paper.width * 0.4 + n * 12, paper.y + paper.height * 0.4 + n * 5);
  await page.mouse.up();
  const drawn = await marta.until(
    (one) => one.type === 'board' && one.ops.some((op) => op.op === 'put' && op.item.author === anna),
  );
  check(drawn.ops[0].item.shape.kind === 'pen', 'a stroke of mine comes to the others');
  await picture(page, 'board');
  await goneOver(page, 'the board');
  await at(page, 'board-close').click();

  // --- snapshot and live edit
  await at(page, 'gallery').click();
  await at(page, 'take-snapshot').click();
  const taken = (await marta.until((one) => one.type === 'chat' && one.message.file?.purpose === 'snapshot'))
    .message.file;
  // A busy host sends smaller pictures: as large as what comes, then, and never as small as its tile.
  const shown = await page.evaluate(() => document.querySelector('[data-testid=tile] video').videoWidth);
  check(
    taken.size_px?.[0] >= shown && taken.size_px[0] * 9 === taken.size_px[1] * 16,
    'a snapshot is as large as the stream',
    taken.size_px?.join('x'),
  );
  await at(page, 'snapshot').first().waitFor();
  await picture(page, 'gallery');
  await at(page, 'snapshot-draw').first().click();
  await at(page, 'board').waitFor();
  const viewers = await marta.until((one) => one.type === 'board_viewers' && one.board === taken.file_id);
  check(viewers.participants.includes(anna), 'live edit begins on it');
  await picture(page, 'live-edit');
  await at(page, 'board-close').click();

  // --- pointer, presenting
  await at(page, 'more').click();
  await at(page, 'more-pointer').click();
  await at(page, 'more-pointer').waitFor({ state: 'detached' });
  const tile = await page.locator('[data-testid=tile][data-camera=on]').first().boundingBox();
  const pointed = marta.until((one) => one.type === 'pointed' && one.spot);
  let told = false;
  void pointed.then(
    () => {
      told = true;
    },
    () => {},
  );
  for (const end = Date.now() + SOON; !told && Date.now() < end; ) {
    await page.mouse.move(tile.x + tile.width / 2, tile.y + tile.height / 2);
    await page.mouse.move(tile.x + tile.width / 2 + 4, tile.y + tile.height / 2);
  }
  const { spot } = await pointed;
  check(
    Math.abs(spot.x - 32768) < 3000 && Math.abs(spot.y - 32768) < 3000,
    'a pointer points at the same spot everywhere',
    `${spot.x}, ${spot.y}`,
  );
  marta.say({
    type: 'point',
    spot: { target: { kind: 'camera', participant_id: spot.target.participant_id }, x: 20000, y: 20000 },
  });
  await at(page, 'pointer').getByText('Marta').waitFor();
  check(true, 'a pointer of another is drawn');
  await at(page, 'more').click();
  await at(page, 'more-present').click();
  check(
    (await marta.until((one) => one.type === 'presenter_changed')).presenter === anna,
    'presenting to everyone',
  );
  await at(page, 'more').click();
  await at(page, 'more-present').click();
  await marta.until((one) => one.type === 'presenter_changed' && one.presenter === null);

  // --- showing a screen
  await at(page, 'share').click();
  await at(page, 'share-start').click();
  await at(page, 'stop-share').first().waitFor();
  check(true, 'a screen is shown');
  await picture(page, 'sharing');
  await at(page, 'stop-share').first().click();

  // --- what admins decide
  marta.say({ type: 'mute', participant_id: anna, source: 'microphone' });
  await page.locator('[data-testid=toggle-microphone][aria-label*="by host"]').waitFor();
  check(true, 'an admin mutes');
  await marta.until(
    (one) => one.type === 'media_changed' && one.muted_by_admin?.microphone && !one.media.microphone,
  );
  marta.say({ type: 'release', participant_id: anna, source: 'microphone' });
  await page
    .locator('[data-testid=toggle-microphone][data-state=off]:not([aria-label*="by host"])')
    .waitFor();
  check(true, 'what is given back stays off');
  marta.say({ type: 'ask_to_unmute', participant_id: anna, source: 'microphone' });
  await page.locator('[data-testid=notice][data-code=asked]').getByTestId('notice-action').first().click();
  await page.locator('[data-testid=toggle-microphone][data-state=on]').waitFor();
  check(true, 'an admin asks, and it goes on');
  await at(page, 'toggle-camera').click();
  await marta.until(
    (one) =>
      one.type === 'media_changed' &&
      one.participant_id === anna &&
      one.media.microphone &&
      !one.media.camera,
  );
  await at(page, 'toggle-camera').click();
  await page.locator('[data-testid=toggle-camera][data-state=on]').waitFor();
  check(true, 'the camera goes off and on');

  // --- loaded anew
  await page.reload();
  await at(page, 'screen-lobby').waitFor();
  check(
    (await at(page, 'seat-in-use').count()) === 0,
    'a page loaded anew is in the same visit, and asks nobody to give way',
  );
  await at(page, 'join').click();
  await page.locator('[data-testid=screen-call][data-connection=connected]').waitFor();
  check(await painted(page), 'and in the call again');

  // --- leaving
  await at(page, 'leave').click();
  await page.locator('[data-testid=after-call][data-reason=left]').waitFor();
  await goneOver(page, 'the page after a call');
  await picture(page, 'after');
  check(
    (await marta.until((one) => one.type === 'left' && one.participant_id === anna && one.reason === 'left'))
      .reason === 'left',
    'the others hear that I left',
  );
  peer.end();
  const report = await peer.report;
  const streams = report.streams ?? [];
  const seen = streams.find(({ source }) => source === 'camera');
  check(
    (seen?.frames ?? 0) > 30,
    'the host saw me',
    `${seen?.largest_width ?? 0}x${seen?.largest_height ?? 0}, ${seen?.frames ?? 0} pictures`,
  );
  // The invented microphone beeps now and then.
  const sounds = streams
    .filter(({ source }) => source === 'microphone')
    .map(({ level_db }) => level_db ?? -100);
  const loudest = Math.round(Math.max(-100, ...sounds));
  check(loudest > -75, 'the host heard me', `${loudest} dB`);
  const said = (report.tools?.chat ?? []).map(({ text }) => text);
  check(said.includes('Good morning'), 'the host read me');
  check(faults.length === 0, 'the page reported no fault', faults.join('; '));
});

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

await part('the waiting room', async (last) => {
  const room = await makeRoom(server, { waiting_room: true });
  const marta = await startPerson(room.assistant, 'Marta');
  last(marta.close);
  const { page } = await open(last);
  await toLobby(page, room.guest);
  await at(page, 'join').click();
  await at(page, 'screen-waiting').waitFor();
  const waits = await marta.until((one) => one.type === 'admin' && one.state.waiting.length === 1);
  check(waits.state.waiting[0].display_name === 'Anna Rossi', 'the host sees who waits');
  await goneOver(page, 'the waiting room');
  await picture(page, 'waiting');
  const anna = waits.state.waiting[0].participant_id;
  await at(page, 'knock').click();
  await marta.until(({ type }) => type === 'doorbell');
  check(true, 'the bell rings');
  await page.locator('textarea, input[type=text]').last().fill('I am here');
  await page.keyboard.press('Enter');
  await marta.until((one) => one.type === 'note' && one.note.text === 'I am here');
  marta.say({ type: 'note', to: anna, text: 'One moment' });
  await page.getByText('One moment').waitFor();
  check(true, 'notes go both ways');
  marta.say({ type: 'admit', participant_id: anna });
  await page.locator('[data-testid=screen-call][data-connection=connected]').waitFor();
  check(true, 'let in');
  marta.say({ type: 'send_back', participant_id: anna });
  await at(page, 'screen-waiting').waitFor();
  check(true, 'sent back');
  marta.say({ type: 'refuse', participant_id: anna });
  await page.locator('[data-testid=after-call][data-reason=removed]').waitFor();
  check(true, 'not let in');
});

await part('consent', async (last) => {
  const room = await makeRoom(server, { recording: 'manual' });
  const marta = await startPerson(room.assistant, 'Marta');
  last(marta.close);
  const { page } = await open(last);
  await toCall(page, room.guest);
  const answers = (answer) => (one) =>
    one.type === 'admin' && one.state.consents.some((consent) => consent.answer === answer);
  marta.say({ type: 'start_recording', layout: 'grid' });
  await at(page, 'consent-no').waitFor();
  await goneOver(page, 'the question about recording');
  await picture(page, 'consent');
  await at(page, 'consent-no').click();
  await marta.until(answers(false));
  check(true, 'a no is kept, and the call goes on');
  await at(page, 'consent-no').waitFor({ state: 'detached' });
  await at(page, 'more').click();
  await at(page, 'more-consent').click();
  await at(page, 'consent-yes').click();
  await marta.until(answers(true));
  check(true, 'changed to a yes');
  await picture(page, 'recorded');
  marta.say({ type: 'stop_recording' });
  await marta.until((one) => one.type === 'recording_changed' && one.recording.state === 'off');
  const automatic = await makeRoom(server, { recording: 'automatic' });
  await toLobby(page, automatic.guest);
  await at(page, 'lobby-consent').waitFor();
  await at(page, 'consent-yes').click();
  await picture(page, 'lobby-consent');
  await at(page, 'join').click();
  await page.locator('[data-testid=screen-call][data-connection=connected]').waitFor();
  const lead = await startPerson(automatic.assistant, 'Marta');
  last(lead.close);
  await lead.until(answers(true));
  check(true, 'what was answered in the lobby is kept');
});

await part('the server is killed', async (last) => {
  const room = await makeRoom(server);
  const peer = startPeer(bin, room.host, ['--name', 'Dr Elena Conti']);
  last(peer.kill);
  const { page, faults } = await open(last);
  await toCall(page, room.guest);
  await painted(page);
  await server.kill();
  await page.locator('[data-testid=screen-call]:not([data-connection=connected])').waitFor();
  check(true, 'it says that the line is lost');
  await picture(page, 'reconnecting');
  await server.start();
  await page.locator('[data-testid=screen-call][data-connection=connected]').waitFor({ timeout: 60_000 });
  check(true, 'back in the room by itself');
  check(await painted(page), 'the host is seen again');
  await at(page, 'more').click();
  await at(page, 'more-chat').click();
  await at(page, 'chat-field').fill('Still here');
  await page.keyboard.press('Enter');
  await page.locator('[data-tick=sent], [data-tick=delivered], [data-tick=seen]').first().waitFor();
  check(true, 'and the chat goes on');
  check(faults.length === 0, 'the page reported no fault', faults.join('; '));
});

await part('the network is lost', async (last) => {
  const room = await makeRoom(server);
  const peer = startPeer(bin, room.host, ['--name', 'Dr Elena Conti']);
  last(peer.kill);
  const marta = await startPerson(room.assistant, 'Marta');
  last(marta.close);
  const { page, context } = await open(last);
  await toCall(page, room.guest);
  await painted(page);
  await context.setOffline(true);
  marta.say({ type: 'chat', key: 'away', text: 'Said while you were away' });
  await context.setOffline(false);
  await page.locator('[data-testid=screen-call][data-connection=connected]').waitFor({ timeout: 60_000 });
  await at(page, 'more').click();
  await at(page, 'more-chat').click();
  await page.getByText('Said while you were away').waitFor();
  check(true, 'what was missed is there');
});

await part('a phone that sleeps', async (last) => {
  const room = await makeRoom(server);
  const peer = startPeer(bin, room.host, ['--name', 'Dr Elena Conti']);
  last(peer.kill);
  const marta = await startPerson(room.assistant, 'Marta');
  last(marta.close);
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
  await page.locator('[data-testid=screen-call][data-connection=connected]').waitFor({ timeout: 60_000 });
  check(await painted(page), 'awake again, the host is seen');
  await at(page, 'more').click();
  await at(page, 'more-chat').click();
  await page.getByText('Said while you slept').waitFor();
  check(true, 'and what was said meanwhile is there');
});

await part('out of the room', async (last) => {
  const room = await makeRoom(server);
  const marta = await startPerson(room.assistant, 'Marta');
  last(marta.close);
  const { page } = await open(last);
  await toCall(page, room.guest);
  const anna = (await marta.until(({ type }) => type === 'joined')).participant.participant_id;
  const other = await open(last);
  await other.page.goto(room.guest);
  await at(other.page, 'join-in-browser').click();
  await at(other.page, 'seat-in-use').waitFor();
  check(true, 'a link that is open elsewhere asks first');
  await picture(other.page, 'in-use');
  await at(other.page, 'join-here').click();
  await other.page.locator('[data-testid=screen-call][data-connection=connected]').waitFor();
  await page.locator('[data-testid=after-call][data-reason=displaced]').waitFor();
  check(true, 'the other device goes on, this one says so');
  marta.say({ type: 'remove', participant_id: anna });
  await other.page.locator('[data-testid=after-call][data-reason=removed]').waitFor();
  check((await at(other.page, 'rejoin').count()) === 0, 'removed: nobody is offered to come back');
  await picture(other.page, 'removed');
  await other.page.goto(room.guest);
  await other.page.locator('[data-testid=problem][data-code=removed]').waitFor();
  check(true, 'and the link says so too');

  const ended = await makeRoom(server);
  const third = await open(last);
  await toCall(third.page, ended.guest);
  const lead = await startPerson(ended.assistant, 'Marta');
  last(lead.close);
  lead.say({ type: 'end_session' });
  await third.page.locator('[data-testid=after-call][data-reason=session_ended]').waitFor();
  check(true, 'ended for everybody');
});

await part('links that let nobody in', async (last) => {
  const { page } = await open(last);
  const room = await makeRoom(server, { ends_at: new Date(Date.now() + 1500).toISOString() });
  const code = async () =>
    (await (await fetch(room.guest, { headers: { accept: 'application/json' } })).json()).error?.code;
  for (const end = Date.now() + SOON; (await code()) !== 'link_expired' && Date.now() < end; );
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

await browser.close();
await server.stop();
await rm(folder, { recursive: true, force: true });
console.log(`${passed} checked, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
