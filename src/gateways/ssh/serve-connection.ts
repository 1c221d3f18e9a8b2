import type { Connection, Session } from 'ssh2';
import type { Log } from '#kit/log/index.ts';
import type { GatewayPorts } from '../port.ts';
import { admitLogin, type ProvenLogin } from './login/admit-login.ts';
import { openToTerrapin } from './wire/algorithms.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { GatewayLimits } from './options.ts';
import { parseLoginName } from './login/parse-login-name.ts';
import { screenClient } from './screen-client.ts';
import { RelaySession } from './relay/relay-session.ts';
import { ServeChannels } from './serve-channels.ts';
import { lendWith } from './wire/lent-reads.ts';
import { shareWindows } from './wire/take-wire.ts';
import { runLean, sayGoodbye, socketOf, strictKex } from './wire/ssh2-surface.ts';
import { plain } from './tell.ts';

export interface ConnectionDeps {
  readonly ports: GatewayPorts;
  readonly log: Log;
  readonly metrics: GatewayMetrics;
  readonly limits: GatewayLimits;
}

/** What the gateway may still do to a connection from outside. */
export interface LiveConnection {
  readonly busy: boolean;
  end(reason: string, sentence: string): void;
}

/** What the listener keeps of a connection. */
export interface Door {
  /** It is no stranger any more. False: that person has all the connections one may have. */
  readonly loggedIn: (identityId: string) => boolean;
  /** Its person is being asked: it may take so long to log in, once. */
  readonly waits: (ms: number) => void;
}

/** How long a refused person has to open the channel on which the refusal is told. */
const TELL_MS = 5_000;
const TOLD_MS = 1_000;
/** That somebody was asked in vain is told by whom was asked, not by the door. */
const ASKED_SPARE_MS = 5_000;

/**
 * One connection from first message to last: login, one admission, then every channel on that one ticket. Nothing of it
 * outlives the socket.
 */
export function serveConnection(
  conn: Connection,
  client: { readonly address: string; readonly version: string },
  door: Door,
  deps: ConnectionDeps,
): LiveConnection {
  const { log, metrics, limits, ports } = deps;
  const socket = socketOf(conn);
  const lean = runLean(conn);
  let session: RelaySession | undefined;
  let login: ProvenLogin | undefined;
  let gone = false;

  const drop = (why: string): void => {
    if (gone) return;
    log.debug('ssh: connection dropped', { address: client.address, why });
    if (session === undefined) socket.destroy();
    else session.end(why);
  };
  shareWindows(conn);
  const channels = new ServeChannels(conn, limits, metrics, () => drop('protocol violation'));
  const screen = screenClient(conn, {
    violation: (what) => {
      metrics.protocolViolations += 1;
      drop(`protocol violation: ${what}`);
    },
    refused: (what) => channels.note(what),
    mayForward: (host, port) => channels.mayForward(host, port),
    whenDecided: (host, port, then) => channels.whenDecided(host, port, then),
    stopsReading: (id) => channels.stopsReading(id),
    closes: (id, handOn) => channels.closes(id, handOn),
  });

  conn.on('error', (error: Error) => {
    log.debug('ssh: client connection error', { address: client.address, error: error.message });
    if (session !== undefined) session.end('the client connection failed');
    socket.destroy();
  });
  conn.on('handshake', (agreed) => {
    if (openToTerrapin(agreed.cs.cipher, strictKex(conn))) drop('cipher open to CVE-2023-48795');
  });
  conn.on('close', () => {
    gone = true;
    session?.end('the person left');
  });

  admitLogin(conn, client, ports, log, limits.authTries, {
    waits: (seconds) => door.waits(seconds * 1000 + ASKED_SPARE_MS),
    turnedAway: (sentence) => {
      goodbye(`Reeve: ${plain(sentence)}`);
      setTimeout(() => drop('turned away'), limits.lastWordsMs).unref();
    },
    proven: (proof) => (login = proof),
    refused: () => (metrics.loginsRefused += 1),
    tooMany: () => {
      sayGoodbye(conn, 'too many keys were refused; name the right one with -i and -o IdentitiesOnly=yes');
      socket.end();
      setTimeout(() => drop('too many refused keys'), limits.lastWordsMs).unref();
    },
  });
  conn.on('ready', () => {
    screen.loggedIn();
    lean.loggedIn();
    lendWith(socket, lean.lender);
    if (login === undefined) return drop('ready without a proven login');
    metrics.loginsAccepted += 1;
    if (!door.loggedIn(login.identityId)) {
      metrics.refusedForLoad += 1;
      return goodbye(
        `Reeve: you have ${limits.connectionsPerPerson} connections open, as many as one may have; end some first`,
      );
    }
    admit(login).catch((error: unknown) => {
      log.error('ssh: admission failed', { error: String(error) });
      refuse('access could not be decided just now; try again in a moment', 1);
    });
  });
  conn.on('session', (accept, reject) => channels.open(accept as () => Session | undefined, reject));
  conn.on('request', (accept, reject, name, about) => {
    // what was refused or is not there cannot be ended; OpenSSH asks no answer
    if (name !== 'tcpip-forward') return reject?.();
    channels.listen({ host: about.bindAddr, port: about.bindPort }, accept, reject);
  });
  conn.on('tcpip', (accept, reject, info) => channels.forward(accept, reject, info));

  /** Nothing will be opened: tells every channel, those still to come too, and then says goodbye. */
  const refuse = (message: string, code: number): void => {
    const sentence = `Reeve: ${plain(message)}`;
    const leave = (): void => goodbye(sentence);
    // a client that was told on its channel leaves by itself with the exit code it was given
    channels.refuseAll(sentence, code, () => void setTimeout(leave, TOLD_MS).unref());
    setTimeout(leave, TELL_MS).unref();
  };
  const goodbye = (sentence: string): void => {
    if (gone) return;
    try {
      sayGoodbye(conn, sentence);
    } catch {
      // already broken off
    }
    socket.end();
    setTimeout(() => socket.destroy(), limits.lastWordsMs).unref();
  };

  const admit = async (proof: ProvenLogin): Promise<void> => {
    const parsed = parseLoginName(proof.typed);
    if (!parsed.ok) {
      metrics.admissionsRefused += 1;
      return refuse(`${parsed.problem}. Log in as account@system, for instance: ssh root@web1@gateway`, 1);
    }
    const answer = await ports.admit({
      protocol: 'ssh',
      identityId: proof.identityId,
      ...(proof.certificateId === undefined ? {} : { certificateId: proof.certificateId }),
      ...(proof.keyId === undefined ? {} : { keyId: proof.keyId }),
      ...(proof.provenAt === undefined ? {} : { provenAt: proof.provenAt }),
      account: parsed.name.account,
      system: parsed.name.system,
      clientAddress: proof.address ?? client.address,
      clientVersion: client.version,
      obeysOrders: true,
    });
    if (!answer.admitted) {
      metrics.admissionsRefused += 1;
      return refuse(answer.message, 1);
    }
    session = new RelaySession(answer.ticket, conn, deps, (why) => refuse(why, 255));
    channels.record(session);
    if (gone) return session.end('the person left');
    if (!session.over) channels.admitted(session);
  };

  return {
    get busy() {
      return session !== undefined && !session.over;
    },
    end(reason, sentence) {
      if (session === undefined) socket.destroy();
      else session.end(reason, sentence);
    },
  };
}
