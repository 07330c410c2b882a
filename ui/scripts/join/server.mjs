// A room server as a browser meets it, and who else is in its rooms.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The first line that a program prints and that begins so. */
async function lineOf(program, begins, withinMs = 30_000) {
  const lines = createInterface({ input: program.stdout });
  const limit = setTimeout(() => lines.close(), withinMs);
  for await (const line of lines) {
    if (!line.startsWith(begins)) continue;
    clearTimeout(limit);
    program.stdout.resume();
    return line.slice(begins.length).trim();
  }
  throw new Error(`it never said "${begins}"`);
}

/**
 * A `visita-server` of its own. `data` is a folder that outlives it; started again it is where it was. Where it listens for
 * others than this computer, it is no server for development.
 */
export async function startServer({ bin, data, args = [], log = 'ignore', host = '127.0.0.1' }) {
  let url;
  let program;
  const start = async () => {
    const listen = url ? new URL(url).host : `${host}:0`;
    const kind = host === '127.0.0.1' ? ['--dev'] : ['--company', 'Clinic', '--api-key', 'devkey'];
    const flags = [...kind, '--listen', listen, '--data', data, ...args];
    program = spawn(join(bin, 'visita-server'), flags, { stdio: ['ignore', 'pipe', log] });
    url = await lineOf(program, 'ready ');
  };
  const end = async (signal) => {
    if (!program || program.exitCode !== null || program.signalCode !== null) return;
    const gone = once(program, 'exit');
    program.kill(signal);
    await gone;
  };
  await start();
  const api = async (method, path, body) => {
    const response = await fetch(url + path, {
      method,
      headers: { apikey: 'devkey', 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
  return {
    url,
    api,
    start,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

/** A host, an assistant who leads the room too, and a guest; their links in this order. */
export async function makeRoom(server, fields = {}, guest = {}) {
  const users = [
    ['conti', 'plus'],
    ['assistant', 'plus'],
    ['anna', 'basic'],
  ];
  for (const [user_id, role] of users) {
    await server.api('POST', '/v2/users', { user_id, role }).catch(() => {});
  }
  const room = await server.api('POST', '/v2/rooms', {
    participants: [
      { user_id: 'conti', is_admin: true, display_name: 'Dr Elena Conti' },
      { user_id: 'assistant', is_admin: true, display_name: 'Marta' },
      { user_id: 'anna', display_name: 'Anna Rossi', ...guest },
    ],
    description: 'Follow-up visit',
    ...fields,
  });
  const [host, assistant, mine] = room.user_urls.map(({ url }) => url);
  return { ...room, host, assistant, guest: mine };
}

/** A real participant without a window. */
export function startPeer(bin, link, args = []) {
  const program = spawn(join(bin, 'visita-peer'), ['join', link, '--json', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  program.stdout.on('data', (some) => {
    said += some;
  });
  const report = once(program, 'exit').then(() => said.trim() && JSON.parse(said.trim().split('\n').at(-1)));
  return { report, end: () => program.kill('SIGINT'), kill: () => program.kill('SIGKILL') };
}

/** A person on the room channel alone: for what admins decide, and to hear what the room tells. */
export async function startPerson(link, name) {
  const entry = await (
    await fetch(link, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ display_name: name, displace: true }),
    })
  ).json();
  const heard = [];
  let woken = () => {};
  const socket = new WebSocket(entry.channel_url);
  socket.onmessage = ({ data }) => {
    heard.push(JSON.parse(data));
    woken();
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const say = (message) => socket.send(JSON.stringify(message));
  say({ type: 'hello', token: entry.channel_token });
  const until = async (wanted, withinMs = 20_000) => {
    const end = Date.now() + withinMs;
    for (;;) {
      const found = heard.find(wanted);
      if (found) return found;
      const left = end - Date.now();
      if (left <= 0) throw new Error(`the room never said ${wanted}`);
      await new Promise((resolve) => {
        const limit = setTimeout(resolve, left);
        woken = () => {
          clearTimeout(limit);
          resolve();
        };
      });
    }
  };
  await until(({ type }) => type === 'welcome');
  return {
    id: entry.participant_id,
    token: entry.channel_token,
    say,
    heard,
    until,
    close: () => socket.close(),
  };
}
