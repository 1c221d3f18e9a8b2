import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import { askNotice } from '#spine/events/index.ts';
import { ADMIN_ROLES, entitlementsGone } from '#spine/graph/index.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import { countEntries, learnWords, sumKinds } from '../catalogue/count-entries.ts';
import { catalogueCounted } from '../events.ts';
import { IN_USE } from './list-queue.ts';

/** Of those who had what went, this share has what came, before it is asked whether it is the same. */
const ALIKE = 0.8;

/**
 * What the catalogue makes of a reading: who has what is counted anew, what went while something here names it is told
 * to whoever answers for that, and what may only have another name is asked about. Safe to run twice.
 */
export async function followReading(job: JobCtx, systemId: string): Promise<void> {
  await job.act({ action: 'catalogue.follow', statementTimeoutMs: 600_000 }, async (ctx, permit) => {
    const entries = await countEntries(ctx.tx, systemId);
    await sumKinds(ctx.tx, systemId);
    await learnWords(ctx.tx, systemId);
    const cases = await findRenameCases(ctx.tx, systemId);
    const gone = await tellGone(ctx, permit, systemId);
    await ctx.record(permit, { event: catalogueCounted, data: { systemId, entries, gone, renameCases: cases } });
  });
}

/**
 * Was X, is Y? Asked where something of a kind went with the reading in which another of that kind came, and either the
 * target gives both the same id, which it may give again, or nearly everybody who had the one has the other. Only for
 * what somebody here has said something of or something names.
 */
export async function findRenameCases(tx: Tx, systemId: string): Promise<number> {
  return (
    await tx.many<{ id: string }>(sql`
      insert into rename_case (id, system_id, gone_id, came_id, because, found_at)
      select gen_random_uuid(), ${systemId}::uuid, b.gone_id, b.came_id,
             case when b.same_id then 'the target gives both the same id' else b.shared || ' of ' || b.most || ' who have either have both' end, ${tx.now}
        from (
          select e.id as gone_id, c.id as came_id, coalesce(e.stable_id = c.stable_id, false) as same_id, k.shared, k.most,
                 row_number() over (partition by e.id order by coalesce(e.stable_id = c.stable_id, false) desc, k.shared desc, c.id) as nth,
                 row_number() over (partition by c.id order by coalesce(e.stable_id = c.stable_id, false) desc, k.shared desc, e.id) as nth_other
            from entitlement e
            join entitlement c on c.system_id = e.system_id and c.kind = e.kind and c.valid_to is null and c.valid_from >= e.valid_to
             and c.valid_from <= e.valid_to + interval '1 day' and c.source = 'reading'
            cross join lateral (
              select count(*) filter (where had and has)::int as shared, count(*)::int as most
                from (select bool_or(had) as had, bool_or(has) as has from (
                  select account_id, true as had, false as has from holding where entitlement_id = e.id and valid_to >= e.valid_to
                  union all
                  select account_id, false, true from holding where entitlement_id = c.id and valid_to is null) h group by account_id) h) k
           where e.system_id = ${systemId} and e.valid_to > ${tx.now}::timestamptz - interval '30 days' and e.source = 'reading'
             and (e.owner_id is not null or e.description is not null or ${IN_USE})
             and (coalesce(e.stable_id = c.stable_id, false) or (k.shared > 0 and k.shared >= k.most * ${ALIKE}::float8
                  and coalesce(e.stable_id <> c.stable_id, false) is false))
        ) b where b.nth = 1 and b.nth_other = 1
      on conflict do nothing returning id`)
  ).length;
}

interface Gone {
  readonly id: string;
  readonly name: string;
  readonly systemName: string;
  readonly told: string[];
}

/** Tells the owners of roles and rules that name what went, and the owner of what went; administrators where there is none. */
async function tellGone(ctx: Ctx, permit: Permit, systemId: string): Promise<number> {
  const { tx } = ctx;
  const gone = await tx.many<Gone>(sql`
    with fresh as (
      select e.id, e.name, e.owner_id from entitlement e
       where e.system_id = ${systemId} and e.valid_to is not null and ${IN_USE}
         and not exists (select from gone_notice n where n.entitlement_id = e.id) order by e.id limit 2000
    ), noted as (insert into gone_notice (entitlement_id, told_at) select id, ${tx.now} from fresh on conflict do nothing returning entitlement_id)
    select f.id, f.name, y.name as system_name, array(
      select distinct w.who from (
        select f.owner_id as who
        union select r.owner_id from role_content c join role r on r.id = c.role_id and r.valid_to is null where c.entitlement_id = f.id and c.valid_to is null
        union select r.owner_id from sod_rule_function s join sod_rule r on r.id = s.rule_id and r.valid_to is null where s.entitlement_id = f.id
      ) w join identity_facts p on p.identity_id = w.who and p.valid_to is null and p.state = 'active') as told
      from fresh f join noted n on n.entitlement_id = f.id join system y on y.id = ${systemId} order by f.id`);
  if (gone.length === 0) return 0;
  await ctx.record(permit, { event: entitlementsGone, data: { systemId, entitlementIds: gone.map((g) => g.id) } });
  const perPerson = new Map<string, Gone[]>();
  const administrators = await holdersOf(tx, ADMIN_ROLES.administrator);
  for (const one of gone)
    for (const who of one.told.length === 0 ? administrators : one.told)
      perPerson.set(who, [...(perPerson.get(who) ?? []), one]);
  for (const [who, theirs] of perPerson)
    await askNotice(ctx, permit, {
      to: [who],
      about: who,
      template: 'entitlement.gone',
      path: '/catalogue',
      facts: {
        system: theirs[0]?.systemName ?? '',
        count: String(theirs.length),
        what: theirs
          .slice(0, 20)
          .map((g) => g.name)
          .join('\n'),
      },
    });
  return gone.length;
}

/** Who holds one of Reeve's own entitlements now. */
const holdersOf = async (tx: Tx, entitlementId: string): Promise<string[]> =>
  (
    await tx.many<{ id: string }>(sql`
      select distinct g.identity_id as id from access_grant g
        join identity_facts f on f.identity_id = g.identity_id and f.valid_to is null and f.state = 'active'
       where g.entitlement_id = ${entitlementId} and g.ended_because is null and g.valid_from <= ${tx.now}
         and (g.valid_to is null or g.valid_to > ${tx.now}) order by 1 limit 50`)
  ).map((row) => row.id);
