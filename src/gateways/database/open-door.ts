import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { ConnectionLimits, listen } from '#kit/door/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Log } from '#kit/log/index.ts';
import { countsAsMetrics, type Metric } from '#kit/metrics/index.ts';
import { DATABASE_COUNTS, type DatabaseGatewayMetrics } from './metrics.ts';
import type { DatabaseGatewayLimits, DatabaseGatewayOptions } from './options.ts';

/** A gateway for databases that listens. */
export interface DatabaseGateway {
  /** Where it listens. */
  readonly address: AddressInfo;
  readonly metrics: Readonly<DatabaseGatewayMetrics>;
  /** The same, for whoever watches from outside. */
  measure(): readonly Metric[];
  /** Takes no more connections, gives sessions `drainMs` to end by themselves, then ends them. */
  stop(drainMs: number): Promise<void>;
}

/** One connection from its first byte to its last. */
export interface Connection {
  /** It has a session. */
  readonly busy: boolean;
  /** Serves it. Never throws. */
  run(): Promise<void>;
  /** Ends it from outside. */
  end(reason: string, sentence: string): Promise<void>;
}

/** Of which database: its name in sentences, and the tag of its codes and log lines. */
export interface DoorName {
  readonly title: string;
  readonly tag: string;
}

/**
 * Listens for clients of a database and counts them. Throws AppError `<tag>_gateway.listen` when the address cannot be
 * had. `loggedIn` says whether this person may have one more connection.
 */
export async function openDoor(
  parts: {
    readonly name: DoorName;
    readonly options: Pick<DatabaseGatewayOptions, 'host' | 'port'>;
    readonly log: Log;
    readonly metrics: DatabaseGatewayMetrics;
    readonly limits: DatabaseGatewayLimits;
  },
  serve: (socket: Socket, loggedIn: (identityId: string) => boolean) => Connection,
): Promise<DatabaseGateway> {
  const { name, options, log, metrics, limits } = parts;
  const doors = new ConnectionLimits(limits);
  const connections = new Map<Socket, Connection>();

  const door = createServer({ noDelay: true, keepAlive: true, pauseOnConnect: true }, (socket) => {
    const pass = doors.enter(socket.remoteAddress ?? '', () => {
      metrics.refusedForLoad += 1;
      socket.destroy();
    });
    if (pass === undefined) {
      metrics.refusedForLoad += 1;
      socket.destroy();
      return;
    }
    metrics.connections += 1;
    metrics.connectionsOpen += 1;
    const late = setTimeout(() => socket.destroy(), limits.loginMs);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(late);
      pass.left();
      connections.delete(socket);
      metrics.connectionsOpen -= 1;
    });
    const loggedIn = (identityId: string): boolean => {
      clearTimeout(late);
      return pass.loggedIn(identityId);
    };
    const connection = serve(socket, loggedIn);
    connections.set(socket, connection);
    void connection.run();
  });

  await listen(door, options, { who: `the ${name.title} gateway`, code: `${name.tag}_gateway.listen` });
  door.on('error', (error) => log.error(`${name.tag}: listener error`, { error: error.message }));

  const stop = async (drainMs: number): Promise<void> => {
    const closed = new Promise<void>((resolve) => door.close(() => resolve()));
    for (const [socket, connection] of connections) if (!connection.busy) socket.destroy();
    const drained = new Promise<void>((resolve) => setTimeout(resolve, drainMs).unref());
    await Promise.race([closed, drained]);
    await Promise.all(
      [...connections.values()].map((c) =>
        c.end('the gateway stopped', 'the gateway is stopping; connect again in a moment'),
      ),
    );
    await closed;
  };
  return {
    address: door.address() as AddressInfo,
    metrics,
    measure: () => countsAsMetrics('reeve_gateway', DATABASE_COUNTS, metrics, { gateway: name.tag }),
    stop,
  };
}

/** What a gateway shows its clients. Throws AppError `<tag>_gateway.certificate` for a key and certificate that cannot be used. */
export function secureContextOf(
  name: DoorName,
  options: Pick<DatabaseGatewayOptions, 'key' | 'certificate'>,
): SecureContext {
  try {
    return createSecureContext({ key: options.key, cert: options.certificate, minVersion: 'TLSv1.2' });
  } catch {
    throw new AppError({
      code: `${name.tag}_gateway.certificate`,
      status: 500,
      detail: `the key and certificate of the ${name.title} gateway cannot be used`,
      fix: 'give it a PEM key without passphrase and the certificate of that key',
    });
  }
}
