// Vite plugin: links work in development as they do on a room server. A browser's `GET /join/<code>` is the page, and
// `/embed/<app id>` that of the widget, which any page may frame here; all else that is the server's goes to the one
// that VISITA_SERVER names, which is to be started with this page's address as its `--public-url`.

import type { Plugin, ProxyOptions } from 'vite';

/** What of a room server's paths a link's page needs. */
const SERVED = ['/join', '/channel', '/user-channel', '/rtc', '/files'];

export function joinPages(server: string | undefined): Plugin {
  return {
    name: 'join-pages',
    config: () => {
      if (!server) return {};
      const to: ProxyOptions = { target: server, ws: true };
      return { server: { proxy: Object.fromEntries(SERVED.map((path) => [path, to])) } };
    },
    configureServer({ middlewares }) {
      middlewares.use((request, _, next) => {
        const page = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
        if (page && /^\/join(\/|$)/.test(request.url ?? '')) request.url = '/join.html';
        if (page && /^\/embed\//.test(request.url ?? '')) request.url = '/embed.html';
        next();
      });
    },
  };
}
