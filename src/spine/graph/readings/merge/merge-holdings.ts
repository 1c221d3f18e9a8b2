import { sql, type Tx } from '#kit/db/index.ts';
import type { HoldingQuality } from '../../model.ts';
import { measure } from '../stage/open-stage.ts';
import type { Scope } from './scope.ts';

/** Says which accounts and entitlements the staged holdings join; each pair once. */
export async function meetHoldings(tx: Tx): Promise<void> {
  const met = await tx.run(sql`
    insert into met_holding (account_id, entitlement_id, given_by)
    select a.account_id, e.entitlement_id, min(h.given_by)
      from read_holding h
      join met_account a on a.native_id = h.account
      join met_entitlement e on e.native_id = h.entitlement
     group by 1, 2`);
  await measure(tx, 'met_holding', met);
}

/** Finds what looks gone among the holdings in scope, as `findMissingAccounts` does. Returns how many. */
export async function findMissingHoldings(tx: Tx, scope: Scope): Promise<number> {
  const missing = await tx.run(sql`
    insert into missing_holding (account_id, entitlement_id)
    select h.account_id, h.entitlement_id from (${scope.holdings}) h
     where h.valid_to is null and h.observed_at <= ${scope.readAt}
       and not exists (select from met_holding s where s.account_id = h.account_id and s.entitlement_id = h.entitlement_id)`);
  await measure(tx, 'missing_holding', missing);
  return missing;
}

/**
 * Makes holdings what was staged, and notes what came and went in `changed_holding`. A holding seen again is not
 * written, unless it is now known who gave it, or this reading looks at single accounts, where being seen is the point.
 */
export async function mergeHoldings(
  tx: Tx,
  scope: Scope,
  trusted: boolean,
  quality: HoldingQuality,
): Promise<{ readonly appeared: number; readonly gone: number }> {
  const { readAt } = scope;
  const appeared = await tx.run(sql`
    with come as (
      insert into holding (account_id, entitlement_id, observed_at, quality, given_by, valid_from)
      select s.account_id, s.entitlement_id, ${readAt}::timestamptz, ${quality}, s.given_by, ${readAt}::timestamptz
        from met_holding s
       where not exists (select from holding h where h.account_id = s.account_id and h.entitlement_id = s.entitlement_id
                            and (h.valid_to is null or h.recorded_from > ${readAt}))
       order by s.account_id, s.entitlement_id
      on conflict (account_id, entitlement_id, valid_from) do update
        set valid_to = null, observed_at = excluded.observed_at, quality = excluded.quality, given_by = excluded.given_by
      returning account_id, entitlement_id
    )
    insert into changed_holding (account_id, entitlement_id, appeared) select account_id, entitlement_id, true from come`);
  await tx.run(sql`
    update holding h set given_by = s.given_by from met_holding s
     where s.given_by is not null and h.account_id = s.account_id and h.entitlement_id = s.entitlement_id
       and h.valid_to is null and h.recorded_from <= ${readAt} and h.given_by is distinct from s.given_by`);
  if (scope.looksAtOne) {
    await tx.run(sql`
      update holding h set observed_at = ${readAt}, quality = ${quality} from met_holding s
       where h.account_id = s.account_id and h.entitlement_id = s.entitlement_id and h.valid_to is null
         and h.observed_at < ${readAt}`);
  }
  let gone = 0;
  if (trusted) {
    gone = await tx.run(sql`
      with went as (
        update holding h set valid_to = greatest(h.valid_from, ${readAt}) from missing_holding m
         where h.account_id = m.account_id and h.entitlement_id = m.entitlement_id and h.valid_to is null
        returning h.account_id, h.entitlement_id
      )
      insert into changed_holding (account_id, entitlement_id, appeared) select account_id, entitlement_id, false from went`);
  }
  await measure(tx, 'changed_holding', appeared + gone);
  return { appeared, gone };
}
