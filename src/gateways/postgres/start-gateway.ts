import { loadModule } from 'libpg-query';
import {
  DEFAULT_LIMITS,
  newMetrics,
  openDoor,
  secureContextOf,
  type DatabaseGateway,
  type DatabaseGatewayOptions,
} from '../database/index.ts';
import type { PasswordGatewayPorts } from '../port.ts';
import { CancelKeys } from './cancel-keys.ts';
import { ServeConnection } from './serve-connection.ts';

const name = { title: 'PostgreSQL', tag: 'postgres' };

/**
 * Starts the PostgreSQL gateway. Throws AppError `postgres_gateway.certificate` for a key and certificate it cannot use
 * and `postgres_gateway.listen` when the address cannot be had.
 */
export async function startPostgresGateway(
  options: DatabaseGatewayOptions,
  ports: PasswordGatewayPorts,
): Promise<DatabaseGateway> {
  const { log } = ports;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const metrics = newMetrics();
  const context = secureContextOf(name, options);
  const cancels = new CancelKeys(log);
  await loadModule();
  return openDoor(
    { name, options, log, metrics, limits },
    (socket, loggedIn) => new ServeConnection(socket, loggedIn, { ports, log, metrics, limits, context, cancels }),
  );
}
