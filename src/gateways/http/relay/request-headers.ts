import { each, plainName, valuesOf, type RawHeaders } from '../rules/check-framing.ts';
import { readableCodings } from './content-codings.ts';
import { PASSWORD_HEADER, SESSION_COOKIE } from '../sign-in/names.ts';
import { holdsPassword } from '../sign-in/read-proof.ts';

/** Of one connection, not of a message (RFC 9110, 7.6.1). `transfer-encoding` stays: it frames the body, and is `chunked`. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'upgrade',
  'http2-settings',
]);
/** What applications believe of whoever stands before them: whose request it is, for where, or that it is another one. */
const SAID_BY_PROXIES =
  /^(?:x-forwarded-|x-original-|x-rewrite-|x-reeve-|x-auth-request-|x-authenticated-|x-webauth-|(?:x-)?remote-)/;
const SAID_BY_PROXY = new Set([
  'forwarded',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  // where it is mounted: some take it off the path that was judged
  'x-script-name',
  'script-name',
  // a CGI program takes it for the proxy of what it asks for itself
  'proxy',
]);

/** What of a session shapes the headers of its requests. */
export interface Dressing {
  /** Of the application, as it is reached: `https://wiki.internal:8443`. */
  readonly targetOrigin: string;
  /** Of the site, as people see it. */
  readonly siteOrigin: string;
  readonly clientAddress: string;
  readonly keepHost: boolean;
  /** The credential, as one header. */
  readonly injected: readonly [name: string, value: string];
  readonly keptCookies: readonly string[];
  /** Cookies the browser does not have, so that it cannot send them. */
  readonly isKept: (cookie: string) => boolean;
}

export const hostOf = (origin: string): string => origin.replace(/^https?:\/\//, '');

/** Names a `connection` header lists: they go no further. */
export function listedByConnection(raw: RawHeaders): Set<string> {
  const lists = valuesOf(raw, 'connection').flatMap((list) => list.split(','));
  return new Set(lists.map((name) => name.trim().toLowerCase()));
}

/** The headers an application gets: those of the client that are its to send, and those of the gateway. */
export function requestHeaders(raw: RawHeaders, how: Dressing, method: string): string[] {
  const [injectedName, injectedValue] = how.injected;
  const own = plainName(injectedName);
  const listed = listedByConnection(raw);
  const siteHost = hostOf(how.siteOrigin);
  const sent: string[] = ['Host', how.keepHost ? siteHost : hostOf(how.targetOrigin)];
  for (const [name, value] of each(raw)) {
    const lower = name.toLowerCase();
    const plain = plainName(name);
    if (lower === 'host' || HOP_BY_HOP.has(lower) || listed.has(lower)) continue;
    if (plain === own || plain === PASSWORD_HEADER || lower === 'cookie') continue;
    if (SAID_BY_PROXIES.test(plain) || SAID_BY_PROXY.has(plain)) continue;
    // CGI would put such a one in the place of the real one
    if (lower !== plain && (plain === 'authorization' || plain === 'cookie')) continue;
    if (plain === 'authorization' && holdsPassword(value)) continue;
    if (lower === 'accept-encoding') {
      sent.push(name, readableCodings(value));
      continue;
    }
    if ((lower === 'origin' || lower === 'referer') && !how.keepHost)
      sent.push(name, moved(value, how.siteOrigin, how.targetOrigin));
    else sent.push(name, value);
  }
  const cookies = [...how.keptCookies, ...clientCookies(raw, how.isKept)];
  if (cookies.length > 0) sent.push('Cookie', cookies.join('; '));
  sent.push('X-Forwarded-For', how.clientAddress, 'X-Forwarded-Host', siteHost, 'X-Forwarded-Proto', 'https');
  sent.push(injectedName, injectedValue);
  const isFramed = valuesOf(raw, 'content-length').length + valuesOf(raw, 'transfer-encoding').length > 0;
  // Node would announce a chunked body for these, and there is none
  if (!isFramed && !/^(?:GET|HEAD|OPTIONS|DELETE)$/.test(method)) sent.push('Content-Length', '0');
  return sent;
}

const clientCookies = (raw: RawHeaders, isKept: (name: string) => boolean): string[] =>
  valuesOf(raw, 'cookie')
    .flatMap((line) => line.split(';'))
    .map((pair) => pair.trim())
    .filter((pair) => {
      const name = pair.split('=', 1)[0] ?? '';
      return pair !== '' && !isReeves(name) && !isKept(name);
    });

/** Cookies of Reeve: an application neither sees nor sets one. */
export const isReeves = (cookie: string): boolean =>
  cookie.toLowerCase().startsWith('__host-reeve') || cookie === SESSION_COOKIE;

/** An address below one origin, as it is below another; any other stays as it is. */
export const moved = (url: string, from: string, to: string): string =>
  url === from || url.startsWith(`${from}/`) || url.startsWith(`${from}?`) ? to + url.slice(from.length) : url;
