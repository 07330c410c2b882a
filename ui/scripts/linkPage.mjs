// A room server with the page of a link in front of it, as a browser meets it: the built page with its headers, all else
// from a real `visita-server`. Where the server has the page itself, it is asked directly.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request as ask, createServer } from 'node:http';
import { connect } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { createInterface } from 'node:readline';
import { brotliCompressSync, constants } from 'node:zlib';

const KINDS = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** What the page may do. `connect-src` names the media server too, where that is another host. */
export const POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob: mediastream:",
  "worker-src 'self'",
  "connect-src 'self' ws: wss:",
  'frame-src visita:',
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const HEADERS = {
  'content-security-policy': POLICY,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'permissions-policy':
    'camera=(self), microphone=(self), display-capture=(self), autoplay=(self), screen-wake-lock=(self), speaker-selection=(self), fullscreen=(self), geolocation=(), payment=(), usb=()',
  'cross-origin-opener-policy': 'same-origin',
};

const packed = new Map();

async function file(dist, name) {
  const path = normalize(join(dist, name));
  if (!path.startsWith(dist)) return undefined;
  const known = packed.get(path);
  if (known) return known;
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes) return undefined;
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  const made = { bytes, brotli: bytes.length < 2_000_000 ? brotliCompressSync(bytes, quality) : undefined };
  packed.set(path, made);
  return made;
}

/** Serves the page at a free port of this computer, and passes everything else on to `server()`. */
async function front(dist, server) {
  const http = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://here');
    const page = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    const name = page && /^\/join(\/|$)/.test(pathname) ? 'join.html' : pathname.slice(1);
    const found =
      name === 'join.html' || /^(assets\/|pdf\/|icon\.svg$)/.test(name) ? await file(dist, name) : undefined;
    if (found) {
      const pack = found.brotli && (request.headers['accept-encoding'] ?? '').includes('br');
      response.writeHead(200, {
        ...HEADERS,
        'content-type': KINDS[extname(name)] ?? 'application/octet-stream',
        'cache-control': name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-store',
        vary: 'accept, accept-encoding',
        ...(pack && { 'content-encoding': 'br' }),
      });
      response.end(pack ? found.brotli : found.bytes);
      return;
    }
    const to = new URL(server());
    const { method, headers, url: path } = request;
    const passed = ask({ host: to.hostname, port: to.port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => {
      if (!response.headersSent) response.writeHead(502);
      response.end();
    });
    request.pipe(passed);
  });
  http.on('upgrade', (request, socket, head) => {
    const to = new URL(server());
    const line = connect(Number(to.port), to.hostname, () => {
      const headers = [];
      for (let n = 0; n < request.rawHeaders.length; n += 2) {
        headers.push(`${request.rawHeaders[n]}: ${request.rawHeaders[n + 1]}`);
      }
      line.write(`GET ${request.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
      line.write(head);
      line.pipe(socket).pipe(line);
    });
    for (const [one, other] of [
      [line, socket],
      [socket, line],
    ]) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return { url: `http://127.0.0.1:${http.address().port}`, close: () => http.close() };
}

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

/** A `visita-server` of its own, and the page before it. `data` is a folder that outlives it. */
export async function startServer({ bin, dist, data, args = [], log = 'ignore' }) {
  let at = 'http://127.0.0.1:1';
  const page = await front(dist, () => at);
  let program;
  const start = async () => {
    const flags = ['--dev', '--listen', '127.0.0.1:0', '--data', data, '--public-url', page.url, ...args];
    program = spawn(join(bin, 'visita-server'), flags, { stdio: ['ignore', 'pipe', log] });
    at = await lineOf(program, 'ready ');
  };
  const end = async (signal) => {
    if (!program || program.exitCode !== null || program.signalCode !== null) return;
    const gone = once(program, 'exit');
    program.kill(signal);
    await gone;
  };
  await start();
  const api = async (method, path, body) => {
    const response = await fetch(at + path, {
      method,
      headers: { apikey: 'devkey', 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
  return {
    url: page.url,
    api,
    start,
    kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGTERM');
      page.close();
    },
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
