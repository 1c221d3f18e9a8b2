import type { Socket } from 'node:net';
import type { Log } from '#kit/log/index.ts';
import {
  BrokenFrame,
  fromReeve,
  hangUp,
  hold,
  KeptBack,
  Outgoing,
  type DatabaseGatewayLimits,
  type DatabaseGatewayMetrics,
  type Hide,
  type Judge,
  type StandingOrders,
} from '../../database/index.ts';
import type { SessionEvent, StatementRecorder, Ticket } from '../../port.ts';
import { FollowStatements } from '../statements/follow-statements.ts';
import { FrameSplitter } from '../wire/frame-splitter.ts';
import { errorResponse, sentence as saying, T } from '../wire/messages.ts';
import type { OpenTarget } from './connect-target.ts';
import { CLIENT_TYPES, TARGET_TYPES } from './message-types.ts';

export interface RelayDeps {
  readonly log: Log;
  readonly metrics: DatabaseGatewayMetrics;
  readonly limits: DatabaseGatewayLimits;
}

/** A client that sends this many messages without waiting for answers waits for some. */
const MOST_WAITING = 50_000;
/** A row begun when a pause comes is brought to its end if this is all that is left: within one nothing can be told. */
const MOST_TO_END = 64 * 1024;

/**
 * One session at work: frames go both ways as they come, each statement on the record before it goes. However it ends,
 * both connections go, the record is closed, and the ticket hears `ended` exactly once.
 */
export class RelaySession {
  readonly #ticket: Ticket;
  readonly #client: Socket;
  readonly #target: OpenTarget;
  readonly #deps: RelayDeps;
  readonly #recorder: StatementRecorder;
  readonly #follow: FollowStatements;
  readonly #toTarget: Outgoing;
  readonly #toClient: Outgoing;
  readonly #cancel: () => void;
  readonly #orders: StandingOrders;
  readonly #kept: KeptBack;
  readonly #fromClient: FrameSplitter;
  readonly #fromTarget: FrameSplitter;
  #recorderBusy = false;
  #terminating = false;
  #over = false;
  #counted = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  readonly #onKill = (): void => this.#killed();
  /** Resolves when it is over and the ticket has been told. */
  readonly done: Promise<void>;
  #finish: () => void = () => {};

  constructor(
    parts: {
      readonly ticket: Ticket;
      readonly client: Socket;
      readonly target: OpenTarget;
      readonly database: string;
      readonly judge: Judge;
      readonly hide: Hide;
      /** Asks the target to stop what it is doing. */
      readonly cancel: () => void;
      readonly orders: StandingOrders;
    },
    deps: RelayDeps,
  ) {
    this.#ticket = parts.ticket;
    this.#client = parts.client;
    this.#target = parts.target;
    this.#deps = deps;
    this.#cancel = parts.cancel;
    this.#orders = parts.orders;
    this.#kept = new KeptBack(parts.client);
    this.#fromClient = this.#splitClient();
    this.#fromTarget = this.#splitTarget();
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#recorder = parts.ticket.recorder.statements({ protocol: 'postgres', target: `postgres ${parts.database}` });
    this.#follow = new FollowStatements(this.#recorder, parts.judge, parts.hide);
    this.#toTarget = new Outgoing(parts.target.stream, () => this.#mayRead());
    this.#toClient = new Outgoing(parts.client, () => this.#mayRead());
    deps.metrics.sessionsOpen += 1;
    parts.ticket.recorder.failed.catch((error: unknown) => {
      deps.log.error('postgres: recording failed, session ended', {
        sessionId: parts.ticket.sessionId,
        error: String(error),
      });
      this.end('recording failed', 'this session can no longer be recorded and was ended');
    });
  }

  /** Begins. Nothing is read from either side before. */
  start(): void {
    const { kill } = this.#ticket;
    kill.addEventListener('abort', this.#onKill, { once: true });
    if (kill.aborted) return this.#killed();
    this.#pump(this.#client, 'client');
    this.#pump(this.#target.stream, 'target');
    this.#client.on('close', () => this.end(this.#terminating ? 'the client ended it' : 'the client left'));
    this.#target.stream.on('close', () => this.#targetLeft());
    this.#orders.serve(() => this.#ordered());
    this.#client.resume();
    this.#target.stream.resume();
    this.#ordered();
  }

  #pump(from: Socket, side: 'client' | 'target'): void {
    const splitter = side === 'client' ? this.#fromClient : this.#fromTarget;
    from.on('data', (came: Buffer) => {
      if (this.#over) return;
      const chunk = this.#orders.paused ? this.#thoughPaused(came, side) : came;
      try {
        splitter.push(chunk);
      } catch (error) {
        if (error instanceof BrokenFrame) return this.#broken(side, error.message);
        return this.fault(error);
      }
      if (side === 'client') {
        this.#bytesIn += chunk.length;
        this.#deps.metrics.bytesIn += chunk.length;
        this.#count();
        this.#toTarget.send();
        if (this.#terminating) this.end('the client ended it');
      } else {
        this.#bytesOut += chunk.length;
        this.#deps.metrics.bytesOut += chunk.length;
        this.#tell();
        this.#toClient.send();
      }
      this.#mayRead();
    });
    from.on('error', () => {});
    from.on('end', () => (side === 'client' ? this.end('the client left') : this.#targetLeft()));
  }

  #splitClient(): FrameSplitter {
    return new FrameSplitter(
      { of: (type) => CLIENT_TYPES.get(type), longestHeld: this.#deps.limits.longestMessage },
      {
        begins: () => {},
        flows: (buffer, start, end) => this.#toTarget.add(buffer, start, end),
        whole: (type, buffer, start, end) => {
          if (this.#terminating) throw new BrokenFrame('something after the end');
          if (type === T.terminate) this.#terminating = true;
          const instead = this.#follow.client(type, buffer, start, end);
          if (instead === undefined) this.#toTarget.add(buffer, start, end);
          else this.#toTarget.add(instead, 0, instead.length);
        },
      },
    );
  }

  #splitTarget(): FrameSplitter {
    return new FrameSplitter(
      { of: (type) => TARGET_TYPES.get(type), longestHeld: 16 * 1024 * 1024 },
      {
        begins: (type) => {
          this.#follow.targetFlows(type);
          this.#say();
        },
        flows: (buffer, start, end) => this.#toClient.add(buffer, start, end),
        whole: (type, buffer, start, end) => {
          const instead = this.#follow.target(type, buffer, start, end);
          this.#say();
          if (instead === undefined) this.#toClient.add(buffer, start, end);
          else this.#toClient.add(instead, 0, instead.length);
        },
      },
    );
  }

  /** Somebody in charge wants something. */
  #ordered(): void {
    if (this.#over) return;
    this.#tell();
    this.#toClient.send();
    if (!this.#orders.paused) this.#kept.giveBack();
    this.#mayRead();
  }

  /** What may flow of what came in a pause: from the client nothing, from the target what ends a row that was begun. */
  #thoughPaused(came: Buffer, side: 'client' | 'target'): Buffer {
    if (side === 'client') {
      this.#kept.keep(came);
      return NOTHING;
    }
    const end = this.#fromTarget.flowing;
    if (end < came.length) {
      this.#target.stream.pause();
      this.#target.stream.unshift(came.subarray(end));
    }
    return came.subarray(0, end);
  }

  /** Tells the client what it was not told yet, unless it is in the middle of a message. */
  #tell(): void {
    if (this.#fromTarget.flowing === 0) this.#say();
  }

  #say(): void {
    if (!this.#orders.untold) return;
    for (const words of this.#orders.takeWords()) {
      const said = saying(words);
      this.#toClient.add(said, 0, said.length);
    }
  }

  #count(): void {
    const { metrics } = this.#deps;
    metrics.statements += this.#follow.statements - this.#counted;
    this.#counted = this.#follow.statements;
  }

  /** Reads on from each side where the other takes what comes and the recorder has room; else waits. */
  #mayRead(): void {
    if (this.#over) return;
    if (this.#recorder.full && !this.#recorderBusy) this.#waitForRecorder();
    const { paused } = this.#orders;
    const { flowing } = this.#fromTarget;
    const clientWaits = paused ? this.#kept.full : this.#toTarget.full || this.#follow.waiting > MOST_WAITING;
    const targetWaits = this.#toClient.full || (paused && (flowing === 0 || flowing > MOST_TO_END));
    hold(this.#client, this.#recorderBusy || clientWaits);
    hold(this.#target.stream, this.#recorderBusy || targetWaits);
  }

  #waitForRecorder(): void {
    this.#recorderBusy = true;
    this.#deps.metrics.recorderWaits += 1;
    this.#ticket.recorder.drained().then(
      () => {
        this.#recorderBusy = false;
        this.#mayRead();
        return undefined;
      },
      (error: unknown) => this.fault(error),
    );
  }

  #broken(side: 'client' | 'target', what: string): void {
    this.#deps.metrics.protocolViolations += 1;
    this.#event('refused', `protocol violation by the ${side}: ${what}`);
    this.end(`protocol violation by the ${side}`, `the ${side} broke the protocol: ${what}`, '08P01');
  }

  /** A fault of our own: the session ends rather than run on half broken. */
  fault(error: unknown): void {
    this.#deps.log.error('postgres: session ended by a fault', { sessionId: this.#ticket.sessionId, error });
    this.end('internal fault', 'this session was ended by an internal fault', 'XX000');
  }

  #targetLeft(): void {
    const { systemName } = this.#ticket.target;
    this.end('the target closed the connection', `${systemName} closed the connection`, '08006');
  }

  #killed(): void {
    const { reason } = this.#ticket.kill;
    const why = typeof reason === 'string' ? reason : 'access ended';
    this.#deps.metrics.sessionsKilled += 1;
    // a server that loses its client goes on with what it does until it has something to say
    if (this.#follow.waiting > 0) this.#cancel();
    this.end(`killed: ${why}`, why, '57P01');
  }

  #event(type: SessionEvent['type'], detail: string): void {
    try {
      this.#ticket.event({ type, atMs: 0, detail });
    } catch (error) {
      this.#deps.log.error('postgres: an event was not taken', { sessionId: this.#ticket.sessionId, error });
    }
  }

  /** Ends everything, any number of times. `sentence` is what the client is told, if there is any room to say it. */
  end(reason: string, sentence?: string, code = '57P01'): void {
    if (this.#over) return;
    this.#over = true;
    this.#ticket.kill.removeEventListener('abort', this.#onKill);
    const { metrics, limits, log } = this.#deps;
    this.#count();
    metrics.statementsRefused += this.#follow.refused;
    metrics.sessionsOpen -= 1;
    metrics.sessionsEnded += 1;
    // what was taken from the target before is the client's to see; a half message would swallow our last words
    const words =
      sentence === undefined ? undefined : errorResponse({ severity: 'FATAL', code, message: fromReeve(sentence) });
    hangUp(this.#client, words, limits.lastWordsMs);
    hangUp(this.#target.stream, undefined, limits.lastWordsMs);
    try {
      this.#follow.close({ in: this.#bytesIn, out: this.#bytesOut });
    } catch (error) {
      log.error('postgres: the record of a session was not closed', { sessionId: this.#ticket.sessionId, error });
    }
    Promise.resolve()
      .then(() => this.#ticket.ended({ reason, bytesIn: this.#bytesIn, bytesOut: this.#bytesOut }))
      .catch((error: unknown) =>
        log.error('postgres: the end of a session was not taken', {
          sessionId: this.#ticket.sessionId,
          error: String(error),
        }),
      )
      .finally(() => this.#finish());
  }
}

const NOTHING = Buffer.alloc(0);
