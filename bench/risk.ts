import { sql, type Db } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { decideModule } from '#spine/decide/index.ts';
import { graphModule } from '#spine/graph/index.ts';
import { riskModule } from '#govern/risk/index.ts';
import { lookAtEverybody } from '#govern/risk/look-at-everybody.ts';
import { riskPolicyInForce } from '#govern/risk/risk-policy.ts';
import { scored } from '#govern/risk/score-sql.ts';
import { identitiesOf } from '#govern/risk/whom-it-concerns.ts';
import { sodModule } from '#govern/sod/index.ts';
import { withHouse } from './house/index.ts';
import type { BenchLine } from './report.ts';

/** How large the company is. */
export interface RiskScale {
  readonly people: number;
  readonly entitlements: number;
  readonly roles: number;
  /** Asked one by one. */
  readonly alone: number;
}
const FULL: RiskScale = { people: 200_000, entitlements: 10_000, roles: 1000, alone: 300 };

/**
 * The risk of everybody: the first look, which writes a row for each, a second, which changes nothing, and one person at
 * a time. Beside it what plain SQL needs to count the privileged and risky things each person reaches by a recursive
 * walk from each person, and nothing else. How many reach something privileged is the same by both.
 */
export async function run(scale: RiskScale = FULL): Promise<readonly BenchLine[]> {
  return await withHouse(
    ({ decide }) => [graphModule, decideModule({ decide }), sodModule({ decide }), riskModule],
    async (spine, db) => {
      await fill(db, scale);
      const job = spine.operator.jobCtx('risk');
      const first = await timed(() => lookAtEverybody(job));
      const again = await timed(() => lookAtEverybody(job));
      if (again.result.changed !== 0) throw new Error(`looking again changed ${again.result.changed}`);
      const people = await db.many<{ id: string }>(
        sql`select id from identity order by md5(id::text) limit ${scale.alone}`,
      );
      const { policy } = await riskPolicyInForce(db);
      const alone = await timed(async () => {
        for (const { id } of people)
          await db.one(sql`with recursive ${scored(identitiesOf([id]), new Date(), policy)} select score from scored`);
      });
      const plain = await timed(() => plainly(db));
      const { n } = await db.one<{ n: number }>(
        sql`select count(*)::int as n from identity_risk where reasons @> '[{"factor": "privileged_access"}]'`,
      );
      if (n !== plain.result) throw new Error(`${n} reach something privileged, in plain SQL ${plain.result}`);
      const name = `${scale.people} people, ${scale.people * EACH} grants, ${scale.roles} roles`;
      const each = (seconds: number, of = scale.people): number => of / seconds;
      return [
        line(name, 'people_per_second_first', each(first.seconds), 'people/s', each(plain.seconds)),
        line(name, 'people_per_second_again', each(again.seconds), 'people/s', each(plain.seconds)),
        line(name, 'one_person_ms', (alone.seconds * 1000) / people.length, 'ms'),
        line(name, 'privileged', n, 'people'),
      ];
    },
  );
}

/** Grants of each person: seven of something, one of a role. */
const EACH = 8;

async function fill(db: Db, { people, entitlements, roles }: RiskScale): Promise<void> {
  const system = newId();
  const at = sql`now() - interval '30 days'`;
  await db.tx(
    async (tx) => {
      await tx.run(sql`insert into system (id, name, kind, valid_from) values (${system}, 'erp', 'csv', ${at})`);
      await tx.run(
        sql`create temp table who on commit drop as select n, gen_random_uuid() as id from generate_series(1, ${people}::int) n`,
      );
      await tx.run(
        sql`create temp table what on commit drop as select n, gen_random_uuid() as id from generate_series(1, ${entitlements}::int) n`,
      );
      await tx.run(
        sql`create temp table bundle on commit drop as select n, gen_random_uuid() as id from generate_series(1, ${roles}::int) n`,
      );
      await tx.run(sql`insert into identity (id, kind) select id, 'person' from who`);
      await tx.run(
        sql`insert into identity_facts (identity_id, display_name, state, valid_from) select id, 'p' || n, 'active', ${at} from who`,
      );
      await tx.run(sql`
        insert into entitlement (id, system_id, kind, native_id, name, source, risk, privileged, privileged_on_target, valid_from)
        select id, ${system}::uuid, 'group', n::text, 'e' || n, 'reading', case when n % 97 = 0 then 'critical' when n % 23 = 0 then 'high' else 'low' end,
               n % 101 = 0, n % 101 = 0, ${at} from what`);
      await tx.run(sql`
        insert into entitlement_edge (parent_id, child_id, source, valid_from)
        select p.id, c.id, 'reading', ${at} from what p join what c on c.n = p.n * 3 + 1 where p.n % 2 = 0`);
      await tx.run(sql`insert into role (id, name, valid_from) select id, 'r' || n, ${at} from bundle`);
      await tx.run(sql`
        insert into role_content (id, role_id, entitlement_id, valid_from)
        select gen_random_uuid(), b.id, w.id, ${at} from bundle b cross join generate_series(1, 5) k
          join what w on w.n = 1 + (b.n * 7919 + k * 104729) % ${entitlements}::int`);
      await tx.run(sql`
        insert into access_grant (id, identity_id, entitlement_id, valid_from, origin, reason, started)
        select gen_random_uuid(), p.id, w.id, ${at}, 'import', 'bench', true from who p cross join generate_series(1, ${EACH - 1}::int) k
          join what w on w.n = 1 + ((p.n::bigint * 104729 + k * 15485863) % ${entitlements}::int)::int`);
      await tx.run(sql`
        insert into access_grant (id, identity_id, role_id, valid_from, origin, reason, started)
        select gen_random_uuid(), p.id, b.id, ${at}, 'import', 'bench', true from who p join bundle b on b.n = 1 + p.n % ${roles}::int`);
    },
    { statementTimeoutMs: 600_000 },
  );
  await db.run(sql`analyze`);
}

/** How many reach something privileged: walked from each person, as one would write it at first. */
const plainly = (db: Db): Promise<number> =>
  db.tx(
    async (tx) =>
      (
        await tx.one<{ n: number }>(sql`
    with recursive reach(identity_id, kind, id) as (
      select identity_id, case when role_id is null then 'entitlement' else 'role' end, coalesce(role_id, entitlement_id)
        from access_grant where valid_from <= now() and (valid_to is null or valid_to > now())
      union
      select r.identity_id, n.kind, n.id from reach r cross join lateral (
        select 'entitlement', c.entitlement_id from role_content c where r.kind = 'role' and c.role_id = r.id and c.valid_to is null
        union all
        select 'entitlement', e.child_id from entitlement_edge e where r.kind = 'entitlement' and e.parent_id = r.id and e.valid_to is null
      ) n(kind, id)
    )
    select count(distinct r.identity_id)::int as n from reach r join entitlement e on r.kind = 'entitlement' and e.id = r.id where e.privileged`)
      ).n,
    { readOnly: true, statementTimeoutMs: 600_000 },
  );

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const start = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - start) / 1000 };
}

const line = (
  name: string,
  metric: string,
  value: number,
  unit: string,
  baseline: number | null = null,
): BenchLine => ({
  bench: 'risk',
  case: name,
  metric,
  value,
  unit,
  baseline,
  ratio: baseline === null ? null : value / baseline,
});
