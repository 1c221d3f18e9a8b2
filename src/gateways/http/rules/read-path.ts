const HEX = /^[0-9a-f]{2}$/i;
/** What may stand in a request target (RFC 3986), and what browsers leave unencoded in queries besides. */
const TARGET = /^\/[\w\-.~%!$&'()*+,;=:@/]*(?:\?[\x21\x24-\x3b\x3d\x3f-\x7e]*)?$/;

/** A path every server reads alike: decoded, in small letters, part by part. */
export type PlainPath = readonly string[];

/** Why a request target is none at all; undefined where it is one. It is passed on as it came. */
export function refuseTarget(target: string): string | undefined {
  if (!target.startsWith('/')) return 'the request target is not a path';
  if (!TARGET.test(target)) return 'the request target holds characters that have to be percent-encoded';
  return undefined;
}

/** The path of a request target, without its query. */
export const pathOf = (target: string): string => target.split('?', 1)[0] ?? '';

/**
 * Reads a path as one thing, or says why servers may read it as several: what is encoded twice, hides a separator, has
 * empty or dot parts, parameters or bytes that are no UTF-8.
 */
export function readPath(path: string): PlainPath | { readonly ambiguous: string } {
  const parts: string[] = [];
  const raw = path.slice(1).split('/');
  for (const [at, one] of raw.entries()) {
    const last = at === raw.length - 1;
    if (one === '' && last) continue;
    if (one === '') return { ambiguous: 'it has an empty part' };
    if (one.includes(';')) return { ambiguous: 'it has a parameter (;)' };
    const decoded = decode(one);
    if (decoded === undefined) return { ambiguous: 'its percent-encoding is not UTF-8' };
    const plain = decoded.normalize('NFKC').toLowerCase();
    if (/[/\\%;?#\p{Cc}]/u.test(plain)) return { ambiguous: 'it hides a separator' };
    // some servers take blanks and dots off the end of a name
    const bare = plain.replace(/[\s.]+$/u, '');
    if (bare === '') return { ambiguous: 'it has a dot part' };
    parts.push(bare);
  }
  return parts;
}

function decode(part: string): string | undefined {
  for (const [, code = ''] of part.matchAll(/%(.{0,2})/g)) if (!HEX.test(code)) return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** Whether a path is a denied one or below it; some applications take `/admin.json` for `/admin` in another form. */
export function isBelow(path: PlainPath, denied: string): boolean {
  const parts = readPath(denied);
  // a rule nobody can read denies everything
  if ('ambiguous' in parts) return true;
  return parts.every((part, at) => {
    const there = path[at];
    if (there === undefined) return false;
    return part === '*' || there === part || (at === path.length - 1 && there.startsWith(`${part}.`));
  });
}
