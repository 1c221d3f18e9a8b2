import type { BegunStatement, StatementValue } from '../../port.ts';
import { hidden } from '../relay/response-headers.ts';
import { each, type RawHeaders } from '../rules/check-framing.ts';

/** Headers whose values say what was asked and prove nobody. All others are named, and their values are not kept. */
const OPEN = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'origin',
  'range',
  'sec-websocket-protocol',
  'sec-websocket-version',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);
/** Of every browser's every request: they say nothing of it. */
const NOISE = /^(?:sec-(?:ch|fetch)-|connection$|dnt$|priority$|upgrade-insecure-requests$|sec-gpc$)/;
const SECRET_FIELD =
  /pass|pwd|secret|token|api-?key|^key$|auth|sign|^sig$|session|^sid$|jwt|otp|^pin$|^code$|state|nonce|assertion|saml|cred|ticket/;
/** A JSON web token, or a long word of letters and digits mixed: made by a machine to be known by few. */
const LOOKS_SECRET = /eyJ[\w-]{8,}\.|(?=[\w+/=-]*\d)(?=[\w+/=-]*[a-zA-Z])[\w+/=-]{24,}/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const LONGEST_VALUE = 512;
const MOST_HEADERS = 60;

/** What is kept of a request. `secrets`: the credential in every form; `hide`: fields a house named besides. */
export function describeRequest(
  asked: {
    readonly method: string;
    readonly target: string;
    readonly headers: RawHeaders;
    readonly webSocket: boolean;
  },
  how: { readonly secrets: readonly string[]; readonly hide: ReadonlySet<string> },
): BegunStatement {
  const values: StatementValue[] = [];
  for (const [name, value] of each(asked.headers)) {
    const lower = name.toLowerCase();
    if (NOISE.test(lower)) continue;
    if (values.length >= MOST_HEADERS) break;
    const open = OPEN.has(lower) && !how.hide.has(lower);
    values.push(`${lower}: ${open ? hidden(value, how.secrets).slice(0, LONGEST_VALUE) : '(hidden)'}`);
  }
  return {
    text: hidden(`${asked.method} ${shownTarget(asked.target, how.hide)}`, how.secrets),
    values,
    via: asked.webSocket ? 'websocket' : 'http',
  };
}

/** A request target without the values of its secret fields. */
export function shownTarget(target: string, hide: ReadonlySet<string>): string {
  const at = target.indexOf('?');
  if (at < 0) return target;
  const fields = target
    .slice(at + 1)
    .split('&')
    .map((field) => {
      const equals = field.indexOf('=');
      if (equals < 0) return LOOKS_SECRET.test(field) ? '(hidden)' : field;
      const [name, value] = [field.slice(0, equals), field.slice(equals + 1)];
      return isSecret(name, value, hide) ? `${name}=(hidden)` : field;
    });
  return `${target.slice(0, at)}?${fields.join('&')}`;
}

function isSecret(name: string, value: string, hide: ReadonlySet<string>): boolean {
  if (value === '') return false;
  const [plainName, plainValue] = [decoded(name).toLowerCase().replaceAll('_', '-'), decoded(value)];
  if (hide.has(plainName) || SECRET_FIELD.test(plainName)) return true;
  return LOOKS_SECRET.test(plainValue) && !UUID.test(plainValue);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
