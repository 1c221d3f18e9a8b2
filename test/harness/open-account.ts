import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { createSecret } from '#guard/vault/index.ts';
import { putEntitlement, registerSystem, startGrant } from '#spine/graph/index.ts';
import type { House } from './house.ts';

/** An account somebody may open through the gateway. */
export interface OpenAccount {
  readonly systemId: string;
  readonly accountId: string;
  readonly entitlementId: string;
  readonly secretId: string;
  readonly grantId: string;
}

/**
 * Puts an account of a running sshd into the house, its key into the vault, and grants its holder something there:
 * what discovery, rotation and a request come to, without the minute they take.
 */
export async function openAccount(
  house: House,
  at: {
    readonly system: string;
    readonly host: string;
    readonly port: number;
    readonly hostKeyFingerprint: string;
    readonly account: string;
    readonly privateKey: string | Buffer;
    readonly holder: string;
  },
): Promise<OpenAccount> {
  const accountId = newId();
  const systemId = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    // A kind no connector knows: nothing is provisioned behind the test's back.
    const system = await registerSystem(ctx, permit, {
      name: at.system,
      kind: 'elsewhere',
      host: at.host,
      port: at.port,
      pinned: [at.hostKeyFingerprint],
    });
    await ctx.tx.run(sql`insert into account (id, system_id, native_id, name, identity_id, valid_from)
      values (${accountId}, ${system.id}, ${at.account}, ${at.account}, ${at.holder}, ${ctx.now})`);
    return system.id;
  });
  return await house.as('boot').act({ action: 'secret.create' }, async (ctx, permit) => {
    const secret = await createSecret(house.keys, ctx, permit, {
      name: `systems/${at.system}/${accountId}`,
      kind: 'ssh_key',
      purpose: 'account',
      accountId,
      systemId,
      username: at.account,
      value: Buffer.from(at.privateKey),
    });
    const entitlement = await putEntitlement(ctx, permit, {
      systemId,
      kind: 'group',
      nativeId: 'operators',
      name: 'operators',
    });
    const grant = await startGrant(ctx, permit, {
      identityId: at.holder,
      entitlementId: entitlement.id,
      origin: 'admin',
      reason: 'test',
    });
    return { systemId, accountId, entitlementId: entitlement.id, secretId: secret.id, grantId: grant.id };
  });
}
