import type { Socket } from 'node:net';
import type { Client, Connection } from 'ssh2';
import type { Log } from '#kit/log/index.ts';
import type {
  ChannelMeta,
  ChannelRecorder,
  CommandRule,
  FileTerms,
  SessionEvent,
  SessionOrder,
  Ticket,
} from '../../port.ts';
import { actOnMatch } from '../commands/act-on-match.ts';
import { ruleFor } from '../commands/match-rule.ts';
import type { Verdict } from '../commands/typed-lines.ts';
import { LentAgent } from './agent/lent-agent.ts';
import { connectTarget, TargetRefused } from './connect-target.ts';
import { holdWhileFull, ReadHold } from './flow.ts';
import type { GatewayMetrics } from '../metrics.ts';
import type { GatewayLimits } from '../options.ts';
import type { ChannelHost, RelayChannel } from './relay-channel.ts';
import { plain } from '../tell.ts';
import { lineOf, type FileAct } from './sftp/follow-files.ts';
import { refusedCommand } from './sftp/limit-commands.ts';
import { sayGoodbye, socketOf } from '../wire/ssh2-surface.ts';

export interface SessionDeps {
  readonly log: Log;
  readonly metrics: GatewayMetrics;
  readonly limits: GatewayLimits;
}

/** Of each kind; a folder copied by SFTP is many files. */
const MOST_EVENTS = 2_000;
/** By the person's agent; those beyond are not made. */
const MOST_SIGNATURES = 2_000;

/**
 * One ticket at work: the person's connection, the target's, and every channel between them. However it ends (the person
 * leaves, the target falls away, the kill switch, a recorder that fails, a fault of our own), both connections go, every
 * channel's record is closed, and the ticket hears `ended` exactly once.
 */
export class RelaySession implements ChannelHost {
  readonly ticket: Ticket;
  readonly agent = new LentAgent();
  readonly #person: Connection;
  readonly #deps: SessionDeps;
  readonly #began = performance.now();
  readonly #channels = new Set<RelayChannel>();
  readonly #waiting: RelayChannel[] = [];
  readonly #events = new Map<SessionEvent['type'], number>();
  readonly #reaching = new AbortController();
  readonly #personReads: ReadHold;
  #targetReads: ReadHold | undefined;
  #checkPerson: () => void = () => {};
  #checkTarget: () => void = () => {};
  #target: Client | undefined;
  readonly #onReached: ((target: Client) => void)[] = [];
  #recorderBusy = false;
  #ended = false;
  /** The sentence of the pause; undefined: everything flows. */
  #paused: string | undefined;
  #signatures = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  readonly #untold: (why: string) => void;
  readonly #onKill = (): void => this.#killed();

  /** `untold` is called when the target cannot be used: the connection stays until the person has been told why. */
  constructor(ticket: Ticket, person: Connection, deps: SessionDeps, untold: (why: string) => void) {
    this.#untold = untold;
    this.ticket = ticket;
    this.#person = person;
    this.#deps = deps;
    this.#personReads = ReadHold.of(socketOf(person));
    this.#deps.metrics.sessionsOpen += 1;
    ticket.kill.addEventListener('abort', this.#onKill, { once: true });
    ticket.orders?.((order) => this.#obey(order));
    ticket.recorder.failed.catch((error: unknown) => {
      this.#deps.log.error('ssh: recording failed, session ended', {
        sessionId: ticket.sessionId,
        error: String(error),
      });
      this.end('recording failed', 'Reeve: this session can no longer be recorded and was ended.');
    });
    if (ticket.kill.aborted) this.#killed();
    else this.#reach().catch((error: unknown) => this.fault(error));
  }

  /** Runs with the target as soon as it is reached and nothing holds the session, and never if it is not. */
  whenReached(run: (target: Client) => void): void {
    this.#onReached.push(run);
    this.#connectWaiting();
  }

  get over(): boolean {
    return this.#ended;
  }

  /**
   * Puts something on the session's record. Bounded by kind: a client that asks for a thousand refused forwards leaves
   * the first of them and, at the end, how many more there were.
   */
  event(type: SessionEvent['type'], detail: string): void {
    const so = (this.#events.get(type) ?? 0) + 1;
    this.#events.set(type, so);
    if (so > MOST_EVENTS) return;
    this.#tell(type, so === MOST_EVENTS ? `${detail} (further ones are counted only)` : detail);
  }

  /** Not bounded with the other events: a target that makes many of those must not get signatures that nobody sees. */
  signed(detail: string): boolean {
    if (this.#signatures >= MOST_SIGNATURES) return false;
    this.#signatures += 1;
    this.#tell('forward', detail);
    return !this.#ended;
  }

  get files(): FileTerms | undefined {
    return this.ticket.obligations.files;
  }

  touched(act: FileAct): void {
    this.event(act.refused === undefined ? 'file' : 'refused', plain(lineOf(act)));
  }

  get commands(): readonly CommandRule[] {
    return this.ticket.obligations.commands ?? [];
  }

  matched(rule: CommandRule, command: string, tell: (sentence: string) => void): Verdict | Promise<Verdict> {
    return actOnMatch(this.ticket, rule, command, {
      tell,
      end: (reason, sentence) => this.end(reason, sentence),
      event: (detail) => this.event('rule', detail),
    });
  }

  #tell(type: SessionEvent['type'], detail: string): void {
    try {
      this.ticket.event({ type, atMs: Math.round(performance.now() - this.#began), detail });
    } catch (error) {
      this.fault(error);
    }
  }

  /** Takes a channel in: recorded from now on, connected as soon as the target is. */
  attach(channel: RelayChannel): void {
    if (channel.over) return;
    if (this.#ended) return channel.cut(undefined);
    this.#channels.add(channel);
    this.#deps.metrics.channels += 1;
    this.#deps.metrics.channelsOpen += 1;
    if (this.#paused !== undefined) channel.pause();
    try {
      channel.bind(this);
    } catch (error) {
      return this.fault(error);
    }
    const { kind, command = '' } = channel.plan.meta;
    const refused = kind === 'exec' ? refusedCommand(this.files, command) : undefined;
    if (refused !== undefined) {
      this.event('refused', plain(`${command}: ${refused}`));
      return channel.refuse(`Reeve: ${refused}`, 1);
    }
    this.event(kind, channel.plan.detail);
    if (this.#ended) return;
    if (channel.plan.meta.kind === 'shell' && channel.plan.raw) channel.notice(this.ticket.notice);
    if (this.#paused !== undefined) channel.tell(this.#paused);
    const rule = kind === 'exec' ? ruleFor(this.commands, command) : undefined;
    const verdict = rule === undefined ? 'go on' : this.matched(rule, command, (sentence) => channel.notice(sentence));
    if (verdict instanceof Promise) void verdict.then((later) => this.#begin(channel, later));
    else this.#begin(channel, verdict);
  }

  /** What was asked for begins on the target, or was asked for in vain. */
  #begin(channel: RelayChannel, verdict: Verdict): void {
    if (this.#ended || channel.over) return;
    if (verdict !== 'go on') return channel.refuse('', 1);
    this.#waiting.push(channel);
    this.#connectWaiting();
  }

  #connectWaiting(): void {
    const target = this.#target;
    if (target === undefined || this.#paused !== undefined) return;
    for (const channel of this.#waiting.splice(0)) if (!channel.over) channel.connect(target);
    for (const run of this.#onReached.splice(0)) run(target);
  }

  #obey({ kind, sentence }: SessionOrder): void {
    if (this.#ended) return;
    try {
      if (kind === 'pause') {
        this.#paused = sentence;
        for (const channel of this.#channels) channel.pause();
      }
      for (const channel of this.#channels) channel.tell(sentence);
      if (kind === 'resume') {
        this.#paused = undefined;
        for (const channel of this.#channels) channel.resume();
        this.#connectWaiting();
      }
    } catch (error) {
      this.fault(error);
    }
  }

  record(meta: ChannelMeta): ChannelRecorder {
    return this.ticket.recorder.channel(meta);
  }

  /** The recorder wants a pause: nothing is read from either side until it has caught up. */
  recorded(mayGoOn: boolean): void {
    if (mayGoOn || this.#recorderBusy || this.#ended) return;
    this.#recorderBusy = true;
    this.#deps.metrics.recorderWaits += 1;
    this.#personReads.hold('recorder');
    this.#targetReads?.hold('recorder');
    this.ticket.recorder.drained().then(
      () => {
        this.#recorderBusy = false;
        this.#personReads.release('recorder');
        this.#targetReads?.release('recorder');
        return undefined;
      },
      (error: unknown) => this.fault(error),
    );
  }

  sentToPerson(bytes: number): void {
    this.#bytesOut += bytes;
    this.#deps.metrics.bytesOut += bytes;
    this.#checkPerson();
  }

  sentToTarget(bytes: number): void {
    this.#bytesIn += bytes;
    this.#deps.metrics.bytesIn += bytes;
    this.#checkTarget();
  }

  asked(): void {
    this.#checkTarget();
  }

  closed(channel: RelayChannel): void {
    if (this.#channels.delete(channel)) this.#deps.metrics.channelsOpen -= 1;
  }

  abused(by: 'person' | 'target'): void {
    this.#deps.metrics.protocolViolations += 1;
    this.end(
      `protocol violation by the ${by}`,
      `Reeve: the ${by === 'target' ? 'target' : 'client'} broke the protocol; the session was ended.`,
    );
  }

  /** A fault of our own: the session ends rather than run on half broken. */
  fault(error: unknown): void {
    this.#deps.log.error('ssh: session ended by a fault', { sessionId: this.ticket.sessionId, error: String(error) });
    this.end('internal fault', 'Reeve: this session was ended by an internal fault.');
  }

  /** Ends everything. Safe to call from anywhere, any number of times. `sentence` is what the person is told. */
  end(reason: string, sentence?: string): void {
    if (this.#ended) return;
    this.#over(reason, sentence);
    this.#hangUp(sentence);
  }

  #over(reason: string, sentence?: string): void {
    this.#ended = true;
    const { ticket } = this;
    for (const [type, so] of this.#events) if (so > MOST_EVENTS) this.#tell(type, `${so - MOST_EVENTS} more of these`);
    ticket.kill.removeEventListener('abort', this.#onKill);
    this.#reaching.abort();
    if (this.#target !== undefined) this.#leaveTarget(socketOf(this.#target));
    for (const channel of this.#channels) {
      try {
        channel.cut(sentence);
      } catch (error) {
        this.#deps.log.error('ssh: a channel did not close', { sessionId: ticket.sessionId, error: String(error) });
      }
    }
    this.#deps.metrics.sessionsOpen -= 1;
    this.#deps.metrics.sessionsEnded += 1;
    Promise.resolve()
      .then(() => ticket.ended({ reason, bytesIn: this.#bytesIn, bytesOut: this.#bytesOut }))
      .catch((error: unknown) => {
        this.#deps.log.error('ssh: the end of a session was not taken', {
          sessionId: ticket.sessionId,
          error: String(error),
        });
      });
  }

  /** Nothing more is read from the target; what was said to it last has a moment to leave. */
  #leaveTarget(socket: Socket): void {
    socket.pause();
    socket.end();
    setTimeout(() => socket.destroy(), this.#deps.limits.lastWordsMs).unref();
  }

  #killed(): void {
    // an sshd that loses a connection leaves commands without a terminal running
    for (const channel of this.#channels) channel.kill();
    const why = typeof this.ticket.kill.reason === 'string' ? this.ticket.kill.reason : 'access ended';
    this.#deps.metrics.sessionsKilled += 1;
    this.end(`killed: ${why}`, why.startsWith('Reeve:') ? why : `Reeve: ${why}`);
  }

  /** Whatever the client does with our last words, its socket is gone after `lastWordsMs`. */
  #hangUp(sentence: string | undefined): void {
    const socket = socketOf(this.#person);
    if (socket.destroyed) return;
    try {
      if (sentence !== undefined) sayGoodbye(this.#person, sentence);
    } catch {
      // the connection broke while we spoke; destroying it is what is left
    }
    socket.end();
    socket.resume();
    setTimeout(() => socket.destroy(), this.#deps.limits.lastWordsMs).unref();
  }

  async #reach(): Promise<void> {
    let target: Client;
    try {
      target = await connectTarget(this.ticket, this.#deps.limits, this.#reaching.signal, {
        stopsReading: (id) => {
          for (const channel of this.#channels) if (channel.targetId === id) channel.targetStoppedReading();
        },
        opened: (client, ours, theirs) => this.agent.opened(client, ours, theirs),
        violation: () => this.abused('target'),
      });
    } catch (error) {
      if (this.#ended) return;
      this.#deps.metrics.targetsFailed += 1;
      // part of it may be the target's own words
      const why = plain(error instanceof TargetRefused ? error.message : 'the target could not be used');
      if (error instanceof TargetRefused && error.kind === 'host_key') this.#deps.metrics.hostKeysRefused += 1;
      this.event('refused', why);
      if (this.#ended) return;
      this.#untold(`${why}.`);
      return this.#over(`target: ${why}`);
    }
    const socket = socketOf(target);
    const { systemName } = this.ticket.target;
    const lost = (): void =>
      this.end('the target closed the connection', `Reeve: ${systemName} closed the connection.`);
    target.on('error', (error) => {
      this.#deps.log.info('ssh: target connection error', { sessionId: this.ticket.sessionId, error: error.message });
      lost();
    });
    target.on('close', lost);
    if (this.#ended || socket.destroyed) {
      socket.destroy();
      return this.end('the target closed the connection');
    }
    this.#target = target;
    this.#targetReads = ReadHold.of(socket);
    if (this.#recorderBusy) this.#targetReads.hold('recorder');
    const personSocket = socketOf(this.#person);
    this.#checkPerson = holdWhileFull(personSocket, socket, 'the person does not read');
    this.#checkTarget = holdWhileFull(socket, personSocket, 'the target does not read');
    this.#connectWaiting();
  }
}
