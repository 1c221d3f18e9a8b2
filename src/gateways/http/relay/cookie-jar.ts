/** A `Set-Cookie`, read as browsers read it (RFC 6265). */
export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** Names in small letters; of one given twice the last. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** Undefined for what is no cookie, and for one without a name: it could be read back as any other. */
export function readSetCookie(line: string): SetCookie | undefined {
  const [pair = '', ...rest] = line.split(';');
  const at = pair.indexOf('=');
  const name = pair.slice(0, at).trim();
  if (at < 1 || name === '') return undefined;
  const attributes = new Map<string, string>();
  for (const one of rest) {
    const equals = one.indexOf('=');
    const key = (equals < 0 ? one : one.slice(0, equals)).trim().toLowerCase();
    attributes.set(key, equals < 0 ? '' : one.slice(equals + 1).trim());
  }
  return { name, value: pair.slice(at + 1).trim(), attributes };
}

interface Kept {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly strict: boolean;
  readonly endsAt: number;
}

const MOST = 100;
const LONGEST = 8 * 1024;

/**
 * The cookies of an application that no script may read: they prove somebody to it, so they stay here and end with the
 * session. All others are the page's own business and are passed on.
 */
export class CookieJar {
  readonly #kept = new Map<string, Kept>();

  /** Takes a cookie in if it is one to keep; false: it is for the browser. */
  take(cookie: SetCookie, requestPath: string, now: number): boolean {
    const { name, value, attributes } = cookie;
    const said = attributes.get('path') ?? '';
    const path = said.startsWith('/') ? said : folderOf(requestPath);
    const key = `${name}\n${path}`;
    this.#kept.delete(key);
    if (!attributes.has('httponly')) return false;
    const endsAt = endOf(attributes, now);
    if (endsAt <= now || name.length + value.length > LONGEST) return true;
    if (this.#kept.size >= MOST) this.#kept.delete(this.#kept.keys().next().value ?? '');
    this.#kept.set(key, { name, value, path, endsAt, strict: attributes.get('samesite')?.toLowerCase() === 'strict' });
    return true;
  }

  /** What goes with a request, `name=value`, the longest path first. `fromElsewhere`: another site led here. */
  sent(path: string, now: number, fromElsewhere: boolean): readonly string[] {
    return [...this.#kept.values()]
      .filter((one) => one.endsAt > now && isIn(path, one.path) && !(one.strict && fromElsewhere))
      .toSorted((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => `${name}=${value}`);
  }

  has(name: string): boolean {
    return [...this.#kept.values()].some((one) => one.name === name);
  }

  empty(): void {
    this.#kept.clear();
  }
}

function endOf(attributes: SetCookie['attributes'], now: number): number {
  const age = attributes.get('max-age');
  if (age !== undefined && /^-?\d+$/.test(age)) return now + Number(age) * 1000;
  const expires = Date.parse(attributes.get('expires') ?? '');
  return Number.isNaN(expires) ? Number.POSITIVE_INFINITY : expires;
}

const folderOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')));

const isIn = (path: string, folder: string): boolean =>
  path === folder || (path.startsWith(folder) && (folder.endsWith('/') || path[folder.length] === '/'));
