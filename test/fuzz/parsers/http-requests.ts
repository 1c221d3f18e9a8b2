import type { IncomingMessage } from 'node:http';
import { describeRequest } from '#gateways/http/record/describe-request.ts';
import { requestHeaders, type Dressing } from '#gateways/http/relay/request-headers.ts';
import { plainName, refuseFraming } from '#gateways/http/rules/check-framing.ts';
import { refuseForeign } from '#gateways/http/rules/foreign-origin.ts';
import { refuseRequest } from '#gateways/http/rules/judge-request.ts';
import { refuseTarget } from '#gateways/http/rules/read-path.ts';
import { readProof } from '#gateways/http/sign-in/read-proof.ts';
import { siteOf } from '#gateways/http/which-site.ts';
import { AT_ONCE, type Parser } from '../parser.ts';
import { mangled, must, oneOf, type Random } from '../random.ts';

const SECRET = 'app-secret-Zt5vKq81';
const PASSWORD = 'rvp_correct-horse-battery-staple';
const TOKEN = 'cookie-token-of-the-session';
const SITE = 'https://wiki.web.localhost:8472';
const TARGET = 'https://wiki.internal:8443';
const HOSTS = ['wiki.web.localhost:8472', 'wiki.web.localhost', 'WIKI.web.localhost:8472', 'a.b.web.localhost', ''];
const FRAMING = ['Host', 'host', 'Content-Length', 'Transfer-Encoding', 'Content_Length'];
const NAMES = (
  'Cookie cookie Authorization authorization Connection Origin ' +
  'Referer Reeve-Password Reeve_Password X-Forwarded-For X_Forwarded_Host Forwarded X-Real-IP Upgrade Expect TE Trailer ' +
  'Proxy X-Http-Method-Override X-HTTP-Method Accept Range Content-Type Sec-Fetch-Site Sec-Fetch-Mode Sec-Fetch-Dest ' +
  'X-Api-Key X_Api_Key Keep-Alive Remote-User X-Original-URL X-Reeve-User X-Odd'
).split(' ');
const VALUES = [
  ...HOSTS,
  '5',
  '0x5',
  '5, 5',
  'chunked',
  'identity, chunked',
  `__Host-reeve-web=${TOKEN}`,
  `a=b; __Host-reeve-web=${TOKEN}; kept=stolen`,
  `Bearer ${PASSWORD}`,
  `Basic ${Buffer.from(`reporting:${PASSWORD}`).toString('base64')}`,
  'Basic dXNlcjpwYXNz',
  'close, Content-Length',
  'keep-alive, X-Odd',
  SITE,
  'https://evil.web.localhost:8472',
  `${SITE}/page?x=1`,
  'null',
  'same-origin',
  'cross-site',
  'navigate',
  'document',
  'websocket',
  '100-continue',
  'DELETE',
  SECRET,
].map((value) => Buffer.from(value));
const PATHS = [
  '/admin/users',
  '/%61dmin/users',
  '/admin%2fusers',
  '/public/../admin/users',
  '/public/%2e%2e/admin',
  '/%2561dmin/',
  '//admin/x',
  '/./admin',
  '/public/x;y/../../admin',
  '/ADMIN/x',
  '/public/page?next=/admin',
  '/public/page?token=abc&q=x',
  '/admin.json',
  '/adm\u00efn'.normalize('NFD'),
  '/public\\..\\admin',
  '/public/admin/x',
  '/a%00/admin',
  '/\uff41dmin',
].map((path) => Buffer.from(path));
const METHODS = ['GET', 'POST', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'get', 'PROPFIND'];
const RULES = { readOnly: false, noWebSockets: false, denyPaths: ['/admin'], denyHeaders: ['x-odd'] };
const READ_ONLY = { ...RULES, readOnly: true };
const PROOFS = new Set(['cookie', 'authorization', 'reeve-password']);
const PLACE = { domain: 'web.localhost', ports: [8472] };

function headers(random: Random): string[] {
  const raw = random(8) === 0 ? [] : ['Host', HOSTS[random(random(3) === 0 ? HOSTS.length : 1)] ?? ''];
  for (let n = random(7); n > 0; n -= 1) {
    const name = oneOf(random, random(12) === 0 ? FRAMING : NAMES);
    const value = oneOf(random, VALUES);
    // Node's parser hands values on as bytes, and lets no line end through
    const text = (random(3) === 0 ? mangled(random, value, VALUES) : value).toString('latin1');
    raw.push(random(9) === 0 ? name.toLowerCase() : name, text.replaceAll(/[\r\n\0]/g, ''));
  }
  return raw;
}

const PIECES = [
  '/',
  '.',
  '..',
  '%2e',
  '%2f',
  '%25',
  ';',
  'admin',
  'ADMIN',
  'public',
  'x',
  '%61',
  '%',
  '%c0%af',
  '\\',
  ' ',
  '?',
];

/** A target of pieces that matter to whoever reads paths; or bytes gone wrong. */
function targetOf(random: Random): string {
  if (random(3) > 0) {
    const pieces = Array.from({ length: 1 + random(8) }, () =>
      oneOf(random, PIECES.slice(0, random(6) === 0 ? PIECES.length : 12)),
    );
    return random(3) === 0 ? `/${pieces.join('')}` : `/${pieces.join('/')}`;
  }
  const seed = oneOf(random, PATHS);
  return (random(2) > 0 ? mangled(random, seed, PATHS) : seed).toString(random(2) === 0 ? 'utf8' : 'latin1');
}

/** How servers read a path, one laxer than the other: decoded once or twice, empty and dot parts and parameters taken out. */
function readings(target: string): string[] {
  const path = target.split('?', 1)[0] ?? '';
  const decoded = (text: string): string => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  const plain = (text: string): string => {
    const parts: string[] = [];
    for (const part of text.replaceAll('\\', '/').split('/')) {
      const name = part.split(';', 1)[0] ?? '';
      if (name === '..') parts.pop();
      else if (name !== '' && name !== '.') parts.push(name.toLowerCase());
    }
    return `/${parts.join('/')}`;
  };
  const [once, twice] = [decoded(path), decoded(decoded(path))];
  return [path, once, twice].flatMap((one) => [plain(one), plain(one.normalize('NFKC'))]);
}

const isAdmin = (path: string): boolean => /^\/admin(?:\/|\.[^/]*$|$)/.test(path);

const DRESSING: Dressing = {
  targetOrigin: TARGET,
  siteOrigin: SITE,
  clientAddress: '192.0.2.7',
  keepHost: false,
  injected: ['X-Api-Key', SECRET],
  keptCookies: ['sid=of-the-jar'],
  isKept: (name) => name === 'kept',
};

/**
 * What a request is, and what goes on of it: no path that any server reads as a denied one passes, whatever a client says of
 * itself as a proxy would stays behind, and so does what proves it to Reeve; the credential is said once.
 */
export const httpRequests: Parser = {
  name: 'http-requests',
  reads: 'requests of web clients: targets, headers, cookies, proofs',
  mostMs: 50,
  beyond: 45,
  one: (random) => {
    const raw = headers(random);
    const target = targetOf(random);
    const method = oneOf(random, METHODS);
    readProof(raw);
    const site = siteOf({ rawHeaders: raw } as unknown as IncomingMessage, undefined, PLACE);
    must(site === undefined || /^[a-z0-9-]{1,63}$/.test(site), () => `a site ${JSON.stringify(site)}`);
    const wrong = refuseTarget(target) ?? refuseFraming(raw, random(4) === 0 ? '1.0' : '1.1');
    if (wrong !== undefined) return AT_ONCE;
    const webSocket = random(6) === 0;
    refuseForeign(raw, { method, origin: SITE, webSocket });
    const rules = random(3) === 0 ? READ_ONLY : RULES;
    const refused = refuseRequest(rules, { method, target, headers: raw, webSocket });
    if (refused === undefined)
      must(!readings(target).some(isAdmin), () => `a denied path went through: ${JSON.stringify(target)}`);
    const sent = requestHeaders(raw, DRESSING, method);
    checkSent(sent);
    const kept = describeRequest({ method, target, headers: raw, webSocket }, { secrets: [SECRET], hide: new Set() });
    const record = JSON.stringify(kept);
    must(!record.includes(SECRET), () => `on record: ${record}`);
    // somebody may put what proves them where nobody looks for it
    const elsewhere = raw.filter((_, at) => at % 2 === 1 && !PROOFS.has(plainName(raw[at - 1] ?? ''))).join('\n');
    for (const secret of [PASSWORD, TOKEN])
      must(elsewhere.includes(secret) || !record.includes(secret), () => `on record: ${secret} in ${record}`);
    return refused === undefined ? 'passed on' : 'framed, and refused';
  },
};

function checkSent(sent: readonly string[]): void {
  const names = sent.filter((_, at) => at % 2 === 0);
  const values = (name: string): string[] =>
    sent.filter((_, at) => at % 2 === 1 && plainName(sent[at - 1] ?? '') === name);
  must(values('host').length === 1, () => `hosts: ${values('host').join()}`);
  must(
    values('x-api-key').length === 1 && values('x-api-key')[0] === SECRET,
    () => 'the credential is not said once, as it is',
  );
  for (const name of names) {
    const plain = plainName(name);
    must(
      plain !== 'reeve-password' && plain !== 'remote-user' && plain !== 'x-original-url',
      () => `passed on: ${name}`,
    );
  }
  must(values('x-forwarded-for').join() === '192.0.2.7', () => `forwarded for ${values('x-forwarded-for').join()}`);
  for (const cookie of values('cookie'))
    must(
      !/(?:^|[;,])\s*__host-reeve/i.test(cookie) && !/(?:^|; )kept=/.test(cookie),
      () => `a cookie passed on: ${cookie}`,
    );
  for (const value of values('authorization'))
    must(!/^bearer +rvp_/i.test(value), () => `a password passed on: ${value}`);
}
