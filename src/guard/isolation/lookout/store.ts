import { sql, type Queryable } from '#kit/db/index.ts';

/** A system whose log-ons are to be looked for now. */
export interface DueLookout {
  readonly systemId: string;
  readonly everySeconds: number;
  readonly gateways: readonly string[];
  readonly exemptions: readonly string[];
  readonly mark: string | null;
  readonly problem: string | null;
  readonly blindSince: Date | null;
}

/** How long a node that fell silent keeps others from looking, in seconds. */
const CLAIM_SECONDS = 15;
/** Longest time between two tries where a system cannot be read, in seconds. */
const LONGEST_PAUSE = 300;

/**
 * Takes what is due for this node. A system stays with the node that has it, since that one has a connection open; another
 * takes it over when nothing was heard of the first for long enough.
 */
export const claimDue = (tx: Queryable, node: string, now: Date, most: number): Promise<readonly DueLookout[]> =>
  tx.many<DueLookout>(sql`
    with due as (
      select l.system_id from lookout l join isolation i on i.system_id = l.system_id join system s on s.id = l.system_id
       where i.every_seconds > 0 and s.valid_to is null and (l.next_at is null or l.next_at <= ${now})
         and (l.node is null or l.node = ${node} or l.claimed_until <= ${now})
       order by l.next_at nulls first limit ${most} for update of l skip locked
    )
    update lookout l set node = ${node}, claimed_until = ${now}::timestamptz + make_interval(secs => i.every_seconds + ${CLAIM_SECONDS}),
      next_at = ${now}::timestamptz + make_interval(secs => i.every_seconds)
      from due d join isolation i on i.system_id = d.system_id where l.system_id = d.system_id
    returning l.system_id, i.every_seconds, i.gateways, i.exemptions, l.mark, l.problem, l.blind_since`);

/** Systems this node has, of those it thinks it has. */
export const stillOurs = async (tx: Queryable, node: string, ids: readonly string[]): Promise<ReadonlySet<string>> =>
  new Set(
    (
      await tx.many<{ id: string }>(sql`
        select l.system_id as id from lookout l join isolation i on i.system_id = l.system_id
         where l.node = ${node} and i.every_seconds > 0 and l.system_id = any(${sql.array(ids)}::uuid[])`)
    ).map(({ id }) => id),
  );

export const keepLook = (
  tx: Queryable,
  input: { readonly systemId: string; readonly mark: string; readonly leftOut: readonly string[]; readonly now: Date },
): Promise<number> =>
  tx.run(sql`
    update lookout set mark = ${input.mark}, looked_at = ${input.now}, left_out = ${sql.array(input.leftOut)}::text[], problem = null, blind_since = null
     where system_id = ${input.systemId}`);

/** Tried again later and later, up to five minutes. */
export const keepProblem = (
  tx: Queryable,
  input: { readonly systemId: string; readonly problem: string; readonly now: Date },
): Promise<number> =>
  tx.run(sql`
    update lookout set problem = ${input.problem}, blind_since = coalesce(blind_since, ${input.now}),
      next_at = ${input.now}::timestamptz + least(make_interval(secs => ${LONGEST_PAUSE}),
        greatest(next_at - ${input.now}::timestamptz, ${input.now}::timestamptz - coalesce(blind_since, ${input.now})))
     where system_id = ${input.systemId}`);
