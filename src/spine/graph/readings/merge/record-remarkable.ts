import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { foundedIn } from '../../closure/drift.ts';
import { accountAppeared, accountGone, entitlementsRenamed, holdingAppeared, holdingGone } from '../../events.ts';
import { measure } from '../stage/open-stage.ts';

/** Ids an event carries at most. */
const BATCH = 500;

type What = 'account_appeared' | 'account_gone' | 'holding_appeared' | 'holding_gone';

/**
 * Records what somebody should look at, in batches read one after another: a million unremarkable accounts leave no
 * event but the reading's own. Remarkable are privileged accounts and holdings, holdings nobody granted, granted ones
 * that went, what has another name now, and, once a system has been read before, every new account.
 */
export async function recordRemarkable(
  ctx: Ctx,
  permit: Permit,
  input: { readonly systemId: string; readonly baseline: boolean; readonly trusted: boolean },
): Promise<void> {
  const { tx } = ctx;
  const { systemId } = input;
  await findRemarkable(tx, input);
  if (input.trusted) await recordRenamed(ctx, permit, systemId);
  for await (const rows of batchesOf(tx, 'account_appeared'))
    await ctx.record(permit, {
      event: accountAppeared,
      data: { systemId, accountIds: rows.map((r) => r.accountId) },
    });
  for await (const rows of batchesOf(tx, 'account_gone'))
    await ctx.record(permit, { event: accountGone, data: { systemId, accountIds: rows.map((r) => r.accountId) } });
  for await (const holdings of batchesOf<{ entitlementId: string }>(tx, 'holding_appeared'))
    await ctx.record(permit, { event: holdingAppeared, data: { systemId, holdings } });
  for await (const holdings of batchesOf<{ entitlementId: string }>(tx, 'holding_gone'))
    await ctx.record(permit, { event: holdingGone, data: { systemId, holdings } });
}

async function recordRenamed(ctx: Ctx, permit: Permit, systemId: string): Promise<void> {
  const renamed = await ctx.tx.many<{ entitlementId: string; from: string; to: string }>(
    sql`select entitlement_id, was as from, native_id as to from renamed_entitlement order by native_id`,
  );
  for (let from = 0; from < renamed.length; from += BATCH)
    await ctx.record(permit, {
      event: entitlementsRenamed,
      data: { systemId, renamed: renamed.slice(from, from + BATCH) },
    });
}

/** Numbers what is remarkable, so that it can be read in batches by index. */
async function findRemarkable(tx: Tx, input: { readonly baseline: boolean; readonly trusted: boolean }): Promise<void> {
  const put = async (what: What, rows: Sql): Promise<void> => {
    const found = await tx.run(sql`
      insert into remarkable (what, n, account_id, entitlement_id)
      select ${what}, row_number() over (order by account_id, entitlement_id), account_id, entitlement_id from (${rows}) r`);
    await measure(tx, 'remarkable', found);
  };
  await put(
    'account_appeared',
    sql`select m.account_id, null::uuid as entitlement_id from met_account m join account a on a.id = m.account_id
         where m.fresh and (a.privileged or not ${input.baseline}::boolean)`,
  );
  if (input.trusted)
    await put('account_gone', sql`select account_id, null::uuid as entitlement_id from missing_account where drifts`);
  const changes = (appeared: boolean, when: Sql): Sql => sql`
    with recursive ${foundedIn(sql`select distinct entitlement_id from changed_holding where appeared = ${appeared}`, tx.now)}
    select c.account_id, c.entitlement_id
      from changed_holding c
      join account a on a.id = c.account_id
      join entitlement t on t.id = c.entitlement_id
      left join founded f on f.identity_id = a.identity_id and f.target = c.entitlement_id
     where c.appeared = ${appeared} and (a.privileged or t.privileged or ${when})`;
  await put('holding_appeared', changes(true, sql`(f.target is null and not ${input.baseline}::boolean)`));
  await put('holding_gone', changes(false, sql`f.target is not null`));
}

/** What is remarkable of a kind, a batch at a time. */
async function* batchesOf<More extends object = object>(
  tx: Tx,
  what: What,
): AsyncGenerator<({ readonly accountId: string } & More)[], void, void> {
  for (let after = 0; ; after += BATCH) {
    const columns = what.startsWith('account') ? sql`account_id` : sql`account_id, entitlement_id`;
    const rows = await tx.many<{ accountId: string } & More>(sql`
      select ${columns} from remarkable where what = ${what} and n > ${after} and n <= ${after + BATCH} order by n`);
    if (rows.length === 0) return;
    yield rows;
  }
}
