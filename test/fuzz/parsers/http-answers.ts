import { CookieJar, readSetCookie } from '#gateways/http/relay/cookie-jar.ts';
import { responseHeaders, toSite } from '#gateways/http/relay/response-headers.ts';
import { AT_ONCE, type Parser } from '../parser.ts';
import { mangled, must, oneOf, type Random } from '../random.ts';

const SECRET = 'app-secret-Zt5vKq81';
const SITE = 'https://wiki.web.localhost:8472';
const TARGET = 'https://wiki.internal:8443';
const NAMES = (
  'Set-Cookie set-cookie SET-COOKIE Location Content-Location Refresh Alt-Svc Clear-Site-Data WWW-Authenticate Connection ' +
  'Transfer-Encoding Keep-Alive Upgrade Reeve-Notice Reeve_Notice Access-Control-Allow-Origin Content-Type X-Odd Trailer'
).split(' ');
const VALUES = [
  'sid=abc; Path=/; HttpOnly; Secure',
  'theme=dark; Domain=web.localhost; Path=/wiki',
  'theme=dark; DOMAIN=.web.localhost ; Max-Age=-1',
  '__Host-reeve-web=stolen; Path=/',
  '__HOST-Reeve-Web=stolen; HttpOnly',
  '=nameless; HttpOnly',
  'a=b;httponly;expires=Thu, 01 Jan 1970 00:00:00 GMT',
  'a=b; httponly=; max-age=99999999999999999999',
  `sid=${SECRET}; HttpOnly`,
  `${TARGET}/page?x=1#y`,
  'http://wiki.internal/page',
  '//wiki.internal:8443/page',
  '\\\\wiki.internal:8443\\page',
  'https://elsewhere.example/x',
  'https://wiki.internal:8443@elsewhere.example/x',
  'javascript:alert(1)',
  '/page',
  `0; url=${TARGET}/next`,
  "5;URL='//wiki.internal:8443/x'",
  'close, X-Odd',
  'chunked',
  TARGET,
  SECRET,
].map((value) => Buffer.from(value));
const PATHS = ['/', '/wiki/page', '', '/a/b/', '//'];

function headers(random: Random): string[] {
  const raw: string[] = [];
  for (let n = 1 + random(7); n > 0; n -= 1) {
    const value = oneOf(random, VALUES);
    const text = (random(2) === 0 ? mangled(random, value, VALUES) : value).toString('latin1');
    raw.push(oneOf(random, NAMES), text.replaceAll(/[\r\n\0]/g, ''));
  }
  return raw;
}

/** Names of attributes of a cookie, in small letters, read by nothing of the gateway's. */
const attributesOf = (cookie: string): string[] =>
  cookie
    .split(';')
    .slice(1)
    .map((part) => (part.split('=', 1)[0] ?? '').trim().toLowerCase());

/**
 * What an application says to a browser: no cookie of a whole domain, of Reeve's, or that no script may read gets there, nor
 * anything that leads around the gateway, nor the credential.
 */
export const httpAnswers: Parser = {
  name: 'http-answers',
  reads: 'answers of web applications: headers, cookies, where they lead',
  mostMs: 50,
  beyond: 75,
  one: (random) => {
    const raw = headers(random);
    const jar = new CookieJar();
    const path = oneOf(random, PATHS);
    const how = { targetOrigin: TARGET, siteOrigin: SITE, path, jar, now: 1_000, secrets: [SECRET] };
    const sent = responseHeaders(raw, { ...how, words: random(4) === 0 ? ['we stop at noon\r\nX-Odd: 1'] : [] });
    must(!sent.some((one) => one.includes(SECRET)), () => `the credential got out: ${JSON.stringify(sent)}`);
    must(!sent.some((one) => /[\r\n]/.test(one)), () => `a line more: ${JSON.stringify(sent)}`);
    for (let at = 0; at < sent.length; at += 2) {
      const [name, value] = [(sent[at] ?? '').toLowerCase(), sent[at + 1] ?? ''];
      must(
        !/^(?:alt-svc|clear-site-data|www-authenticate|connection|upgrade|keep-alive|transfer-encoding)$/.test(name),
        () => `told: ${name}`,
      );
      if (name !== 'set-cookie') continue;
      const attributes = attributesOf(value);
      must(
        !attributes.includes('domain') && attributes.includes('secure'),
        () => `a cookie of more than its host: ${value}`,
      );
      must(!attributes.includes('httponly'), () => `a cookie that was to be kept: ${value}`);
      must(!/^\s*__host-reeve/i.test(value), () => `a cookie of Reeve's: ${value}`);
    }
    for (const path of PATHS)
      for (const cookie of jar.sent(path, 2_000, random(2) === 0))
        must(!/;/.test(cookie) && cookie.indexOf('=') > 0, () => `sent as a cookie: ${cookie}`);
    for (const value of raw.filter((_, at) => at % 2 === 1)) {
      readSetCookie(value);
      const there = toSite(value, how);
      must(there === value || there.startsWith(SITE), () => `leads elsewhere: ${value} to ${there}`);
      if (there !== value) must(new URL(there).origin === SITE, () => `leads to another origin: ${value} to ${there}`);
    }
    return sent.length === 0 ? AT_ONCE : sent.length === raw.length ? 'all of it told' : 'some of it told';
  },
};
