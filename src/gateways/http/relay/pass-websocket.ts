import { createHash } from 'node:crypto';
import { request as startRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { EndedStatement } from '../../port.ts';
import { answerOwnRaw, writeHead } from '../answer.ts';
import { describeRequest } from '../record/describe-request.ts';
import { each, valuesOf, type RawHeaders } from '../rules/check-framing.ts';
import { Flow } from './flow.ts';
import { dressing, undressing, watching } from './pass-request.ts';
import { requestHeaders } from './request-headers.ts';
import { responseHeaders } from './response-headers.ts';
import { TargetRefused } from './target-refused.ts';
import type { SessionDeps, UnderWay, WebSession } from './web-session.ts';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const WEBSOCKET: RawHeaders = ['Connection', 'Upgrade', 'Upgrade', 'websocket'];
/** Extensions compress, and what is compressed cannot be looked into piece by piece: none is offered, nor any coding of a refusal. */
const uncoded = (raw: RawHeaders): string[] =>
  [...each(raw)].flatMap(([name, value]) =>
    /^(?:sec-websocket-extensions|accept-encoding)$/i.test(name) ? [] : [name, value],
  );
const acceptOf = (key: string): string =>
  createHash('sha1')
    .update(key + GUID)
    .digest('base64');

/** Why an upgrade is not to a WebSocket as RFC 6455 has it; undefined where it is. Any other way out of HTTP would be a way out of the rules. */
export function refuseUpgrade(request: IncomingMessage): string | undefined {
  const of = (name: string): string | undefined => {
    const values = valuesOf(request.rawHeaders, name);
    return values.length === 1 ? values[0] : undefined;
  };
  const framed = of('content-length') ?? of('transfer-encoding');
  if (of('upgrade')?.toLowerCase() !== 'websocket') return 'an upgrade to something else than a WebSocket';
  if (request.method !== 'GET' || request.httpVersion !== '1.1' || framed !== undefined)
    return 'an upgrade by something else than a GET of HTTP/1.1';
  if (of('sec-websocket-version') !== '13') return 'a WebSocket of another version than 13';
  if (!/^[A-Za-z0-9+/]{22}==$/.test(of('sec-websocket-key') ?? '')) return 'a WebSocket without a key';
  return undefined;
}

/** One WebSocket. Nothing of it is passed on before the application has agreed to just this one. */
export class PassWebSocket implements UnderWay {
  readonly #session: WebSession;
  readonly #request: IncomingMessage;
  readonly #client: Duplex;
  readonly #deps: SessionDeps;
  readonly #record: (how: EndedStatement) => void;
  readonly #over: () => void;
  readonly #upstream: ClientRequest;
  #target: Duplex | undefined;
  #up: Flow | undefined;
  #down: Flow | undefined;
  #finished = false;

  constructor(session: WebSession, request: IncomingMessage, client: Duplex, head: Buffer, deps: SessionDeps) {
    this.#session = session;
    this.#request = request;
    this.#client = client;
    this.#deps = deps;
    const { url: target = '/', rawHeaders: headers } = request;
    this.#record = session.record(
      describeRequest(
        { method: 'GET', target, headers, webSocket: true },
        { secrets: session.secrets, hide: session.hide },
      ),
    );
    this.#over = session.begin(this);
    deps.metrics.requests += 1;
    deps.metrics.webSockets += 1;
    deps.metrics.webSocketsOpen += 1;
    client.on('error', () => {});
    client.on('close', () =>
      this.#end({ tag: this.#tag(), ...(this.#target === undefined ? { unanswered: true } : {}) }),
    );
    if (head.length > 0) client.unshift(head);
    this.#upstream = startRequest({
      agent: session.fresh,
      method: 'GET',
      path: target,
      headers: [...requestHeaders(uncoded(headers), dressing(session, request), 'GET'), ...WEBSOCKET],
      setHost: false,
      insecureHTTPParser: false,
    });
    this.#upstream.on('upgrade', (answer, socket, first) => this.#opened(answer, socket, first));
    this.#upstream.on('response', (answer) => this.#declined(answer));
    this.#upstream.on('error', (error) => this.#fail(error));
    this.#upstream.end();
  }

  #tag(): string {
    return this.#target === undefined ? 'not opened' : '101 Switching Protocols';
  }

  #opened(answer: IncomingMessage, target: Duplex, first: Buffer): void {
    const [key = ''] = valuesOf(this.#request.rawHeaders, 'sec-websocket-key');
    const [accepted] = valuesOf(answer.rawHeaders, 'sec-websocket-accept');
    const [to] = valuesOf(answer.rawHeaders, 'upgrade');
    const extended = valuesOf(answer.rawHeaders, 'sec-websocket-extensions').length > 0;
    if (this.#finished || accepted !== acceptOf(key) || to?.toLowerCase() !== 'websocket' || extended) {
      target.destroy();
      return this.#fail(new Error('it agreed to another WebSocket'));
    }
    this.#target = target;
    const session = this.#session;
    writeHead(this.#client, 101, 'Switching Protocols', [
      ...responseHeaders(answer.rawHeaders, undressing(session, this.#request)),
      ...WEBSOCKET,
    ]);
    target.on('error', () => {});
    if (first.length > 0) target.unshift(first);
    const held = (): boolean => session.held;
    this.#up = new Flow(this.#client, target, {
      held,
      moved: (n) => session.moved('in', n),
      ended: () => target.end(),
    });
    this.#down = new Flow(target, this.#client, {
      held,
      moved: (n) => session.moved('out', n),
      ended: () => this.#client.end(),
      watch: watching(session, (error) => this.#fail(error)),
    });
    target.on('close', () => this.#end({ tag: this.#tag() }));
  }

  /** The application answers like to any request: its answer is passed on, and the connection ends with it. */
  #declined(answer: IncomingMessage): void {
    const { statusCode = 502, statusMessage = '', rawHeaders } = answer;
    const headers = responseHeaders(rawHeaders, undressing(this.#session, this.#request));
    writeHead(this.#client, statusCode, statusMessage, [...headers, 'Connection', 'close']);
    const tag = `${String(statusCode)} ${statusMessage}`.trim();
    answer.on('error', () => this.#end({ tag, error: { code: '502', message: 'cut short' } }));
    this.#down = new Flow(answer, this.#client, {
      held: () => this.#session.held,
      moved: (n) => this.#session.moved('out', n),
      watch: watching(this.#session, (error) => this.#fail(error)),
      ended: () => {
        this.#client.end();
        this.#end({ tag });
      },
    });
  }

  settle(): void {
    this.#up?.settle();
    this.#down?.settle();
  }

  cut(sentence: string): void {
    this.#end({ tag: this.#tag(), error: { code: 'ended', message: sentence } });
  }

  #fail(error: Error): void {
    if (this.#finished) return;
    const { systemName } = this.#session.ticket.target;
    this.#deps.metrics.targetsFailed += 1;
    const sentence = error instanceof TargetRefused ? error.message : `${systemName} did not open the WebSocket`;
    if (this.#target === undefined)
      answerOwnRaw(this.#request.rawHeaders, this.#client, {
        status: 502,
        code: 'web.target_broken',
        sentence: `Reeve: ${sentence}`,
      });
    this.#end({ error: { code: '502', message: sentence } }, this.#target === undefined);
  }

  #end(how: EndedStatement, hasLastWords = false): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#record({ ...how, bytes: { in: this.#up?.bytes ?? 0, out: this.#down?.bytes ?? 0 } });
    this.#deps.metrics.webSocketsOpen -= 1;
    this.#over();
    this.#upstream.destroy();
    this.#target?.destroy();
    if (hasLastWords || this.#client.writableEnded) setTimeout(() => this.#client.destroy(), 1_000).unref();
    else this.#client.destroy();
  }
}
