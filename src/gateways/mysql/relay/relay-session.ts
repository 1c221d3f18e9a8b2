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
  type StandingOrders,
} from '../../database/index.ts';
import type { SessionEvent, Ticket } from '../../port.ts';
import type { FollowCommands } from '../statements/follow-commands.ts';
import { COMMAND } from '../wire/commands.ts';
import { ERROR, errorPacket, packet, withWords, type Problem } from '../wire/packets.ts';
import { packetCount, PacketSplitter, packetsOf } from '../wire/packet-splitter.ts';
import type { OpenTarget } from './connect-target.ts';

export interface RelayDeps {
  readonly log: Log;
  readonly metrics: DatabaseGatewayMetrics;
  readonly limits: DatabaseGatewayLimits;
}

const LONGEST_OF_TARGET = 16 * 1024 * 1024;
/** A server closes a line on which nothing is said for so long: the control line lasts as long as its session. */
const KEEP_CONTROL = 'set session wait_timeout = 2147483';

/**
 * One session at work: commands go to the target one at a time, each on the record before it goes, and answers come back
 * as they come. However it ends, all connections go, the record is closed, and the ticket hears `ended` exactly once.
 */
export class RelaySession {
  readonly #ticket: Ticket;
  readonly #client: Socket;
  readonly #target: OpenTarget;
  readonly #deps: RelayDeps;
  readonly #follow: FollowCommands;
  readonly #recorder: { readonly full: boolean };
  readonly #toTarget: Outgoing;
  readonly #toClient: Outgoing;
  readonly #orders: StandingOrders;
  readonly #kept: KeptBack;
  readonly #fromClient: PacketSplitter;
  readonly #fromTarget: PacketSplitter;
  /** The number of the next packet to the client. */
  #sequence = 1;
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
      readonly follow: FollowCommands;
      readonly recorder: { readonly full: boolean };
      readonly orders: StandingOrders;
    },
    deps: RelayDeps,
  ) {
    this.#ticket = parts.ticket;
    this.#client = parts.client;
    this.#target = parts.target;
    this.#follow = parts.follow;
    this.#recorder = parts.recorder;
    this.#orders = parts.orders;
    this.#deps = deps;
    this.#kept = new KeptBack(parts.client);
    this.#fromClient = this.#splitClient();
    this.#fromTarget = this.#splitTarget();
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#toTarget = new Outgoing(parts.target.stream, () => this.#mayRead());
    this.#toClient = new Outgoing(parts.client, () => this.#mayRead());
    deps.metrics.sessionsOpen += 1;
    parts.ticket.recorder.failed.catch((error: unknown) => {
      deps.log.error('mysql: recording failed, session ended', {
        sessionId: parts.ticket.sessionId,
        error: String(error),
      });
      this.end('recording failed', 'this session can no longer be recorded and was ended');
    });
  }

  /** Begins. Nothing is read from either side before. */
  start(): void {
    const { kill } = this.#ticket;
    const { stream, control } = this.#target;
    kill.addEventListener('abort', this.#onKill, { once: true });
    if (kill.aborted) return this.#killed();
    this.#client.on('data', (came: Buffer) => this.#guarded('client', () => this.#ofClient(came)));
    this.#client.on('end', () => this.end('the client left'));
    this.#client.on('close', () => this.end(this.#terminating ? 'the client ended it' : 'the client left'));
    stream.on('data', (came: Buffer) => this.#guarded('target', () => this.#ofTarget(came)));
    for (const gone of ['end', 'close'] as const) stream.on(gone, () => this.#targetLeft());
    for (const socket of [this.#client, stream, control]) socket.on('error', () => {});
    // without it the kill switch would leave on the target what runs there
    control.on('close', () => this.#targetLeft());
    control.write(packet(0, Buffer.from([COMMAND.query]), Buffer.from(KEEP_CONTROL)));
    // it says nothing that anybody asked for
    control.resume();
    this.#orders.serve(() => this.#mayRead());
    this.#client.resume();
    stream.resume();
    this.#mayRead();
  }

  #guarded(side: 'client' | 'target', take: () => void): void {
    if (this.#over) return;
    try {
      take();
    } catch (error) {
      if (error instanceof BrokenFrame) return this.#broken(side, error.message);
      return this.fault(error);
    }
    this.#mayRead();
  }

  #ofClient(came: Buffer): void {
    const waits = (): boolean => this.#follow.busy || this.#orders.paused;
    const taken = waits() ? 0 : this.#fromClient.push(came, waits);
    this.#bytesIn += taken;
    this.#deps.metrics.bytesIn += taken;
    if (taken < came.length) this.#kept.keep(came.subarray(taken));
    this.#count();
    this.#toTarget.send();
    this.#toClient.send();
    if (this.#terminating) this.end('the client ended it');
  }

  #ofTarget(came: Buffer): void {
    // nothing comes of it while it is paused: it stays with the target, but for what was read already
    if (this.#orders.paused) {
      this.#target.stream.pause();
      this.#target.stream.unshift(came);
      return;
    }
    this.#bytesOut += came.length;
    this.#deps.metrics.bytesOut += came.length;
    this.#fromTarget.push(came);
    this.#toClient.send();
  }

  #splitClient(): PacketSplitter {
    return new PacketSplitter(this.#deps.limits.longestMessage, {
      begins: (_length, _head, sequence) => {
        if (this.#terminating) throw new BrokenFrame('something after the end');
        if (sequence !== 0) throw new BrokenFrame('a command that is not the first of its packets');
        return 'hold';
      },
      whole: (content) => this.#command(content),
      flows: () => {},
      flowed: () => {},
    });
  }

  #command(content: Buffer): void {
    this.#sequence = 1;
    if (content[0] === COMMAND.quit) this.#terminating = true;
    const fate = this.#follow.client(content);
    if ('pass' in fate) {
      const out = packetsOf(fate.pass, 0);
      this.#toTarget.add(out, 0, out.length);
    } else if ('answer' in fate) this.#say(fate.answer);
  }

  #splitTarget(): PacketSplitter {
    return new PacketSplitter(LONGEST_OF_TARGET, {
      begins: (length, head) => this.#follow.targetBegins(length, head),
      flows: (buffer, start, end) => this.#toClient.add(buffer, start, end),
      flowed: (sequence) => {
        this.#sequence = sequence + 1;
        this.#follow.targetFlowed();
      },
      whole: (content, sequence) => {
        const takesWords = this.#follow.targetWhole(content);
        this.#sequence = sequence;
        // the protocol has no notices: what somebody in charge says stands behind what an answer says in words
        const words = takesWords ? this.#orders.takeWords().map(fromReeve).join(' ') : '';
        this.#say(words === '' ? content : withWords(content, words));
      },
    });
  }

  #say(content: Buffer): void {
    const out = packetsOf(content, this.#sequence);
    this.#sequence = (this.#sequence + packetCount(content)) & 0xff;
    this.#toClient.add(out, 0, out.length);
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
    const waits = this.#follow.busy || this.#orders.paused;
    if (!waits && !this.#recorderBusy) this.#kept.giveBack();
    // while it waits for an answer it is read all the same, so that its leaving is noticed
    hold(this.#client, this.#recorderBusy || (waits ? this.#kept.full : this.#toTarget.full));
    hold(this.#target.stream, this.#recorderBusy || this.#toClient.full || this.#orders.paused);
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
    this.end(`protocol violation by the ${side}`, `the ${side} broke the protocol: ${what}`);
  }

  /** A fault of our own: the session ends rather than run on half broken. */
  fault(error: unknown): void {
    this.#deps.log.error('mysql: session ended by a fault', { sessionId: this.#ticket.sessionId, error });
    this.end('internal fault', 'this session was ended by an internal fault');
  }

  #targetLeft(): void {
    const { systemName } = this.#ticket.target;
    this.end('the target closed the connection', `${systemName} closed the connection`, ERROR.targetGone);
  }

  #killed(): void {
    const { reason } = this.#ticket.kill;
    const why = typeof reason === 'string' ? reason : 'access ended';
    this.#deps.metrics.sessionsKilled += 1;
    // a server that loses its client goes on with what it does
    if (this.#follow.busy) this.#stop();
    this.end(`killed: ${why}`, why);
  }

  /** Stops what runs on the target, by the second line. */
  #stop(): void {
    const { control, threadId } = this.#target;
    if (!control.destroyed) control.write(packet(0, Buffer.from([COMMAND.query]), Buffer.from(`KILL ${threadId}`)));
  }

  #event(type: SessionEvent['type'], detail: string): void {
    try {
      this.#ticket.event({ type, atMs: 0, detail });
    } catch (error) {
      this.#deps.log.error('mysql: an event was not taken', { sessionId: this.#ticket.sessionId, error });
    }
  }

  /** Whoever waits for nothing hears it as the answer to the command they send next. */
  #nextInSequence(): number {
    return this.#follow.busy ? this.#sequence : 1;
  }

  /** Ends everything, any number of times. `sentence` is what the client is told, if there is any room to say it. */
  end(reason: string, sentence?: string, as: Pick<Problem, 'number' | 'state'> = ERROR.connectionKilled): void {
    if (this.#over) return;
    this.#over = true;
    this.#ticket.kill.removeEventListener('abort', this.#onKill);
    const { metrics, limits, log } = this.#deps;
    this.#count();
    metrics.statementsRefused += this.#follow.refused;
    metrics.sessionsOpen -= 1;
    metrics.sessionsEnded += 1;
    // within a packet nothing can be told
    const words =
      sentence === undefined || !this.#fromTarget.atBoundary
        ? undefined
        : errorPacket(this.#nextInSequence(), { ...as, message: fromReeve(sentence) });
    hangUp(this.#client, words, limits.lastWordsMs);
    hangUp(this.#target.stream, undefined, limits.lastWordsMs);
    hangUp(this.#target.control, packet(0, Buffer.from([COMMAND.quit])), limits.lastWordsMs);
    try {
      this.#follow.close({ in: this.#bytesIn, out: this.#bytesOut });
    } catch (error) {
      log.error('mysql: the record of a session was not closed', { sessionId: this.#ticket.sessionId, error });
    }
    Promise.resolve()
      .then(() => this.#ticket.ended({ reason, bytesIn: this.#bytesIn, bytesOut: this.#bytesOut }))
      .catch((error: unknown) =>
        log.error('mysql: the end of a session was not taken', {
          sessionId: this.#ticket.sessionId,
          error: String(error),
        }),
      )
      .finally(() => this.#finish());
  }
}
