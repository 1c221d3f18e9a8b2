import type { Clock } from '#kit/clock/index.ts';
import type { Keys } from '#kit/crypto/index.ts';
import type { Db } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Log } from '#kit/log/index.ts';
import { comeAsClient } from '#gateways/ssh/index.ts';
import { beginBrowserSession } from '#guard/browser-sessions/index.ts';
import { sessionOfCertificate } from '#guard/sessions/index.ts';
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
  readonly mostFileBytes: number;
}): BrowserParts => ({
  log: by.log,
  publicUrl: by.publicUrl,
  authenticate: by.authenticate,
  signinHolds: (id) => signinHolds(by.db, id, by.clock.now()),
  begin: (asker, key) => beginBrowserSession(by, asker, key),
  come: async ({ loginName, privateKey, certificate }) => {
    const { address, port, hostKey } = by.ownGateway ?? (await nearestGateway(by.db));
    return await comeAsClient({ host: address, port, hostKey, loginName, privateKey, certificate });
  },
  sessionOf: (certificateId) => sessionOfCertificate(by.db, certificateId),
  mostFileBytes: by.mostFileBytes,
});

async function nearestGateway(db: Db): Promise<Omit<GatewayPlace, 'fingerprint'>> {
  const [first] = await gateways(db);
  if (first !== undefined) return first;
  throw new AppError({
    code: 'ssh_gateway.none',
    status: 503,
    detail: 'no SSH gateway has said where it is; an administrator has to start one (role gateway)',
  });
}
