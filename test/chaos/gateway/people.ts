import { createSecret } from '#guard/vault/index.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { makeSshKey } from '#lab/index.ts';
import { ADMIN_ROLES, createIdentity, putEntitlement, registerSystem, startGrant } from '#spine/graph/index.ts';
import type { Beside } from './beside.ts';
import { registerKey } from '#test/harness/register-key.ts';

/** Where a system is and what opens it, whoever comes. */
export interface Target {
  readonly system: string;
  readonly kind: string;
  readonly host: string;
  readonly port: number;
  readonly pin: string;
  /** Who everybody is there. */
  readonly username: string;
  readonly secret: { readonly kind: 'ssh_key' | 'password'; readonly value: Buffer };
  /** Where it is served as a web application. */
  readonly site?: string;
}

/** Somebody with an account of their own on every system. */
export interface Visitor {
  readonly id: string;
  readonly name: string;
  readonly privateKey: string;
  /** The grants they hold now. */
  grants: readonly string[];
  /** Has them hold something on every system again. */
  give(): Promise<void>;
}

/** Connects the systems and lets people in: what discovery, rotation and requests come to, without the minutes they take. */
export async function peopleOn(
  beside: Beside,
  targets: readonly Target[],
  count: number,
): Promise<{ readonly officer: string; readonly administrator: string; readonly visitors: readonly Visitor[] }> {
  const identity = (name: string, role?: keyof typeof ADMIN_ROLES): Promise<string> =>
    beside.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
      const made = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: name, username: name } });
      if (role !== undefined)
        await startGrant(ctx, permit, {
          identityId: made.id,
          entitlementId: ADMIN_ROLES[role],
          origin: 'admin',
          reason: 'test',
        });
      return made.id;
    });
  const [officer, administrator] = [
    await identity('officer', 'security_officer'),
    await identity('chief', 'administrator'),
  ];
  const systems = await beside.as('boot').act({ action: 'secret.create' }, async (ctx, permit) => {
    const made = [];
    for (const target of targets) {
      const { id } = await registerSystem(ctx, permit, {
        name: target.system,
        kind: target.kind,
        host: target.host,
        port: target.port,
        pinned: [target.pin],
      });
      const { id: entitlementId } = await putEntitlement(ctx, permit, {
        systemId: id,
        kind: 'group',
        nativeId: 'operators',
        name: 'operators',
      });
      made.push({ ...target, id, entitlementId });
    }
    return made;
  });
  for (const { id, site } of systems)
    if (site !== undefined) await beside.perform('webTerms.set', { id, site }, administrator);
  // what is measured is the gateway: visitors come by a key alone
  await beside.db.run(sql`update ssh_login_policy set registered_key = 'alone'`);
  const visitors: Visitor[] = [];
  for (let n = 1; n <= count; n += 1) {
    const name = `visitor${n}`;
    const id = await identity(name);
    const key = await makeSshKey(`${name}@laptop`);
    await registerKey(beside, id, key.publicKey);
    await beside.as('boot').act({ action: 'secret.create' }, async (ctx, permit) => {
      for (const system of systems) {
        const accountId = newId();
        await ctx.tx.run(sql`insert into account (id, system_id, native_id, name, identity_id, valid_from)
          values (${accountId}, ${system.id}, ${name}, ${name}, ${id}, ${ctx.now})`);
        await createSecret(beside.keys, ctx, permit, {
          name: `systems/${system.system}/${accountId}`,
          kind: system.secret.kind,
          purpose: 'account',
          accountId,
          systemId: system.id,
          username: system.username,
          // the vault wipes what it was given
          value: Buffer.from(system.secret.value),
        });
      }
    });
    const visitor: Visitor = {
      id,
      name,
      privateKey: key.privateKey,
      grants: [],
      give: async () => {
        visitor.grants = await beside.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
          const ids = [];
          for (const { entitlementId } of systems)
            ids.push(
              (await startGrant(ctx, permit, { identityId: id, entitlementId, origin: 'admin', reason: 'test' })).id,
            );
          return ids;
        });
      },
    };
    await visitor.give();
    visitors.push(visitor);
  }
  return { officer, administrator, visitors };
}
