import { AppError, invalid, unavailable } from '#kit/errors/index.ts';
import type { Outbound, OutboundReader } from '#kit/outbound/index.ts';
import { labelsIn } from '../kinds/index.ts';
import { partOf, type ReadIn } from './model.ts';

/** Which endpoint is read, and how. */
export interface KvEndpoint {
  readonly url: string;
  readonly token: string;
  readonly mount: string;
  readonly path?: string | undefined;
  readonly versions: boolean;
  readonly after?: string | undefined;
  readonly authority?: string | undefined;
}

/** A path of the other side: no empty part, none of dots, no slash at either end. */
export const SOURCE_PATH = /^(?!\.{1,2}(?:\/|$))[^/?#\\]+(?:\/(?!\.{1,2}(?:\/|$))[^/?#\\]+)*$/u;

/** Secrets one call reads: the next goes on behind them. */
const MOST_READ = 200;
const MOST_LISTS = 500;
const DEEPEST = 20;
const MOST_VERSIONS = 10;
const LONGEST_MS = 30_000;
const MOST_BYTES = 1024 * 1024;
/** What one call holds of values; a few more answers may come in until that shows. */
const MOST_IN_ALL = 16 * 1024 * 1024;
const AT_ONCE = 4;

type Edges = Pick<Outbound, 'problemOf'> & OutboundReader;

/**
 * Reads secrets of a KV engine (version 2) in the order of their paths: as many as one call may, and behind which path
 * the next goes on. The same rules hold as for everything that is sent to addresses people type in.
 */
export async function readKvEndpoint(
  outbound: Edges,
  endpoint: KvEndpoint,
): Promise<{ readonly incoming: readonly ReadIn[]; readonly next: string | null }> {
  const problem = outbound.problemOf(endpoint.url);
  if (problem !== undefined) throw invalid('/url', problem, 'give the address of the server, over https');
  const source = new Source(outbound, endpoint);
  const found: string[] = [];
  let more = false;
  for await (const path of source.paths()) {
    if (found.length === MOST_READ || (source.isLate() && found.length > 0)) {
      more = true;
      break;
    }
    found.push(path);
  }
  const incoming: ReadIn[] = [];
  for (let at = 0; at < found.length; at += AT_ONCE) {
    // What is late, or too much, is left to the next call, which goes on behind what was read.
    if (source.isFull() && at > 0) return { incoming, next: found[at - 1] ?? null };
    incoming.push(...(await Promise.all(found.slice(at, at + AT_ONCE).map((path) => source.secret(path)))));
  }
  return { incoming, next: more ? (found.at(-1) ?? null) : null };
}

/** One engine of one endpoint, as one call reads it. */
class Source {
  readonly #outbound: Edges;
  readonly #endpoint: KvEndpoint;
  readonly #until = performance.now() + LONGEST_MS;
  #lists = 0;
  #bytes = 0;
  constructor(outbound: Edges, endpoint: KvEndpoint) {
    this.#outbound = outbound;
    this.#endpoint = endpoint;
  }

  isLate(): boolean {
    return performance.now() > this.#until;
  }

  /** Whether enough was read for one call. */
  isFull(): boolean {
    return this.isLate() || this.#bytes > MOST_IN_ALL;
  }

  /** Paths of secrets behind `after`, sorted as text; folders that lie before it are not opened. */
  async *paths(
    folder = this.#endpoint.path === undefined ? '' : `${this.#endpoint.path}/`,
    depth = 0,
  ): AsyncGenerator<string> {
    const after = this.#endpoint.after ?? '';
    const keys = await this.#list(folder, depth);
    for (const key of [...keys].sort(byCode)) {
      const path = folder + key;
      if (!key.endsWith('/') || !isPart(key.slice(0, -1))) {
        if (path > after) yield path;
      } else if (path > after || after.startsWith(path)) yield* this.paths(path, depth + 1);
    }
  }

  async #list(folder: string, depth: number): Promise<readonly string[]> {
    this.#lists += 1;
    if (this.#lists > MOST_LISTS || depth > DEEPEST)
      throw new AppError({
        code: 'import.too_large',
        status: 422,
        detail: `more than ${MOST_LISTS} folders, or ${DEEPEST} within each other, lie below ${folder || 'the mount'}`,
        fix: 'import it in parts: name a path below',
      });
    const answer = await this.#get('metadata', folder, '?list=true');
    if (answer.status === 404) {
      if (depth > 0) return [];
      throw invalid(
        '/mount',
        'has nothing there',
        'name the mount of a KV engine of version 2, and a path that is there',
      );
    }
    const keys = field(field(answer.body, 'data'), 'keys');
    if (answer.status !== 200 || !Array.isArray(keys)) throw this.#strange(answer.status);
    return keys.filter((key): key is string => typeof key === 'string');
  }

  /** A secret with its current value, and those before where they are asked for. */
  async secret(path: string): Promise<ReadIn> {
    const name = path.split('/').map(partOf).filter(Boolean).join('/');
    if (name === '' || !path.split('/').every(isPart)) return { at: path, problem: 'is no path' };
    const current = await this.#value(path);
    if (typeof current.value === 'string') return { at: path, problem: current.value };
    const earlier = this.#endpoint.versions ? await this.#earlier(path, current.version) : [];
    const labels = labelsIn.safeParse(current.labels ?? {}).data ?? {};
    return { at: path, name, kind: 'key_value', value: JSON.stringify(current.value), earlier, labels };
  }

  async #earlier(path: string, current: number): Promise<readonly string[]> {
    const { body } = await this.#get('metadata', path, '');
    const versions = field(field(body, 'data'), 'versions');
    const numbers = Object.entries(isObject(versions) ? versions : {})
      .filter(([, version]) => field(version, 'destroyed') !== true && !field(version, 'deletion_time'))
      .map(([number]) => Number(number))
      .filter((number) => Number.isSafeInteger(number) && number < current)
      .sort((a, b) => a - b)
      .slice(-(MOST_VERSIONS - 1));
    const values: string[] = [];
    for (const number of numbers) {
      const { value } = await this.#value(path, number);
      if (typeof value !== 'string') values.push(JSON.stringify(value));
    }
    return values;
  }

  /** Its names and values; a text says why there are none. */
  async #value(
    path: string,
    version?: number,
  ): Promise<{ readonly value: object | string; readonly version: number; readonly labels?: unknown }> {
    const { status, body } = await this.#get('data', path, version === undefined ? '' : `?version=${version}`);
    const none = (value: string) => ({ value, version: 0 });
    if (status === 404) return none('was deleted there');
    if (status === 403) return none('may not be read with that token');
    if (status === 200 && body === undefined) return none('is too large');
    const read = field(body, 'data');
    const [data, metadata] = [field(read, 'data'), field(read, 'metadata')];
    if (status !== 200 || !isObject(data)) return none('is no object of names and values');
    return { value: data, version: Number(field(metadata, 'version')), labels: field(metadata, 'custom_metadata') };
  }

  async #get(kind: 'data' | 'metadata', path: string, query: string): Promise<{ status: number; body: unknown }> {
    const { url, mount, token, authority } = this.#endpoint;
    const place = `${mount}/${kind}/${path}`.split('/').map(encodeURIComponent).join('/');
    const answer = await this.#outbound.get(`${url.replace(/\/+$/u, '')}/v1/${place}${query}`, {
      headers: { 'x-vault-token': token, 'x-vault-request': 'true' },
      mostBytes: MOST_BYTES,
      ca: authority,
    });
    if (answer.outcome === 'refused')
      throw invalid('/url', answer.because, 'open its range with outbound_allow, or name a public address');
    if (answer.outcome !== 'answered')
      throw unavailable(
        'import.unreachable',
        `the endpoint: ${answer.because}`,
        'is the address right, and its certificate of a known authority?',
      );
    if (answer.status === 403 && query === '?list=true')
      throw invalid(
        '/token',
        'may not list there',
        'give a token that may list metadata and read data below the mount',
      );
    if (answer.status >= 500 || answer.status === 429) throw this.#strange(answer.status);
    if (kind === 'data') this.#bytes += answer.body?.length ?? 0;
    return { status: answer.status, body: jsonOf(answer.body) };
  }

  #strange(status: number): AppError {
    return unavailable(
      'import.strange_answer',
      `the endpoint answered ${status} and nothing of KV version 2`,
      'is it unsealed, and is the mount a KV engine of version 2?',
    );
  }
}

/** Parts of dots would lead out of the mount. */
const isPart = (part: string): boolean => part !== '' && part !== '.' && part !== '..' && !part.includes('/');

const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const field = (of: unknown, name: string): unknown => (isObject(of) && Object.hasOwn(of, name) ? of[name] : undefined);

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
