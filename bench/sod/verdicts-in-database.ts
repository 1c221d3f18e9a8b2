import { sql, type Db } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { sodVerdict } from '#spine/decide/index.ts';
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
  await db.run(sql`analyze`);
  return { people: who, entitlements: what };
}

/** How long each of many verdicts takes, in milliseconds, each in a transaction of its own. */
export async function timeVerdicts(
  db: Db,
  world: Awaited<ReturnType<typeof fillDatabase>>,
  asked: number,
): Promise<number[]> {
  const roll = dice(5);
  const times: number[] = [];
  for (let n = 0; n < asked; n += 1) {
    const identityId = world.people[roll(world.people.length)] ?? '';
    const entitlementId = world.entitlements[roll(world.entitlements.length)];
    const start = performance.now();
    await db.tx((tx) => sodVerdict(tx, identityId, [{ entitlementId, validFrom: tx.now, validTo: null }]), {
      readOnly: true,
    });
    times.push(performance.now() - start);
  }
  return times.slice(Math.floor(asked / 10));
}
