import { startMysqlGateway } from '#gateways/mysql/index.ts';
import { redeemPassword } from '#guard/gateway-passwords/index.ts';
import { gatewayPorts } from '#guard/sessions/index.ts';
import { selfSigned } from '#kit/crypto/index.ts';
import { startMariadb, startPostgres, type LabMariadb, type LabPostgres } from '#lab/index.ts';
import { pinOf } from '#test/mysql-rig/rig.ts';
import { enrolAccount, openDatabase, type EnrolledAccount, type OpenDatabase } from './open-database.ts';
import type { PeopledHouse } from './peopled-house.ts';

/** A real PostgreSQL (`orders`) and a real MariaDB (`billing`) behind their gateways, where browsers of the house find them. */
export interface OpenDatabases {
  readonly orders: OpenDatabase;
  readonly billing: EnrolledAccount;
  readonly postgres: LabPostgres;
  readonly mariadb: LabMariadb;
  close(): Promise<void>;
}

/** Starts both and gives somebody an account on each: `postgres@orders` and the management account of `billing`. */
export async function openDatabases(house: PeopledHouse, holder: string): Promise<OpenDatabases> {
  const [postgres, mariadb] = await Promise.all([startPostgres({ binaries: 'debian' }), startMariadb()]);
  const orders = await openDatabase(house, { system: 'orders', lab: postgres, account: 'postgres', holder });
  const billing = await enrolAccount(house, {
    system: 'billing',
    kind: 'mysql',
    host: mariadb.host,
    port: mariadb.port,
    pinned: pinOf(mariadb),
    account: mariadb.management.username,
    password: mariadb.management.password,
    holder,
  });
  const tls = selfSigned({ names: ['localhost', '127.0.0.1'], from: new Date(Date.now() - 60_000), days: 1 });
  const gateway = await startMysqlGateway(tls, {
    ...gatewayPorts(house.edges),
    redeem: (offer) => redeemPassword(house.as('gateway'), offer),
  });
  const at = (port: number, certificate: string) => ({
    host: '127.0.0.1',
    port,
    certificate: () => Promise.resolve(certificate),
  });
  house.databases.postgres = at(orders.gateway.address.port, orders.certificate);
  house.databases.mysql = at(gateway.address.port, tls.certificate);
  return {
    orders,
    billing,
    postgres,
    mariadb,
    close: async () => {
      await gateway.stop(0);
      await orders.close();
      await Promise.all([postgres.stop(), mariadb.stop()]);
    },
  };
}
