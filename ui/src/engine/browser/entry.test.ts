import { describe, expect, it } from 'vitest';
import { appLink, linkOf } from './entry';
import { browserKind } from './support';

const CODE = 'abcdefghijklmnopqrstuv';
const at = (pathname: string) => linkOf({ origin: 'https://visits.example.org', pathname });

describe('the link of a page', () => {
  it.each([
    `/join/${CODE}`,
    `/join/${CODE}/`,
    `/join/${CODE}.`,
    `/join/${CODE}%3E`,
    `/join/%C2%AB${CODE}%C2%BB`,
  ])('is in %s', (pathname) => {
    expect(at(pathname)).toEqual({ server: 'https://visits.example.org', code: CODE });
  });

  it.each(['/', '/join', '/join/', `/join/${CODE}/x`, `/sign-in/${CODE}`, '/join/.'])(
    'is not in %s',
    (pathname) => {
      expect(at(pathname)).toBeUndefined();
    },
  );

  it('is for the app in its own scheme', () => {
    expect(appLink({ server: 'https://visits.example.org:8443', code: CODE })).toBe(
      `visita://visits.example.org:8443/join/${CODE}`,
    );
  });
});

describe('the browser', () => {
  const webkit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
  it.each([
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${webkit} Version/18.0 Mobile/15E148 Safari/604.1`,
      'ios',
    ],
    [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Version/18.0 Safari/605.1.15`, 'safari'],
    ['Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36', 'android'],
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0', 'edge'],
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36', 'chrome'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0', 'firefox'],
  ] as const)('%s', (agent, kind) => {
    expect(browserKind(agent)).toBe(kind);
  });
});
