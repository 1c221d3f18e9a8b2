import { conflict, notFound } from '#kit/errors/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { systemRead } from '../events.ts';
import { findMissingAccounts, meetAccounts } from './merge/merge-accounts.ts';
import { meetEntitlements } from './merge/merge-entitlements.ts';
import { findMissingHoldings, meetHoldings } from './merge/merge-holdings.ts';
import { mergeAll } from './merge/merge-all.ts';
import { recordRemarkable } from './merge/record-remarkable.ts';
import { wholeScope, type Scope } from './merge/scope.ts';
import type { Judge, ReadingLoss, ReadingResult, SystemReading } from './model.ts';
import { getReadingMark, moveMark } from './reading-mark.ts';
import { checkWhole } from './stage/check-stage.ts';
import { getStagedReading } from './stage/keep-pieces.ts';
import { loadPiece, loadStaged } from './stage/load-stage.ts';
import { openStage } from './stage/open-stage.ts';

export interface ReadingInput {
  readonly systemId: string;
  /** The reading, or the id under which it was kept piece by piece. */
  readonly reading: SystemReading | { readonly stagedAs: string };
  /** False: what looks gone is left alone. Only a trusted reading takes anything away. Or who says so, once it is known what would go. */
  readonly trusted: boolean | Judge;
  /**
   * When the reading began (default now; a staged one knows): what was recorded since then is newer than the reading
   * and wins.
   */
  readonly readAt?: Date | undefined;
  /** `reported` where somebody told what is there, for instance in an export; default `read`. */
  readonly quality?: 'read' | 'reported' | undefined;
  /** Which machine answered; a staged reading knows. */
  readonly readAs?: string | undefined;
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

/** Throws `reading.stale` where a later reading is in the graph already. */
export function refuseStale(readAt: Date, lastReadAt: Date | null): void {
  if (lastReadAt !== null && readAt < lastReadAt)
    throw conflict('reading.stale', 'a later reading of this system is in the graph already', 'read the system again');
}

/**
 * Makes the graph agree with one whole reading of a system, as sets: accounts, entitlements, nesting and holdings
 * appear, change and end; no row is deleted. What looks gone is taken away only from a trusted reading, and never
 * when it was recorded after the reading began. Applying the same reading again changes nothing. Node holds no more
 * of it than one batch, whatever its size; a large one needs a transaction whose statements may take minutes.
 * Throws `reading.malformed`, `reading.stale` and `reading.not_whole`, changing nothing.
 */
export async function applyReading(ctx: Ctx, permit: Permit, input: ReadingInput): Promise<ReadingResult> {
  const { tx } = ctx;
  const { systemId } = input;
  await openStage(tx);
  const from = await stage(ctx, input);
  await checkWhole(tx);
  const lastReadAt = await lockSystem(tx, systemId);
  refuseStale(from.readAt, lastReadAt);
  const baseline = lastReadAt === null;
  const scope = wholeScope(systemId, from.readAt);
  await meetAccounts(tx, scope);
  await meetEntitlements(tx, scope);
  await meetHoldings(tx);
  const { untrusted, missing } = await judged(tx, scope, input.trusted, from.readAs);
  const trusted = untrusted === undefined;
  const counts = await mergeAll(tx, { scope, trusted, quality: input.quality ?? 'read', missing });
  if (trusted) {
    await tx.run(sql`update system set last_read_at = ${from.readAt} where id = ${systemId}`);
    await moveMark(tx, { systemId, mark: from.mark, readAs: from.readAs });
  }
  await ctx.record(permit, { event: systemRead, data: { systemId, trusted, baseline, counts: { ...counts } } });
  await recordRemarkable(ctx, permit, { systemId, baseline, trusted });
  return { counts, baseline, untrusted };
}

interface Staged {
  readonly readAt: Date;
  readonly readAs: string;
  readonly mark: string | null;
}

async function stage(ctx: Ctx, { reading, readAt, readAs, systemId }: ReadingInput): Promise<Staged> {
  if (!('stagedAs' in reading)) {
    await loadPiece(ctx.tx, reading);
    return { readAt: readAt ?? ctx.now, readAs: readAs ?? '', mark: reading.mark ?? null };
  }
  const staged = await getStagedReading(ctx.tx, reading.stagedAs);
  if (staged === undefined) throw notFound('staged_reading', reading.stagedAs);
  if (!staged.whole || staged.systemId !== systemId)
    throw conflict('reading.not_whole', 'this reading is not whole, so nothing can follow from it', 'read on');
  await loadStaged(ctx.tx, staged.id);
  return { readAt: staged.beganAt, readAs: staged.readAs, mark: staged.mark };
}

/** Finds what looks gone and asks whether the reading may take it away. */
export async function judged(
  tx: Tx,
  scope: Scope,
  trusted: boolean | Judge,
  readAs: string,
): Promise<{ readonly untrusted: string | undefined; readonly missing: number }> {
  const accountsMissing = await findMissingAccounts(tx, scope);
  const holdingsMissing = await findMissingHoldings(tx, scope);
  const missing = accountsMissing + holdingsMissing;
  if (typeof trusted === 'boolean') return { untrusted: trusted ? undefined : 'it is not trusted', missing };
  const { n } = await tx.one<{ n: number }>(sql`select count(*) as n from read_account`);
  const before = await getReadingMark(tx, scope.systemId);
  const loss: ReadingLoss = {
    accountsRead: n,
    accountsMissing,
    holdingsMissing,
    readAs,
    readAsBefore: before?.readAs ?? null,
    known: () =>
      tx.one(sql`
        select (select count(*) from account where system_id = ${scope.systemId} and valid_to is null) as accounts,
               (select count(*) from holding h join account a on a.id = h.account_id
                 where a.system_id = ${scope.systemId} and h.valid_to is null) as holdings`),
  };
  return { untrusted: await trusted(loss), missing };
}
