import { sql, type Db } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { heapHeld } from '#kit/testing/index.ts';
import { peopleInConflict } from '#govern/sod/find-violations.ts';
import { peopleBackwards } from '#govern/sod/testing/people-backwards.ts';
import { liveRules, sodVerdict } from '#spine/decide/index.ts';
import { dice } from './make-world.ts';

export interface DatabaseScale {
  readonly people: number;
  readonly entitlements: number;
  readonly rules: number;
  readonly asked: number;
}

/** People with twenty grants each, and rules of two functions of one to ten entitlements; all of it in the tables of Reeve. */
export async function fillDatabase(
  db: Db,
  { people, entitlements, rules }: DatabaseScale,
): Promise<{ people: string[]; entitlements: string[] }> {
  const roll = dice(77);
  const ids = (count: number): string[] => Array.from({ length: count }, () => newId());
  const [who, what, ruleIds, systemId] = [ids(people), ids(entitlements), ids(rules), newId()];
  const since = new Date(Date.now() - 86_400_000);
  await db.tx(async (tx) => {
    await tx.run(sql`insert into system (id, name, kind, valid_from) values (${systemId}, 'erp', 'csv', ${since})`);
    await tx.run(sql`insert into identity (id, kind) select id, 'person' from unnest(${sql.array(who)}::uuid[]) w(id)`);
    await tx.run(sql`insert into entitlement (id, system_id, kind, native_id, name, source, valid_from)
      select id, ${systemId}::uuid, 'group', id::text, id::text, 'reading', ${since}::timestamptz from unnest(${sql.array(what)}::uuid[]) w(id)`);
    const grants = who.flatMap((id) => Array.from({ length: 20 }, () => [id, what[roll(entitlements)] ?? ''] as const));
    await tx.run(sql`insert into access_grant (id, identity_id, entitlement_id, valid_from, origin, reason, started)
      select gen_random_uuid(), i, e, ${since}::timestamptz, 'request', 'work', true
        from unnest(${sql.array(grants.map(([i]) => i))}::uuid[], ${sql.array(grants.map(([, e]) => e))}::uuid[]) g(i, e)`);
    await tx.run(sql`insert into sod_rule (id, name, severity, mode, valid_from)
      select id, 'rule ' || id, 'high', 'record', ${since}::timestamptz from unnest(${sql.array(ruleIds)}::uuid[]) r(id)`);
    const sides = ruleIds.flatMap((id) =>
      [1, 2].flatMap((position) =>
        [...new Set(Array.from({ length: 1 + roll(10) }, () => what[roll(entitlements)] ?? ''))].map(
          (e) => [id, position, e] as const,
        ),
      ),
    );
    await tx.run(sql`insert into sod_rule_function (rule_id, position, name, entitlement_id)
      select r, p, 'side ' || p, e from unnest(${sql.array(sides.map(([r]) => r))}::uuid[], ${sql.array(sides.map(([, p]) => p))}::smallint[],
        ${sql.array(sides.map(([, , e]) => e))}::uuid[]) s(r, p, e)`);
  });
  await db.run(sql`vacuum (analyze)`);
  return { people: who, entitlements: what };
}

/** Asked before anything is timed: what a process that has run for some seconds has compiled and settled already. */
const WARM_UP = 3000;

/** How long each of many verdicts takes, in milliseconds, each in a transaction of its own, once it is warm. */
export async function timeVerdicts(
  db: Db,
  world: Awaited<ReturnType<typeof fillDatabase>>,
  asked: number,
): Promise<number[]> {
  const roll = dice(5);
  const times: number[] = [];
  for (let n = 0; n < WARM_UP + asked; n += 1) {
    // What other measures left in memory is collected before, and by no second thread meanwhile.
    if (n === WARM_UP) heapHeld();
    const identityId = world.people[roll(world.people.length)] ?? '';
    const entitlementId = world.entitlements[roll(world.entitlements.length)];
    const start = performance.now();
    await db.tx((tx) => sodVerdict(tx, identityId, [{ entitlementId, validFrom: tx.now, validTo: null }]), {
      readOnly: true,
    });
    times.push(performance.now() - start);
  }
  return times.slice(WARM_UP);
}

/** How long it takes to find everybody in conflict with some of the rules, each way, in milliseconds. */
export async function timeEverybody(
  db: Db,
  counts: readonly number[],
): Promise<{ rules: number; entitlements: number; backwards: number | undefined; pass: number }[]> {
  return await db.tx(
    async (tx) => {
      const all = await liveRules(tx);
      const found = [];
      for (const count of [1, ...counts]) {
        const rules = all.slice(0, count);
        const entitlements = new Set(rules.flatMap((r) => r.functions.flatMap((f) => f.entitlementIds))).size;
        const time = async (way: typeof peopleInConflict): Promise<[number, number]> => {
          const start = performance.now();
          const people = await way(tx, rules);
          return [performance.now() - start, people.length];
        };
        const [pass, byPass] = await time(peopleInConflict);
        const [backwards, byWalks] = entitlements > MOST_WALKS ? [undefined, byPass] : await time(peopleBackwards);
        if (byWalks !== byPass) throw new Error(`${byWalks} backwards, ${byPass} by the pass`);
        found.push({ rules: rules.length, entitlements, backwards, pass });
      }
      // The first one warms up.
      return found.slice(1);
    },
    { readOnly: true, statementTimeoutMs: 600_000 },
  );
}

/** More is not asked backwards: it takes minutes and shows nothing new. */
const MOST_WALKS = 1000;
