// What is pressed and written until a screen is as it is to be drawn.

export async function newRoomFault(page) {
  await page.getByTestId('new-room-button').click();
  await page.getByTestId('preset-interview').click();
  await page.getByTestId('create-room').click();
}

export async function newRoomWrong(page, act) {
  await page.getByTestId('new-room-button').click();
  await page.getByTestId('seat-name').nth(1).fill('Anna Rossi');
  await act(page);
  await page.getByTestId('create-room').click();
  await page.getByTestId('new-room-fault').waitFor();
}

export async function noPlus(page) {
  await page.getByTestId('seat-role').first().getByRole('button').click();
  await page.getByRole('option').first().click();
}

export async function noAdmin(page) {
  await page.getByTestId('seat-admin').first().click();
}

export async function times(page, from, to) {
  const when = page.getByTestId('room-when').getByRole('button');
  // A list closes when what is below it scrolls; the browser tells of that a frame later.
  await when.scrollIntoViewIfNeeded();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await when.click();
  await page.getByRole('option').nth(1).click();
  await page.getByTestId('starts_at').fill(`${from}-11-20T09:30`);
  await page.getByTestId('ends_at').fill(`${to}-11-20T10:00`);
}

/** As many as a webinar holds, and then it is to be a visit. */
export async function tooMany(page) {
  await page.getByTestId('preset-webinar').click();
  for (let n = 2; n < 27; n += 1) {
    await page.getByTestId('add-person').click();
    await page.getByTestId('seat-name').nth(n).fill(`Person ${n}`);
  }
  await page.getByTestId('preset-visit').click();
}

export async function openPicker(page) {
  await page.getByTestId('share').click();
}

export async function askEnd(page) {
  await page.getByTestId('leave').click();
  await page.getByTestId('end-for-everyone').click();
}

export async function newRoomLinks(page) {
  await page.getByTestId('new-room-button').click();
  await page.getByTestId('add-person').click();
  await page.getByTestId('seat-name').nth(1).fill('Anna Rossi');
  await page.getByTestId('seat-name').nth(2).fill('Marco Rossi');
  await page.getByTestId('create-room').click();
}

export async function openBoard(page, then) {
  await page.getByTestId('board-slot').click();
  await page.getByTestId('board').waitFor();
  if (then) await page.getByTestId(then).click();
}

/** The pages in sight are painted. */
export async function whichPage(page) {
  await pickForBoard(page);
  await page.locator('[data-testid="document-page"] img').first().waitFor();
  await page.waitForTimeout(1500);
}

/** A page is on its way to the board, and stays so. */
export async function pageGoes(page) {
  await whichPage(page);
  await stayPainting(page);
  await page.getByTestId('document-page').nth(1).click();
  await page.getByTestId('which-page-put').click();
}

/** Some pages are chosen. */
export async function somePages(page) {
  await whichPage(page);
  for (const n of [1, 2, 4]) await page.getByTestId('document-page').nth(n).click();
}

/** Something of the board is chosen, and the ways to lay it. */
export async function orderOnBoard(page) {
  await openBoard(page);
  await page.getByTestId('board-paper').focus();
  await page.keyboard.press('n');
  await page.getByTestId('board-order').click();
}

/** Somebody else's is chosen by whoever may not change it. */
export async function notMineOnBoard(page) {
  await page.getByTestId('board').waitFor();
  await page.getByTestId('board-paper').focus();
  await page.keyboard.press('n');
}

/** The others were there. */
export async function allLeave(page, then) {
  await page.evaluate(() =>
    window.fake.change(({ screen }) => {
      screen.people = [];
    }),
  );
  if (then) await page.getByTestId(then).click();
}

/** A message over the lower edge of the stage. */
export async function somebodyCame(page) {
  await page.evaluate(() =>
    window.fake.change((view) => {
      view.notice = { code: 'person_joined', name: 'Maria Antonietta Bianchi' };
    }),
  );
}

/** Whoever led closed the board. */
export async function boardCloses(page) {
  await page.getByTestId('board').waitFor();
  await page.evaluate(() =>
    window.fake.change(({ screen }) => {
      screen.whiteboard = { shown: false, by: 'seat-0', page: 0 };
    }),
  );
}

export async function documentComing(page) {
  await stayPainting(page);
  await pickForBoard(page);
  await page.getByTestId('document-coming').waitFor();
}

async function stayPainting(page) {
  await page.evaluate(() => {
    HTMLCanvasElement.prototype.toBlob = () => {};
  });
}

export async function documentCannot(page) {
  await pickForBoard(page);
  await page.getByTestId('document-cannot').waitFor();
}

/** In a narrow window the board is behind More. */
async function pickForBoard(page) {
  if (await page.getByTestId('board-slot').isVisible()) return openBoard(page, 'tool-picture');
  await page.getByTestId('more').click();
  await page.getByTestId('more-board').click();
  await page.getByTestId('tool-picture').click();
}

export async function leaveAndSave(page) {
  await page.getByTestId('leave').click();
  await page.getByTestId('save-chat').click();
  await page.getByTestId('chat-saved').locator('p').waitFor();
}

export async function saveBoard(page) {
  await page.getByTestId('board').waitFor();
  await page.getByTestId('board-save').click();
  await page.getByTestId('save-png').click();
  await page.getByTestId('board-saved').locator('p').waitFor();
}

export async function typeOnBoard(page) {
  await openBoard(page, 'tool-text');
  await page.getByTestId('board-paper').focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('board-text').fill('left knee\nworse at night');
}

export async function selectOnBoard(page) {
  await page.getByTestId('board').waitFor();
  await page.getByTestId('board-paper').focus();
  await page.keyboard.press('Shift+N');
}

export async function boardBesideChat(page) {
  await openBoard(page);
  await page.getByTestId('chat').click();
}

export async function liveEdit(page) {
  await page.getByTestId('gallery').click();
  await page.getByTestId('snapshot-draw').first().click();
  await page.getByTestId('board').waitFor();
}

export async function openPanel(page) {
  await page.getByTestId('manage').click();
  const queued = page.getByTestId('open-panel');
  if (await queued.isVisible()) await queued.click();
}

export async function chooseRecordingLayout(page) {
  await openPanel(page);
  await page.getByTestId('recording-layout').getByRole('button').click();
}

/** A section of the console, and what is pressed there. */
export async function openConsole(page, section = 'rooms', ...then) {
  await page.getByTestId('open-console').click();
  await page.getByTestId(`console-${section}-nav`).click();
  for (const id of then) await page.getByTestId(id).first().click();
}

export async function openRoom(page, ...then) {
  await openConsole(page, 'rooms', 'rooms-table-row');
  await page.getByTestId('room-happened').waitFor();
  for (const id of then) await page.getByTestId(id).first().click();
}

export async function openPast(page) {
  await page.getByTestId('open-past').click();
  await page.getByTestId('past').waitFor();
}

export async function openKept(page, ...then) {
  await openPast(page);
  await page.getByTestId('past-session').first().click();
  await page.getByTestId('kept').waitFor();
  // A recording that can be played shows its first picture.
  const video = page.locator('video');
  if ((await video.count()) > 0)
    await page.waitForFunction(() => document.querySelector('video').readyState > 1);
  for (const id of then) await page.getByTestId(id).first().click();
}

export async function keptDocument(page) {
  await openKept(page, 'kept-file-large');
  await page.locator('[data-testid="pdf-paper"][data-state="painted"]').waitFor();
}

/** The recording really plays, and goes on. */
export async function playKept(page) {
  await openKept(page, 'player-toggle');
  await page.waitForFunction(() => document.querySelector('video').currentTime > 0.5);
  await page.getByTestId('player-position').focus();
  for (let n = 0; n < 4; n += 1) await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => document.querySelector('video').currentTime > 20);
  await page.keyboard.press('Space');
  await page.waitForFunction(() => document.querySelector('video').paused);
}

export async function searchKept(page) {
  await openKept(page, 'kept-search');
  await page.getByTestId('kept-search-field').fill('hurts');
  await page.getByText('2 found').or(page.getByText('2 trovati')).waitFor();
}

export async function layout(page, choice) {
  await page.getByTestId('layout').click();
  await page.getByTestId(`layout-${choice}`).click();
}

export async function pick(page) {
  await page.getByTestId('share').click();
  await page.getByTestId('share-source').nth(2).click();
}

export async function chatFiles(page) {
  await page.getByTestId('chat').click();
  const toEnd = (id) =>
    page
      .locator(`[data-file-id="${id}"]`)
      .first()
      .evaluate((file) => file.scrollIntoView({ block: 'end' }));
  // A document is drawn once it was in sight, which in a low window it is not beside the photo.
  await toEnd('report');
  await page.locator('[data-file-id="report"] img').waitFor();
  await toEnd('photo');
}

export async function chatStart(page) {
  await page.getByTestId('chat').click();
  await page.locator('[data-key="message-1"]').evaluate((message) => message.scrollIntoView());
  await page.locator('[data-key="message-3"]').hover();
}

export async function chatSearch(page) {
  await page.getByTestId('chat').click();
  await page.getByTestId('chat-search').click();
  await page.getByTestId('search-field').fill('report');
}

export async function chatDrop(page) {
  await page.evaluate(() =>
    document.dispatchEvent(new CustomEvent('fake-drop', { detail: { state: 'over' } })),
  );
}

export async function chatPicture(page) {
  await page.getByTestId('chat').click();
  await page.locator('[data-file-id="photo"]').getByTestId('file-picture').click();
}

export async function chatSimple(page) {
  await page.getByTestId('more').click();
  await page.getByTestId('more-chat').click();
}

export async function laser(page) {
  await page.getByTestId('board').waitFor();
  await page.getByTestId('tool-laser').click();
  for (let n = 0; n < 30; n += 1) await page.mouse.move(420 + n * 8, 330 + 60 * Math.sin(n / 4));
}

export async function boardInFront(page) {
  await page.getByTestId('main-board').click();
  await page.getByTestId('board').waitFor();
}

export async function chatPdf(page) {
  await page.getByTestId('chat').click();
  await page.locator('[data-file-id="knee-march"] img').waitFor();
}

export async function openPdf(page, id = 'knee-march') {
  if (await page.getByTestId('chat').isVisible()) await page.getByTestId('chat').click();
  else await chatSimple(page);
  await page.locator(`[data-file-id="${id}"]`).getByTestId('file-picture').click();
  await page
    .locator('[data-testid="pdf-paper"][data-state="painted"], [data-testid="viewer-instead"]')
    .first()
    .waitFor();
}

export async function pdfZoomed(page) {
  await openPdf(page);
  await page.getByTestId('pdf-next').click();
  for (let n = 0; n < 4; n += 1) await page.keyboard.press('+');
  await page.getByTestId('viewer-point').click();
  await page.getByTestId('viewer-area').evaluate((area) => area.scrollTo(200, 320));
  await page.waitForTimeout(400);
}

export async function picturePointed(page) {
  await chatFiles(page);
  await page.locator('[data-file-id="photo"]').getByTestId('pointed-at').click();
  await page.getByTestId('viewer-point').click();
}

export async function galleryLarge(page) {
  await page.getByTestId('gallery').click();
  await page.getByTestId('snapshot-enlarge').nth(3).click();
}

/** What is drawn on snapshots in a panel is seen, and can be saved with them. */
export async function drawnIn(page, panel) {
  await page.getByTestId(panel).click();
  await page.getByTestId('drawn').first().waitFor();
  await page
    .getByTestId(panel === 'chat' ? 'file-save' : 'snapshot-save')
    .first()
    .click();
  await page.getByTestId('save-drawn').waitFor();
}

export async function gallerySaving(page) {
  await page.getByTestId('gallery').click();
  await page.getByTestId('snapshot-enlarge').nth(2).click();
}

export async function galleryDelete(page) {
  await galleryLarge(page);
  await page.getByTestId('large-delete').click();
}

export async function pointerOn(page) {
  await page.getByTestId('more').click();
  await page.getByTestId('more-pointer').click();
  await page.mouse.move(400, 300);
}

export async function settings(page, tab) {
  await page.getByTestId('open-settings').click();
  await page.getByTestId(`settings-tab-${tab}`).click();
}
