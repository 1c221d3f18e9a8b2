import type { Clock } from '#kit/clock/index.ts';
import type { Keys } from '#kit/crypto/index.ts';
import type { Db } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Log } from '#kit/log/index.ts';
import { comeToMysql } from '#gateways/mysql/index.ts';
import { comeToPostgres } from '#gateways/postgres/index.ts';
import { comeAsClient } from '#gateways/ssh/index.ts';
import { beginBrowserSession, passwordToStop } from '#guard/browser-sessions/index.ts';
import type { GatewayPlace as DatabaseGatewayPlace } from '#guard/gateway-passwords/index.ts';
import { sessionOpenedBy } from '#guard/sessions/index.ts';
import { gateways, type GatewayPlace } from '#guard/ssh-ca/index.ts';
import { signinHolds } from '#platform/signin/index.ts';
import type { Operator } from '#spine/operations/index.ts';
import type { BrowserParts } from '#surfaces/browser/index.ts';

/** What serves browsers, wired: the gateway of this process where it has one, else the one that said last where it is. */
export const browserParts = (by: {
  readonly db: Db;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly operator: Operator;
  readonly log: Log;
  readonly publicUrl: string;
  readonly authenticate: BrowserParts['authenticate'];
  readonly ownGateway: Omit<GatewayPlace, 'fingerprint'> | undefined;
  /** Where the gateways of databases are, for this node. */
  readonly databaseGateways: Readonly<Record<'postgres' | 'mysql', DatabaseGatewayPlace>>;
  readonly mostFileBytes: number;
}): BrowserParts => ({
  log: by.log,
  publicUrl: by.publicUrl,
  authenticate: by.authenticate,
  signinHolds: (id) => signinHolds(by.db, id, by.clock.now()),
  begin: (asker, shown) => beginBrowserSession(by, asker, shown),
  come: async ({ loginName, by: cameBy }) => {
    if (cameBy.protocol !== 'ssh') throw wrongWay('a database is opened by an SQL prompt, not a terminal');
    const { privateKey, certificate } = cameBy;
    const { address, port, hostKey } = by.ownGateway ?? (await nearestGateway(by.db));
    return await comeAsClient({ host: address, port, hostKey, loginName, privateKey, certificate });
  },
  comeToDatabase: async (asker, { id, loginName, by: cameBy }) => {
    if (cameBy.protocol === 'ssh') throw wrongWay('this account is opened by a terminal, not an SQL prompt');
    const { protocol, password, database } = cameBy;
    const place = await placeOf(by.databaseGateways[protocol]);
    const come = protocol === 'postgres' ? comeToPostgres : comeToMysql;
    const client = await come({ ...place, loginName, password, database });
    const again = async () => ({ ...place, ...(await passwordToStop(by, asker, id)), database: '' });
    return {
      protocol,
      database,
      client: {
        ...client,
        get transaction() {
          return client.transaction;
        },
        cancel: () => client.cancel(again),
      },
    };
  },
  sessionOf: (cameBy) => sessionOpenedBy(by.db, cameBy),
  mostFileBytes: by.mostFileBytes,
});

const wrongWay = (detail: string): AppError => new AppError({ code: 'browser_session.wrong_way', status: 409, detail });

async function placeOf({ host, port, certificate }: DatabaseGatewayPlace): Promise<{
  readonly host: string;
  readonly port: number;
  readonly certificate: string;
}> {
  const pem = await certificate();
  if (pem !== null) return { host, port, certificate: pem };
  throw new AppError({
    code: 'database_gateway.unknown',
    status: 503,
    detail: 'this node does not know the certificate of the gateway for databases',
    fix: 'an administrator gives it the file of the gateway: gateway_tls_file',
  });
}

async function nearestGateway(db: Db): Promise<Omit<GatewayPlace, 'fingerprint'>> {
  const [first] = await gateways(db);
  if (first !== undefined) return first;
  throw new AppError({
    code: 'ssh_gateway.none',
    status: 503,
    detail: 'no SSH gateway has said where it is; an administrator has to start one (role gateway)',
  });
}
