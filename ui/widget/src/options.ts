// What `configure` is given, checked: whatever is not understood is refused, so that nobody believes it was.

import { invalid } from './errors';
import type { Spoken, WidgetTools } from './wire';

export interface VisitaOptions {
  /** The company's `web_app_id`. */
  appId: string;
  /** Where the server is, such as `https://visits.example.org`. By script tag: where the script is from. */
  server?: string;
  /** Several servers by region or environment, of which these choose: see the README. */
  servers?: Record<string, string>;
  /** `eu`, `in` or `us`; with `servers`, one of its names. */
  region?: string;
  environment?: 'sandbox' | 'production';
  /** What to show of the tools that somebody has; what is not named is not shown. Rights are the server's. */
  tools?: WidgetTools;
  /** `auto`, when absent: that of the page, if it is spoken, else the browser's. */
  language?: Spoken | 'auto';
}

/** What is left of them. */
export interface Configuration {
  appId: string;
  /** An origin. */
  server: string;
  tools: WidgetTools | null;
  language: Spoken | 'auto';
}

const NAMES = ['appId', 'server', 'servers', 'region', 'environment', 'tools', 'language'];
const REGIONS = ['eu', 'in', 'us'];
/** Those of the page, which has them in `engine/rights.ts`: this is a package of its own. */
export const TOOLS = [
  'chat',
  'screen_sharing',
  'file_upload',
  'whiteboard',
  'snapshot',
  'live_edit',
  'live_pointer',
  'present_to_everyone',
  'signature',
];
export const ON_BOARD = ['wb_add_file', 'wb_cursor', 'wb_text', 'wb_shape', 'wb_pen', 'wb_eraser'];

/** `from`: the origin of the script, where that is known. */
export function checked(options: VisitaOptions, from: string | undefined): Configuration {
  if (!isObject(options)) throw invalid('options', 'configure takes an object');
  known(options, NAMES, '');
  const { appId, region, environment, tools, language = 'auto' } = options;
  if (typeof appId !== 'string' || !/^[A-Za-z0-9._~-]{1,128}$/.test(appId)) {
    throw invalid('appId', "the company's web_app_id: letters, digits and . _ ~ -");
  }
  if (environment !== undefined && environment !== 'sandbox' && environment !== 'production') {
    throw invalid('environment', 'sandbox or production');
  }
  if (region !== undefined && (typeof region !== 'string' || region === '')) {
    throw invalid('region', 'a name, such as eu');
  }
  if (environment === 'sandbox' && region !== undefined && region !== 'eu') {
    throw invalid('region', 'is eu in the sandbox');
  }
  if (language !== 'auto' && language !== 'en' && language !== 'it') {
    throw invalid('language', 'en, it or auto');
  }
  const [field, address] = chosen(options, from);
  const server = origin(field, address);
  return { appId, server, tools: tools === undefined ? null : checkedTools(tools), language };
}

/** Which option has the server's address, and the address. */
function chosen(options: VisitaOptions, from: string | undefined): [field: string, address: unknown] {
  const { server, servers, region, environment } = options;
  if (servers === undefined) {
    // There is one server: it is in whatever region it is in.
    if (region !== undefined && !REGIONS.includes(region)) throw invalid('region', REGIONS.join(', '));
    const address = server ?? from;
    if (address === undefined)
      throw invalid('server', 'needed where the script is not from the server itself');
    return ['server', address];
  }
  if (server !== undefined) throw invalid('servers', 'give server or servers, not both');
  if (!isObject(servers)) throw invalid('servers', 'an object of addresses');
  // The more exact name goes first.
  const names = [`${environment}-${region}`, environment, region];
  const name = names.find((one) => one !== undefined && Object.hasOwn(servers, one));
  if (name === undefined) {
    throw invalid('region', `none of servers (${Object.keys(servers).join(', ')}) is for it`);
  }
  return [`servers.${name}`, servers[name]];
}

function origin(field: string, address: unknown): string {
  if (typeof address !== 'string' || !URL.canParse(address)) throw invalid(field, 'an address with https://');
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalid(field, 'http or https');
  if (url.pathname !== '/' || url.search || url.hash || url.username || url.password) {
    throw invalid(field, 'a scheme, a host and a port, nothing more');
  }
  const here = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (location.protocol === 'https:' && url.protocol === 'http:' && !here) {
    throw invalid(field, 'browsers show no http page inside a https page: give its https address');
  }
  return url.origin;
}

function checkedTools(tools: WidgetTools): WidgetTools {
  if (!isObject(tools)) throw invalid('tools', 'an object of tools');
  known(tools, TOOLS, 'tools.');
  for (const [name, on] of Object.entries(tools)) {
    if (name === 'whiteboard' && isObject(on)) {
      known(on, ON_BOARD, 'tools.whiteboard.');
      for (const [right, has] of Object.entries(on)) switched(`tools.whiteboard.${right}`, has);
    } else {
      switched(`tools.${name}`, on);
    }
  }
  return { ...tools };
}

function switched(field: string, value: unknown): void {
  if (typeof value !== 'boolean') throw invalid(field, 'true or false');
}

function known(given: object, names: string[], before: string): void {
  const odd = Object.keys(given).find((name) => !names.includes(name));
  if (odd !== undefined)
    throw invalid(before + odd, `there is no such option; there are ${names.join(', ')}`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
