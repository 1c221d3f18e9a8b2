/** Headers of a request as they came: names and values in turn. */
export type RawHeaders = readonly string[];

/** Name and value of each header, in order. */
export function* each(raw: RawHeaders): Generator<readonly [name: string, value: string]> {
  for (let at = 0; at + 1 < raw.length; at += 2) yield [raw[at] ?? '', raw[at + 1] ?? ''];
}

/** A header's name as applications behind CGI and WSGI read it, where `_`, `-` and, before some, all other signs are one. */
export const plainName = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-');

/** The values of a header, in order. `name` is in small letters. */
export function valuesOf(raw: RawHeaders, name: string): string[] {
  const values: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const one = raw[at] ?? '';
    // asked many times a request: most names are told apart by their length
    if (one.length === name.length && one.toLowerCase() === name) values.push(raw[at + 1] ?? '');
  }
  return values;
}

const ONCE = ['host', 'content-length', 'transfer-encoding', 'origin', 'upgrade', 'expect', 'content-type'] as const;
/** What no `Connection` may name: taking them away would change what the message is. */
const NEVER_BY_CONNECTION = new Set(['host', 'content-length', 'transfer-encoding', 'cookie', 'authorization']);

/**
 * Why a request could be read as another one by whoever is behind us; undefined where it cannot. Node's parser refuses
 * most of it before; this is what it lets pass or puts together.
 */
export function refuseFraming(raw: RawHeaders, httpVersion: string): string | undefined {
  for (const name of ONCE) if (valuesOf(raw, name).length > 1) return `more than one ${name}`;
  if (valuesOf(raw, 'host').length !== 1) return 'no host';
  for (const [name, value] of each(raw)) {
    if (name.toLowerCase() !== plainName(name) && (ONCE as readonly string[]).includes(plainName(name)))
      return `a header called ${name}`;
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    if (/[\x00-\x08\x0a-\x1f\x7f]/.test(value)) return `a control character in ${name.toLowerCase()}`;
  }
  const [length] = valuesOf(raw, 'content-length');
  const [coding] = valuesOf(raw, 'transfer-encoding');
  if (length !== undefined && !/^\d{1,15}$/.test(length)) return 'a content-length that is no number';
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return 'a transfer-encoding other than chunked';
  if (coding !== undefined && length !== undefined) return 'content-length beside transfer-encoding';
  if (coding !== undefined && httpVersion !== '1.1') return 'transfer-encoding before HTTP/1.1';
  for (const list of valuesOf(raw, 'connection'))
    for (const named of list.split(','))
      if (NEVER_BY_CONNECTION.has(plainName(named.trim()))) return `a connection header that names ${named.trim()}`;
  return undefined;
}
