import { amzDate, readAwsCredentials, sha256, signAws } from '#kit/crypto/index.ts';

/** Where a bucket is. */
export interface BucketPlace {
  /** `https://s3.example.org/bucket`, or with a folder within it: `https://s3.example.org/bucket/reeve`. */
  readonly url: string;
  readonly region: string;
  /** A file of mode 0600 as the AWS tools write it. */
  readonly credentialsFile: string;
  /** The setting that names it, for what is told when it cannot be read. */
  readonly credentialsSetting: string;
}

/** The storage did not do what it was asked. `code` is `ENOSPC` where it has no room. */
export class StorageError extends Error {
  readonly code: string;
  readonly status: number | undefined;
  constructor(message: string, code: string, status?: number, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.status = status;
  }
}

const PATIENCE_MS = 15_000;
/** An answer that names what went wrong is short; a list of a thousand names is not. */
const LONGEST_ANSWER = 4 * 1024 * 1024;
/** What storages say when there is no room. */
const NO_ROOM = new Set([
  'XMinioStorageFull',
  'XMinioAdminBucketQuotaExceeded',
  'QuotaExceeded',
  'InsufficientStorage',
]);

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** One bucket, addressed by path as every S3-compatible storage understands. */
export class Bucket {
  readonly #place: BucketPlace;
  readonly #origin: URL;
  readonly #bucket: string;
  readonly #folder: string;

  constructor(place: BucketPlace) {
    this.#place = place;
    this.#origin = new URL(place.url);
    const [bucket = '', ...folder] = this.#origin.pathname.split('/').filter(Boolean);
    this.#bucket = bucket;
    this.#folder = folder.length === 0 ? '' : `${folder.join('/')}/`;
  }

  /** As a person reads it. */
  get name(): string {
    return `${this.#origin.origin}/${this.#bucket}/${this.#folder}`;
  }

  /** Puts an object that is not there. Safe to call again with the same bytes; throws where others are there. */
  async put(key: string, data: Buffer): Promise<void> {
    const digest = sha256(data);
    const answer = await this.#ask('PUT', key, {
      body: data,
      headers: { 'if-none-match': '*', 'x-amz-checksum-sha256': digest.toString('base64') },
    });
    if (answer.status === 200) return;
    if (answer.status === 412) {
      const there = await this.get(key);
      if (there?.equals(data) === true) return;
      if (there !== undefined) throw new StorageError(`${key} is there already, with other bytes`, 'EEXIST', 412);
    }
    throw refused(answer, `${key} was not taken`);
  }

  /** The bytes of an object, undefined where there is none. */
  async get(key: string): Promise<Buffer | undefined> {
    const answer = await this.#ask('GET', key, {});
    if (answer.status === 200) return answer.body;
    if (answer.status === 404 && codeIn(answer) !== 'NoSuchBucket') return undefined;
    throw refused(answer, `${key} was not given`);
  }

  /** Names of the objects below `prefix`, without it. `most`: no more are asked for. */
  async list(prefix: string, most = Number.POSITIVE_INFINITY): Promise<readonly string[]> {
    const names: string[] = [];
    let token: string | undefined;
    do {
      const query: Record<string, string> = { 'list-type': '2', prefix: `${this.#folder}${prefix}` };
      if (most < 1000) query['max-keys'] = String(most);
      if (token !== undefined) query['continuation-token'] = token;
      const answer = await this.#ask('GET', undefined, { query });
      if (answer.status !== 200) throw refused(answer, 'what is there was not told');
      const text = answer.body.toString('utf8');
      for (const [, key = ''] of text.matchAll(/<Key>([^<]*)<\/Key>/gu))
        names.push(plain(key).slice(this.#folder.length + prefix.length));
      token = /<IsTruncated>true/u.test(text)
        ? plain(/<NextContinuationToken>([^<]*)</u.exec(text)?.[1] ?? '') || undefined
        : undefined;
    } while (token !== undefined && names.length < most);
    return names;
  }

  /** Deletes an object; of one that is not there, nothing. */
  async delete(key: string): Promise<void> {
    const answer = await this.#ask('DELETE', key, {});
    if (answer.status !== 204 && answer.status !== 200 && answer.status !== 404)
      throw refused(answer, `${key} was not deleted`);
  }

  async #ask(
    method: string,
    key: string | undefined,
    input: {
      readonly query?: Readonly<Record<string, string>>;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: Buffer;
    },
  ): Promise<Answer> {
    const url = new URL(`/${this.#bucket}${key === undefined ? '' : `/${this.#folder}${key}`}`, this.#origin);
    for (const [name, value] of Object.entries(input.query ?? {})) url.searchParams.set(name, value);
    const body = input.body ?? Buffer.alloc(0);
    const { credentialsFile, credentialsSetting, region } = this.#place;
    const credentials = await readAwsCredentials(credentialsFile, {
      setting: credentialsSetting,
      code: 'storage.misconfigured',
    });
    const at = new Date();
    const { host: _host, ...headers } = signAws(
      {
        method,
        url,
        headers: { host: url.host, 'x-amz-content-sha256': sha256(body).toString('hex'), ...input.headers },
        body,
      },
      { credentials, region, service: 's3', at },
    );
    try {
      const response = await fetch(url, {
        method,
        headers,
        ...(input.body === undefined ? {} : { body: new Uint8Array(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
    } catch (cause) {
      throw new StorageError(`${url.host} does not answer (${amzDate(at)})`, 'EUNREACHABLE', undefined, cause);
    }
  }
}

const codeIn = ({ body }: Answer): string =>
  body.length > LONGEST_ANSWER ? '' : (/<Code>([A-Za-z]{1,60})<\/Code>/u.exec(body.toString('utf8'))?.[1] ?? '');

function refused(answer: Answer, what: string): StorageError {
  const code = codeIn(answer);
  const full = answer.status === 507 || NO_ROOM.has(code);
  return new StorageError(
    `${what}: ${code === '' ? '' : `${code}, `}${answer.status}`,
    full ? 'ENOSPC' : code,
    answer.status,
  );
}

const plain = (xml: string): string =>
  xml
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
