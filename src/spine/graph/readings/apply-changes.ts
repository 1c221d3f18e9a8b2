import { conflict } from '#kit/errors/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { systemRead } from '../events.ts';
import { judged, lockSystem, refuseStale } from './apply-reading.ts';
import { mergeAll } from './merge/merge-all.ts';
import { meetAccounts } from './merge/merge-accounts.ts';
import { meetEntitlements } from './merge/merge-entitlements.ts';
import { meetHoldings } from './merge/merge-holdings.ts';
import { recordRemarkable } from './merge/record-remarkable.ts';
import { changesScope, type Scope } from './merge/scope.ts';
import type { Judge, ReadingCounts, ReadingResult, SystemChanges } from './model.ts';
import { getReadingMark, moveMark } from './reading-mark.ts';
import { checkChanges, refuseDoubles } from './stage/check-stage.ts';
import { loadPiece } from './stage/load-stage.ts';
import { measure, openStage } from './stage/open-stage.ts';

export interface ChangesInput {
  readonly systemId: string;
  readonly changes: SystemChanges;
  /** The mark they were read from: changes that follow on another one would leave a gap. */
  readonly since: string;
  readonly trusted: boolean | Judge;
  /** When the look began; default now. */
  readonly readAt?: Date | undefined;
  /** Which machine answered. */
  readonly readAs: string;
}

/**
 * Makes the graph agree with what changed on a system since its mark, by the rules of a whole reading: newer records
 * win, and only trusted changes take anything away. The mark moves in this transaction, and only with trusted changes:
 * what an untrusted set would have taken away is for a whole reading to say. Leaves no event where nothing changed.
 * Throws `reading.mark_moved`, `reading.stale`, and `reading.malformed` where a name is known neither to the changes
 * nor to the graph; the answer to each is a whole reading.
 */
export async function applyChanges(ctx: Ctx, permit: Permit, input: ChangesInput): Promise<ReadingResult> {
  const { tx } = ctx;
  const { systemId, changes } = input;
  const readAt = input.readAt ?? ctx.now;
  await openStage(tx);
  await loadChanges(tx, changes);
  await refuseDoubles(tx);
  const lastReadAt = await lockSystem(tx, systemId);
  refuseStale(readAt, lastReadAt);
  const at = await getReadingMark(tx, systemId);
  if (at?.mark !== input.since)
    throw conflict('reading.mark_moved', 'these changes begin at a mark the system is no longer at', 'read it whole');
  const scope = changesScope(systemId, readAt);
  await meetAccounts(tx, scope);
  await meetEntitlements(tx, scope);
  await meetNamed(tx, scope);
  await checkChanges(tx);
  await meetHoldings(tx);
  const { untrusted, missing } = await judged(tx, scope, input.trusted, input.readAs);
  const trusted = untrusted === undefined;
  const counts = await mergeAll(tx, { scope, trusted, quality: 'read', missing });
  if (trusted) await moveMark(tx, { systemId, mark: changes.mark, readAs: input.readAs });
  const baseline = lastReadAt === null;
  if (changedAnything(counts)) {
    const data = { systemId, trusted, baseline, counts: { ...counts }, changes: true };
    await ctx.record(permit, { event: systemRead, data });
    await recordRemarkable(ctx, permit, { systemId, baseline, trusted });
  }
  return { counts, baseline, untrusted };
}

/** Whether anything came of a reading. */
export const changedAnything = ({ accounts: _a, entitlements: _e, holdings: _h, ...came }: ReadingCounts): boolean =>
  Object.values(came).some((n) => n > 0);

async function loadChanges(tx: Tx, changes: SystemChanges): Promise<void> {
  await loadPiece(tx, {
    accounts: changes.accounts,
    entitlements: changes.entitlements,
    holdings: [
      ...changes.holdingsOf.flatMap(({ account, entitlements }) =>
        entitlements.map((entitlement) => ({ account, entitlement })),
      ),
      ...changes.holdersOf.flatMap(({ entitlement, accounts }) =>
        accounts.map((account) => ({ account, entitlement })),
      ),
    ],
    nesting: changes.holdersOf.flatMap(({ entitlement: child, impliedBy }) =>
      impliedBy.map((parent) => ({ parent, child })),
    ),
  });
  const named: readonly (readonly [string, readonly string[]])[] = [
    ['gone_account', changes.goneAccounts],
    ['gone_entitlement', changes.goneEntitlements],
    ['account', changes.holdingsOf.map((h) => h.account)],
    ['entitlement', changes.holdersOf.map((h) => h.entitlement)],
  ];
  let rows = 0;
  for (const [what, ids] of named)
    rows += await tx.run(sql`
      insert into read_named (what, native_id) select ${what}, id from unnest(${[...new Set(ids)]}::text[]) id`);
  await measure(tx, 'read_named', rows);
}

/** Changes speak of what was read before: names among them that are in the graph. Gone ones that never were are no news. */
async function meetNamed(tx: Tx, { systemId }: Scope): Promise<void> {
  const accounts = await tx.run(sql`
    insert into met_account (native_id, account_id, fresh)
    select a.native_id, a.id, false
      from (select account as id from read_holding
            union select native_id from read_named where what in ('account', 'gone_account')) n
      join account a on a.system_id = ${systemId} and a.native_id = n.id and a.valid_to is null
     where not exists (select from met_account m where m.native_id = n.id)`);
  await measure(tx, 'met_account', accounts);
  const entitlements = await tx.run(sql`
    insert into met_entitlement (native_id, entitlement_id, fresh)
    select e.native_id, e.id, false
      from (select entitlement as id from read_holding union select parent from read_nesting
            union select child from read_nesting
            union select native_id from read_named where what in ('entitlement', 'gone_entitlement')) n
      join entitlement e on e.system_id = ${systemId} and e.native_id = n.id and e.valid_to is null
     where not exists (select from met_entitlement m where m.native_id = n.id)`);
  await measure(tx, 'met_entitlement', entitlements);
}
