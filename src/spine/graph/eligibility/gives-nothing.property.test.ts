import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#kit/ids/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import { drift } from '../closure/drift.ts';
import { effectiveAccess } from '../closure/effective-access.ts';
import { history, RandomWorld } from '../closure/random-world.ts';
import { whoCouldReach } from '../closure/who-could-reach.ts';
import { layOutEligibility } from './make-eligibility.ts';
import { eligibilitiesAmong, eligibleNow } from './read-eligibility.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t.drop());

/** Whom to make eligible for what, and by what: a grant of its own, or a role they have or get. */
const eligibilities = fc.array(
  fc.record({
    who: fc.nat({ max: 2 }),
    what: fc.nat({ max: 8 }),
    byRole: fc.option(fc.nat({ max: 2 }), { nil: null }),
  }),
  { minLength: 1, maxLength: 8 },
);

/** All that people reach, who reaches each thing, what is privileged and what drifted, but for being eligible itself. */
const everything = async (tx: Tx, world: RandomWorld): Promise<unknown> => {
  const among = async <T extends { readonly entitlementId?: string | null | undefined }>(rows: readonly T[]) => {
    const known = await eligibilitiesAmong(
      tx,
      rows.flatMap((r) => r.entitlementId ?? []),
    );
    return rows.filter((r) => !known.has(r.entitlementId ?? ''));
  };
  const reached = [];
  for (const id of world.identities) reached.push(await among(await effectiveAccess(tx, id)));
  const reaching = [];
  for (const systemId of world.systems) reaching.push(await whoCouldReach(tx, { systemId }));
  return { reached, reaching, privileged: await whoCouldReach(tx, { privileged: true }), drift: await drift(tx) };
};

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test(
  'whoever is made eligible for anything, by any way, reaches nothing by it, and nobody else does',
  { timeout: 240_000 },
  async () => {
    let made = 0;
    await fc.assert(
      fc.asyncProperty(history, eligibilities, async (steps, wanted) => {
        const world = new RandomWorld(t.db, t.clock);
        await world.begin();
        for (const step of steps) await world.take(step);
        await t.db.tx(async (tx) => {
          const targets = (
            await tx.many<{ id: string }>(sql`
              select id from entitlement where id = any(${world.entitlements}::uuid[]) and valid_to is null
              union all select id from role where id = any(${world.roles}::uuid[]) and valid_to is null order by id`)
          ).map(({ id }) => id);
          if (targets.length === 0) return;
          // Roles that contain eligibilities are what anybody may have: whoever has them has what else they contain.
          for (const { who, byRole } of wanted)
            if (byRole !== null) await grant(tx, world.identities[who], { roleId: world.roles[byRole] });
          const before = plain(await everything(tx, world));
          for (const { who, what, byRole } of wanted) {
            const { entitlementId } = await layOutEligibility(tx, targets[what % targets.length] ?? '');
            if (byRole === null) await grant(tx, world.identities[who], { entitlementId });
            else
              await tx.run(sql`
                insert into role_content (id, role_id, entitlement_id, valid_from)
                values (${newId()}, ${world.roles[byRole]}, ${entitlementId}, ${tx.now}) on conflict do nothing`);
          }
          made += (await eligibleNow(tx, world.identities)).length;
          expect(plain(await everything(tx, world))).toEqual(before);
        });
      }),
      { numRuns: 40 },
    );
    expect(made).toBeGreaterThan(50);
  },
);

const grant = (
  tx: Tx,
  identityId: string | undefined,
  what: { readonly entitlementId?: string | undefined; readonly roleId?: string | undefined },
): Promise<unknown> =>
  tx.run(sql`
    insert into access_grant (id, identity_id, entitlement_id, role_id, valid_from, origin, reason, started)
    values (${newId()}, ${identityId}, ${what.entitlementId ?? null}, ${what.roleId ?? null}, ${tx.now}, 'admin', 'test', true)`);
