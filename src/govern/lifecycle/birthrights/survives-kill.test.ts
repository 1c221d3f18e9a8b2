import { afterAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { firstLine, killAll, runScript, until } from '#kit/testing/index.ts';
import { putEntitlement, putIdentities, registerSystem } from '#spine/graph/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { lifecycleHouse, type LifecycleHouse } from '../testing/lifecycle-house.ts';
import { putRule } from './put-rule.ts';
import { planRecompute } from './recompute.ts';

const PEOPLE = 400;
const RULES = 30;

const houses: LifecycleHouse[] = [];
afterAll(async () => {
  await killAll();
  for (const house of houses) await house.close();
});

/** A house in which everybody is to have everything, and the plan that says so, released but not begun. */
async function planned(): Promise<{ house: LifecycleHouse; id: string }> {
  const house = await lifecycleHouse();
  houses.push(house);
  await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    const { id: systemId } = await registerSystem(ctx, permit, { name: 'intranet', kind: 'fake' });
    for (let n = 0; n < RULES; n += 1) {
      const name = `group ${n}`;
      const made = await putEntitlement(ctx, permit, { systemId, kind: 'group', nativeId: name, name });
      const rule = { name, condition: { department: ['Care'] }, entitlementId: made.id, graceDays: 0 };
      await putRule(ctx, permit as unknown as Permit<'birthright.put'>, rule);
    }
    await putIdentities(ctx, permit, {
      origin: 'test',
      rows: Array.from({ length: PEOPLE }, (_, n) => ({
        identityId: newId(),
        kind: 'person',
        facts: { displayName: `P${n}`, username: `p${n}`, department: 'Care' },
      })),
    });
    await ctx.tx.run(sql`delete from graphile_worker._private_jobs`);
  });
  const plan = await planRecompute(house.as('lifecycle'));
  expect(plan).toMatchObject({ state: 'held', items: PEOPLE * RULES });
  // Accepted without its job: this test is the worker.
  await house.db.run(sql`
    update mass_change set state = 'applying', released_to = items, accepted_by = ${house.admin}, accepted_at = ${house.clock.now()},
           accepted_because = 'test' where id = ${plan?.id ?? ''}`);
  return { house, id: plan?.id ?? '' };
}

/** All it left behind, by names instead of ids; every grant that the log names, and how often. */
const outcome = async (house: LifecycleHouse): Promise<unknown> => ({
  grants: await house.db.many(sql`
    select f.username, b.name, count(*)::int as n from access_grant g join identity_facts f on f.identity_id = g.identity_id
      join birthright_rule b on b.id = g.origin_id where g.ended_because is null group by 1, 2 order by 1, 2`),
  named: await house.db.one(sql`
    select count(*)::int as n, count(distinct g->>'grantId')::int as grants from audit_event e
     cross join jsonb_array_elements(e.data->'grants') g where e.type = 'grants.started'`),
  items: await house.db.many(sql`select state, count(*)::int as n from mass_change_item group by state`),
  plan: await house.db.many(sql`select state, applied_to from mass_change`),
});

test(
  'a recompute killed in its middle and begun again ends as one that was never interrupted',
  { timeout: 120_000 },
  async () => {
    const whole = await planned();
    await whole.house.tasks['mass_changes.apply']?.({ id: whole.id }, undefined as never);

    const broken = await planned();
    const victim = runScript('src/govern/lifecycle/testing/apply-plan.ts', [
      broken.house.databaseUrl,
      broken.house.clock.now().toISOString(),
      broken.id,
    ]);
    await firstLine(victim);
    const appliedTo = async (): Promise<number> =>
      (
        await broken.house.db.one<{ appliedTo: number }>(
          sql`select applied_to from mass_change where id = ${broken.id}`,
        )
      ).appliedTo;
    await until(async () => (await appliedTo()) > 0, { timeoutMs: 60_000, everyMs: 5, what: 'the first batch' });
    await victim.kill();
    const left = await appliedTo();
    expect(left).toBeLessThan(PEOPLE * RULES);
    await until(
      async () =>
        (
          await broken.house.db.one<{ n: number }>(sql`
        select count(*)::int as n from pg_stat_activity
         where state = 'idle in transaction' and datname = current_database()`)
        ).n === 0,
      { timeoutMs: 20_000, what: 'the end of what it had open' },
    );
    await broken.house.tasks['mass_changes.apply']?.({ id: broken.id }, undefined as never);
    await broken.house.tasks['mass_changes.apply']?.({ id: broken.id }, undefined as never);

    const all = PEOPLE * RULES;
    expect(await outcome(broken.house)).toEqual(await outcome(whole.house));
    expect(await outcome(broken.house)).toMatchObject({
      named: { n: all, grants: all },
      items: [{ state: 'waiting', n: all }],
      plan: [{ state: 'applied', appliedTo: all }],
    });
  },
);
