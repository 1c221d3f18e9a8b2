import { sql, type Tx } from '#kit/db/index.ts';
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

/** What a look at one account found. */
export interface AccountLookedAt {
  /** The account's name on the system; with `found` undefined it is known to be gone. */
  readonly name: string;
  readonly found: { readonly account: ReadAccount; readonly holdings: readonly string[] } | undefined;
}

interface How {
  readonly systemId: string;
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

/** `applyAccountReadings` for one account. */
export async function applyAccountReading(
  ctx: Ctx,
  permit: Permit,
  { name, found, ...how }: AccountLookedAt & How,
): Promise<AccountReadingResult> {
  const [result] = await applyAccountReadings(ctx, permit, { ...how, looks: [{ name, found }] });
  if (result === undefined) throw new Error('a look came to nothing');
  return result;
}

/**
 * Makes the graph agree with a fresh look at some accounts of one system: the read-back behind every change of a target.
 * A look at named accounts is trusted, because somebody asked for exactly these and got an answer. Returns what each
 * look came to, in their order; no two may be of one account.
 */
export async function applyAccountReadings(
  ctx: Ctx,
  permit: Permit,
  input: How & { readonly looks: readonly AccountLookedAt[] },
): Promise<readonly AccountReadingResult[]> {
  const { tx } = ctx;
  const { systemId, looks } = input;
  const readAt = input.readAt ?? ctx.now;
  const baseline = (await lockSystem(tx, systemId)) === null;
  const before = await tx.many<{ id: string; name: string; nativeId: string }>(sql`
    select id, name, native_id from account
     where system_id = ${systemId} and valid_to is null
       and (name = any(${looks.map((l) => l.name)}::text[])
            or native_id = any(${looks.flatMap((l) => l.found?.account.nativeId ?? [])}::text[]))`);
  await stageLooks(tx, systemId, looks);
  const scope = accountScope(
    systemId,
    readAt,
    before.map((a) => a.id),
  );
  await meetAccounts(tx, scope);
  await meetHoldings(tx);
  const { missing } = await judged(tx, scope, true, '');
  await mergeAll(tx, { scope, trusted: true, quality: input.quality ?? 'read_back', missing });
  const results = await cameTo(tx, looks);
  await ctx.recordAll(
    permit,
    looks.map((look, place) => ({
      event: accountRead,
      data: {
        systemId,
        accountId: results[place]?.accountId ?? before.find((a) => isOf(a, look))?.id,
        present: results[place]?.accountId !== undefined,
        holdings: [...(results[place]?.entitlementIds ?? [])],
      },
    })),
  );
  await recordRemarkable(ctx, permit, { systemId, baseline, trusted: true });
  return results;
}

const isOf = (
  account: { readonly name: string; readonly nativeId: string },
  { name, found }: AccountLookedAt,
): boolean => account.name === name || account.nativeId === found?.account.nativeId;

async function stageLooks(tx: Tx, systemId: string, looks: readonly AccountLookedAt[]): Promise<void> {
  await openStage(tx);
  const found = looks.flatMap((look) => look.found ?? []);
  if (found.length === 0) return;
  await loadPiece(tx, {
    accounts: found.map(({ account }) => account),
    holdings: found.flatMap(({ account, holdings }) =>
      holdings.map((entitlement) => ({ account: account.nativeId, entitlement })),
    ),
  });
  await tx.run(sql`
    insert into met_entitlement (native_id, entitlement_id, fresh)
    select native_id, id, false from entitlement
     where system_id = ${systemId} and valid_to is null and native_id in (select entitlement from read_holding)`);
}

/** What is in the graph now of each look. */
async function cameTo(tx: Tx, looks: readonly AccountLookedAt[]): Promise<readonly AccountReadingResult[]> {
  const accounts = await tx.many<{ nativeId: string; accountId: string; entitlementIds: string[] }>(sql`
    select m.native_id, m.account_id,
           array(select h.entitlement_id from holding h
                  where h.account_id = m.account_id and h.valid_to is null order by h.entitlement_id) as entitlement_ids
      from met_account m`);
  const byName = new Map(accounts.map((a) => [a.nativeId, a]));
  const known = new Set(
    (await tx.many<{ nativeId: string }>(sql`select native_id from met_entitlement`)).map((k) => k.nativeId),
  );
  return looks.map(({ found }) => {
    const account = found === undefined ? undefined : byName.get(found.account.nativeId);
    return {
      accountId: account?.accountId,
      entitlementIds: account?.entitlementIds ?? [],
      unknown: (found?.holdings ?? []).filter((h) => !known.has(h)),
    };
  });
}
