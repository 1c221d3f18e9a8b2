import type { Client, Connection, ServerChannel, Session, TcpipRequestInfo } from 'ssh2';
import type { GatewayMetrics } from './metrics.ts';
import type { GatewayLimits } from './options.ts';
import {
  followRequests,
  noWishes,
  planAgent,
  planComer,
  planExec,
  planForward,
  planShell,
  planSubsystem,
  readCommand,
  wishTerminal,
  wishVariable,
} from './plan-channel.ts';
import type { AgentComer } from './relay/agent/lent-agent.ts';
import { couldListen, listenOnTarget, mayListen, type Comer, type ListenAt } from './relay/listen-on-target.ts';
import { RelayChannel, SMALLEST_PACKET, type ChannelPlan } from './relay/relay-channel.ts';
import type { RelaySession } from './relay/relay-session.ts';
import { currentMessage } from './screen-client.ts';
import { plain } from './tell.ts';
import { freeEmptySession, onInputEnd, openAgent, packetSizeOf } from './wire/ssh2-surface.ts';

/** Addresses somebody may ask to listen on before it is known whether they are let in. */
const MOST_LISTENS = 16;
/** Ways to somebody's agent at once. */
const MOST_AGENTS = 8;
const SUBSYSTEM = /^[A-Za-z0-9._@-]{1,64}$/;

/**
 * The channels of one connection. Each is accepted in the turn it is asked for, because ssh2 cannot take one up later
 * when the client has already closed its input; then it waits here until the person is admitted or refused.
 */
export class ServeChannels {
  readonly #conn: Connection;
  readonly #limits: GatewayLimits;
  readonly #metrics: GatewayMetrics;
  readonly #abuse: () => void;
  readonly #waiting = new Set<RelayChannel>();
  readonly #running = new Map<number, RelayChannel>();
  readonly #notes: string[] = [];
  readonly #undecided: { readonly host: string; readonly port: number; readonly answer: (refusal?: string) => void }[] =
    [];
  readonly #listens: (() => void)[] = [];
  readonly #listening = new Set<number>();
  #open = 0;
  /** Open channels for which the person's agent was asked for, and channels to it. */
  #askers = 0;
  #agents = 0;
  #session: RelaySession | undefined;
  #refusal: { readonly sentence: string; readonly code: number; readonly told: () => void } | undefined;

  constructor(conn: Connection, limits: GatewayLimits, metrics: GatewayMetrics, abuse: () => void) {
    this.#conn = conn;
    this.#limits = limits;
    this.#metrics = metrics;
    this.#abuse = abuse;
  }

  /** The person is in, or was and has left meanwhile: what was refused before goes on the record. */
  record(session: RelaySession): void {
    this.#session = session;
    for (const note of this.#notes.splice(0)) session.event('refused', note);
    for (const { host, port, answer } of this.#undecided.splice(0)) {
      if (this.mayForward(host, port) === true) answer();
      else this.#refuseForward(host, port, answer);
    }
    for (const listen of this.#listens.splice(0)) listen();
  }

  /** The person is in: what waited begins. */
  admitted(session: RelaySession): void {
    for (const channel of this.#waiting) session.attach(channel);
    this.#waiting.clear();
  }

  /** The person is not let in: every channel is told, now or when it comes, and then the connection ends. */
  refuseAll(sentence: string, code: number, told: () => void): void {
    this.#refusal = { sentence, code, told };
    const running = [...this.#running.values()];
    const forwards = this.#undecided.splice(0);
    for (const { answer } of forwards) answer(sentence);
    for (const listen of this.#listens.splice(0)) listen();
    if (running.length + forwards.length === 0) return;
    for (const channel of running) channel.refuse(sentence, code);
    this.#waiting.clear();
    told();
  }

  /** Something was asked for that nobody gets; it goes into the session's record. */
  note(what: string): void {
    this.#metrics.requestsRefused += 1;
    if (this.#session !== undefined) this.#session.event('refused', what);
    else if (this.#notes.length < 100) this.#notes.push(what);
  }

  /**
   * The client closes a channel: it is not closed on our side before the target has said how its command ended, because
   * ssh2 would answer at once and the exit status could no longer be sent.
   */
  closes(id: number, handOn: () => void): boolean {
    const relay = this.#running.get(id);
    if (relay === undefined || relay.over) return false;
    relay.leave(handOn);
    return true;
  }

  stopsReading(id: number): void {
    this.#running.get(id)?.personStoppedReading();
  }

  /** Undefined while it is not decided whether the person is let in at all. */
  mayForward(host: string, port: number): boolean | undefined {
    if (this.#session === undefined) return this.#refusal === undefined ? undefined : false;
    return this.#session.ticket.obligations.allowForwarding.includes(`${host}:${port}`);
  }

  /** Keeps a forward until it can be judged: `ssh -W` asks for one in the breath of its login. */
  whenDecided(host: string, port: number, answer: (refusal?: string) => void): void {
    if (this.#undecided.length < this.#limits.channelsPerConnection) this.#undecided.push({ host, port, answer });
    else this.#refuseForward(host, port, answer);
  }

  #refuseForward(host: string, port: number, answer: (refusal?: string) => void): void {
    const what = plain(`forward to ${host}:${port}`);
    this.note(what);
    answer(`Reeve: ${what} is not allowed in this session`);
  }

  /** Asks the target to listen for the person (`ssh -R`), where the ticket names the port; each who comes is a channel. */
  listen(at: ListenAt, accept: (() => void) | undefined, reject: (() => void) | undefined): void {
    const session = this.#session;
    const undecided = session === undefined && this.#refusal === undefined;
    if (undecided && couldListen(at) && this.#listens.length < MOST_LISTENS) {
      this.#listens.push(() => this.listen(at, accept, reject));
      return;
    }
    const ports = session?.ticket.obligations.allowListening;
    if (session === undefined || !mayListen(at, ports) || this.#listening.has(at.port)) {
      this.note('listening on the target (tcpip-forward)');
      return reject?.();
    }
    this.#listening.add(at.port);
    session.whenReached((target) =>
      listenOnTarget(
        target,
        at,
        (listens) => {
          if (listens) session.event('forward', `listens on ${at.host}:${at.port} of the target`);
          (listens ? accept : reject)?.();
        },
        (comer) => this.#welcome(at, comer),
      ),
    );
  }

  #welcome(at: ListenAt, comer: Comer): void {
    this.#takeIn(comer, planComer(at, comer), (opened) =>
      this.#conn.forwardOut(at.host, at.port, comer.from, comer.port, opened),
    );
  }

  /** Somebody comes from the target: a channel to the person is opened for them. */
  #takeIn(
    comer: Pick<Comer, 'reject'>,
    plan: ChannelPlan,
    open: (opened: (error: Error | undefined, channel: ServerChannel) => void) => void,
    closed: () => void = () => {},
  ): void {
    if (!this.#room() || this.#session?.over !== false) return comer.reject();
    this.#open += 1;
    const over = (): void => {
      this.#open -= 1;
      closed();
    };
    open((error, channel) => {
      if (error !== undefined) {
        over();
        return comer.reject();
      }
      channel.on('close', over);
      if (packetSizeOf(channel) < SMALLEST_PACKET) return this.#abuse();
      this.#start(plan, channel);
      // what asked for it may have ended while the person's client took its time to open it
      this.#takeBack();
    });
  }

  /** Whether the person's agent may be used from the target; undefined while nobody knows. */
  #mayLend(): boolean | undefined {
    if (this.#session === undefined) return this.#refusal === undefined ? undefined : false;
    return this.#session.ticket.obligations.allowAgent;
  }

  /** A program on the target may come for the agent only while a channel is open that asked for it. */
  #lend(comer: AgentComer): void {
    if (this.#askers === 0 || this.#agents >= MOST_AGENTS) {
      this.note('the agent, which nobody lends now');
      return comer.reject();
    }
    this.#agents += 1;
    let lent = true;
    const back = (): void => {
      if (lent) this.#agents -= 1;
      lent = false;
    };
    const reject = (): void => {
      back();
      comer.reject();
    };
    this.#takeIn({ reject }, planAgent(comer), (opened) => openAgent(this.#conn, opened), back);
  }

  /** Nobody asks for the agent any more: what the target still has of it is closed. */
  #takeBack(): void {
    if (this.#askers > 0) return;
    for (const relay of this.#running.values()) if (relay.plan.isAgent === true) relay.cut(undefined);
  }

  forward(accept: () => ServerChannel, reject: () => void, info: TcpipRequestInfo): void {
    const session = this.#session;
    if (session === undefined || this.mayForward(info.destIP, info.destPort) !== true || !this.#room()) return reject();
    const plan = planForward({ host: info.srcIP, port: info.srcPort }, { host: info.destIP, port: info.destPort });
    const channel = accept() as ServerChannel | undefined;
    if (channel === undefined) return;
    if (packetSizeOf(channel) < SMALLEST_PACKET) return this.#abuse();
    this.#open += 1;
    channel.on('close', () => (this.#open -= 1));
    this.#start(plan, channel);
  }

  open(accept: () => Session | undefined, reject: () => void): void {
    if (!this.#room()) {
      this.note('more channels than one connection may have');
      return reject();
    }
    const session = accept();
    if (session === undefined) return;
    if (packetSizeOf(session) < SMALLEST_PACKET) return this.#abuse();
    this.#open += 1;
    session.on('close', () => {
      this.#open -= 1;
      freeEmptySession(this.#conn, session);
    });
    const wishes = noWishes();
    let running: RelayChannel | undefined;
    let saidAll = false;
    onInputEnd(session, () => (saidAll = true));
    const reply = (yes: boolean, accept: unknown, reject: unknown): void => {
      (yes ? (accept as (() => void) | undefined) : (reject as (() => void) | undefined))?.();
    };
    session.on('env', (accept, reject, { key, val }) => reply(wishVariable(wishes, key, val), accept, reject));
    session.on('pty', (accept, reject) => reply(wishTerminal(wishes, currentMessage()), accept, reject));
    session.on('auth-agent', (accept, reject) => {
      if (this.#mayLend() === false) this.note('agent forwarding');
      else wishes.withAgent = (target, open) => this.#askForAgent(session, target, open);
      reply(wishes.withAgent !== undefined, accept, reject);
    });
    session.on('x11', (accept, reject) => {
      this.note('X11 forwarding');
      reply(false, accept, reject);
    });
    const begin = (plan: ChannelPlan, accept: () => ServerChannel): void => {
      if (running !== undefined) return;
      const channel = accept() as ServerChannel | undefined;
      if (channel === undefined) return;
      running = this.#start(plan, channel);
      if (saidAll) running.personSaidAll();
    };
    session.on('shell', (accept) => begin(planShell(wishes), accept));
    session.on('exec', (accept, reject) => {
      const command = readCommand(currentMessage());
      if (command === undefined) return reject?.();
      begin(planExec(wishes, command), accept);
    });
    session.on('subsystem', (accept, reject, { name }) => {
      if (!SUBSYSTEM.test(name)) return reject?.();
      begin(planSubsystem(wishes, name), accept);
    });
    followRequests(session, {
      passOn: (request, body) => running?.passOn(request, body),
      resize: (cols, rows) => running?.resize(cols, rows),
    });
  }

  /** The person is in: what was asked for in the breath of the login is judged now. */
  #askForAgent(session: Session, target: Client, open: () => void): void {
    if (this.#session === undefined || this.#mayLend() !== true) {
      this.note('agent forwarding');
      return open();
    }
    this.#askers += 1;
    session.on('close', () => {
      this.#askers -= 1;
      this.#takeBack();
    });
    this.#session.agent.ask(target, (comer) => this.#lend(comer), open);
  }

  #room(): boolean {
    return this.#open < this.#limits.channelsPerConnection;
  }

  #start(plan: ChannelPlan, channel: ServerChannel): RelayChannel {
    const relay = new RelayChannel(plan, channel, {
      abuse: this.#abuse,
      over: (it) => void this.#running.delete(it.id),
    });
    this.#running.set(relay.id, relay);
    if (this.#refusal === undefined && this.#session !== undefined) this.#session.attach(relay);
    else if (this.#refusal !== undefined) {
      relay.refuse(this.#refusal.sentence, this.#refusal.code);
      this.#refusal.told();
    } else this.#waiting.add(relay);
    return relay;
  }
}
