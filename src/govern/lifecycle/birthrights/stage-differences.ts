import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { EffectCount } from '#spine/mass-changes/index.ts';
import type { Differences, Ending } from './find-differences.ts';
import { blockedStarts, rulesToJudge, type BlockedStart } from './judge-starts.ts';
import type { BirthrightRule, RuleChange } from './model.ts';
import { endOf, termsOf, type RuleTerms } from './store.ts';

/** People judged together. */
const PAGE = 1000;
/** From so many rows on the planner is told what is in the table. */
const WORTH_ANALYZING = 5000;

/** All differences of a plan, laid out whole, each with why it may not be. */
export interface Staged {
  readonly starts: number;
  readonly ends: number;
  readonly blocked: readonly BlockedStart[];
  readonly terms: ReadonlyMap<string, RuleTerms>;
}

/**
 * Lays differences out in a table of this transaction, `birthright_difference`, with one statement, and has separation
 * of duties judge the starts as it will when they are carried out: nothing is changed. Only people for whom it has
 * something to say are read.
 */
export async function stageDifferences(
  tx: Tx,
  found: Sql,
  rules: readonly BirthrightRule[],
  newTerms: ReadonlyMap<string, RuleTerms> = new Map(),
): Promise<Staged> {
  await tx.run(sql`create temporary table if not exists birthright_difference (
    identity_id uuid not null, rule_id uuid not null, place integer, grant_id uuid, blocked boolean not null default false
  ) on commit delete rows`);
  await tx.run(sql`delete from birthright_difference`);
  const rows = await tx.run(sql`insert into birthright_difference (identity_id, rule_id, place, grant_id) ${found}`);
  if (rows > WORTH_ANALYZING) await tx.run(sql`analyze birthright_difference`);
  const ruleIds = (await tx.many<{ ruleId: string }>(sql`select distinct rule_id from birthright_difference`)).map(
    (r) => r.ruleId,
  );
  const terms = new Map([...(await termsOf(tx, ruleIds)), ...newTerms]);
  const blocked = await judgeStaged(tx, rules, terms);
  const counts = await tx.one<{ starts: number; ends: number }>(sql`
    select (count(*) filter (where grant_id is null and not blocked))::int as starts, (count(grant_id))::int as ends
      from birthright_difference`);
  return { ...counts, blocked, terms };
}

async function judgeStaged(
  tx: Tx,
  rules: readonly BirthrightRule[],
  terms: ReadonlyMap<string, RuleTerms>,
): Promise<readonly BlockedStart[]> {
  const starting = await tx.many<{ ruleId: string }>(
    sql`select distinct rule_id from birthright_difference where grant_id is null`,
  );
  const judged = await rulesToJudge(
    tx,
    rules.filter((rule) => starting.some((s) => s.ruleId === rule.id)),
  );
  if (judged.length === 0) return [];
  const places = new Map(rules.map((rule, place) => [place, rule]));
  const blocked: BlockedStart[] = [];
  for (let after: string | undefined; ;) {
    const page = await startingPeople(tx, judged, after);
    if (page.length === 0) return blocked;
    after = page.at(-1)?.identityId;
    const ending = new Map(
      page.map(({ identityId, ends }) => [
        identityId,
        new Map(ends.map((end) => [end.grantId, endOf(terms.get(end.ruleId), tx.now)])),
      ]),
    );
    const found = await blockedStarts(
      tx,
      page.map(({ identityId, places: wanted }) => ({
        identityId,
        starts: wanted.flatMap((place) => places.get(place) ?? []),
      })),
      ending,
    );
    await tx.run(sql`
      update birthright_difference d set blocked = true
        from unnest(${sql.array(found.map((b) => b.identityId))}::uuid[], ${sql.array(found.map((b) => b.rule.id))}::uuid[])
          as b(identity_id, rule_id)
       where d.identity_id = b.identity_id and d.rule_id = b.rule_id and d.grant_id is null`);
    blocked.push(...found);
  }
}

/** The next people for whom something is to start that has to be judged, with that and with all that ends for them. */
const startingPeople = (
  tx: Tx,
  judged: readonly BirthrightRule[],
  after: string | undefined,
): Promise<(Pick<Differences, 'identityId'> & { readonly places: number[]; readonly ends: Ending[] })[]> => {
  const isJudged = sql`d.grant_id is null and d.rule_id = any(${sql.array(judged.map((r) => r.id))}::uuid[])`;
  return tx.many(sql`
    with page as (
      select distinct d.identity_id from birthright_difference d
       where ${isJudged} and (${after ?? null}::uuid is null or d.identity_id > ${after ?? null}::uuid)
       order by d.identity_id limit ${PAGE}
    )
    select d.identity_id, coalesce(array_agg(d.place order by d.place) filter (where ${isJudged}), '{}') as places,
           coalesce(jsonb_agg(jsonb_build_object('grantId', d.grant_id, 'ruleId', d.rule_id)) filter (where d.grant_id is not null), '[]') as ends
      from page join birthright_difference d on d.identity_id = page.identity_id
     where d.grant_id is not null or ${isJudged} group by d.identity_id order by d.identity_id`);
};

/** What is staged as items of a mass change, by person, what ends first; the change of a rule itself comes last. */
export function itemsOfStaged(staged: Pick<Staged, 'terms'>, change?: RuleChange): Sql {
  const items = sql`
    select case when d.grant_id is null then 'create' else 'delete' end as effect, t.system_id, d.identity_id,
           case when d.grant_id is null then 'give ' || t.name else 'take away ' || t.name || t.later end as what,
           case when d.grant_id is null then jsonb_build_object('ruleId', d.rule_id)
                else jsonb_build_object('ruleId', d.rule_id, 'grantId', d.grant_id) end as data
      from birthright_difference d left join ${termTable(staged.terms)} on t.rule_id = d.rule_id
     where not d.blocked order by d.identity_id, d.grant_id nulls last, d.place`;
  if (change === undefined) return items;
  const { what, rule, before } = change;
  const title = what === 'remove' ? 'end' : before === null ? 'make' : 'change';
  return sql`
    (${items}) union all
    select 'update', null::uuid, null::uuid, ${`${title} the rule ${rule.name}`}, ${sql.json(change)}::jsonb
     where exists (select from birthright_difference where not blocked)`;
}

/** How many of which effect are staged, where: what the guard judges. */
export const countStaged = (tx: Tx, staged: Pick<Staged, 'terms'>): Promise<EffectCount[]> =>
  tx.many<EffectCount>(sql`
    select case when d.grant_id is null then 'create' else 'delete' end as effect, t.system_id, count(*)::int as n
      from birthright_difference d left join ${termTable(staged.terms)} on t.rule_id = d.rule_id
     where not d.blocked group by 1, 2`);

const termTable = (terms: ReadonlyMap<string, RuleTerms>): Sql => {
  const rows = [...terms];
  return sql`unnest(${sql.array(rows.map(([id]) => id))}::uuid[], ${sql.array(rows.map(([, t]) => t.systemId))}::uuid[],
    ${sql.array(rows.map(([, t]) => t.name))}::text[],
    ${sql.array(rows.map(([, t]) => (t.graceDays === 0 ? '' : ` after ${t.graceDays} days`)))}::text[])
    as t(rule_id, system_id, name, later)`;
};
