import { conflict, notFound } from '#kit/errors/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { systemRead } from '../events.ts';
import type { ReadingCounts, ReadingResult, SystemReading } from '../model.ts';
import { mergeAccounts, type Scope } from './merge-accounts.ts';
import { mergeEntitlements, mergeNesting } from './merge-entitlements.ts';
import { mergeHoldings, type HoldingChange } from './merge-holdings.ts';
import { recordRemarkable } from './record-reading.ts';
import { stageReading } from './stage-reading.ts';

export interface ReadingInput {
  readonly systemId: string;
  readonly reading: SystemReading;
  /** False: what looks gone is left alone. Only a trusted reading takes anything away. */
  readonly trusted: boolean;
  /** When the reading began (default now): what was recorded since then is newer than the reading and wins. */
  readonly readAt?: Date | undefined;
  /** `reported` where somebody told what is there, for instance in an export; default `read`. */
  readonly quality?: 'read' | 'reported' | undefined;
}

/** Readings of one system wait for each other. Returns when its last whole, trusted reading began. */
export async function lockSystem(tx: Tx, systemId: string): Promise<Date | null> {
  const row = await tx.maybe<{ kind: string; lastReadAt: Date | null }>(
    sql`select kind, last_read_at from system where id = ${systemId} for no key update`,
  );
  if (row === undefined) throw notFound('system', systemId);
  if (row.kind === 'reeve') throw conflict('reading.of_reeve', 'Reeve reads itself from its own tables');
  return row.lastReadAt;
}

/**
 * Makes the graph agree with one whole reading of a system, as sets: accounts, entitlements, nesting and holdings
 * appear, change and end; no row is deleted. What looks gone is taken away only from a trusted reading, and never
 * when it was recorded after the reading began. Applying the same reading again changes nothing.
 * Throws `reading.malformed` and `reading.stale`, changing nothing.
 */
export async function applyReading(ctx: Ctx, permit: Permit, input: ReadingInput): Promise<ReadingResult> {
  const { tx } = ctx;
  const { systemId, reading, trusted } = input;
  const readAt = input.readAt ?? ctx.now;
  const lastReadAt = await lockSystem(tx, systemId);
  if (lastReadAt !== null && readAt < lastReadAt)
    throw conflict('reading.stale', 'a later reading of this system is in the graph already', 'read the system again');
  const baseline = lastReadAt === null;
  await stageReading(tx, reading);
  const scope: Scope = { systemId, readAt, trusted };
  const accounts = await mergeAccounts(tx, scope);
  const entitlements = await mergeEntitlements(tx, scope);
  const nesting = await mergeNesting(tx, scope);
  const holdings = await mergeHoldings(tx, scope, input.quality ?? 'read');
  if (trusted) await tx.run(sql`update system set last_read_at = ${readAt} where id = ${systemId}`);

  const appearedHoldings = holdings.changes.filter((h) => h.appeared);
  const goneHoldings = holdings.changes.filter((h) => !h.appeared);
  const counts: ReadingCounts = {
    accounts: reading.accounts.length,
    entitlements: reading.entitlements.length,
    holdings: reading.holdings.length,
    accountsAppeared: accounts.appeared.length,
    accountsChanged: accounts.changed,
    accountsGone: accounts.gone.length,
    entitlementsAppeared: entitlements.appeared,
    entitlementsGone: entitlements.gone,
    holdingsAppeared: appearedHoldings.length,
    holdingsGone: goneHoldings.length,
    withheld: accounts.withheld + entitlements.withheld + nesting + holdings.withheld,
  };
  await ctx.record(permit, { event: systemRead, data: { systemId, trusted, baseline, counts: { ...counts } } });
  const privileged = await privilegedAmong(tx, accounts.appeared);
  await recordRemarkable(ctx, permit, { systemId, baseline, accounts, privileged, holdings: holdings.changes });
  const key = (h: HoldingChange): { accountId: string; entitlementId: string } => ({
    accountId: h.accountId,
    entitlementId: h.entitlementId,
  });
  return {
    counts,
    appearedAccounts: accounts.appeared,
    goneAccounts: accounts.gone.map((a) => a.id),
    appearedHoldings: appearedHoldings.map(key),
    goneHoldings: goneHoldings.map(key),
    baseline,
  };
}

/** Which of these accounts are privileged by themselves. */
export async function privilegedAmong(tx: Tx, accountIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.many<{ id: string }>(
    sql`select id from account where privileged and id = any(${accountIds}::uuid[])`,
  );
  return new Set(rows.map((r) => r.id));
}
