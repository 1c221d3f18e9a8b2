import { parseUrl } from '#kit/urls/index.ts';
import { each, plainName, type RawHeaders } from '../rules/check-framing.ts';
import { readSetCookie, type CookieJar } from './cookie-jar.ts';
import { HOP_BY_HOP, isReeves, listedByConnection } from './request-headers.ts';

/**
 * What an application may not say to a browser on a site of Reeve: that the next request goes around the gateway, that
 * cookies of the whole domain are to go, or that people should type a password here.
 */
const NOT_ITS_TO_SAY = new Set(['alt-svc', 'clear-site-data', 'public-key-pins', 'www-authenticate']);
/** Framed anew: the client may speak an older HTTP than the application. */
const FRAMING = 'transfer-encoding';
const ADDRESSES = new Set(['location', 'content-location']);

export interface Answering {
  readonly targetOrigin: string;
  readonly siteOrigin: string;
  /** Of the request, without its query. */
  readonly path: string;
  readonly jar: CookieJar;
  readonly now: number;
  /** Texts that must not leave: the credential in every form it goes out in. */
  readonly secrets: readonly string[];
  /** What the person is to be told. */
  readonly words: readonly string[];
}

/** The headers a client gets of an application's answer. */
export function responseHeaders(raw: RawHeaders, how: Answering): string[] {
  const listed = listedByConnection(raw);
  const sent: string[] = [];
  for (const [name, value] of each(raw)) {
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || lower === FRAMING || listed.has(lower)) continue;
    if (NOT_ITS_TO_SAY.has(lower) || plainName(name).startsWith('reeve-')) continue;
    const shown = hidden(value, how.secrets);
    if (lower === 'set-cookie') {
      const cookie = forBrowser(shown, how);
      if (cookie !== undefined) sent.push(name, cookie);
    } else if (ADDRESSES.has(lower)) sent.push(name, toSite(shown, how));
    else if (lower === 'refresh')
      sent.push(
        name,
        shown.replace(/(url\s*=\s*['"]?)([^'"\s]+)/i, (_, head: string, url: string) => head + toSite(url, how)),
      );
    else if (lower === 'access-control-allow-origin' && shown === how.targetOrigin) sent.push(name, how.siteOrigin);
    else sent.push(name, shown);
  }
  for (const words of how.words) sent.push('Reeve-Notice', words.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 500));
  return sent;
}

/** An address of the application becomes one of its site; all others stay as they are, and the browser goes there without any credential. */
export function toSite(url: string, how: Pick<Answering, 'targetOrigin' | 'siteOrigin' | 'path'>): string {
  if (!/^(?:[a-z][a-z0-9+.-]*:|[/\\]{2})/i.test(url.trim())) return url;
  const parsed = parseUrl(url, how.targetOrigin);
  if (parsed === undefined) return url;
  const { origin, protocol, host, pathname, search, hash } = parsed;
  const target = new URL(how.targetOrigin);
  const isTarget = origin === target.origin || (protocol === 'http:' && host === target.hostname);
  if (!isTarget) return url;
  const plain = /^(?:[a-z][a-z0-9+.-]*:)?[/\\]{2}(?![/\\])[^/\\?#]*/i.exec(url.trim());
  // browsers also take an address with one slash, with three or without any; its path is where they say it is
  return how.siteOrigin + (plain === null ? pathname + search + hash : url.trim().slice(plain[0].length));
}

/** A cookie as the browser gets it: of this host alone and over TLS alone. Undefined where it is not for the browser. */
function forBrowser(line: string, how: Answering): string | undefined {
  const cookie = readSetCookie(line);
  if (cookie === undefined || isReeves(cookie.name) || how.jar.take(cookie, how.path, how.now)) return undefined;
  const kept = line.split(';').filter((part, at) => at === 0 || !/^\s*domain\s*(?:=|$)/i.test(part));
  return kept.join(';') + (cookie.attributes.has('secure') ? '' : '; Secure');
}

export function hidden(text: string, secrets: readonly string[]): string {
  let shown = text;
  for (const secret of secrets) if (secret.length > 3) shown = shown.replaceAll(secret, '...');
  return shown;
}
