import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { StepKind } from '../model.ts';

/** Who may decide in somebody's name now, and about what. */
interface LiveDeputy {
  readonly identityId: string;
  readonly deputyId: string;
  readonly stepKinds: readonly string[] | null;
  readonly systemIds: readonly string[] | null;
  readonly targetIds: readonly string[] | null;
}

/** Deputies of somebody for one step. */
export type DeputiesOf = (identityId: string) => readonly string[];
export type Cover = (kind: StepKind, targets: readonly Covered[]) => DeputiesOf;
interface Covered {
  readonly id: string;
  readonly systemId: string | null;
}

/**
 * Deputies (`d`) in force at an instant, whose own standing holds as well: the deputy is an active person, and the one
 * they stand in for is there or on leave. Whoever left or is suspended speaks through nobody.
 */
const live = (now: Date): Sql => sql`
  approval_deputy d
    join identity_facts whose on whose.identity_id = d.identity_id and whose.state in ('active', 'leave')
     and whose.valid_from <= ${now} and (whose.valid_to is null or whose.valid_to > ${now})
    join identity_facts stands on stands.identity_id = d.deputy_id and stands.state = 'active'
     and stands.valid_from <= ${now} and (stands.valid_to is null or stands.valid_to > ${now})
    join identity kinds on kinds.id = d.deputy_id and kinds.kind = 'person'`;
const inForce = (now: Date, about = 'requests'): Sql =>
  sql`d.ended_at is null and d.starts_at <= ${now} and d.ends_at > ${now} and (d.about is null or ${about} = any (d.about))`;

/** Who decides about items of certifications in whose name now: rows of identity_id, deputy_id, system_ids and target_ids. */
export const deputiesInReviews = (now: Date): Sql =>
  sql`(select d.identity_id, d.deputy_id, d.system_ids, d.target_ids from ${live(now)} where ${inForce(now, 'certifications')})`;

/** Reads all deputies in force, to ask for one step after another. A deputy of a deputy is not followed. */
export const loadCover = async (tx: Tx): Promise<Cover> => {
  const rows = await tx.many<LiveDeputy>(
    sql.named(
      'requests.cover',
      sql`
    select distinct d.identity_id, d.deputy_id, d.step_kinds, d.system_ids, d.target_ids
      from ${live(tx.now)} where ${inForce(tx.now)} order by d.identity_id, d.deputy_id`,
    ),
  );
  return (kind, targets) => (identityId) => [
    ...new Set(
      rows.filter((row) => row.identityId === identityId && covers(row, kind, targets)).map((row) => row.deputyId),
    ),
  ];
};

const covers = (row: LiveDeputy, kind: StepKind, targets: readonly Covered[]): boolean =>
  (row.stepKinds === null || row.stepKinds.includes(kind)) &&
  ((row.systemIds === null && row.targetIds === null) ||
    targets.every(
      (t) =>
        row.targetIds?.includes(t.id) === true || (t.systemId !== null && row.systemIds?.includes(t.systemId) === true),
    ));

/**
 * The same in SQL for open steps: rows of step_id, request_id, identity_id and deputy_id. Nobody stands in for who
 * decided a step of that request already, by themselves or through another, and nobody who asked, benefits or answers for a
 * program that does is a deputy in it. Planning it takes many times as long as running it: what asks with it has a name.
 */
export const standIns = (now: Date, and: Sql = sql`true`): Sql => sql`
  select s.id as step_id, s.request_id, d.identity_id, d.deputy_id
    from approval_step s join ${live(now)} on d.identity_id = any (s.candidates)
   where s.state = 'open' and ${inForce(now)} and ${and}
     and (d.step_kinds is null or s.kind = any (d.step_kinds))
     and (d.system_ids is null and d.target_ids is null or not exists (
       select from request_line l left join entitlement e on e.id = l.entitlement_id
        where l.id = any (s.line_ids)
          and not coalesce(coalesce(l.entitlement_id, l.role_id) = any (d.target_ids), false)
          and not coalesce(e.system_id = any (d.system_ids), false)))
     and not exists (
       select from approval_step o where o.request_id = s.request_id and d.identity_id in (o.decided_by, o.decided_for))
     and not exists (
       select from request r join identity b on b.id in (r.requester_id, r.beneficiary_id)
         left join identity_facts bf on bf.identity_id = b.id and b.kind in ('service', 'workload', 'agent')
          and bf.valid_from <= ${now} and (bf.valid_to is null or bf.valid_to > ${now})
        where r.id = s.request_id and d.deputy_id in (b.id, bf.owner_id))`;

/** In whose name somebody may decide which open steps of a request. */
export const standsInFor = (
  tx: Tx,
  requestId: string,
  deputyId: string,
): Promise<{ stepId: string; identityId: string }[]> =>
  tx.many(
    sql.named(
      'requests.stands_in_for',
      sql`
    select distinct step_id, identity_id
      from (${standIns(tx.now, sql`s.request_id = ${requestId} and d.deputy_id = ${deputyId}`)}) t order by step_id, identity_id`,
    ),
  );

/** Deputies of those an open step waits for. */
export const deputiesOfStep = async (tx: Tx, stepId: string): Promise<string[]> =>
  (
    await tx.many<{ deputyId: string }>(
      sql.named(
        'requests.deputies_of_step',
        sql`select distinct deputy_id from (${standIns(tx.now, sql`s.id = ${stepId}`)}) t order by deputy_id`,
      ),
    )
  ).map((row) => row.deputyId);
