import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '#kit/log/index.ts';
import { callbackify } from 'node:util';
import type { BegunStatement, EndedStatement, StatementRecorder, Ticket, WebTerms } from '../../port.ts';
import type { HttpGatewayMetrics } from '../metrics.ts';
import type { HttpGatewayLimits } from '../options.ts';
import { CookieJar } from './cookie-jar.ts';
import { credentialHeader, type CredentialHeader } from './credential-header.ts';
import { CLEARTEXT, dialTarget } from './dial-target.ts';
import type { OwnPlaces } from './judge-address.ts';
import { StandingOrders } from './standing-orders.ts';

export interface SessionDeps {
  readonly log: Log;
  readonly metrics: HttpGatewayMetrics;
  readonly limits: HttpGatewayLimits;
  readonly own: OwnPlaces;
}

/** A request or WebSocket that is under way, as its session sees it. */
export interface UnderWay {
  /** Ends it at once, whatever either side does. */
  cut(sentence: string): void;
  /** Flows, or stands still, as the session says now. */
  settle(): void;
}

/**
 * One session: what was signed in once, and all requests since. It has no connection of its own to end with, so it ends
 * by sign-out, kill switch, recording or disuse. However it ends, all that is under way is cut, the credential is
 * forgotten, the record is closed, and the ticket hears `ended` exactly once.
 */
export class WebSession {
  readonly site: string;
  readonly identityId: string;
  readonly account: string;
  readonly address: string;
  readonly siteOrigin: string;
  readonly targetOrigin: string;
  readonly terms: WebTerms;
  readonly jar = new CookieJar();
  readonly ticket: Ticket;
  /** Keeps connections to the application between requests that may be asked again; the other never does. */
  readonly kept: Agent;
  readonly fresh: Agent;
  readonly orders: StandingOrders;
  readonly hide: ReadonlySet<string>;
  #credential: CredentialHeader | undefined;
  readonly #deps: SessionDeps;
  readonly #recorder: StatementRecorder;
  readonly #underWay = new Set<UnderWay>();
  readonly #onKill = (): void => this.#killed();
  readonly #idle: NodeJS.Timeout;
  #overBecause: string | undefined;
  #bytesIn = 0;
  #bytesOut = 0;
  #usedAt = performance.now();
  readonly #gone: (session: WebSession, sentence: string) => void;
  readonly done: Promise<void>;
  #finish: () => void = () => {};

  /** Throws where the ticket says nothing of the web, or its credential cannot be carried; the caller ends the ticket then. */
  constructor(
    parts: {
      readonly ticket: Ticket;
      readonly site: string;
      readonly siteOrigin: string;
      readonly identityId: string;
      readonly account: string;
      readonly address: string;
      readonly gone: (session: WebSession, sentence: string) => void;
    },
    deps: SessionDeps,
  ) {
    const { ticket } = parts;
    const terms = ticket.obligations.web;
    if (terms === undefined) throw new Error('a ticket for http without terms');
    this.#credential = credentialHeader(ticket.credential, terms);
    if (this.#credential === undefined) throw new CredentialUnfit(ticket.target.systemName);
    this.ticket = ticket;
    this.terms = terms;
    this.site = parts.site;
    this.siteOrigin = parts.siteOrigin;
    this.identityId = parts.identityId;
    this.account = parts.account;
    this.address = parts.address;
    this.#gone = parts.gone;
    this.#deps = deps;
    this.targetOrigin = originOf(ticket.target);
    this.hide = new Set(terms.hiddenFields.map((name) => name.toLowerCase().replaceAll('_', '-')));
    this.kept = this.#agent(true);
    this.fresh = this.#agent(false);
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.orders = new StandingOrders(ticket);
    this.orders.serve(() => {
      this.#wake();
      for (const one of this.#underWay) one.settle();
    });
    this.#recorder = ticket.recorder.statements({ protocol: 'http', target: `http ${ticket.target.systemName}` });
    deps.metrics.sessionsOpen += 1;
    ticket.kill.addEventListener('abort', this.#onKill, { once: true });
    ticket.recorder.failed.catch((error: unknown) => {
      deps.log.error('http: recording failed, session ended', { sessionId: ticket.sessionId, error: String(error) });
      this.end('recording failed', 'this session can no longer be recorded and was ended');
    });
    const { idleMs } = deps.limits;
    this.#idle = setInterval(
      () => {
        if (this.#underWay.size > 0 || this.orders.pausedBecause !== undefined) this.#usedAt = performance.now();
        else if (performance.now() - this.#usedAt >= idleMs)
          this.end('not used', `this session was not used for ${Math.round(idleMs / 60_000)} minutes`);
      },
      Math.min(idleMs, 30_000),
    );
    this.#idle.unref();
    if (ticket.kill.aborted) this.#killed();
  }

  #agent(keepAlive: boolean): Agent {
    const agent = new Agent({ keepAlive, maxFreeSockets: 16, timeout: 30_000, scheduling: 'lifo' });
    const open = callbackify(async (): Promise<Duplex> => {
      const stream = await dialTarget(this.ticket.target, this.#deps.limits, this.#deps.own);
      // a request whose connection was being made when a pause came goes out after it
      while (this.held && !this.over) await new Promise<void>((wake) => this.#waiting.push(wake));
      if (this.over) stream.destroy();
      return stream;
    });
    agent.createConnection = (_options, done) => {
      open((error, stream) => done?.(error, stream));
      return undefined;
    };
    return agent;
  }

  #waiting: (() => void)[] = [];
  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  get over(): boolean {
    return this.#overBecause !== undefined;
  }

  /** Nothing may flow. */
  get held(): boolean {
    return this.orders.pausedBecause !== undefined;
  }

  get credential(): CredentialHeader {
    if (this.#credential === undefined) throw new Error('the session is over');
    return this.#credential;
  }

  get secrets(): readonly string[] {
    return this.#credential?.secrets ?? [];
  }

  get openNow(): number {
    return this.#underWay.size;
  }

  /** Waits until there is room on the record. Rejects where there never will be. */
  async room(): Promise<void> {
    while (this.#recorder.full && !this.over) {
      this.#deps.metrics.recorderWaits += 1;
      await this.ticket.recorder.drained();
    }
  }

  /** Puts a request on the record, before anything of it is passed on; returns what closes its line, once. */
  record(statement: BegunStatement): (how: EndedStatement) => void {
    this.#usedAt = performance.now();
    const n = this.#recorder.began(statement);
    let open = true;
    return (how) => {
      if (!open || this.#closed) return;
      open = false;
      this.#recorder.ended(n, how);
    };
  }
  #closed = false;

  /** Counts a request among those that are cut with the session; the answer is called when it is over. */
  begin(underWay: UnderWay): () => void {
    this.#underWay.add(underWay);
    return () => {
      this.#usedAt = performance.now();
      this.#underWay.delete(underWay);
    };
  }

  moved(way: 'in' | 'out', bytes: number): void {
    const { metrics } = this.#deps;
    if (way === 'in') {
      this.#bytesIn += bytes;
      metrics.bytesIn += bytes;
    } else {
      this.#bytesOut += bytes;
      metrics.bytesOut += bytes;
    }
  }

  refused(detail: string): void {
    try {
      this.ticket.event({ type: 'refused', atMs: 0, detail });
    } catch (error) {
      this.#deps.log.error('http: an event was not taken', { sessionId: this.ticket.sessionId, error });
    }
  }

  #killed(): void {
    const { reason } = this.ticket.kill;
    const why = typeof reason === 'string' ? reason : 'access ended';
    this.#deps.metrics.sessionsKilled += 1;
    this.end(`killed: ${why}`, why);
  }

  /** Ends everything, any number of times. `sentence` is for the person. */
  end(reason: string, sentence: string): void {
    if (this.over) return;
    this.#overBecause = reason;
    clearInterval(this.#idle);
    this.ticket.kill.removeEventListener('abort', this.#onKill);
    const { metrics, log } = this.#deps;
    metrics.sessionsOpen -= 1;
    metrics.sessionsEnded += 1;
    for (const one of this.#underWay) one.cut(sentence);
    this.#wake();
    this.#underWay.clear();
    this.kept.destroy();
    this.fresh.destroy();
    this.jar.empty();
    wipe(this.ticket);
    this.#credential = undefined;
    this.#gone(this, sentence);
    try {
      this.#closed = true;
      this.#recorder.close({ in: this.#bytesIn, out: this.#bytesOut });
    } catch (error) {
      log.error('http: the record of a session was not closed', { sessionId: this.ticket.sessionId, error });
    }
    Promise.resolve()
      .then(() => this.ticket.ended({ reason, bytesIn: this.#bytesIn, bytesOut: this.#bytesOut }))
      .catch((error: unknown) =>
        log.error('http: the end of a session was not taken', {
          sessionId: this.ticket.sessionId,
          error: String(error),
        }),
      )
      .finally(() => this.#finish());
  }
}

/** The vault's credential is none that goes with a request in the way that is set. */
export class CredentialUnfit extends Error {
  constructor(systemName: string) {
    super(`the credential that the vault holds cannot be sent to ${systemName} in the way that is set`);
  }
}

/** Overwrites what was lent; any number of times. */
export function wipe({ credential }: Pick<Ticket, 'credential'>): void {
  (credential.kind === 'password' ? credential.password : credential.privateKey).fill(0);
}

function originOf({ host, port, pinned }: Ticket['target']): string {
  const scheme = pinned.includes(CLEARTEXT) ? 'http' : 'https';
  const name = host.includes(':') ? `[${host}]` : host;
  return new URL(`${scheme}://${name}:${String(port)}`).origin;
}
