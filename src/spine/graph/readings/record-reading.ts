import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { accountAppeared, accountGone, holdingAppeared, holdingGone } from '../events.ts';
import type { AccountChanges } from './merge-accounts.ts';
import type { HoldingChange } from './merge-holdings.ts';

/** Ids an event carries at most. */
const BATCH = 500;

const batches = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / BATCH) }, (_, i) => all.slice(i * BATCH, (i + 1) * BATCH));

/**
 * Records what somebody should look at, in batches: a million unremarkable accounts leave no event but the
 * reading's own. Remarkable are privileged accounts and holdings, holdings nobody granted, granted ones that went,
 * and, once a system has been read before, every new account.
 */
export async function recordRemarkable(
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly systemId: string;
    readonly baseline: boolean;
    readonly accounts: AccountChanges;
    /** Ids of appeared accounts that are privileged. */
    readonly privileged: ReadonlySet<string>;
    readonly holdings: readonly HoldingChange[];
  },
): Promise<void> {
  const { systemId, baseline } = input;
  const came = input.accounts.appeared.filter((id) => !baseline || input.privileged.has(id));
  for (const accountIds of batches(came))
    await ctx.record(permit, { event: accountAppeared, data: { systemId, accountIds } });
  const went = input.accounts.gone.filter((a) => a.drifts).map((a) => a.id);
  for (const accountIds of batches(went))
    await ctx.record(permit, { event: accountGone, data: { systemId, accountIds } });
  const key = (h: HoldingChange): { accountId: string; entitlementId: string } => ({
    accountId: h.accountId,
    entitlementId: h.entitlementId,
  });
  const appeared = input.holdings.filter((h) => h.appeared && (h.privileged || (!baseline && !h.founded)));
  for (const holdings of batches(appeared.map(key)))
    await ctx.record(permit, { event: holdingAppeared, data: { systemId, holdings } });
  const gone = input.holdings.filter((h) => !h.appeared && (h.privileged || h.founded));
  for (const holdings of batches(gone.map(key)))
    await ctx.record(permit, { event: holdingGone, data: { systemId, holdings } });
}
