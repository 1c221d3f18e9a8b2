/** One described service, spoken to with one credential: requests, answers judged, errors in words. */
import { isIP } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { HttpsError, PinnedHttps, type HttpsAnswer } from '#kit/https/index.ts';
import { parseUrl } from '#kit/urls/index.ts';
import { TargetError, type Credential, type Target } from '../port.ts';
import type { Outcomes } from './description/parts.ts';
import type { Description } from './description/schema.ts';
import { shown } from './names.ts';
import type { Answer, Ask } from './request.ts';
import { descriptionOf, settingsOf, type RestSettings } from './settings.ts';
import { signingIn, type Signed } from './sign-in.ts';
import { holds } from './values/condition.ts';
import { valueAt } from './values/pointer.ts';

/** Most times one request is made again because the service said to come later. */
const AGAIN = 5;

export class Server {
  readonly description: Description;
  readonly settings: RestSettings;
  /** `crm.example.com:443`, for messages. */
  readonly at: string;
  /** `https://crm.example.com`, as addresses of it begin. */
  readonly origin: string;
  readonly #https: PinnedHttps;
  readonly #credential: Credential;
  readonly #secrets = new Set<string>();
  #signed: Promise<Signed> | undefined;
  #waited = 0;

  constructor(target: Target) {
    this.settings = settingsOf(target);
    this.description = descriptionOf(this.settings);
    this.at = `${target.host}:${target.port}`;
    const host = isIP(target.host) === 6 ? `[${target.host}]` : target.host;
    this.origin = parseUrl(`https://${host}:${target.port}`)?.origin ?? '';
    this.#credential = target.credential;
    this.hide(secretOf(target.credential));
    const address = { host: target.host, port: target.port, connectMs: this.settings.connectSeconds * 1000 };
    this.#https = new PinnedHttps(address, target.pinned);
  }

  close(): void {
    this.#https.close();
  }

  /** Keeps a secret out of every message from now on. */
  hide(secret: string): void {
    if (secret !== '') this.#secrets.add(secret);
  }

  /** Sends a request as Reeve. Throws where there is no answer, or the answer says that it is not for Reeve, or not now. */
  async ask(ask: Ask): Promise<Answer> {
    this.#signed ??= signingIn(this.description.auth, this.#credential, (login) => this.askAs({}, login), this.at);
    const signed = await this.#signed;
    for (const value of Object.values(signed)) this.hide(value.replace(/^\S+ /u, ''));
    return this.askAs(signed, ask);
  }

  /** Sends a request with these headers and no credential but theirs. */
  async askAs(signed: Signed, ask: Ask): Promise<Answer> {
    for (let tries = 0; ; tries += 1) {
      const answer = await this.#send(signed, ask);
      if (answer.status !== 429) return { ...answer, json: jsonOf(answer) };
      const seconds = waitOf(answer.headers['retry-after']);
      if (seconds === undefined || tries >= AGAIN || this.#waited + seconds > this.settings.waitSeconds)
        throw new TargetError('failed', `${this.at} says there were too many requests${later(seconds)} (429)`);
      this.#waited += seconds;
      await pause(seconds * 1000);
    }
  }

  async #send(signed: Signed, { method, path, body }: Ask): Promise<HttpsAnswer> {
    try {
      return await this.#https.ask({
        method,
        path: `${this.description.base_path}${path}`,
        headers: {
          accept: 'application/json',
          ...this.description.headers,
          ...signed,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        timeoutMs: this.settings.timeoutSeconds * 1000,
        maxBytes: this.settings.maxMegabytes * 1024 * 1024,
      });
    } catch (error) {
      throw asTargetError(error);
    }
  }

  /** Throws unless the answer is a success. */
  mustBeGood(answer: Answer, what: string): void {
    const { status } = answer;
    const to = `${this.at} does not let Reeve ${what}`;
    if (status >= 200 && status < 300) {
      const { good_when } = this.description;
      if (good_when === undefined || holds(good_when, answer.json, `the answer of ${this.at}`)) return;
      throw new TargetError('refused', `${to}: its answer says no${this.#said(answer)}`);
    }
    const said = this.#said(answer);
    if (status === 401 || status === 403)
      throw new TargetError('refused', `${to}: it does not take the credential (${status})${said}`);
    if (status < 400)
      throw new TargetError('refused', `${this.at} answers with a redirect (${status}); it was not followed`);
    if (status === 502 || status === 503 || status === 504)
      throw new TargetError('unreachable', `${this.at} is not there now (${status})${said}`);
    if (status >= 500) throw new TargetError('failed', `${this.at} answers ${status}${said}`);
    throw new TargetError('refused', `${to}: ${status}${said}`);
  }

  /** What a service that says no said, for messages. */
  noTo(answer: Answer, what: string): string {
    return `${this.at} does not let Reeve ${what}: ${answer.status}${this.#said(answer)}`;
  }

  /** The JSON of a success; throws for everything else. */
  jsonOfGood(answer: Answer, what: string): unknown {
    this.mustBeGood(answer, what);
    if (answer.json !== undefined) return answer.json;
    const type = shown(answer.headers['content-type'] ?? 'no content type').slice(0, 60);
    throw new TargetError('failed', `${this.at} answers with what is no JSON (${type}): Reeve could not ${what}`);
  }

  /** Whether an answer is among those a description names. */
  isAmong(outcomes: Outcomes | undefined, answer: Answer): boolean {
    return (outcomes ?? []).some((one) =>
      typeof one === 'number'
        ? one === answer.status
        : one.status === answer.status &&
          answer.json !== undefined &&
          holds(one.when, answer.json, `the answer of ${this.at}`),
    );
  }

  /** The service's own words where it has any, on one line and without the credential. */
  #said({ json }: Answer): string {
    const words = ['/message', '/detail', '/error_description', '/error/message', '/error', '/reason', '/0']
      .map((pointer) => valueAt(json, pointer))
      .find((value) => typeof value === 'string' && value !== '');
    if (typeof words !== 'string') return '';
    let clean = words;
    for (const secret of this.#secrets) clean = clean.replaceAll(secret, '…');
    return ` (${shown(clean)})`;
  }
}

function secretOf(credential: Credential): string {
  if (credential.kind === 'password') return credential.password;
  return credential.kind === 'token' ? credential.token : '';
}

function jsonOf(answer: HttpsAnswer): unknown {
  if (!/^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:;|$)/iu.test(answer.headers['content-type'] ?? '')) return undefined;
  try {
    return JSON.parse(answer.body) as unknown;
  } catch {
    return undefined;
  }
}

/** Seconds to wait; undefined where the service does not say. */
function waitOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/u.test(header)) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}

const later = (seconds: number | undefined): string =>
  seconds === undefined ? '' : `, and to come again in ${seconds} seconds`;

/** Opens the server for `work` and hangs up whatever happens. */
export async function withServer<T>(target: Target, work: (server: Server) => Promise<T>): Promise<T> {
  const server = new Server(target);
  try {
    return await work(server);
  } finally {
    server.close();
  }
}

export function asTargetError(error: unknown): unknown {
  if (!(error instanceof HttpsError)) return error;
  return new TargetError(error.code === 'too_large' ? 'failed' : error.code, error.message);
}
