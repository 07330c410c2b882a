import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeRoom, startPeer, startPerson } from './server.mjs';
import {
  allButtons,
  at,
  bin,
  check,
  folder,
  goneOver,
  open,
  painted,
  part,
  picture,
  pitch,
  SOON,
  server,
  toLobby,
} from './stage.mjs';

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
  marta.say({ type: 'open_board', board: 'board', since: 0, aside: false });
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
  const [forBoard] = await Promise.all([page.waitForEvent('filechooser'), at(page, 'tool-picture').click()]);
  await forBoard.setFiles({ name: 'plan.pdf', mimeType: 'application/pdf', buffer: threePages() });
  await at(page, 'document-page').nth(1).click();
  await at(page, 'document-page').nth(2).click();
  await at(page, 'which-page-put').click();
  const lies = await marta.until(
    (one) =>
      one.type === 'board' &&
      one.ops.some(({ op, item }) => op === 'put' && item.author === anna && item.shape.kind === 'picture'),
  );
  const { size } = lies.ops.find(({ op }) => op === 'put').item.shape;
  check(
    Math.abs(size.x / size.y - 2) < 0.02,
    'the second page of a PDF lies on the board',
    `${size.x}x${size.y}`,
  );
  await marta.until(
    (one) =>
      one.type === 'board' &&
      one.ops.some(({ op, item }) => op === 'put' && item.author === anna && item.page > 0),
  );
  check(true, 'the third lies on a page of the board of its own');
  await at(page, 'which-page').waitFor({ state: 'detached' });
  await picture(page, 'board-page');

  // --- the board as a file
  const exported = async (kind) => {
    await at(page, 'board-save').click();
    const [file] = await Promise.all([page.waitForEvent('download'), at(page, `save-${kind}`).click()]);
    return readFile(await file.path());
  };
  const png = await exported('png');
  const isPng = png.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'));
  // At least the page itself, twice as large.
  const [wide, high] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  check(isPng && wide >= 3200 && high >= 2000, 'the page is saved as a PNG', `${wide}x${high}`);
  const pdf = (await exported('pdf')).toString('latin1');
  const pagesOfBoard = Number((await at(page, 'page').locator('[aria-hidden]').textContent()).split('/')[1]);
  const pagesOfPdf = pdf.match(/\/Type \/Page /g)?.length;
  check(
    pdf.startsWith('%PDF-') && pagesOfBoard >= 2 && pagesOfPdf === pagesOfBoard,
    'all pages are saved as a PDF',
    `${pagesOfPdf} of ${pagesOfBoard}`,
  );
  await at(page, 'board-close').click();

  // --- snapshot and live edit
  await at(page, 'gallery').click();
  // A busy host sends smaller pictures: as large as what comes, then, and never as small as its tile.
  const shown = await page.evaluate(() => document.querySelector('[data-testid=tile] video').videoWidth);
  await at(page, 'take-snapshot').click();
  const taken = (await marta.until((one) => one.type === 'chat' && one.message.file?.purpose === 'snapshot'))
    .message.file;
  check(
    taken.size_px?.[0] >= shown && taken.size_px[0] * 9 === taken.size_px[1] * 16,
    'a snapshot is as large as the stream',
    taken.size_px?.join('x'),
  );
  await at(page, 'snapshot').first().waitFor();
  await picture(page, 'gallery');
  await at(page, 'snapshot-draw').first().click();
  await at(page, 'board').waitFor();
  await marta.until(
    (one) => one.type === 'board_viewers' && one.board === taken.file_id && one.participants.includes(anna),
  );
  check(true, 'live edit begins on it');
  await picture(page, 'live-edit');
  const { origin } = new URL(room.guest);
  await fetch(`${origin}/files/${taken.file_id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${marta.token}` },
  });
  await page.locator('[data-testid=notice][data-code=snapshot_deleted]').waitFor();
  await at(page, 'board-paper').waitFor({ state: 'detached' });
  check(true, 'a snapshot that is deleted closes for those who draw on it');

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
  // The browser asks what; here it is told to take a screen.
  await at(page, 'share').click();
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

/** A PDF of three pages, of which the second is twice as wide as high (ISO 32000-1 section 7.5). */
function threePages() {
  const page = (box) => `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${box}] >>`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R 4 0 R 5 0 R] /Count 3 >>',
    page('595 842'),
    page('800 400'),
    page('595 842'),
  ];
  let text = '%PDF-1.7\n';
  const at = objects.map((object, n) => {
    const offset = text.length;
    text += `${n + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = at.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const start = text.length;
  const { length } = objects;
  text += `xref\n0 ${length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${length + 1} /Root 1 0 R >>\n`;
  return Buffer.from(`${text}startxref\n${start}\n%%EOF\n`);
}
