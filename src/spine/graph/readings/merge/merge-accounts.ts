import { sql, type Tx } from '#kit/db/index.ts';
import { measure } from '../stage/open-stage.ts';
import type { Scope } from './scope.ts';

export interface Changed {
  readonly appeared: number;
  readonly changed: number;
  readonly gone: number;
}

/**
 * Says whom the staged accounts are: those known by their native id, and new ones with the id they brought. One that
 * ended since the reading began is nobody: that is newer.
 */
export async function meetAccounts(tx: Tx, { systemId, readAt }: Scope): Promise<void> {
  const known = await tx.run(sql`
    insert into met_account (native_id, account_id, fresh)
    select r.native_id, a.id, false from read_account r
      join account a on a.system_id = ${systemId} and a.native_id = r.native_id and a.valid_to is null`);
  const fresh = await tx.run(sql`
    insert into met_account (native_id, account_id, fresh)
    select r.native_id, r.id, true from read_account r
     where not exists (select from account a where a.system_id = ${systemId} and a.native_id = r.native_id and a.valid_to is null)
       and not exists (select from account a where a.system_id = ${systemId} and a.native_id = r.native_id
                          and a.valid_to is not null and a.recorded_from > ${readAt})`);
  await measure(tx, 'met_account', known + fresh);
}

/** Finds what looks gone among the accounts in scope: not read, and not recorded since the reading began. Returns how many. */
export async function findMissingAccounts(tx: Tx, scope: Scope): Promise<number> {
  const missing = await tx.run(sql`
    insert into missing_account (account_id, drifts)
    select a.id, a.identity_id is not null or a.privileged from (${scope.accounts}) a
     where a.valid_to is null and a.recorded_from <= ${scope.readAt}
       and not exists (select from read_account r where r.native_id = a.native_id)`);
  await measure(tx, 'missing_account', missing);
  return missing;
}

/**
 * Brings staged accounts into the graph. A known account keeps its owner, its marks and, where the reading does not
 * know better, its kind and last use. An untrusted reading only ever adds: reasons for privilege, an unlocking.
 */
export async function mergeAccounts(tx: Tx, scope: Scope, trusted: boolean): Promise<Changed> {
  const { systemId, readAt } = scope;
  const changed = await tx.run(sql`
    update account a
       set name = n.name, kind = n.kind, state = n.state, attributes = n.attributes, last_used_at = n.last_used_at,
           privileged_because = n.reasons, privileged = jsonb_array_length(n.reasons) > 0
      from read_account r
      join met_account m on m.native_id = r.native_id and not m.fresh
      join account o on o.id = m.account_id
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
  const appeared = await tx.run(sql`
    insert into account (id, system_id, native_id, name, kind, state, privileged, privileged_because, attributes,
                         last_used_at, valid_from)
    select r.id, ${systemId}::uuid, r.native_id, r.name, r.kind, r.state, jsonb_array_length(r.reasons) > 0, r.reasons,
           r.attributes, r.last_used_at, ${readAt}::timestamptz
      from read_account r join met_account m on m.native_id = r.native_id and m.fresh`);
  if (!trusted) return { appeared, changed, gone: 0 };
  const gone = await tx.run(sql`
    update account a set state = 'gone', valid_to = greatest(a.valid_from, ${readAt})
      from missing_account m where a.id = m.account_id and a.valid_to is null`);
  await tx.run(sql`
    update entitlement e set valid_to = greatest(e.valid_from, ${readAt})
      from missing_account m where e.valid_to is null and e.account_id = m.account_id`);
  return { appeared, changed, gone };
}
