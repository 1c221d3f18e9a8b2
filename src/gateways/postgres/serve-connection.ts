import type { Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import type { Log } from '#kit/log/index.ts';
import {
  BROWSER_NAME,
  fromReeve,
  parseLoginName,
  plainAddress,
  printable,
  StandingOrders,
  wipe,
  type ByteReader,
  type DatabaseGatewayLimits,
  type DatabaseGatewayMetrics,
  type LoginName,
} from '../database/index.ts';
import type { PasswordGatewayPorts, Ticket } from '../port.ts';
import type { CancelKeys } from './cancel-keys.ts';
import { receiveClient } from './login/receive-client.ts';
import { takePassword } from './login/take-password.ts';
import { connectTarget } from './relay/connect-target.ts';
import { RelaySession } from './relay/relay-session.ts';
import { TargetRefused } from './relay/target-refused.ts';
import { hidePasswords } from './statements/hide-passwords.ts';
import { judgeOf } from './statements/judge-statement.ts';
import { refuseParameters } from './statements/judge-parameters.ts';
import { refuseStopping } from './statements/stops-others.ts';
import {
  authenticationOk,
  backendKey,
  errorResponse,
  frame,
  negotiateDown,
  notice,
  sentence,
  T,
  type Problem,
} from './wire/messages.ts';

export interface ConnectionDeps {
  readonly ports: PasswordGatewayPorts;
  readonly log: Log;
  readonly metrics: DatabaseGatewayMetrics;
  readonly limits: DatabaseGatewayLimits;
  readonly context: SecureContext;
  readonly cancels: CancelKeys;
}

/** Clients of which it is known that a person reads what they are told at the login. */
const SHOWS_NOTICES: ReadonlySet<string> = new Set(['psql', BROWSER_NAME]);
/** Where one goes who names no database, as psql says it: the login name again. */
const USUAL_DATABASE = 'postgres';

/** One connection from its first byte to its last. */
export class ServeConnection {
  readonly #socket: Socket;
  readonly #address: string;
  readonly #deps: ConnectionDeps;
  readonly #loggedIn: (identityId: string) => boolean;
  #over: TLSSocket | undefined;
  #session: RelaySession | undefined;

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
      this.#deps.log.debug('postgres: connection dropped', { address: this.#address, error: String(error) });
      this.#socket.destroy();
    }
  }

  async #serve(): Promise<void> {
    const { context, cancels, metrics } = this.#deps;
    const received = await receiveClient(this.#socket, context);
    if (received.kind === 'gone') return void this.#socket.destroy();
    if (received.kind === 'cancel') {
      if (cancels.use(received.pid, received.secret, this.#address)) metrics.cancels += 1;
      else metrics.cancelsRefused += 1;
      return void this.#socket.end();
    }
    if (received.kind === 'unsafe')
      return this.#refuse({
        severity: 'FATAL',
        code: '28000',
        message: 'Reeve takes connections over TLS only',
        hint: 'Connect with sslmode=verify-full.',
      });
    const { socket, reader, startup } = received;
    this.#over = socket;
    if (startup.minor > 0 || startup.protocolOptions.length > 0) socket.write(negotiateDown(startup.protocolOptions));
    const name = parseLoginName(startup.parameters.get('user') ?? '');
    const password = await takePassword(socket, reader);
    if (password === undefined) return void this.#socket.destroy();
    try {
      await this.#logIn(name, password, startup.parameters, reader);
    } finally {
      password.fill(0);
    }
  }

  async #logIn(
    name: LoginName | undefined,
    password: Buffer,
    parameters: ReadonlyMap<string, string>,
    reader: ByteReader,
  ): Promise<void> {
    const { ports, metrics } = this.#deps;
    if (name === undefined)
      return this.#refuse({
        severity: 'FATAL',
        code: '28000',
        message: 'the user name does not say where to go',
        hint: 'Write account@system, or account%system where a URL cannot have two @.',
      });
    const asked = parameters.get('database') ?? '';
    const database = asked === '' || asked === parameters.get('user') ? USUAL_DATABASE : asked;
    if (parameters.has('replication'))
      return this.#refuse({ severity: 'FATAL', code: '0A000', message: 'replication does not go through Reeve' });
    const proof = { protocol: 'postgres', password, database, address: this.#address, ...name } as const;
    const who = await ports.redeem(proof);
    if (who === undefined) {
      metrics.loginsRefused += 1;
      return this.#refuse({
        severity: 'FATAL',
        code: '28P01',
        message: `password authentication failed for user "${name.account}@${name.system}"`,
        hint: 'Take a fresh password: reeve db credential, or let reeve db connect do all of it.',
      });
    }
    if (!this.#loggedIn(who.identityId)) {
      metrics.refusedForLoad += 1;
      return this.#refuse({ severity: 'FATAL', code: '53300', message: 'you have too many connections open' });
    }
    metrics.loginsAccepted += 1;
    const application = parameters.get('application_name') ?? '';
    const admission = await ports.admit({
      protocol: 'postgres',
      identityId: who.identityId,
      ...(who.passwordId === undefined ? {} : { passwordId: who.passwordId }),
      clientAddress: who.address ?? this.#address,
      clientVersion: printable(application),
      obeysOrders: true,
      ...name,
    });
    if (!admission.admitted) {
      metrics.admissionsRefused += 1;
      return this.#refuse({ severity: 'FATAL', code: '28000', message: `Reeve: ${admission.message}` });
    }
    const of = [who.identityId, name.account, name.system].join(' ');
    await this.#open(admission.ticket, { database, parameters, of }, reader);
  }

  async #open(
    ticket: Ticket,
    asked: {
      readonly database: string;
      readonly parameters: ReadonlyMap<string, string>;
      /** Whose session it is, on which account. */
      readonly of: string;
    },
    reader: ByteReader,
  ): Promise<void> {
    const { database, parameters, of } = asked;
    const { metrics, limits, log, cancels } = this.#deps;
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
      const rules = ticket.obligations.statements;
      const passed = new Map([...parameters].filter(([key]) => key !== 'user' && key !== 'database'));
      const unfit = refuseParameters(passed, rules);
      if (unfit !== undefined)
        return await failed({ severity: 'FATAL', code: '42501', message: `Reeve: ${unfit}` }, 'refused parameters');
      if (rules?.readOnly === true) passed.set('default_transaction_read_only', 'on');
      passed.set('database', database);
      const target = await connectTarget(ticket, passed, limits, reaching.signal);
      const client = this.#over;
      if (client === undefined || client.destroyed || reader.release().length > 0) {
        target.stream.destroy();
        this.#socket.destroy();
        return await ticket.ended({ reason: 'the client left', bytesIn: 0, bytesOut: 0 });
      }
      const cancel = cancels.issue({
        target: ticket.target,
        key: target.key,
        address: this.#address,
        of,
        passes: () => orders.letsCancel(),
      });
      const judged = judgeOf(rules, target.parameters);
      const stopping =
        ticket.obligations.sharedAccount === true ? refuseStopping(() => cancels.backendsOf(of)) : undefined;
      const session = new RelaySession(
        {
          ticket,
          client,
          target,
          database,
          judge: (raw, text) => judged(raw, text) ?? stopping?.(raw, text),
          hide: hidePasswords,
          cancel: cancel.fire,
          orders,
        },
        { log, metrics, limits },
      );
      this.#session = session;
      client.write(
        Buffer.concat([
          authenticationOk,
          ...target.greeting,
          backendKey(cancel.pid, cancel.secret),
          ...(SHOWS_NOTICES.has(parameters.get('application_name') ?? '') ? [notice(ticket.notice)] : []),
          // before it is ready: a client at rest shows a notice with its next answer only
          ...orders.takeWords().map(sentence),
          frame(T.ready, Buffer.from('I')),
        ]),
      );
      session.start();
      await session.done;
      cancel.forget();
    } catch (error) {
      if (ticket.kill.aborted) {
        metrics.sessionsKilled += 1;
        const why = String(ticket.kill.reason);
        return await failed({ severity: 'FATAL', code: '57P01', message: fromReeve(why) }, `killed: ${printable(why)}`);
      }
      metrics.targetsFailed += 1;
      const known = error instanceof TargetRefused ? error : undefined;
      if (known === undefined) log.error('postgres: a session did not begin', { sessionId: ticket.sessionId, error });
      if (known?.kind === 'untrusted') metrics.certificatesRefused += 1;
      const problem = known?.problem ?? { severity: 'FATAL', code: 'XX000', message: 'the session did not begin' };
      await failed(
        { ...problem, message: `Reeve: ${problem.message}` },
        `target: ${printable(known?.message ?? 'internal fault')}`,
      );
    } finally {
      wipe(ticket.credential);
      ticket.kill.removeEventListener('abort', stop);
    }
  }

  #refuse(problem: Problem): void {
    const socket = this.#over ?? this.#socket;
    socket.end(errorResponse(problem));
    socket.resume();
    setTimeout(() => this.#socket.destroy(), 1_000).unref();
  }
}
