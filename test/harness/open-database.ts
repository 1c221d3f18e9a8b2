import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { startPostgresGateway, type PostgresGateway } from '#gateways/postgres/index.ts';
import { redeemPassword } from '#guard/gateway-passwords/index.ts';
import { gatewayPorts } from '#guard/sessions/index.ts';
import { createSecret } from '#guard/vault/index.ts';
import type { LabPostgres } from '#lab/index.ts';
import { putEntitlement, registerSystem, startGrant } from '#spine/graph/index.ts';
import { pinOf } from '../pg-rig/rig.ts';
import type { GuardedHouse } from './guarded-house.ts';

/** A database account somebody may open. */
export interface EnrolledAccount {
  readonly systemId: string;
  readonly accountId: string;
  readonly entitlementId: string;
  readonly grantId: string;
  /** Gives the holder access again. */
  give(): Promise<string>;
}

/** The same, with the gateway before it. */
export interface OpenDatabase extends EnrolledAccount {
  readonly gateway: PostgresGateway;
  /** What the gateway shows, PEM. */
  readonly certificate: string;
  /** Variables for libpq programs, with a password that was issued. */
  env(password: string, database?: string): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Puts an account of a running server into the house, its password into the vault, and grants its holder something there. */
export async function enrolAccount(
  house: GuardedHouse,
  at: {
    readonly system: string;
    readonly kind: 'postgres' | 'mysql';
    readonly host: string;
    readonly port: number;
    readonly pinned: string;
    readonly account: string;
    readonly password: string;
    readonly holder: string;
  },
): Promise<EnrolledAccount> {
  const { holder } = at;
  const accountId = newId();
  const systemId = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const system = await registerSystem(ctx, permit, {
      name: at.system,
      kind: at.kind,
      host: at.host,
      port: at.port,
      pinned: [at.pinned],
    });
    await ctx.tx.run(sql`insert into account (id, system_id, native_id, name, identity_id, valid_from)
      values (${accountId}, ${system.id}, ${at.account}, ${at.account}, ${holder}, ${ctx.now})`);
    return system.id;
  });
  const entitlementId = await house.as('boot').act({ action: 'secret.create' }, async (ctx, permit) => {
    await createSecret(house.keys, ctx, permit, {
      name: `systems/${at.system}/${accountId}`,
      kind: 'password',
      purpose: 'account',
      accountId,
      systemId,
      username: at.account,
      value: Buffer.from(at.password),
    });
    return (await putEntitlement(ctx, permit, { systemId, kind: 'group', nativeId: 'role:dba', name: 'dba' })).id;
  });
  const give = (): Promise<string> =>
    house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
      const grant = await startGrant(ctx, permit, {
        identityId: holder,
        entitlementId,
        origin: 'admin',
        reason: 'test',
      });
      return grant.id;
    });
  return { systemId, accountId, entitlementId, grantId: await give(), give };
}

/** Enrols an account of a running server and starts the gateway before it. */
export async function openDatabase(
  house: GuardedHouse,
  at: { readonly system: string; readonly lab: LabPostgres; readonly account: string; readonly holder: string },
): Promise<OpenDatabase> {
  const { lab, ...who } = at;
  const enrolled = await enrolAccount(house, {
    ...who,
    kind: 'postgres',
    host: lab.host,
    port: lab.port,
    pinned: pinOf(lab),
    password: lab.passwords.get(at.account) ?? lab.superuser.password,
  });
  const dir = mkdtempSync(join(tmpdir(), 'reeve-open-database-'));
  const tls = selfSigned({ names: ['localhost', '127.0.0.1'], from: new Date(Date.now() - 60_000), days: 1 });
  writeFileSync(join(dir, 'gateway.crt'), tls.certificate);
  const gateway = await startPostgresGateway(tls, {
    ...gatewayPorts(house.edges),
    redeem: (offer) => redeemPassword(house.as('gateway'), offer),
  });
  return {
    ...enrolled,
    gateway,
    certificate: tls.certificate,
    env: (secret, database = 'postgres') => ({
      PGHOST: '127.0.0.1',
      PGPORT: String(gateway.address.port),
      PGUSER: `${at.account}@${at.system}`,
      PGPASSWORD: secret,
      PGDATABASE: database,
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: join(dir, 'gateway.crt'),
    }),
    close: async () => {
      await gateway.stop(0);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
