import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';
import { makeRoom, startPeer, startPerson, startServer } from './server.mjs';
import { bin, check, folder, server as here, part, SOON } from './stage.mjs';

const FIREFOX = process.env.FIREFOX ?? '/usr/bin/firefox-esr';

/** Firefox connects no loopback address: an address that this computer has on its network. */
const host = Object.values(networkInterfaces())
  .flat()
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

/** An element that shows, by its test id. */
const shown = (page, id, more = '') => page.waitForSelector(`[data-testid=${id}]${more}`, { visible: true });

async function press(page, id) {
  const button = await shown(page, id);
  await button.click();
}

/** A loudspeaker: without one nothing that Firefox plays goes on. Where it is, as PulseAudio's clients are told. */
function startSpeaker(last) {
  const socket = join(folder, 'native');
  const pulse = spawn(
    'pulseaudio',
    [
      '-n',
      '--daemonize=no',
      '--exit-idle-time=-1',
      '--use-pid-file=no',
      '-L',
      'module-null-sink sink_name=speaker rate=48000',
    ].concat(['-L', `module-native-protocol-unix auth-anonymous=1 socket=${socket}`]),
    { stdio: 'ignore', env: { ...process.env, XDG_RUNTIME_DIR: folder, HOME: folder } },
  );
  pulse.on('error', () => {});
  last(() => pulse.kill());
  return `unix:${socket}`;
}

/** The pitch of what comes out of the loudspeaker, in hertz: how often a second of it rises above nothing. */
async function pitchOf(speaker) {
  const format = ['--format=float32le', '--rate=48000', '--channels=1', '--latency-msec=50'];
  const record = spawn('parec', ['--device=speaker.monitor', ...format], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, PULSE_SERVER: speaker },
  });
  const limit = setTimeout(() => record.kill(), SOON);
  let heard = Buffer.alloc(0);
  for await (const some of record.stdout) {
    heard = Buffer.concat([heard, some]);
    if (heard.length >= 2 * 4 * 48_000) break;
  }
  clearTimeout(limit);
  record.kill();
  const second = Array.from({ length: 48_000 }, (_, n) => heard.readFloatLE(heard.length - (48_000 - n) * 4));
  return second.filter((value, n) => n > 0 && value > 0.001 && second[n - 1] <= 0.001).length;
}

async function firefoxAsGuest(last) {
  const speaker = startSpeaker(last);
  const firefox = await puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    headless: true,
    env: { ...process.env, PULSE_SERVER: speaker },
    // What it invents in place of devices; asking is the browser's own window, which nobody answers here.
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      // As if it were encrypted.
      'dom.securecontext.allowlist': host,
    },
  });
  last(() => firefox.close());
  const server = await startServer({ bin, data: join(folder, 'firefox'), host });
  last(server.stop);
  const room = await makeRoom(server);
  const peer = startPeer(bin, room.host, ['--name', 'Dr Elena Conti', '--say', 'Hello Anna']);
  last(peer.kill);
  const marta = await startPerson(room.assistant, 'Marta');
  last(marta.close);
  const page = await firefox.newPage();
  page.setDefaultTimeout(SOON);
  await page.setViewport({ width: 1280, height: 800 });
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  console.log(`  ${await firefox.version()}`);

  await page.goto((await makeRoom(here)).guest);
  await shown(page, 'lack', '[data-lack=same_computer]');
  check(true, 'it says that Firefox connects to nothing on its own computer');

  // Not waited for as a navigation: Firefox swaps processes here, and its driver never hears that this one ended.
  await page.evaluate((link) => location.assign(link), room.guest);
  await press(page, 'join-in-browser');
  await shown(page, 'self-preview', ' video');
  await page.waitForFunction(
    () => Number(document.querySelector('[data-testid=self-preview] video')?.dataset.frames) > 3,
  );
  check(true, 'the lobby shows the camera');
  await press(page, 'join');
  await shown(page, 'screen-call', '[data-connection=connected]');
  await page.waitForFunction(() =>
    [...document.querySelectorAll('[data-testid=tile] video')].some(
      ({ dataset }) => Number(dataset.frames) > 30,
    ),
  );
  check(true, 'the host is seen');
  const shot = process.env.SCREENSHOTS;
  if (shot) await page.screenshot({ path: join(shot, 'firefox.png') });
  const heard = await pitchOf(speaker);
  check(Math.abs(heard - 440) < 15, 'the host is heard', `${heard} Hz of 440`);
  await press(page, 'more');
  await press(page, 'more-chat');
  await page.waitForFunction(() => document.body.textContent.includes('Hello Anna'));
  const field = await shown(page, 'chat-field');
  await field.type('Good morning');
  await page.keyboard.press('Enter');
  await marta.until(({ type, message }) => type === 'chat' && message.text === 'Good morning');
  check(true, 'chat goes both ways');

  peer.end();
  const { streams = [] } = await peer.report;
  const seen = streams.find(({ source }) => source === 'camera');
  const size = `${seen?.largest_width ?? 0}x${seen?.largest_height ?? 0}`;
  check((seen?.frames ?? 0) > 30, 'the host saw me', `${size}, ${seen?.frames ?? 0} pictures`);
  const levels = streams.filter(({ source }) => source === 'microphone').map((one) => one.level_db ?? -100);
  const loudest = Math.round(Math.max(-100, ...levels));
  check(loudest > -75, 'the host heard me', `${loudest} dB`);
  check(faults.length === 0, 'the page reported no fault', faults.join('; '));
}

if (!existsSync(FIREFOX)) console.log('SKIPPED: a call in Firefox: it is not installed');
else if (!host) console.log('SKIPPED: a call in Firefox: this computer has no address on a network');
else await part('a call in Firefox', firefoxAsGuest);
