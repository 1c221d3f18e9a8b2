import {
  DEFAULT_LIMITS,
  newMetrics,
  openDoor,
  secureContextOf,
  type DatabaseGateway,
  type DatabaseGatewayOptions,
} from '../database/index.ts';
import type { PasswordGatewayPorts } from '../port.ts';
import { ConnectionIds } from './connection-ids.ts';
import { ServeConnection } from './serve-connection.ts';
import { loadParser } from './statements/parse-sql.ts';

/** What the gateway can be told. Everything but key and certificate has a working default. */
export interface MysqlGatewayOptions extends DatabaseGatewayOptions {
  /**
   * What clients are told the server's version is. They hear it before they say where they want to go, and some choose by it
   * what they ask a server.
   */
  readonly version?: string;
}

const name = { title: 'MySQL', tag: 'mysql' };
/** As a MariaDB server says it, with the prefix that clients of before MariaDB 10 know. */
const VERSION = '5.5.5-10.11.0-MariaDB';

/**
 * Starts the gateway for MySQL and MariaDB. Throws AppError `mysql_gateway.certificate` for a key and certificate it
 * cannot use and `mysql_gateway.listen` when the address cannot be had.
 */
export async function startMysqlGateway(
  options: MysqlGatewayOptions,
  ports: PasswordGatewayPorts,
): Promise<DatabaseGateway> {
  const { log } = ports;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const metrics = newMetrics();
  const context = secureContextOf(name, options);
  const ids = new ConnectionIds(log, metrics);
  const version = options.version ?? VERSION;
  await loadParser(() =>
    log.error('the parser of MySQL statements failed: until Reeve is started again rules let none through'),
  );
  return openDoor(
    { name, options, log, metrics, limits },
    (socket, loggedIn) => new ServeConnection(socket, loggedIn, { ports, log, metrics, limits, context, ids, version }),
  );
}
