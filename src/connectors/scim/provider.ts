/** One service provider, spoken to with one token: requests, errors in words, and lists that are whole or nothing (RFC 7644). */
import { z } from 'zod';
import { HttpsError, PinnedHttps, type HttpsAnswer } from '#kit/https/index.ts';
import { TargetError, type Target } from '../port.ts';
import { settingsOf, type ScimSettings } from './settings.ts';

const MAX_ANSWER = 64 * 1024 * 1024;

const resource = z.looseObject({ id: z.string().min(1).max(1000) });
/** What a provider keeps under one id. Only what Reeve uses is looked at, and each of it by itself. */
export type ScimResource = z.infer<typeof resource>;

const listed = z.looseObject({
  totalResults: z.int().min(0),
  Resources: z.array(resource).default([]),
});

interface Ask {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
}

export class Provider {
  readonly settings: ScimSettings;
  /** `crm.example.com:443`, for messages. */
  readonly at: string;
  readonly #https: PinnedHttps;
  readonly #token: string;

  constructor(target: Target) {
    this.settings = settingsOf(target);
    this.at = `${target.host}:${target.port}`;
    if (target.credential.kind !== 'token')
      throw new TargetError('unsupported', 'a SCIM service takes a token; this credential is something else');
    this.#token = target.credential.token;
    const address = { host: target.host, port: target.port, connectMs: this.settings.connectSeconds * 1000 };
    this.#https = new PinnedHttps(address, target.pinned);
  }

  close(): void {
    this.#https.close();
  }

  /** Whether the provider takes the token; TargetError where that cannot be told. */
  async takesToken(): Promise<boolean> {
    const answer = await this.#send({ method: 'GET', path: '/Users?count=1&attributes=userName' });
    if (answer.status === 401 || answer.status === 403) return false;
    this.#check(answer, 'read accounts');
    return true;
  }

  /** Undefined where there is no such resource. */
  async get(path: string): Promise<ScimResource | undefined> {
    const answer = await this.#send({ method: 'GET', path });
    if (answer.status === 404) return undefined;
    this.#check(answer, `read ${path}`);
    return this.#parsed(answer, resource);
  }

  /**
   * Every resource of an endpoint, page by page. Throws where the pages do not come to what the provider says there is: then
   * something changed meanwhile, or was left out.
   */
  async *pages(endpoint: '/Users' | '/Groups', filter?: string): AsyncGenerator<readonly ScimResource[], void> {
    const seen = new Set<string>();
    let total: number | undefined;
    for (;;) {
      const query = new URLSearchParams({
        startIndex: String(seen.size + 1),
        count: String(this.settings.pageSize),
        ...(filter === undefined ? {} : { filter }),
      });
      const answer = await this.#send({ method: 'GET', path: `${endpoint}?${query.toString()}` });
      this.#check(answer, `list ${endpoint}`);
      const page = this.#parsed(answer, listed);
      total ??= page.totalResults;
      for (const { id } of page.Resources) {
        if (seen.has(id)) throw this.#changed(endpoint);
        seen.add(id);
      }
      if (page.totalResults !== total || seen.size > total) throw this.#changed(endpoint);
      if (page.Resources.length > 0) yield page.Resources;
      if (seen.size === total) return;
      if (page.Resources.length === 0)
        throw new TargetError('failed', `${this.at} says there are ${total} of ${endpoint} and shows ${seen.size}`);
    }
  }

  /** Changes something. `conflict`: what is there forbids it (409, 412); everything else that is no success throws. */
  async change(ask: Ask, what: string): Promise<'done' | 'missing' | 'conflict'> {
    const answer = await this.#send(ask);
    if (answer.status === 404) return 'missing';
    if (answer.status === 409 || answer.status === 412) return 'conflict';
    this.#check(answer, what);
    return 'done';
  }

  async #send({ method, path, body }: Ask): Promise<HttpsAnswer> {
    try {
      return await this.#https.ask({
        method,
        path: `${this.settings.basePath}${path}`,
        headers: {
          authorization: `Bearer ${this.#token}`,
          accept: 'application/scim+json, application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        timeoutMs: this.settings.timeoutSeconds * 1000,
        maxBytes: MAX_ANSWER,
      });
    } catch (error) {
      throw asTargetError(error);
    }
  }

  #check(answer: HttpsAnswer, what: string): void {
    const { status } = answer;
    if (status >= 200 && status < 300) return;
    const said = this.#said(answer);
    const to = `${this.at} does not let Reeve ${what}`;
    if (status === 401 || status === 403) throw new TargetError('refused', `${to}: it does not take the token${said}`);
    if (status >= 300 && status < 400)
      throw new TargetError('refused', `${this.at} answers with a redirect (${status}); it was not followed`);
    if (status === 429 || status >= 500) throw new TargetError('failed', `${this.at} answers ${status}${said}`);
    throw new TargetError('refused', `${to}: ${status}${said}`);
  }

  #parsed<T>(answer: HttpsAnswer, shape: z.ZodType<T>): T {
    const type = answer.headers['content-type'] ?? '';
    let value: unknown;
    try {
      value = /^application\/(?:scim\+)?json/iu.test(type) ? JSON.parse(answer.body) : undefined;
    } catch {
      value = undefined;
    }
    const parsed = shape.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new TargetError(
      'failed',
      `${this.at} answers with what is no SCIM (${type.slice(0, 60).replaceAll(/\s/gu, ' ')})`,
    );
  }

  /** The provider's own words, without line breaks and without the token. */
  #said(answer: HttpsAnswer): string {
    let detail: unknown;
    try {
      detail = (JSON.parse(answer.body) as { detail?: unknown } | null)?.detail;
    } catch {
      detail = undefined;
    }
    if (typeof detail !== 'string' || detail === '') return '';
    const line = detail
      .replaceAll(this.#token, '…')
      .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
      .slice(0, 200);
    return ` (${line})`;
  }

  #changed(endpoint: string): TargetError {
    return new TargetError('failed', `${endpoint} of ${this.at} changed while it was read; read it again`);
  }
}

/** Opens the provider for `work` and hangs up whatever happens. */
export async function withProvider<T>(target: Target, work: (provider: Provider) => Promise<T>): Promise<T> {
  const provider = new Provider(target);
  try {
    return await work(provider);
  } finally {
    provider.close();
  }
}

export function asTargetError(error: unknown): unknown {
  if (!(error instanceof HttpsError)) return error;
  return new TargetError(error.code === 'too_large' ? 'failed' : error.code, error.message);
}
