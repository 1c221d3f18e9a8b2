import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { accountRead } from '../events.ts';
import { judged, lockSystem } from './apply-reading.ts';
import { mergeAll } from './merge/merge-all.ts';
import { meetAccounts } from './merge/merge-accounts.ts';
import { meetHoldings } from './merge/merge-holdings.ts';
import { recordRemarkable } from './merge/record-remarkable.ts';
import { accountScope } from './merge/scope.ts';
import type { ReadAccount } from './model.ts';
import { loadPiece } from './stage/load-stage.ts';
import { openStage } from './stage/open-stage.ts';

export interface AccountReadingInput {
  readonly systemId: string;
  /** The account's name on the system; with `found` undefined it is known to be gone. */
  readonly name: string;
  readonly found: { readonly account: ReadAccount; readonly holdings: readonly string[] } | undefined;
  /** `reported` where somebody told what is there; default `read_back`. */
  readonly quality?: 'read_back' | 'reported' | undefined;
  /** When the look began; default now. */
  readonly readAt?: Date | undefined;
}

export interface AccountReadingResult {
  /** Undefined when the account is gone or never was. */
  readonly accountId: string | undefined;
  /** Entitlements it holds now. */
  readonly entitlementIds: readonly string[];
  /** Native ids the account holds that the graph does not know yet; the next whole reading brings them. */
  readonly unknown: readonly string[];
}

/**
 * Makes the graph agree with a fresh look at one account: the read-back behind every change of a target. A look at
 * one account is trusted, because somebody asked for exactly this account and got an answer.
 */
export async function applyAccountReading(
  ctx: Ctx,
  permit: Permit,
  input: AccountReadingInput,
): Promise<AccountReadingResult> {
  const { tx } = ctx;
  const { systemId, found } = input;
  const readAt = input.readAt ?? ctx.now;
  const baseline = (await lockSystem(tx, systemId)) === null;
  const before = await tx.many<{ id: string }>(sql`
    select id from account
     where system_id = ${systemId} and valid_to is null
       and (name = ${input.name} or native_id = ${found?.account.nativeId ?? null})`);
  await openStage(tx);
  if (found !== undefined) {
    const { account } = found;
    await loadPiece(tx, {
      accounts: [account],
      holdings: found.holdings.map((entitlement) => ({ account: account.nativeId, entitlement })),
    });
    await tx.run(sql`
      insert into met_entitlement (native_id, entitlement_id, fresh)
      select native_id, id, false from entitlement
       where system_id = ${systemId} and valid_to is null and native_id = any(${[...found.holdings]}::text[])`);
  }
  const scope = accountScope(
    systemId,
    readAt,
    before.map((a) => a.id),
  );
  await meetAccounts(tx, scope);
  await meetHoldings(tx);
  const { missing } = await judged(tx, scope, true, '');
  await mergeAll(tx, { scope, trusted: true, quality: input.quality ?? 'read_back', missing });
  const account = await tx.maybe<{ accountId: string }>(sql`select account_id from met_account`);
  const accountId = account?.accountId;
  const now = await tx.many<{ entitlementId: string }>(sql`
    select entitlement_id from holding
     where account_id = ${accountId ?? null} and valid_to is null order by entitlement_id`);
  const entitlementIds = now.map((h) => h.entitlementId);
  await ctx.record(permit, {
    event: accountRead,
    data: {
      systemId,
      accountId: accountId ?? before[0]?.id,
      present: accountId !== undefined,
      holdings: entitlementIds,
    },
  });
  await recordRemarkable(ctx, permit, { systemId, baseline, trusted: true });
  const known = await tx.many<{ nativeId: string }>(sql`select native_id from met_entitlement`);
  const names = new Set(known.map((k) => k.nativeId));
  return { accountId, entitlementIds, unknown: (found?.holdings ?? []).filter((h) => !names.has(h)) };
}
