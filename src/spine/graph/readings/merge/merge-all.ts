import { sql, type Tx } from '#kit/db/index.ts';
import type { HoldingQuality } from '../../model.ts';
import type { ReadingCounts } from '../model.ts';
import { mergeAccounts } from './merge-accounts.ts';
import { mergeEntitlements, mergeNesting } from './merge-entitlements.ts';
import { mergeHoldings } from './merge-holdings.ts';
import type { Scope } from './scope.ts';

/** Brings all that was staged and met into the graph, in the order in which one refers to the other. */
export async function mergeAll(
  tx: Tx,
  input: {
    readonly scope: Scope;
    readonly trusted: boolean;
    readonly quality: HoldingQuality;
    /** Accounts and holdings that look gone. */
    readonly missing: number;
  },
): Promise<ReadingCounts> {
  const { scope, trusted } = input;
  const accounts = await mergeAccounts(tx, scope, trusted);
  const entitlements = await mergeEntitlements(tx, scope, trusted);
  const nesting = await mergeNesting(tx, scope, trusted);
  const holdings = await mergeHoldings(tx, scope, trusted, input.quality);
  // Whoever may use a shared account reaches what it holds: what it holds now may be privileged, or not any more.
  await tx.run(sql`
    select catalogue_privilege(array(
      select e.id from entitlement e
       where e.account_id in (select account_id from changed_holding) and e.valid_to is null))`);
  const read = await tx.one<{ accounts: number; entitlements: number; holdings: number }>(sql`
    select (select count(*) from read_account) as accounts, (select count(*) from read_entitlement) as entitlements,
           (select count(*) from read_holding) as holdings`);
  return {
    ...read,
    accountsAppeared: accounts.appeared,
    accountsChanged: accounts.changed,
    accountsGone: accounts.gone,
    entitlementsAppeared: entitlements.appeared,
    entitlementsChanged: entitlements.changed,
    entitlementsGone: entitlements.gone,
    holdingsAppeared: holdings.appeared,
    holdingsGone: holdings.gone,
    nestingChanged: nesting.changed,
    withheld: entitlements.withheld + nesting.withheld + (trusted ? 0 : input.missing),
  };
}
