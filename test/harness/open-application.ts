import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { startHttpGateway, type HttpGateway } from '#gateways/http/index.ts';
import { gatewayPorts } from '#guard/sessions/index.ts';
import { createSecret } from '#guard/vault/index.ts';
import { redeemOnSite, whoseOnSite } from '#guard/web-sign-ins/index.ts';
import { selfSigned } from '#kit/crypto/index.ts';
import { putEntitlement, registerSystem, startGrant } from '#spine/graph/index.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApplication, type Application } from '../http-rig/application.ts';
import { CREDENTIAL, USER } from '../http-rig/rig.ts';
import type { GuardedHouse } from './guarded-house.ts';

/** A web application somebody may use, with the gateway before it. */
export interface OpenApplication {
  readonly application: Application;
  readonly gateway: HttpGateway;
  readonly systemId: string;
  readonly accountId: string;
  readonly grantId: string;
  /** Verifies the gateway. */
  readonly certificate: string;
  /** Where the gateway really listens, for an address of the site. */
  at(site: string, path: string): string;
  give(): Promise<string>;
  close(): Promise<void>;
}

/** Puts an account of a running application into the house, its credential into the vault, grants its holder something there, and starts the gateway. It is not served yet. */
export async function openApplication(
  house: GuardedHouse,
  of: { readonly system: string; readonly holder: string },
): Promise<OpenApplication> {
  const application = await startApplication();
  const accountId = newId();
  const systemId = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const system = await registerSystem(ctx, permit, {
      name: of.system,
      kind: 'rest',
      host: '127.0.0.1',
      port: application.port,
      pinned: [application.pin],
    });
    await ctx.tx.run(sql`insert into account (id, system_id, native_id, name, identity_id, valid_from)
      values (${accountId}, ${system.id}, ${USER}, ${USER}, ${of.holder}, ${ctx.now})`);
    return system.id;
  });
  const entitlementId = await house.as('boot').act({ action: 'secret.create' }, async (ctx, permit) => {
    await createSecret(house.keys, ctx, permit, {
      name: `systems/${of.system}/${accountId}`,
      kind: 'password',
      purpose: 'account',
      accountId,
      systemId,
      username: USER,
      value: Buffer.from(CREDENTIAL),
    });
    return (await putEntitlement(ctx, permit, { systemId, kind: 'group', nativeId: 'writers', name: 'writers' })).id;
  });
  const give = (): Promise<string> =>
    house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
      const grant = await startGrant(ctx, permit, {
        identityId: of.holder,
        entitlementId,
        origin: 'admin',
        reason: 'test',
      });
      return grant.id;
    });
  const grantId = await give();
  const dir = mkdtempSync(join(tmpdir(), 'reeve-open-application-'));
  const tls = selfSigned({ names: ['*.web.localhost'], from: new Date(Date.now() - 60_000), days: 1 });
  const certificate = join(dir, 'gateway.crt');
  writeFileSync(certificate, tls.certificate);
  const gateway = await startHttpGateway(
    { ...tls, domain: 'web.localhost', consoleUrl: 'http://localhost:8470', allowLoopback: ['127.0.0.1'] },
    {
      log: house.edges.log,
      admit: gatewayPorts(house.edges).admit,
      redeem: (offer) => redeemOnSite(house.as('gateway'), offer),
      whose: (offer) => whoseOnSite(house.as('gateway'), offer),
    },
  );
  return {
    application,
    gateway,
    systemId,
    accountId,
    grantId,
    certificate,
    at: (site, path) => `https://${site}.web.localhost:${String(gateway.address.port)}${path}`,
    give,
    close: async () => {
      await gateway.stop(0);
      await application.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
