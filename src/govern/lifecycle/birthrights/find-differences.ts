import { sql, type Db, type Sql, type Tx } from '#kit/db/index.ts';
import { IS_DONE } from '#spine/mass-changes/index.ts';
import { BIRTHRIGHTS, EVERYBODY, type BirthrightRule, type Scope } from './model.ts';
import { justified } from './fit-people.ts';

/** Ends that are no decision about the person: what ended so may start again by its rule. */
export const NOT_DUE = 'no birthright any more';
export const UNDONE = 'what gave it was undone';
const NO_DECISION = [NOT_DUE, UNDONE, 'left', 'merged', 'split', 'its time was over'];

/**
 * Facts that hold now, of people who have not left: leavers are nobody's birthright, their grants ended when they left.
 * Named people are looked up one by one, whatever the planner believes of tables that are growing.
 */
const peopleHere = (identityIds: readonly string[] | undefined, at: Date): Sql => {
  const columns = sql`f.identity_id, f.state, f.username, i.kind, f.department, f.org_unit, f.job_title, f.attributes`;
  const here = sql`(f.valid_to is null or f.valid_to > ${at}) and f.state <> 'leaver'`;
  return identityIds === undefined
    ? sql`select ${columns} from identity_facts f join identity i on i.id = f.identity_id
           where f.valid_from <= ${at} and ${here}`
    : sql`select ${columns} from unnest(${sql.array(identityIds)}::uuid[]) as w(id)
           cross join lateral (select * from identity_facts f where f.identity_id = w.id and f.valid_from <= ${at}
                                order by f.valid_from desc limit 1) f
           cross join lateral (select kind from identity i where i.id = w.id limit 1) i
           where ${here}`;
};

/** Whose differences, and by which rules. */
export interface Asked {
  /** Absent: everybody. */
  readonly identityIds?: readonly string[] | undefined;
  /** The rules that say who is to have what. */
  readonly rules: readonly BirthrightRule[];
  /** Only grants by these rules are looked at, which are all of `rules` and those that say nothing any more; absent: all. */
  readonly only?: readonly string[] | undefined;
}

/**
 * Differences between what rules say and what stands, as a set of `identity_id, rule_id, place, grant_id`: without a
 * grant it is to start, with one it is to end. `mine` are the birthright grants that stand open-ended or were taken away
 * by a decision: what a person took away from somebody, in a review for instance, no rule gives back.
 */
export const differences = ({ identityIds, rules, only }: Asked, at: Date): Sql => sql`
    with people as materialized (
      ${peopleHere(identityIds, at)}
    ), ${justified(rules)}
    , mine as (
      select g.id, g.identity_id, g.origin_id as rule_id, g.ended_because is null as stands
        from people p join access_grant g on g.identity_id = p.identity_id
       where g.origin = 'birthright'
         and ${only === undefined ? sql`g.origin_id is not null` : sql`g.origin_id = any(${sql.array(only)}::uuid[])`}
         and (g.ended_because is null and g.valid_to is null or g.ended_because <> all(${NO_DECISION}::text[]))
    )
    select coalesce(j.identity_id, m.identity_id) as identity_id, coalesce(j.rule_id, m.rule_id) as rule_id, j.place,
           m.id as grant_id
      from justified j full join mine m on m.identity_id = j.identity_id and m.rule_id = j.rule_id
     where m.id is null and j.state = 'active' or j.rule_id is null and m.stands`;

/**
 * Left alone by everything but their own plan: what a plan to change a rule has done already, while the rule itself is
 * not yet as the plan makes it.
 */
const NOT_BY_OPEN_PLAN: Sql = sql`not exists (
  select from mass_change_item i join mass_change c on c.id = i.mass_change_id
   where c.kind = ${BIRTHRIGHTS} and c.key <> ${EVERYBODY} and c.state in ('applying', 'canary', 'undoing')
     and ${IS_DONE} and i.identity_id = d.identity_id and i.data->>'ruleId' = d.rule_id::text)`;

/** Rules whose grant a person took away from somebody, in a review for instance: nothing gives it back unasked. */
export const rulesDecidedAgainst = async (tx: Tx, identityId: string): Promise<ReadonlySet<string>> =>
  new Set(
    (
      await tx.many<{ ruleId: string }>(sql`
        select distinct origin_id as rule_id from access_grant
         where identity_id = ${identityId} and origin = 'birthright' and origin_id is not null
           and ended_because <> all(${NO_DECISION}::text[])`)
    ).map((r) => r.ruleId),
  );

/** Differences by the rules in force: the ones anybody but a plan to change a rule may carry out. */
export const differencesInForce = (asked: Asked, at: Date): Sql =>
  sql`select d.* from (${differences(asked, at)}) d where ${NOT_BY_OPEN_PLAN}`;

/** The people in scope, so many at a time; whoever is in several rows of a run may come more than once. */
export async function* pagesOf(db: Db, scope: Scope, size: number): AsyncGenerator<readonly string[], void, void> {
  if ('identityIds' in scope) {
    const ids = [...new Set(scope.identityIds)].toSorted();
    for (let from = 0; from < ids.length; from += size) yield ids.slice(from, from + size);
    return;
  }
  const { runId } = scope;
  const { n } = await db.one<{ n: number }>(sql`select planned_rows as n from feed_run where id = ${runId}`);
  for (let after = 0; after < n; after += size) {
    const rows = await db.many<{ identityId: string }>(sql`
      select distinct identity_id from feed_change
       where run_id = ${runId} and position > ${after} and position <= ${after + size} and what <> 'note'`);
    yield rows.map((row) => row.identityId);
  }
}

/** Those for whom anything differs, in order of id. */
export const peopleOf = async (tx: Tx, found: Sql): Promise<string[]> =>
  (await tx.many<{ identityId: string }>(sql`select distinct identity_id from (${found}) x order by identity_id`)).map(
    (r) => r.identityId,
  );

/** What is to be done for one person: start what rules give, end grants no rule stands behind. */
export interface Differences {
  readonly identityId: string;
  /** In the order of the rules. */
  readonly starts: readonly BirthrightRule[];
  readonly ends: readonly Ending[];
}

export interface Ending {
  readonly grantId: string;
  readonly ruleId: string;
}

/** Differences by person, in order of id. A row a person, since there may be a hundred rules for each. */
export async function byPerson(tx: Tx, found: Sql, rules: readonly BirthrightRule[]): Promise<Differences[]> {
  const rows = await tx.many<{ identityId: string; starts: string | null; ends: string | null }>(sql`
    select identity_id, string_agg(place::text, ' ' order by place) filter (where grant_id is null) as starts,
           string_agg(grant_id || ' ' || rule_id, ' ' order by grant_id) filter (where grant_id is not null) as ends
      from (${found}) x group by identity_id order by identity_id`);
  return rows.map(({ identityId, starts, ends }) => ({
    identityId,
    starts: words(starts).flatMap((place) => rules[Number(place)] ?? []),
    ends: inPairs(words(ends)),
  }));
}

const words = (text: string | null): string[] => (text === null ? [] : text.split(' '));

const inPairs = (list: readonly string[]): Ending[] =>
  Array.from({ length: list.length / 2 }, (_, i) => ({ grantId: list[2 * i] ?? '', ruleId: list[2 * i + 1] ?? '' }));
