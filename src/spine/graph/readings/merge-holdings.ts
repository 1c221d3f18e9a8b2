import { sql, type Tx } from '#kit/db/index.ts';
import { foundedIn } from '../closure/drift.ts';
import type { HoldingQuality } from '../model.ts';
import { inScope, type Scope } from './merge-accounts.ts';
import { measure } from './stage-reading.ts';

/** One holding that came or went. */
export interface HoldingChange {
  readonly accountId: string;
  readonly entitlementId: string;
  readonly appeared: boolean;
  readonly privileged: boolean;
  /** True where the account's owner has a live grant that leads to it. */
  readonly founded: boolean;
}

/**
 * Makes holdings what was staged and says what changed. A holding seen again is not written, unless this reading is
 * about single accounts, where being seen now is the point.
 */
export async function mergeHoldings(
  tx: Tx,
  scope: Scope,
  quality: HoldingQuality,
): Promise<{ readonly changes: readonly HoldingChange[]; readonly withheld: number }> {
  const { readAt, trusted } = scope;
  await tx.run(sql`
    insert into read_held (account_id, entitlement_id)
    select a.account_id, e.entitlement_id
      from read_holding h
      join read_account a on a.native_id = h.account
      join read_entitlement e on e.native_id = h.entitlement
     where a.account_id is not null and e.entitlement_id is not null
    on conflict do nothing`);
  await measure(tx, 'read_held');
  await tx.run(sql`
    with come as (
      insert into holding (account_id, entitlement_id, observed_at, quality, valid_from)
      select s.account_id, s.entitlement_id, ${readAt}::timestamptz, ${quality}, ${readAt}::timestamptz from read_held s
       where not exists (select from holding h where h.account_id = s.account_id and h.entitlement_id = s.entitlement_id
                            and (h.valid_to is null or h.recorded_from > ${readAt}))
      on conflict (account_id, entitlement_id, valid_from) do update
        set valid_to = null, observed_at = excluded.observed_at, quality = excluded.quality
      returning account_id, entitlement_id
    )
    insert into read_change (account_id, entitlement_id, appeared) select account_id, entitlement_id, true from come`);
  if (scope.accountIds !== undefined) {
    await tx.run(sql`
      update holding h set observed_at = ${readAt}, quality = ${quality} from read_held s
       where h.account_id = s.account_id and h.entitlement_id = s.entitlement_id and h.valid_to is null
         and h.observed_at < ${readAt}`);
  }
  const missing = sql`
    a.id = h.account_id and ${inScope('a', scope)} and h.valid_to is null and h.observed_at <= ${readAt}
    and not exists (select from read_held s where s.account_id = h.account_id and s.entitlement_id = h.entitlement_id)`;
  if (!trusted) {
    const { n } = await tx.one<{ n: number }>(sql`select count(*) as n from holding h, account a where ${missing}`);
    return { changes: await describeChanges(tx), withheld: n };
  }
  await tx.run(sql`
    with went as (
      update holding h set valid_to = greatest(h.valid_from, ${readAt}) from account a where ${missing}
      returning h.account_id, h.entitlement_id
    )
    insert into read_change (account_id, entitlement_id, appeared) select account_id, entitlement_id, false from went`);
  return { changes: await describeChanges(tx), withheld: 0 };
}

async function describeChanges(tx: Tx): Promise<HoldingChange[]> {
  await measure(tx, 'read_change');
  return await tx.many<HoldingChange>(sql`
    with recursive ${foundedIn(sql`select distinct entitlement_id from read_change`, tx.now)}
    select c.account_id, c.entitlement_id, c.appeared, a.privileged or t.privileged as privileged, f.target is not null as founded
      from read_change c
      join account a on a.id = c.account_id
      join entitlement t on t.id = c.entitlement_id
      left join founded f on f.identity_id = a.identity_id and f.target = c.entitlement_id
     order by c.account_id, c.entitlement_id, c.appeared`);
}
