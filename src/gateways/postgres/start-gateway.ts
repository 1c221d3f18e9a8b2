import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { loadModule } from 'libpg-query';
import { AppError } from '#kit/errors/index.ts';
import { countsAsMetrics, type Metric } from '#kit/metrics/index.ts';
import { ConnectionLimits, listen } from '#kit/door/index.ts';
import type { PasswordGatewayPorts } from '../port.ts';
import { CancelKeys } from './cancel-keys.ts';
import { newMetrics, POSTGRES_COUNTS, type PostgresGatewayMetrics } from './metrics.ts';
import { DEFAULT_LIMITS, type PostgresGatewayOptions } from './options.ts';
import { ServeConnection } from './serve-connection.ts';

export interface PostgresGateway {
  /** Where it listens. */
  readonly address: AddressInfo;
  readonly metrics: Readonly<PostgresGatewayMetrics>;
  /** The same, for whoever watches from outside. */
  measure(): readonly Metric[];
  /** Takes no more connections, gives sessions `drainMs` to end by themselves, then ends them. */
  stop(drainMs: number): Promise<void>;
}

/**
 * Starts the PostgreSQL gateway. Throws AppError `postgres_gateway.certificate` for a key and certificate it cannot use
 * and `postgres_gateway.listen` when the address cannot be had.
 */
export async function startPostgresGateway(
  options: PostgresGatewayOptions,
  ports: PasswordGatewayPorts,
): Promise<PostgresGateway> {
  const log = ports.log;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const metrics = newMetrics();
  const context = contextOf(options);
  const cancels = new CancelKeys(log);
  await loadModule();
  const doors = new ConnectionLimits(limits);
  const connections = new Map<Socket, ServeConnection>();

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
    const connection = new ServeConnection(socket, loggedIn, { ports, log, metrics, limits, context, cancels });
    connections.set(socket, connection);
    void connection.run();
  });

  await listen(door, options, { who: 'the PostgreSQL gateway', code: 'postgres_gateway.listen' });
  door.on('error', (error) => log.error('postgres: listener error', { error: error.message }));

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
    measure: () => countsAsMetrics('reeve_gateway', POSTGRES_COUNTS, metrics, { gateway: 'postgres' }),
    stop,
  };
}

function contextOf(options: PostgresGatewayOptions): ReturnType<typeof createSecureContext> {
  try {
    return createSecureContext({ key: options.key, cert: options.certificate, minVersion: 'TLSv1.2' });
  } catch {
    throw new AppError({
      code: 'postgres_gateway.certificate',
      status: 500,
      detail: 'the key and certificate of the PostgreSQL gateway cannot be used',
      fix: 'give it a PEM key without passphrase and the certificate of that key',
    });
  }
}
