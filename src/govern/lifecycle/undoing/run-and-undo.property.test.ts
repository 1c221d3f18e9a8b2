import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { decideModule } from '#spine/decide/index.ts';
import { putEntitlement, registerSystem, startGrant } from '#spine/graph/index.ts';
import { generateCompany, type Person } from '#test/fixtures/company/index.ts';
import { csvOf, lifecycleHouse, TODAY, type LifecycleHouse, type RunAnswer } from '../testing/lifecycle-house.ts';

/**
 * Whatever a delivery did, taking it back leaves what was so before, except for what is history: everybody's facts and
 * grants, and what their source remembers. Two deliveries are taken back one after the other, the newer first.
 */
type Small = Pick<Person, 'employee_id' | 'username' | 'department' | 'manager_employee_id' | 'status' | 'end_date'> & {
  readonly employment_type: string;
};
const NAMES = ['E1', 'E2', 'E3', 'E4', 'E5', 'E6'] as const;
const small = fc.record({
  username: fc.constantFrom('ada', 'bo', 'cy', 'di', ''),
  department: fc.constantFrom('Ops', 'Care', ''),
  manager_employee_id: fc.constantFrom('', ...NAMES),
  status: fc.constantFrom<Person['status'][]>('active', 'active', 'leave', 'terminated'),
  end_date: fc.constantFrom('', '', '2026-02-27', '2026-09-01'),
  employment_type: fc.constantFrom('employee', 'employee', 'vendor'),
});
/** A feed: some of six people, in some order, each with some facts. Who is a vendor stays one. */
const feedOf = fc
  .tuple(fc.shuffledSubarray([...NAMES], { minLength: 1 }), fc.array(small, { minLength: 6, maxLength: 6 }))
  .map(([ids, facts]) =>
    ids.map((employee_id, i): Small => ({ employee_id, ...(facts[i] as Omit<Small, 'employee_id'>) })),
  );
const given = fc.record({
  before: fc.array(feedOf, { minLength: 1, maxLength: 2 }),
  grants: fc.array(fc.record({ of: fc.nat(), what: fc.nat(2), days: fc.option(fc.integer({ min: 1, max: 9 })) }), {
    maxLength: 6,
  }),
  bad: fc.array(feedOf, { minLength: 1, maxLength: 2 }),
});

const lena = generateCompany({ today: TODAY }).person('lena');
const whole = (p: Small, prefix: string): Person => ({
  ...lena,
  first_name: p.employee_id,
  last_name: 'Test',
  preferred_name: '',
  email: '',
  org_unit: '',
  job_title: '',
  start_date: '2020-01-01',
  ...p,
  employment_type: (p.employee_id === 'E6' ? 'vendor' : 'employee') as Person['employment_type'],
  employee_id: `${prefix}${p.employee_id}`,
  username: p.username === '' ? '' : `${prefix}${p.username}`.toLowerCase(),
  manager_employee_id: p.manager_employee_id === '' ? '' : `${prefix}${p.manager_employee_id}`,
});

let house: LifecycleHouse;
const entitlements: string[] = [];
const free = { percent: 100, free: 1000, most: null };
beforeAll(async () => {
  house = await lifecycleHouse(({ decide }) => [decideModule({ decide })]);
  await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    const { id: systemId } = await registerSystem(ctx, permit, { name: 'web', kind: 'fake' });
    for (const name of ['a', 'b', 'c', 'ops', 'care'])
      entitlements.push((await putEntitlement(ctx, permit, { systemId, kind: 'group', nativeId: name, name })).id);
  });
  for (const [i, department] of ['Ops', 'Care'].entries())
    await house.perform(
      'birthrights.put',
      {
        name: department,
        condition: { department: [department] },
        entitlementId: entitlements[3 + i],
        graceDays: i * 7,
      },
      house.admin,
    );
  await house.perform(
    'changeLimits.put',
    { kind: 'feed_undo', limits: { create: free, update: free, delete: free } },
    house.admin,
  );
});
afterAll(() => house.close());

const peopleOf = async (prefix: string): Promise<string[]> =>
  (
    await house.db.many<{ id: string }>(
      sql`select identity_id as id from source_record where external_id like ${`${prefix}%`} order by 1`,
    )
  ).map((r) => r.id);
/** Of a vendor whose sponsor had left before anybody delivered them, it is not said whether they are suspended. */
const unanswered = sql`exists (select from identity_facts v join identity_facts o on o.identity_id = v.owner_id and o.valid_to is null
  where v.identity_id = x.identity_id and v.valid_to is null and v.state <> 'leaver' and o.state = 'leaver')`;
/** All that is so of these people. */
const stateOf = async (ids: readonly string[]): Promise<unknown> => ({
  facts: await house.db.many(sql`
    select identity_id, display_name, email, username, case when ${unanswered} then 'unanswered' else state end as state, department, job_title, org_unit, manager_id, owner_id, contract_end, attributes
      from identity_facts x where valid_to is null and identity_id = any(${[...ids]}::uuid[]) order by identity_id`),
  grants: await house.db.many(sql`
    select identity_id, entitlement_id, valid_to, origin, origin_id, reason from access_grant
     where ended_because is null and identity_id = any(${[...ids]}::uuid[]) order by 1, 2, 3, 4`),
  records: await house.db.many(
    sql`select (to_jsonb(x) - 'state') as record, case when ${unanswered} then 'unanswered' else state end as state from source_record x
     where identity_id = any(${[...ids]}::uuid[]) order by external_id`,
  ),
});

test('a delivery and its undo leave what was so before, apart from history', async () => {
  let nth = 0;
  await fc.assert(
    fc.asyncProperty(given, async ({ before, grants, bad }) => {
      nth += 1;
      const [source, prefix] = [`s${nth}`, `p${nth}-`];
      const limits = {
        created: free,
        changed: free,
        left: free,
        missingRows: free,
        badRows: free,
        unknownManagers: free,
      };
      // Each beside no other, as one HR system is: another source would decide too.
      await house.db.run(sql`update people_source set terms = terms || '{"lifecycle": true}'`);
      await house.perform('sources.put', { source, limits }, house.admin);
      const deliver = async (rows: readonly Small[]): Promise<RunAnswer> => {
        house.clock.advance(60_000);
        const made = await house.perform<RunAnswer>(
          'sources.feed',
          { source, content: csvOf(rows.map((r) => whole(r, prefix))) },
          house.admin,
        );
        await house.settle(20_000);
        const run = await house.run(made.id);
        expect(run.state).toBe('applied');
        house.clock.advance(60_000);
        return run;
      };
      for (const rows of before) await deliver(rows);
      const ids = await peopleOf(prefix);
      await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
        for (const { of, what, days } of grants) {
          const identityId = ids[of % ids.length];
          const here = await ctx.tx.maybe(
            sql`select 1 from identity_facts where identity_id = ${identityId} and valid_to is null and state <> 'leaver'`,
          );
          if (identityId === undefined || here === undefined) continue;
          const validTo = days === null ? undefined : new Date(ctx.now.getTime() + days * 86_400_000);
          const entitlementId = entitlements[what];
          await startGrant(ctx, permit, { identityId, entitlementId, origin: 'request', reason: 'asked', validTo });
        }
      });
      const states: unknown[] = [];
      const runs: RunAnswer[] = [];
      for (const rows of bad) {
        states.push(await stateOf(ids));
        runs.push(await deliver(rows));
      }
      for (const run of runs.toReversed()) {
        const state = states.pop();
        const asked = await house
          .perform<{ massChangeId: string }>('sources.undoRun', { id: run.id, because: 'a test' }, house.admin)
          .catch((error: { code?: string }) => {
            if (error.code === 'feed.nothing_to_undo') return undefined;
            throw error;
          });
        await house.settle(20_000);
        if (asked === undefined) {
          expect(await withoutRecords(ids)).toEqual(withoutRecordsOf(state));
          return;
        }
        expect(await house.run(run.id)).toMatchObject({ state: 'undone' });
        // Who answers for a vendor may have changed in between, by a handover; then they are left alone.
        const alone = await leftAlone(asked.massChangeId);
        expect(alone.filter((one) => one.kind !== 'vendor')).toEqual([]);
        const others = (of: unknown): unknown => withoutThese(of, new Set(alone.map((one) => one.id)));
        expect(others(await stateOf(ids))).toEqual(others(state));
        const made = (await peopleOf(prefix)).filter(
          (id) => !ids.includes(id) && run === runs[0] && !alone.some((one) => one.id === id),
        );
        const left = (await stateOf(made)) as {
          facts: { state: string }[];
          grants: unknown[];
          records: { record: { present: boolean } }[];
        };
        expect(left.grants).toEqual([]);
        for (const facts of left.facts) expect(facts.state).toBe('leaver');
        for (const record of left.records) expect(record.record.present).toBe(false);
      }
      // What was delivered before is what is so: delivered again, it changes nobody.
      const again = await deliver(before.at(-1) ?? []);
      const { joined, moved, changed, left, returned } = again.counts;
      expect({ joined, moved, changed, left, returned }).toEqual({
        joined: 0,
        moved: 0,
        changed: 0,
        left: 0,
        returned: 0,
      });
    }),
    { numRuns: 20, endOnFailure: true },
  );
}, 300_000);

const withoutRecordsOf = (state: unknown): unknown => ({ ...(state as object), records: [] });
const withoutRecords = async (ids: readonly string[]): Promise<unknown> => withoutRecordsOf(await stateOf(ids));

const leftAlone = (massChangeId: string): Promise<{ id: string; kind: string }[]> =>
  house.db.many(sql`
    select i.identity_id as id, p.kind from mass_change_item i join identity p on p.id = i.identity_id
     where i.mass_change_id = ${massChangeId} and i.state = 'skipped'`);
interface OfSomebody {
  readonly identityId?: string;
  readonly record?: { readonly identity_id?: string };
}
const withoutThese = (state: unknown, ids: ReadonlySet<string>): unknown =>
  Object.fromEntries(
    Object.entries(state as Record<string, readonly OfSomebody[]>).map(([name, rows]) => [
      name,
      rows.filter((row) => !ids.has(row.identityId ?? row.record?.identity_id ?? '')),
    ]),
  );
