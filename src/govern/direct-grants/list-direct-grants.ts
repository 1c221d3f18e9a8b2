import { sql, type Sql, type Tx } from '#kit/db/index.ts';

export const STATES = ['live', 'planned', 'ended'] as const;
export type DirectGrantState = (typeof STATES)[number];

/** Access that was given without a request, as a list shows it. */
export interface DirectGrant {
  readonly id: string;
  readonly identityId: string;
  readonly identityName: string;
  readonly entitlementId: string | null;
  readonly roleId: string | null;
  /** Of the entitlement or role. */
  readonly name: string;
  readonly systemName: string | null;
  readonly privileged: boolean;
  readonly state: DirectGrantState;
  readonly validFrom: Date;
  readonly validTo: Date | null;
  readonly reason: string | null;
  readonly endedBecause: string | null;
  /** Who gave it; null where the log does not say. */
  readonly givenBy: string | null;
}

/** What a list of them is narrowed by. */
export interface DirectGrantFilter {
  readonly state?: DirectGrantState | undefined;
  /** Only those with no end, or only those with one. */
  readonly end?: 'none' | 'set' | undefined;
  readonly systemId?: string | undefined;
  /** Letters in the name of who has it, or of what it is. */
  readonly search?: string | undefined;
}

const stateAt = (now: Date): Sql => sql`
  case when g.ended_because is not null or g.valid_to <= ${now} then 'ended'
       when not g.started and g.valid_from > ${now} then 'planned' else 'live' end`;

function fits({ state, end, systemId, search }: DirectGrantFilter, now: Date): Sql {
  const when: Sql[] = [sql`g.origin = 'admin'`];
  if (state !== undefined) when.push(sql`${stateAt(now)} = ${state}`);
  if (end !== undefined) when.push(end === 'none' ? sql`g.valid_to is null` : sql`g.valid_to is not null`);
  if (systemId !== undefined) when.push(sql`e.system_id = ${systemId}`);
  for (const word of search?.toLowerCase().split(/\s+/u).filter(Boolean) ?? [])
    when.push(sql`position(${word} in lower(concat_ws(' ', f.display_name, f.username, e.name, r.name, s.name))) > 0`);
  return sql.join(when, sql` and `);
}

/** What was given directly, the newest first. */
export const listDirectGrants = async (
  tx: Tx,
  asked: DirectGrantFilter & { readonly before: string | null; readonly limit: number },
): Promise<readonly DirectGrant[]> =>
  await tx.many<DirectGrant>(sql`
    with found as (
      select g.id, g.identity_id, coalesce(f.display_name, 'somebody no longer known') as identity_name, g.entitlement_id, g.role_id,
             coalesce(e.name, r.name) as name, s.name as system_name, coalesce(e.privileged, false) as privileged, ${stateAt(tx.now)} as state,
             g.valid_from, g.valid_to, g.reason, g.ended_because
        from access_grant g
        left join identity_facts f on f.identity_id = g.identity_id and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
        left join entitlement e on e.id = g.entitlement_id
        left join role r on r.id = g.role_id
        left join system s on s.id = e.system_id
       where ${fits(asked, tx.now)} and (${asked.before}::uuid is null or g.id < ${asked.before}::uuid)
       order by g.id desc limit ${asked.limit}
    )
    select found.*, told.by as given_by
      from found left join lateral (
        select coalesce((select f.display_name from identity_facts f
                          where a.actor_kind = 'identity' and f.identity_id::text = a.actor_id order by f.valid_from desc limit 1),
                        a.actor_kind || ' ' || a.actor_id) as by
          from audit_event a
         where a.subject_id = found.identity_id and a.data @> jsonb_build_object('grantId', found.id)
         order by a.id limit 1) told on true
     order by found.id desc`);
