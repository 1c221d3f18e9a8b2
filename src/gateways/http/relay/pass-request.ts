import { request as startRequest, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { EndedStatement } from '../../port.ts';
import { answerOwn } from '../answer.ts';
import { describeRequest } from '../record/describe-request.ts';
import { valuesOf } from '../rules/check-framing.ts';
import { pathOf } from '../rules/read-path.ts';
import { decoderOf } from './content-codings.ts';
import { Flow } from './flow.ts';
import { CannotBeRead, LookThrough, SecretSeen } from './look-through.ts';
import { requestHeaders } from './request-headers.ts';
import { responseHeaders } from './response-headers.ts';
import { TargetRefused } from './target-refused.ts';
import { WatchSecrets } from './watch-secrets.ts';
import type { SessionDeps, UnderWay, WebSession } from './web-session.ts';

/** Asked again where a connection turns out to be closed: nothing came of them, and they have no body. */
const AGAIN = new Set(['GET', 'HEAD', 'OPTIONS']);

export const isFramed = (request: IncomingMessage): boolean =>
  valuesOf(request.rawHeaders, 'content-length').some((length) => Number(length) > 0) ||
  valuesOf(request.rawHeaders, 'transfer-encoding').length > 0;

/** What shapes the headers of a request of this session. */
export const dressing = (session: WebSession, request: IncomingMessage) => {
  const path = pathOf(request.url ?? '/');
  const [from] = valuesOf(request.rawHeaders, 'sec-fetch-site');
  const fromElsewhere = from !== undefined && from !== 'same-origin' && from !== 'none';
  return {
    targetOrigin: session.targetOrigin,
    siteOrigin: session.siteOrigin,
    clientAddress: session.address,
    keepHost: session.terms.keepHost,
    injected: session.credential.header,
    keptCookies: session.jar.sent(path, Date.now(), fromElsewhere),
    isKept: (name: string) => session.jar.has(name),
  };
};

/** What shapes the headers of its answer. */
export const undressing = (session: WebSession, request: IncomingMessage) => ({
  targetOrigin: session.targetOrigin,
  siteOrigin: session.siteOrigin,
  path: pathOf(request.url ?? '/'),
  jar: session.jar,
  now: Date.now(),
  secrets: session.secrets,
  words: session.orders.takeWords(),
});

/** Lets nothing go on in which an application sends its credential back, as pages that show a request do. */
export const watching = (session: WebSession, fail: (error: Error) => void) => ({
  secrets: new WatchSecrets(session.secrets),
  seen: () => fail(sentBack(session)),
});

const sentBack = ({ ticket }: WebSession): TargetRefused =>
  new TargetRefused('forbidden', `${ticket.target.systemName} sent the credential back, so its answer was cut`);

/** One request and its answer, on the record before anything of it leaves. Resolves when both are over. */
export class PassRequest implements UnderWay {
  readonly #session: WebSession;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #deps: SessionDeps;
  readonly #record: (how: EndedStatement) => void;
  readonly #over: () => void;
  #upstream: ClientRequest | undefined;
  #up: Flow | undefined;
  #down: Flow | undefined;
  /** An answer that began in a pause. */
  #heldBack: IncomingMessage | undefined;
  #looked: LookThrough | undefined;
  #tag = '';
  #finished = false;
  readonly done: Promise<void>;
  #finish: () => void = () => {};

  constructor(session: WebSession, request: IncomingMessage, response: ServerResponse, deps: SessionDeps) {
    this.#session = session;
    this.#request = request;
    this.#response = response;
    this.#deps = deps;
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
    const { method = 'GET', url: target = '/', rawHeaders: headers } = request;
    this.#record = session.record(
      describeRequest({ method, target, headers, webSocket: false }, { secrets: session.secrets, hide: session.hide }),
    );
    this.#over = session.begin(this);
    deps.metrics.requests += 1;
    deps.metrics.requestsOpen += 1;
    response.sendDate = false;
    response.on('close', () => {
      if (!response.writableFinished) this.#end({ error: { code: 'client', message: 'the client left' } });
    });
    request.on('error', () => {});
    response.on('error', () => {});
    this.#ask(true);
  }

  #ask(first: boolean): void {
    const session = this.#session;
    const { method = 'GET', url = '/' } = this.#request;
    const hasBody = isFramed(this.#request);
    const mayAsk = AGAIN.has(method) && !hasBody;
    const upstream = startRequest({
      agent: mayAsk ? session.kept : session.fresh,
      method,
      path: url,
      headers: requestHeaders(this.#request.rawHeaders, dressing(session, this.#request), method),
      setHost: false,
      maxHeaderSize: 64 * 1024,
      insecureHTTPParser: false,
    });
    this.#upstream = upstream;
    // once, and to whoever asked: what else an application says before its answer would pile up here
    if (valuesOf(this.#request.rawHeaders, 'expect').length > 0)
      upstream.once('continue', () => this.#response.writeContinue());
    upstream.on('response', (answer) => this.#answer(answer));
    upstream.on('upgrade', (_answer, socket) => {
      socket.destroy();
      this.#fail(new Error('switched protocols unasked'));
    });
    upstream.on('error', (error) => {
      const wasClosed = upstream.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
      if (wasClosed && first && mayAsk && !this.#response.headersSent && !this.#finished) return this.#ask(false);
      this.#fail(error);
    });
    if (hasBody) {
      this.#up = new Flow(this.#request, upstream, {
        held: () => session.held,
        moved: (bytes) => session.moved('in', bytes),
        ended: () => upstream.end(),
      });
      // the headers go before the body comes, so that an application can say no to it
      upstream.flushHeaders();
    } else upstream.end();
  }

  #answer(answer: IncomingMessage): void {
    if (this.#finished) return void answer.destroy();
    const session = this.#session;
    answer.on('error', () => this.#fail(new Error('cut short')));
    if (session.held) {
      this.#heldBack = answer;
      return;
    }
    const { statusCode: status = 502, statusMessage = '', rawHeaders } = answer;
    this.#tag = `${String(status)} ${statusMessage}`.trim();
    const [type] = valuesOf(rawHeaders, 'content-type');
    if (type !== undefined) this.#tag += `, ${type.slice(0, 100)}`;
    const decoder = this.#hasNoBody(status) ? 'plain' : decoderOf(rawHeaders);
    const watch = watching(session, (error) => this.#fail(error));
    // a part of what is coded cannot be read without what is before it
    if (watch.secrets.looks && (decoder === 'unknown' || (decoder !== 'plain' && status === 206)))
      return this.#fail(this.#cannotRead('in a coding that cannot be looked through'));
    try {
      this.#response.writeHead(status, statusMessage, responseHeaders(rawHeaders, undressing(session, this.#request)));
    } catch {
      return this.#fail(new Error('an answer that is none'));
    }
    answer.on('aborted', () => this.#fail(new Error('cut short')));
    const looked =
      typeof decoder === 'string' || !watch.secrets.looks ? undefined : new LookThrough(decoder, session.secrets);
    looked?.on('error', (error) =>
      this.#fail(
        error instanceof SecretSeen
          ? sentBack(session)
          : error instanceof CannotBeRead
            ? this.#cannotRead(error.message)
            : error,
      ),
    );
    this.#looked = looked;
    this.#down = new Flow(looked === undefined ? answer : answer.pipe(looked), this.#response, {
      held: () => session.held,
      moved: (bytes) => session.moved('out', bytes),
      ended: () => {
        if (!answer.complete) return this.#fail(new Error('cut short'));
        this.#response.end();
        this.#end({ tag: this.#tag });
      },
      ...(looked === undefined ? { watch } : {}),
    });
    // what an event stream has to say first is its headers; mostly something comes with them, and then all is one write
    setImmediate(() => {
      const { bytes = 0 } = this.#down ?? {};
      if (bytes === 0 && !this.#finished && !this.#response.writableEnded) this.#response.flushHeaders();
    });
  }

  #hasNoBody(status: number): boolean {
    return this.#request.method === 'HEAD' || status === 204 || status === 304;
  }

  #cannotRead(how: string): TargetRefused {
    const { systemName } = this.#session.ticket.target;
    return new TargetRefused(
      'forbidden',
      `${systemName} answered what ${how.startsWith('in ') ? 'is ' : ''}${how}, so it was cut`,
    );
  }

  settle(): void {
    const answer = this.#heldBack;
    if (answer !== undefined && !this.#session.held) {
      this.#heldBack = undefined;
      this.#answer(answer);
    }
    this.#up?.settle();
    this.#down?.settle();
  }

  cut(sentence: string): void {
    this.#end({ ...(this.#tag === '' ? {} : { tag: this.#tag }), error: { code: 'ended', message: sentence } });
    if (this.#response.headersSent) this.#response.destroy();
    else answerOwn(this.#request.rawHeaders, this.#response, { status: 401, code: 'web.session_ended', sentence });
    // its last words have to leave; whatever it still sends does not matter
    setTimeout(() => this.#request.socket.destroy(), 50).unref();
  }

  #fail(error: Error): void {
    if (this.#finished) return;
    const { metrics, log } = this.#deps;
    const { systemName } = this.#session.ticket.target;
    metrics.targetsFailed += 1;
    const known = error instanceof TargetRefused ? error : undefined;
    if (known?.kind === 'untrusted') metrics.certificatesRefused += 1;
    const sentence = known?.message ?? `${systemName} did not answer as it should`;
    log.debug('http: a request failed', { sessionId: this.#session.ticket.sessionId, error: String(error) });
    if (known !== undefined && known.kind !== 'unreachable') this.#session.refused(known.message);
    this.#end({ ...(this.#tag === '' ? {} : { tag: this.#tag }), error: { code: '502', message: sentence } });
    if (this.#response.headersSent) this.#response.destroy();
    else
      answerOwn(this.#request.rawHeaders, this.#response, {
        status: 502,
        code: `web.target_${known?.kind ?? 'broken'}`,
        sentence: `Reeve: ${sentence}`,
      });
  }

  /** Its line on the record is closed, and its connection to the application is let go of; once. */
  #end(how: EndedStatement): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#record({ ...how, bytes: { in: this.#up?.bytes ?? 0, out: this.#down?.bytes ?? 0 } });
    this.#deps.metrics.requestsOpen -= 1;
    this.#over();
    const whole = how.error === undefined && (this.#upstream?.writableFinished ?? true);
    if (!whole) {
      this.#upstream?.destroy();
      this.#looked?.destroy();
    }
    this.#finish();
  }
}
