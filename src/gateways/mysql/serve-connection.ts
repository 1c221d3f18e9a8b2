import type { Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import type { Log } from '#kit/log/index.ts';
import {
  fromReeve,
  parseLoginName,
  plainAddress,
  printable,
  StandingOrders,
  wipe,
  type DatabaseGatewayLimits,
  type DatabaseGatewayMetrics,
} from '../database/index.ts';
import type { PasswordGatewayPorts, Ticket } from '../port.ts';
import type { ConnectionIds } from './connection-ids.ts';
import type { ClientHandshake } from './login/read-handshake.ts';
import { newConnectionId, newScramble, receiveClient, type Received } from './login/receive-client.ts';
import { takePassword } from './login/take-password.ts';
import { connectTarget, type OpenTarget } from './relay/connect-target.ts';
import { RelaySession } from './relay/relay-session.ts';
import { TargetRefused } from './relay/target-refused.ts';
import { FollowCommands } from './statements/follow-commands.ts';
import { hidePasswords } from './statements/hide-passwords.ts';
import { judgeOf, READING } from './statements/judge-statement.ts';
import { mayKill, STOPS_OTHERS } from './statements/stops-others.ts';
import { STATUS, towardsTarget } from './wire/capabilities.ts';
import { ERROR, errorPacket, okPacket, type Problem } from './wire/packets.ts';

export interface ConnectionDeps {
  readonly ports: PasswordGatewayPorts;
  readonly log: Log;
  readonly metrics: DatabaseGatewayMetrics;
  readonly limits: DatabaseGatewayLimits;
  readonly context: SecureContext;
  readonly ids: ConnectionIds;
  /** What clients are told the server's version is. */
  readonly version: string;
}

type Client = Extract<Received, { kind: 'client' }>;

/** Who it is, as the session's own numbers are known by. */
interface Who {
  readonly identityId: string;
  readonly account: string;
  readonly system: string;
  readonly address: string;
}

/** One connection from its first byte to its last. */
export class ServeConnection {
  readonly #socket: Socket;
  readonly #address: string;
  readonly #deps: ConnectionDeps;
  readonly #loggedIn: (identityId: string) => boolean;
  readonly #id = newConnectionId();
  #over: TLSSocket | undefined;
  #session: RelaySession | undefined;
  /** The number of the next packet to the client, while it is not in a session. */
  #sequence = 0;

  /** `loggedIn` says whether this person may have one more connection. */
  constructor(socket: Socket, loggedIn: (identityId: string) => boolean, deps: ConnectionDeps) {
    this.#socket = socket;
    this.#address = plainAddress(socket.remoteAddress ?? '');
    this.#loggedIn = loggedIn;
    this.#deps = deps;
  }

  get busy(): boolean {
    return this.#session !== undefined;
  }

  /** Ends it from outside. */
  async end(reason: string, sentence: string): Promise<void> {
    this.#session?.end(reason, sentence);
    if (this.#session === undefined) this.#socket.destroy();
    await this.#session?.done;
  }

  /** Serves it. Never throws: whatever goes wrong ends this connection and no other. */
  async run(): Promise<void> {
    try {
      await this.#serve();
    } catch (error) {
      this.#deps.metrics.protocolViolations += 1;
      this.#deps.log.debug('mysql: connection dropped', { address: this.#address, error: String(error) });
      this.#socket.destroy();
    }
  }

  async #serve(): Promise<void> {
    const { context, version } = this.#deps;
    const client = await receiveClient(this.#socket, context, {
      version,
      connectionId: this.#id,
      scramble: newScramble(),
    });
    if (client.kind === 'gone') return void this.#socket.destroy();
    this.#sequence = client.sequence;
    if (client.kind === 'unsafe')
      return this.#refuse({
        ...ERROR.insecureTransport,
        message: 'Reeve takes connections over TLS only: connect with --ssl-verify-server-cert and --ssl-ca',
      });
    this.#over = client.socket;
    const taken = await takePassword(client.socket, client.reader, client);
    if (taken === undefined) return this.#wrongPassword(client.handshake.user);
    this.#sequence = taken.sequence;
    try {
      await this.#logIn(client, taken.password);
    } finally {
      taken.password.fill(0);
    }
  }

  #wrongPassword(user: string): void {
    this.#deps.metrics.loginsRefused += 1;
    this.#refuse({
      ...ERROR.accessDenied,
      message: `Access denied for user '${printable(user)}': take a fresh password with reeve db credential, or let reeve db connect do all of it`,
    });
  }

  async #logIn(client: Client, password: Buffer): Promise<void> {
    const { ports, metrics } = this.#deps;
    const { user, database, attributes } = client.handshake;
    const name = parseLoginName(user);
    if (name === undefined)
      return this.#refuse({
        ...ERROR.accessDenied,
        message: 'the user name does not say where to go: write account@system, or account%system in a URL',
      });
    const proof = { protocol: 'mysql', password, address: this.#address, ...name } as const;
    const who = await ports.redeem(database === '' ? proof : { ...proof, database });
    if (who === undefined) return this.#wrongPassword(user);
    if (!this.#loggedIn(who.identityId)) {
      metrics.refusedForLoad += 1;
      return this.#refuse({ ...ERROR.tooManyConnections, message: 'you have too many connections open' });
    }
    metrics.loginsAccepted += 1;
    const program = attributes.find(([key]) => key.toString('latin1') === 'program_name')?.[1].toString('utf8');
    const admission = await ports.admit({
      protocol: 'mysql',
      identityId: who.identityId,
      ...(who.passwordId === undefined ? {} : { passwordId: who.passwordId }),
      clientAddress: who.address ?? this.#address,
      clientVersion: printable(program ?? ''),
      obeysOrders: true,
      ...name,
    });
    if (!admission.admitted) {
      metrics.admissionsRefused += 1;
      return this.#refuse({ ...ERROR.accessDenied, message: `Reeve: ${admission.message}` });
    }
    await this.#open(admission.ticket, client, { ...name, identityId: who.identityId, address: this.#address });
  }

  async #open(ticket: Ticket, client: Client, who: Who): Promise<void> {
    const { metrics, log, ids } = this.#deps;
    const orders = new StandingOrders(ticket);
    const reaching = new AbortController();
    const stop = (): void => reaching.abort();
    ticket.kill.addEventListener('abort', stop, { once: true });
    this.#socket.once('close', stop);
    const failed = async (problem: Problem, reason: string): Promise<void> => {
      ticket.event({ type: 'refused', atMs: 0, detail: printable(problem.message) });
      this.#refuse(problem);
      await ticket.ended({ reason, bytesIn: 0, bytesOut: 0 });
    };
    try {
      if (ticket.kill.aborted) stop();
      const target = await this.#reach(ticket, client.handshake, reaching.signal);
      if (client.socket.destroyed || client.reader.release().length > 0) {
        for (const line of [target.stream, target.control]) line.destroy();
        this.#socket.destroy();
        return await ticket.ended({ reason: 'the client left', bytesIn: 0, bytesOut: 0 });
      }
      ids.register(this.#id, { ...who, threadId: target.threadId, passes: () => orders.letsCancel() });
      const session = this.#relay(ticket, client, target, orders, who);
      this.#session = session;
      const words = [ticket.notice, ...orders.takeWords()].map(fromReeve).join(' ');
      client.socket.write(okPacket(this.#sequence, target.status & ~STATUS.stateChanged, words));
      session.start();
      await session.done;
    } catch (error) {
      if (ticket.kill.aborted) {
        metrics.sessionsKilled += 1;
        const why = String(ticket.kill.reason);
        return await failed({ ...ERROR.connectionKilled, message: fromReeve(why) }, `killed: ${printable(why)}`);
      }
      metrics.targetsFailed += 1;
      const known = error instanceof TargetRefused ? error : undefined;
      if (known === undefined) log.error('mysql: a session did not begin', { sessionId: ticket.sessionId, error });
      if (known?.kind === 'untrusted') metrics.certificatesRefused += 1;
      const problem = known?.problem ?? { ...ERROR.targetGone, message: 'the session did not begin' };
      await failed(
        { ...problem, message: `Reeve: ${problem.message}` },
        `target: ${printable(known?.message ?? 'internal fault')}`,
      );
    } finally {
      ids.forget(this.#id);
      wipe(ticket.credential);
      ticket.kill.removeEventListener('abort', stop);
    }
  }

  #reach(ticket: Ticket, handshake: ClientHandshake, stop: AbortSignal): Promise<OpenTarget> {
    const { flags, collation, database, attributes } = handshake;
    const rules = ticket.obligations.statements;
    const wanted = {
      flags: towardsTarget(flags),
      collation,
      database,
      attributes,
      variables: rules === undefined ? [] : READING,
      readOnly: rules?.readOnly === true,
    };
    return connectTarget(ticket, wanted, this.#deps.limits, stop);
  }

  #relay(ticket: Ticket, client: Client, target: OpenTarget, orders: StandingOrders, who: Who): RelaySession {
    const { log, metrics, limits, ids } = this.#deps;
    const { database } = client.handshake;
    const shared = ticket.obligations.sharedAccount === true;
    const recorder = ticket.recorder.statements({
      protocol: 'mysql',
      target: database === '' ? 'mysql' : `mysql ${database}`,
    });
    const follow = new FollowCommands(recorder, {
      judge: (current) => judgeOf(ticket.obligations.statements, { variables: target.variables, database: current }),
      hide: hidePasswords,
      resolveKill: (wanted) => ids.resolve(wanted, who, shared),
      stopsOthers: (text) => (shared && mayKill(text) ? STOPS_OTHERS : undefined),
      database,
    });
    return new RelaySession(
      { ticket, client: client.socket, target, follow, recorder, orders },
      { log, metrics, limits },
    );
  }

  #refuse(problem: Problem): void {
    const socket = this.#over ?? this.#socket;
    socket.end(errorPacket(this.#sequence, problem));
    socket.resume();
    setTimeout(() => this.#socket.destroy(), 1_000).unref();
  }
}
