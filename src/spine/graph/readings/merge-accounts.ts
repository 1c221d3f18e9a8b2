import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { measure } from './stage-reading.ts';

/** How far a reading may reach. */
export interface Scope {
  readonly systemId: string;
  /** When the reading began; what was recorded since is newer and wins. */
  readonly readAt: Date;
  /** False: nothing is taken away. */
  readonly trusted: boolean;
  /** Present: the reading is about these accounts only. */
  readonly accountIds?: readonly string[];
}

export const inScope = (alias: string, scope: Scope): Sql =>
  scope.accountIds === undefined
    ? sql`${sql.id(alias)}.system_id = ${scope.systemId}`
    : sql`${sql.id(alias)}.id = any(${scope.accountIds}::uuid[])`;

export interface AccountChanges {
  readonly appeared: readonly string[];
  readonly changed: number;
  readonly gone: readonly { readonly id: string; readonly drifts: boolean }[];
  readonly withheld: number;
}

/**
 * Brings staged accounts into the graph. A known account keeps its owner, its marks and, where the reading does not
 * know better, its kind and last use. An untrusted reading only ever adds: reasons for privilege, an unlocking.
 */
export async function mergeAccounts(tx: Tx, scope: Scope): Promise<AccountChanges> {
  const { systemId, readAt, trusted } = scope;
  await tx.run(sql`
    update read_account r set account_id = a.id from account a
     where a.system_id = ${systemId} and a.native_id = r.native_id and a.valid_to is null`);
  await measure(tx, 'read_account');
  const changed = await tx.run(sql`
    update account a
       set name = n.name, kind = n.kind, state = n.state, attributes = n.attributes, last_used_at = n.last_used_at,
           privileged_because = n.reasons, privileged = jsonb_array_length(n.reasons) > 0
      from read_account r
      join account o on o.id = r.account_id
      cross join lateral (select
        case when ${trusted}::boolean then r.name else o.name end as name,
        case when r.kind = 'unknown' then o.kind else r.kind end as kind,
        case when ${trusted}::boolean or r.state = 'active' then r.state else o.state end as state,
        case when ${trusted}::boolean then r.attributes else o.attributes end as attributes,
        greatest(o.last_used_at, r.last_used_at) as last_used_at,
        case when ${trusted}::boolean or jsonb_array_length(r.reasons) > 0
             then jsonb_path_query_array(o.privileged_because, '$[*] ? (@.source != "reading")') || r.reasons
             else o.privileged_because end as reasons
      ) n
     where a.id = o.id and o.recorded_from <= ${readAt}
       and (o.name, o.kind, o.state, o.attributes, o.last_used_at, o.privileged_because)
           is distinct from (n.name, n.kind, n.state, n.attributes, n.last_used_at, n.reasons)`);
  const appeared = await tx.many<{ id: string }>(sql`
    insert into account (id, system_id, native_id, name, kind, state, privileged, privileged_because, attributes,
                         last_used_at, valid_from)
    select r.id, ${systemId}::uuid, r.native_id, r.name, r.kind, r.state, jsonb_array_length(r.reasons) > 0, r.reasons,
           r.attributes, r.last_used_at, ${readAt}::timestamptz
      from read_account r
     where r.account_id is null
       and not exists (select from account a where a.system_id = ${systemId} and a.native_id = r.native_id
                          and a.valid_to is not null and a.recorded_from > ${readAt})
    returning id`);
  await tx.run(
    sql`update read_account r set account_id = a.id from account a where r.account_id is null and a.id = r.id`,
  );
  await measure(tx, 'read_account');
  const missing = sql`
    ${inScope('a', scope)} and a.valid_to is null and a.recorded_from <= ${readAt}
    and not exists (select from read_account r where r.native_id = a.native_id)`;
  if (!trusted) {
    const { n } = await tx.one<{ n: number }>(sql`select count(*) as n from account a where ${missing}`);
    return { appeared: appeared.map((a) => a.id), changed, gone: [], withheld: n };
  }
  const gone = await tx.many<{ id: string; drifts: boolean }>(sql`
    update account a set state = 'gone', valid_to = greatest(a.valid_from, ${readAt}) where ${missing}
    returning id, identity_id is not null or privileged as drifts`);
  await tx.run(sql`
    update entitlement set valid_to = greatest(valid_from, ${readAt})
     where valid_to is null and account_id = any(${gone.map((a) => a.id)}::uuid[])`);
  return { appeared: appeared.map((a) => a.id), changed, gone, withheld: 0 };
}
