// Draws every screen from the fake engine, in both themes and languages: `npm run screenshots -- FOLDER [PATTERN]`.
// With a pattern, only the pictures whose name it matches. Each screen is also gone over by axe, contrast included, which
// a test without layout cannot see.

import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';

const folder = resolve(process.env.INIT_CWD ?? '.', process.argv[2] ?? 'screenshots');
const only = new RegExp(process.argv[3] ?? '');

/** What Chromium says when an interface comes or goes. */
const NETWORK = /ERR_NETWORK_CHANGED/;

const wide = { width: 1280, height: 800 };
const small = { width: 800, height: 600 };
const phone = { width: 360, height: 740 };
const ring = { width: 420, height: 220 };
const mini = { width: 320, height: 200 };

/** Name, query, sizes. Every picture is taken light and dark, English and Italian. */
const screens = [
  ['home', '', [wide, small, phone]],
  ['home-first', 'nameless&bare&server=starting&rooms=none', [wide]],
  [
    'home-unreachable',
    'problem=server_unreachable&server=failed&link=https://unreachable.example/join/q7',
    [wide, small],
  ],
  ['home-malformed', 'problem=link_malformed', [wide, phone]],
  ...[
    'link_expired',
    'link_revoked',
    'link_unknown',
    'unauthorized',
    'token_expired',
    'forbidden',
    'removed',
    'server_not_allowed',
    'server_not_understood',
    'rate_limited',
    'room_not_found',
    'room_ended',
    'room_disabled',
    'room_full',
    'room_not_started',
    'internal',
  ].map((code) => [
    `problem-${code.replaceAll('_', '-')}`,
    `problem=${code}&link=https://visits.example.org/join/q7`,
    [wide, small],
  ]),
  [
    'problem-ask',
    'problem=link_expired',
    [wide, small, phone],
    (page) => page.getByTestId('ask-for-link').click(),
  ],
  ['settings-devices', '', [wide, small], (page) => settings(page, 'devices')],
  ['settings-you', '', [wide], (page) => settings(page, 'you')],
  ['settings-shortcuts', '', [wide, small], (page) => settings(page, 'shortcuts')],
  ['settings-notifications', '', [wide], (page) => settings(page, 'notifications')],
  ['settings-account', '', [wide, small], (page) => settings(page, 'account')],
  ['settings-account-in', 'account=signed_in&network', [wide], (page) => settings(page, 'account')],
  ['settings-keyring-file', 'account=signed_in&keyfile', [wide, small], (page) => settings(page, 'account')],
  ['settings-diagnostics', '', [wide, small], (page) => settings(page, 'diagnostics')],
  ['home-rooms-none', 'rooms=none&network', [wide, small]],
  ['home-sign-in-asked', 'sign_in_asked=replaces&account=signed_in', [wide, small]],
  ['home-rooms-failed', 'rooms=failed&account=expired', [wide]],
  ['home-rooms-loading', 'rooms=loading&account=signed_in', [wide]],
  ['link-invite', 'window=link&screen=lobby&invite', [wide, phone]],
  ['link-refused', 'window=link&problem=link_expired', [wide, small, phone]],
  [
    'link-ask',
    'window=link&problem=link_expired',
    [wide, phone],
    (page) => page.getByTestId('ask-for-link').click(),
  ],
  ['link-unreachable', 'window=link&problem=server_unreachable', [wide, phone]],
  ['new-room', '', [wide, small], (page) => page.getByTestId('new-room-button').click()],
  ['new-room-fault', '', [wide, small], newRoomFault],
  ['new-room-refused', 'made=refused', [wide]],
  ['new-room-no-plus', '', [wide, small], (page) => newRoomWrong(page, noPlus)],
  ['new-room-no-admin', '', [wide, small], (page) => newRoomWrong(page, noAdmin)],
  ['new-room-times', '', [wide, small], (page) => newRoomWrong(page, (page) => times(page, '2099', '2098'))],
  ['new-room-past', '', [wide], (page) => newRoomWrong(page, (page) => times(page, '2019', '2020'))],
  ['new-room-too-many', '', [wide, small], (page) => newRoomWrong(page, tooMany)],
  ['new-room-links', '', [wide, small], newRoomLinks],
  ['opening', 'screen=opening', [wide]],
  ['lobby', 'screen=lobby', [wide, small, phone]],
  ['lobby-nameless', 'screen=lobby&nameless', [wide, small]],
  ['lobby-no-camera', 'screen=lobby&camera=missing&mic=denied&network=weak', [wide]],
  ['lobby-without', 'screen=lobby&camera=missing&mic=missing', [wide, small]],
  ['lobby-camera-busy', 'screen=lobby&camera=busy', [wide, small]],
  ['lobby-camera-failed', 'screen=lobby&camera=failed&mic=busy', [wide]],
  ['lobby-camera-denied', 'screen=lobby&camera=denied', [wide]],
  ['lobby-full', 'screen=lobby&problem=room_full', [wide, small]],
  ['lobby-in-use', 'screen=lobby&inuse', [wide]],
  ['lobby-problem', 'screen=lobby&problem=media_unreachable', [wide, small]],
  ['lobby-consent', 'screen=lobby&consent=asked', [wide, small, phone]],
  ['lobby-consent-guest', 'screen=lobby&consent=no&auto&early', [wide, small]],
  ['lobby-long', 'screen=lobby&long', [wide, small]],
  ['lobby-simple', 'screen=lobby&simple', [wide, small]],
  ['call-1', 'screen=call&people=1', [wide]],
  ['call-2', 'screen=call&people=2', [wide, small, phone]],
  ['call-2-muted', 'screen=call&people=2&mic=off&camera=off&notice=talking_while_muted', [wide]],
  ['call-2-missing', 'screen=call&people=2&mic=missing&camera=missing&notice=camera_lost', [wide, small]],
  ['call-2-camera-busy', 'screen=call&people=2&camera=busy', [wide, small]],
  ['call-2-camera-failed', 'screen=call&people=2&camera=failed', [wide]],
  ['call-2-camera-denied', 'screen=call&people=2&camera=denied', [wide]],
  ['call-2-microphone-busy', 'screen=call&people=2&mic=busy', [wide, small]],
  ['call-2-microphone-denied', 'screen=call&people=2&mic=denied', [wide]],
  ['call-2-both-failed', 'screen=call&people=2&mic=failed&camera=failed', [wide, small]],
  ['call-2-camera-back', 'screen=call&people=2&notice=camera_back', [wide, small]],
  ['call-2-connection-back', 'screen=call&people=2&notice=connection_back', [wide]],
  ['call-2-refused', 'screen=call&people=2&notice=refused', [wide]],
  ['call-2-locked', 'screen=call&people=2&guest&locked', [wide, small]],
  ['call-simple-locked', 'screen=call&people=2&simple&guest&locked', [wide, small]],
  ['call-simple-busy', 'screen=call&people=2&simple&guest&camera=busy&mic=denied', [wide, small]],
  ['call-2-reconnecting', 'screen=call&people=2&reconnecting', [wide]],
  ['call-2-recording', 'screen=call&people=2&recording=on', [wide, small]],
  [
    'call-2-waiting',
    'screen=call&people=2&waiting=3',
    [wide, small],
    (page) => page.getByTestId('manage').click(),
  ],
  ['call-2-waits', 'screen=call&people=2&waiting=3', [wide, small]],
  ['call-3-manage', 'screen=call&people=3&recording=on&waiting=1&locked', [wide, small], openPanel],
  ['call-9-hands', 'screen=call&people=9&hands&locked&reacts', [wide, small]],
  [
    'call-9-people',
    'screen=call&people=9&hands&guest',
    [wide, small],
    (page) => page.getByTestId('people-count').click(),
  ],
  ['call-9-long', 'screen=call&people=9&long&hands&locked', [wide, small]],
  ['call-9-speaker', 'screen=call&people=9&hands', [wide, small], (page) => layout(page, 'speaker')],
  ['call-4-layouts', 'screen=call&people=4', [wide], (page) => page.getByTestId('layout').click()],
  ['call-4-react', 'screen=call&people=4&hands', [wide], (page) => page.getByTestId('react').click()],
  ['call-4-more', 'screen=call&people=4&recording=on', [wide], (page) => page.getByTestId('more').click()],
  ['call-3-picker', 'screen=call&people=3', [wide, small], pick],
  ['call-3-picker-failed', 'screen=call&people=3&sources=failed', [wide], openPicker],
  ['call-3-picker-none', 'screen=call&people=3&sources=none', [wide], openPicker],
  ['call-3-picker-loading', 'screen=call&people=3&sources=loading', [wide], openPicker],
  ['call-3-picker-by-system', 'screen=call&people=3&sources=by_system', [wide, small], openPicker],
  ['call-3-sharing', 'screen=call&people=3&sharing=window&recording=on', [wide, small]],
  ['call-3-sharing-paused', 'screen=call&people=3&sharing=screen&paused', [wide]],
  ['call-2-five-minutes', 'screen=call&people=2&left=290', [wide, small]],
  ['call-2-half-minute', 'screen=call&people=2&left=28&guest', [wide]],
  ['call-2-asked', 'screen=call&people=2&guest&mic=off&asked', [wide]],
  [
    'call-consent',
    'screen=call&people=2&simple&guest&recording=starting&consent=asked',
    [wide, small, phone],
  ],
  ['call-consent-host', 'screen=call&people=3&recording=on&consent=asked', [wide]],
  ['call-without-me', 'screen=call&people=2&guest&recording=on&consent=no', [wide]],
  ['call-stopped', 'screen=call&people=3&recording=stopped', [wide, small], openPanel],
  ['call-stopped-guest', 'screen=call&people=3&guest&recording=stopped', [wide]],
  ['call-record', 'screen=call&people=2', [wide, small], openPanel],
  ['call-record-starting', 'screen=call&people=4&recording=starting', [wide], openPanel],
  ['call-record-awaited', 'screen=call&people=9&recording=on', [wide, small], openPanel],
  [
    'call-record-trouble',
    'screen=call&people=3&recording=on&recorder=disk_almost_full',
    [wide, small],
    openPanel,
  ],
  ['call-record-slow', 'screen=call&people=3&recording=on&recorder=too_slow', [small]],
  [
    'call-record-automatic',
    'screen=call&people=3&recording=automatic&recorder=connection_lost',
    [wide],
    openPanel,
  ],
  ['call-record-layouts', 'screen=call&people=2&long', [wide], chooseRecordingLayout],
  ['call-webinar', 'screen=call&people=9&webinar', [wide], openPanel],
  [
    'call-simple-more',
    'screen=call&people=2&simple&guest',
    [wide, small, phone],
    (page) => page.getByTestId('more').click(),
  ],
  [
    'call-simple-more-all',
    'screen=call&people=2&simple&guest&recording=on',
    [wide, small, phone],
    (page) => page.getByTestId('more').click(),
  ],
  ['call-simple-recording', 'screen=call&people=2&simple&guest&recording=on', [wide]],
  ['waiting', 'screen=waiting', [wide, small, phone]],
  ['waiting-3', 'screen=waiting&place=3&quiet&long', [wide, small]],
  ['waiting-reconnecting', 'screen=waiting&reconnecting', [wide, small]],
  ['waiting-early', 'screen=waiting&early', [wide]],
  ['call-2-leave', 'screen=call&people=2', [wide], (page) => page.getByTestId('leave').click()],
  ['call-3-end', 'screen=call&people=3', [wide, small], askEnd],
  ['call-2-devices', 'screen=call&people=2', [wide], (page) => page.getByTestId('choose-microphone').click()],
  ['call-3', 'screen=call&people=3', [wide, phone]],
  ['call-3-share', 'screen=call&people=4&share', [wide]],
  ['call-5-long', 'screen=call&people=5&long', [wide, small]],
  ['call-9', 'screen=call&people=9&notice=person_joined', [wide, small]],
  ['call-25', 'screen=call&people=25', [wide, small]],
  ['call-test', 'screen=call&people=2&test', [wide, small]],
  ['call-connecting', 'screen=call&people=1&connecting', [wide]],
  ['call-simple', 'screen=call&people=2&simple&guest', [wide, small, phone]],
  ['call-simple-missing', 'screen=call&people=2&simple&guest&camera=missing&mic=missing', [wide, small]],
  ['call-simple-muted', 'screen=call&people=2&simple&mic=off', [wide]],
  ['call-2-unstable', 'screen=call&people=2&unstable', [wide]],
  ['chat-empty', 'screen=call&people=2', [wide], (page) => page.getByTestId('chat').click()],
  ['chat-badge', 'screen=call&people=2&chat=unread&notice=chat_message', [wide, small]],
  ['chat-unread', 'screen=call&people=3&chat=unread', [wide], (page) => page.getByTestId('chat').click()],
  [
    'chat-long',
    'screen=call&people=3&chat=long',
    [wide, small, phone],
    (page) => page.getByTestId('chat').click(),
  ],
  ['chat-files', 'screen=call&people=3&chat=long', [wide], chatFiles],
  [
    'chat-refused',
    'screen=call&people=3&chat=refused',
    [wide, small],
    (page) => page.getByTestId('chat').click(),
  ],
  ['chat-start', 'screen=call&people=3&chat=long', [wide], chatStart],
  ['chat-search', 'screen=call&people=3&chat=long', [wide, small], chatSearch],
  ['chat-drop', 'screen=call&people=3&chat=long', [wide], chatDrop],
  ['chat-picture', 'screen=call&people=3&chat=long', [wide], chatPicture],
  [
    'chat-reading',
    'screen=call&people=3&chat=long&guest&without=chat file_upload snapshot',
    [wide],
    (page) => page.getByTestId('more').click(),
  ],
  ['chat-simple', 'screen=call&people=2&simple&guest&chat=long&unread=2', [wide, small], chatSimple],
  [
    'chat-simple-more',
    'screen=call&people=2&simple&guest&chat=long&unread=2',
    [wide, small],
    (page) => page.getByTestId('more').click(),
  ],
  ['gallery-empty', 'screen=call&people=2', [wide], (page) => page.getByTestId('gallery').click()],
  [
    'gallery',
    'screen=call&people=3&gallery=5&share',
    [wide, small],
    (page) => page.getByTestId('gallery').click(),
  ],
  ['gallery-large', 'screen=call&people=3&gallery=5', [wide, small], galleryLarge],
  ['gallery-delete', 'screen=call&people=3&gallery=5', [wide], galleryDelete],
  ['chat-file-notice', 'screen=call&people=3&chat=pdf&notice=chat_message', [wide, small]],
  ['gallery-notice', 'screen=call&people=2&gallery=1&notice=snapshot_of_me', [wide]],
  ['pointers', 'screen=call&people=4&share&pointers', [wide, small]],
  ['pointers-grid', 'screen=call&people=5&pointers', [wide]],
  ['pointer-on', 'screen=call&people=4&share&pointers', [wide, small], pointerOn],
  ['pointer-on-grid', 'screen=call&people=4', [wide], pointerOn],
  ['present-by', 'screen=call&people=4&presenter=seat-0', [wide, small]],
  ['present-screen', 'screen=call&people=4&share&presenter=seat-0', [wide]],
  [
    'present-guest',
    'screen=call&people=4&guest&presenter=seat-0',
    [wide],
    (page) => page.getByTestId('layout').click(),
  ],
  [
    'present-layout',
    'screen=call&people=4&presenter=seat-0',
    [wide],
    (page) => page.getByTestId('layout').click(),
  ],
  ['present-me', 'screen=call&people=4&presenter=me', [wide, small]],
  ['present-me-share', 'screen=call&people=4&presenter=me&sharing=window', [wide, small]],
  ['tools-more', 'screen=call&people=4&hands', [wide, phone], (page) => page.getByTestId('more').click()],
  ['board-empty', 'screen=call&people=2', [wide, small], openBoard],
  ['board-shown', 'screen=call&people=2&shown', [wide, small]],
  ['board-guest', 'screen=call&people=2&guest', [wide], openBoard],
  ['board-saved', 'screen=call&people=3&drawn&shown', [wide, small], (page) => saveBoard(page)],
  [
    'board-unsaved',
    'screen=call&people=3&drawn&full',
    [small],
    (page) => openBoard(page).then(() => saveBoard(page)),
  ],
  ['board-typing', 'screen=call&people=2', [wide, small], typeOnBoard],
  ['board-drawn', 'screen=call&people=3&drawn&shown', [wide, small], selectOnBoard],
  ['board-chat', 'screen=call&people=2&drawn&recording=on', [wide, small], boardBesideChat],
  ['board-shapes', 'screen=call&people=2&drawn', [small], (page) => openBoard(page, 'tool-shapes')],
  ['board-look-empty', 'screen=call&people=2&guest&shown&drawing=look', [wide]],
  ['board-look', 'screen=call&people=2&guest&drawn&shown&drawing=look', [wide, small]],
  ['board-loading', 'screen=call&people=2&guest&shown&drawing=loading', [wide]],
  ['board-simple', 'screen=call&people=2&simple&guest&drawn&shown', [wide, small]],
  ['live-edit', 'screen=call&people=3&drawn&gallery=5', [wide, small], liveEdit],
  ['gallery-saving', 'screen=call&people=4&gallery=5&saving', [wide], gallerySaving],
  [
    'live-edit-others',
    'screen=call&people=4&gallery=5&editing&saving&pointers=files&notice=live_edit_began',
    [wide, small],
    (page) => page.getByTestId('gallery').click(),
  ],
  ['board-laser', 'screen=call&people=3&drawn&shown&laser', [wide, small], laser],
  ['board-laser-look', 'screen=call&people=2&guest&drawn&shown&drawing=point', [wide, small], laser],
  ['present-over-board', 'screen=call&people=4&share&presenter=seat-0&shown&drawn', [wide, small]],
  [
    'present-under-board',
    'screen=call&people=4&share&presenter=seat-0&shown&drawn',
    [wide, small],
    boardInFront,
  ],
  [
    'present-board-simple',
    'screen=call&people=2&simple&guest&presenter=seat-0&shown&drawn&long',
    [wide, small, phone],
  ],
  ['chat-pdf', 'screen=call&people=3&chat=pdf&pointers=files', [wide, small], chatPdf],
  ['pdf', 'screen=call&people=3&chat=pdf&pointers=files', [wide, small, phone], openPdf],
  ['pdf-zoomed', 'screen=call&people=3&chat=pdf&pointers=files', [wide, small], pdfZoomed],
  ['pdf-locked', 'screen=call&people=3&chat=pdf', [wide, small, phone], (page) => openPdf(page, 'locked')],
  ['pdf-broken', 'screen=call&people=3&chat=pdf', [wide], (page) => openPdf(page, 'broken')],
  ['picture-pointed', 'screen=call&people=3&chat=long&pointers=files', [wide, small, phone], picturePointed],
  ['window-incoming', 'window=incoming', [ring]],
  ['window-incoming-unnamed', 'window=incoming&nobody', [ring]],
  ['window-mini', 'window=mini&screen=call&people=2&recording=on&mic=off', [mini]],
  ['window-mini-starting', 'window=mini&screen=call&people=2&recording=starting', [mini]],
  ['window-mini-without', 'window=mini&screen=call&people=2&recording=on&consent=no', [mini]],
  ['window-mini-stopped', 'window=mini&screen=call&people=2&recording=stopped', [mini]],
  ['window-mini-long', 'window=mini&screen=call&people=2&long&reconnecting', [mini]],
  ['past', '', [wide, small, phone], openPast],
  ['past-long', 'long', [wide, small], openPast],
  ['past-none', 'past=none', [wide], openPast],
  ['past-loading', 'past=loading', [wide], openPast],
  ['past-failed', 'past=failed', [wide, small], openPast],
  ['past-more', 'past=more', [wide], openPast],
  ['kept', '', [wide, small, phone], openKept],
  ['kept-long', 'long&kept=two', [wide, small], openKept],
  ['kept-loading', 'kept=loading', [wide], openKept],
  ['kept-failed', 'kept=failed', [wide], openKept],
  ['kept-bare', 'kept=bare', [wide, small], openKept],
  ['kept-recording', 'kept=recording', [wide], openKept],
  ['kept-processing', 'kept=processing', [wide], openKept],
  ['kept-broken', 'kept=broken', [wide], openKept],
  ['kept-making', 'kept=making', [wide, small], openKept],
  ['kept-fetching', 'kept=fetching', [wide], openKept],
  ['kept-saved', 'kept=saved', [wide, small], openKept],
  ['kept-unsaved', 'kept=unsaved', [wide], openKept],
  ['kept-playing', '', [wide], playKept],
  ['kept-save', '', [wide], (page) => openKept(page, 'save-recording')],
  ['kept-answers', '', [wide, small], (page) => openKept(page, 'kept-answers')],
  ['kept-delete', '', [wide], (page) => openKept(page, 'recording-more', 'delete-recording')],
  ['kept-file-delete', '', [wide], (page) => openKept(page, 'kept-file-delete')],
  ['kept-search', '', [wide], searchKept],
  ['kept-snapshot', '', [wide, small], (page) => openKept(page, 'kept-snapshot')],
  ['kept-document', '', [wide, small], keptDocument],
  ['kept-board', '', [wide, small], (page) => openKept(page, 'open-board')],
  ['after-kept', 'screen=after&led', [wide, small], (page) => page.getByTestId('open-kept').waitFor()],
  ['after', 'screen=after', [wide, small]],
  ['after-rated', 'screen=after', [wide, small, phone], (page) => page.getByTestId('rate-4').click()],
  ['after-sent', 'screen=after&sent', [wide]],
  ['after-lost', 'screen=after&reason=connection_lost&seconds=40', [wide]],
  ['after-ended', 'screen=after&reason=session_ended&final', [wide]],
  ...['server_stopping', 'displaced', 'sent_back', 'flooding'].map((reason) => [
    `after-${reason.replace('_', '-')}`,
    `screen=after&reason=${reason}&seconds=410`,
    [wide, small],
  ]),
  ...['removed', 'room_closed'].map((reason) => [
    `after-${reason.replace('_', '-')}`,
    `screen=after&reason=${reason}&final`,
    [wide, small],
  ]),
  ['after-gaps', 'screen=after&gaps', [wide, small]],
  ['after-chat', 'screen=call&people=3&guest&chat=long', [wide, small, phone], leaveAndSave],
  ['after-test', 'screen=after&test', [wide]],
];

async function newRoomFault(page) {
  await page.getByTestId('new-room-button').click();
  await page.getByTestId('preset-interview').click();
  await page.getByTestId('create-room').click();
}

async function newRoomWrong(page, act) {
  await page.getByTestId('new-room-button').click();
  await page.getByTestId('seat-name').nth(1).fill('Anna Rossi');
  await act(page);
  await page.getByTestId('create-room').click();
  await page.getByTestId('new-room-fault').waitFor();
}

async function noPlus(page) {
  await page.getByTestId('seat-role').first().getByRole('button').click();
  await page.getByRole('option').first().click();
}

async function noAdmin(page) {
  await page.getByTestId('seat-admin').first().click();
}

async function times(page, from, to) {
  await page.getByTestId('room-when').getByRole('button').click();
  await page.getByRole('option').nth(1).click();
  await page.getByTestId('starts_at').fill(`${from}-11-20T09:30`);
  await page.getByTestId('ends_at').fill(`${to}-11-20T10:00`);
}

/** As many as a webinar holds, and then it is to be a visit. */
async function tooMany(page) {
  await page.getByTestId('preset-webinar').click();
  for (let n = 2; n < 27; n += 1) {
    await page.getByTestId('add-person').click();
    await page.getByTestId('seat-name').nth(n).fill(`Person ${n}`);
  }
  await page.getByTestId('preset-visit').click();
}

async function openPicker(page) {
  await page.getByTestId('share').click();
}

async function askEnd(page) {
  await page.getByTestId('leave').click();
  await page.getByTestId('end-for-everyone').click();
}

async function newRoomLinks(page) {
  await page.getByTestId('new-room-button').click();
  await page.getByTestId('add-person').click();
  await page.getByTestId('seat-name').nth(1).fill('Anna Rossi');
  await page.getByTestId('seat-name').nth(2).fill('Marco Rossi');
  await page.getByTestId('create-room').click();
}

async function openBoard(page, then) {
  await page.getByTestId('board-slot').click();
  await page.getByTestId('board').waitFor();
  if (then) await page.getByTestId(then).click();
}

async function leaveAndSave(page) {
  await page.getByTestId('leave').click();
  await page.getByTestId('save-chat').click();
  await page.getByTestId('chat-saved').locator('p').waitFor();
}

async function saveBoard(page) {
  await page.getByTestId('board').waitFor();
  await page.getByTestId('board-save').click();
  await page.getByTestId('save-png').click();
  await page.getByTestId('board-saved').locator('p').waitFor();
}

async function typeOnBoard(page) {
  await openBoard(page, 'tool-text');
  await page.getByTestId('board-paper').focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('board-text').fill('left knee\nworse at night');
}

async function selectOnBoard(page) {
  await page.getByTestId('board').waitFor();
  await page.getByTestId('board-paper').focus();
  await page.keyboard.press('Shift+N');
}

async function boardBesideChat(page) {
  await openBoard(page);
  await page.getByTestId('chat').click();
}

async function liveEdit(page) {
  await page.getByTestId('gallery').click();
  await page.getByTestId('snapshot-draw').first().click();
  await page.getByTestId('board').waitFor();
}

async function openPanel(page) {
  await page.getByTestId('manage').click();
  const queued = page.getByTestId('open-panel');
  if (await queued.isVisible()) await queued.click();
}

async function chooseRecordingLayout(page) {
  await openPanel(page);
  await page.getByTestId('recording-layout').getByRole('button').click();
}

async function openPast(page) {
  await page.getByTestId('open-past').click();
  await page.getByTestId('past').waitFor();
}

async function openKept(page, ...then) {
  await openPast(page);
  await page.getByTestId('past-session').first().click();
  await page.getByTestId('kept').waitFor();
  // A recording that can be played shows its first picture.
  const video = page.locator('video');
  if ((await video.count()) > 0)
    await page.waitForFunction(() => document.querySelector('video').readyState > 1);
  for (const id of then) await page.getByTestId(id).first().click();
}

async function keptDocument(page) {
  await openKept(page, 'kept-file-large');
  await page.locator('[data-testid="pdf-paper"][data-state="painted"]').waitFor();
}

/** The recording really plays, and goes on. */
async function playKept(page) {
  await openKept(page, 'player-toggle');
  await page.waitForFunction(() => document.querySelector('video').currentTime > 0.5);
  await page.getByTestId('player-position').focus();
  for (let n = 0; n < 4; n += 1) await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => document.querySelector('video').currentTime > 20);
  await page.keyboard.press('Space');
  await page.waitForFunction(() => document.querySelector('video').paused);
}

async function searchKept(page) {
  await openKept(page, 'kept-search');
  await page.getByTestId('kept-search-field').fill('hurts');
  await page.getByText('2 found').or(page.getByText('2 trovati')).waitFor();
}

async function layout(page, choice) {
  await page.getByTestId('layout').click();
  await page.getByTestId(`layout-${choice}`).click();
}

async function pick(page) {
  await page.getByTestId('share').click();
  await page.getByTestId('share-source').nth(2).click();
}

async function chatFiles(page) {
  await page.getByTestId('chat').click();
  await page
    .locator('[data-file-id="photo"]')
    .first()
    .evaluate((file) => file.scrollIntoView({ block: 'end' }));
  // What is above it in sight is drawn by then, a document too.
  await page.locator('[data-file-id="report"] img').waitFor();
}

async function chatStart(page) {
  await page.getByTestId('chat').click();
  await page.locator('[data-key="message-1"]').evaluate((message) => message.scrollIntoView());
  await page.locator('[data-key="message-3"]').hover();
}

async function chatSearch(page) {
  await page.getByTestId('chat').click();
  await page.getByTestId('chat-search').click();
  await page.getByTestId('search-field').fill('report');
}

async function chatDrop(page) {
  await page.evaluate(() =>
    document.dispatchEvent(new CustomEvent('fake-drop', { detail: { state: 'over' } })),
  );
}

async function chatPicture(page) {
  await page.getByTestId('chat').click();
  await page.locator('[data-file-id="photo"]').getByTestId('file-picture').click();
}

async function chatSimple(page) {
  await page.getByTestId('more').click();
  await page.getByTestId('more-chat').click();
}

async function laser(page) {
  await page.getByTestId('board').waitFor();
  await page.getByTestId('tool-laser').click();
  for (let n = 0; n < 30; n += 1) await page.mouse.move(420 + n * 8, 330 + 60 * Math.sin(n / 4));
}

async function boardInFront(page) {
  await page.getByTestId('main-board').click();
  await page.getByTestId('board').waitFor();
}

async function chatPdf(page) {
  await page.getByTestId('chat').click();
  await page.locator('[data-file-id="knee-march"] img').waitFor();
}

async function openPdf(page, id = 'knee-march') {
  if (await page.getByTestId('chat').isVisible()) await page.getByTestId('chat').click();
  else await chatSimple(page);
  await page.locator(`[data-file-id="${id}"]`).getByTestId('file-picture').click();
  await page
    .locator('[data-testid="pdf-paper"][data-state="painted"], [data-testid="viewer-instead"]')
    .first()
    .waitFor();
}

async function pdfZoomed(page) {
  await openPdf(page);
  await page.getByTestId('pdf-next').click();
  for (let n = 0; n < 4; n += 1) await page.keyboard.press('+');
  await page.getByTestId('viewer-point').click();
  await page.getByTestId('viewer-area').evaluate((area) => area.scrollTo(200, 320));
  await page.waitForTimeout(400);
}

async function picturePointed(page) {
  await chatFiles(page);
  await page.locator('[data-file-id="photo"]').getByTestId('pointed-at').click();
  await page.getByTestId('viewer-point').click();
}

async function galleryLarge(page) {
  await page.getByTestId('gallery').click();
  await page.getByTestId('snapshot-enlarge').nth(3).click();
}

async function gallerySaving(page) {
  await page.getByTestId('gallery').click();
  await page.getByTestId('snapshot-enlarge').nth(2).click();
}

async function galleryDelete(page) {
  await galleryLarge(page);
  await page.getByTestId('large-delete').click();
}

async function pointerOn(page) {
  await page.getByTestId('more').click();
  await page.getByTestId('more-pointer').click();
  await page.mouse.move(400, 300);
}

async function settings(page, tab) {
  await page.getByTestId('open-settings').click();
  await page.getByTestId(`settings-tab-${tab}`).click();
}

// A page that is built once opens much quicker than one of many files, and stays as it is while files change.
const outDir = await mkdtemp(join(tmpdir(), 'visita-page-'));
const made = { mode: 'fake', logLevel: 'error', build: { outDir, emptyOutDir: true } };
await build(made);
const server = await preview({ ...made, preview: { port: 0, host: '127.0.0.1' } });
const base = server.resolvedUrls.local[0];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-sync',
    '--no-first-run',
  ],
});
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
await mkdir(folder, { recursive: true });
let count = 0;
let complaints = 0;
try {
  for (const [name, query, sizes, act] of screens) {
    for (const size of sizes) {
      for (const theme of ['light', 'dark']) {
        for (const lang of ['en', 'it']) {
          const file = `${name}-${size.width}-${theme}-${lang}.png`;
          if (!only.test(file)) continue;
          const page = await browser.newPage({
            viewport: size,
            reducedMotion: 'reduce',
            locale: lang === 'it' ? 'it-IT' : 'en-GB',
          });
          page.on('pageerror', (error) => complain(file, error));
          page.on(
            'console',
            (message) =>
              message.type() === 'error' && !NETWORK.test(message.text()) && complain(file, message.text()),
          );
          await open(page, `${base}?${query}&theme=${theme}&lang=${lang}&still`);
          // Pictures are set in Inter, whatever this system's own font is.
          await page.addStyleTag({ content: ':root { --sans: Inter, sans-serif !important }' });
          await act?.(page);
          await page.waitForTimeout(150);
          const cut = await page.evaluate(overflowing);
          if (cut.length > 0) complain(file, `cut off: ${cut.join(' | ')}`);
          await page.evaluate(axe);
          for (const violation of await page.evaluate(violations, {
            small: size !== wide,
            opened: act !== undefined,
          }))
            complain(file, violation);
          await page.screenshot({ path: join(folder, file) });
          await page.close();
          count += 1;
        }
      }
    }
  }
} finally {
  await browser.close();
  await server.close();
  await rm(outDir, { recursive: true });
}
console.log(`${count} pictures in ${folder}, ${complaints} complaints`);
process.exitCode = complaints > 0 ? 1 : 0;

/** Opens a page. A computer whose network changes just then loses the files of a page; it is opened again. */
async function open(page, url) {
  for (let tries = 1; ; tries += 1) {
    await page.goto(url);
    try {
      return await page.locator('[data-testid^="screen-"]').waitFor({ timeout: 15_000 });
    } catch (error) {
      if (tries === 4) throw error;
    }
  }
}

function complain(file, what) {
  complaints += 1;
  console.error(`${file}: ${what}`);
}

/** What axe finds, one line each. Runs in the page. */
async function violations({ small, opened }) {
  const runOnly = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];
  // In small windows rows scroll under the button that stays; axe takes what shows of them for the whole target.
  // What opens beside a button lies at the page's end, in none of its landmarks.
  const rules = { 'target-size': { enabled: !small }, region: { enabled: !opened } };
  const found = await globalThis.axe.run(document, { runOnly, rules });
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
}

/** Buttons and a recording slot whose words do not fit, and a page wider than its window. Runs in the page. */
function overflowing() {
  const cut = [];
  if (document.documentElement.scrollWidth > innerWidth)
    cut.push(`page ${document.documentElement.scrollWidth}`);
  const slot = document.querySelector('[data-testid="recording-slot"] > span');
  if (slot && slot.scrollWidth > slot.clientWidth + 1) cut.push(slot.textContent);
  for (const button of document.querySelectorAll('button')) {
    const box = button.getBoundingClientRect();
    const wide = button.scrollWidth > button.clientWidth + 1;
    if (box.width > 0 && (wide || box.right > innerWidth + 1)) {
      cut.push(button.textContent || button.getAttribute('aria-label'));
    }
  }
  return cut;
}
