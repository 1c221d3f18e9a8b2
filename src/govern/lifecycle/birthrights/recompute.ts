import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { describeConflict, sodVerdict } from '#spine/decide/index.ts';
import { changeGrantEnd, endGrant, holdIdentities, startGrant } from '#spine/graph/index.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import { birthrightBlocked } from '../events.ts';
import { addItems, type ReceiptItem } from '../consequences/receipts.ts';
import type { BirthrightRule, Scope } from './model.ts';
import { differencesOf, NOT_DUE, peopleWithDifferences, rulesInForce } from './store.ts';

/** People a transaction takes. */
const PAGE = 200;
const DAY_MS = 86_400_000;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Makes birthright grants agree with the rules for everybody in scope: starts what is missing for those at work, ends
 * what no rule stands behind any more, after the rule's grace. What is granted otherwise is not looked at. Safe to
 * repeat: what agrees already is found by one statement and left alone.
 */
export async function recomputeBirthrights(job: JobCtx, scope: Scope): Promise<void> {
  let after = NOBODY;
  for (;;) {
    const done = await job.act({ action: 'lifecycle.apply' }, async (ctx, permit) => {
      const rules = await rulesInForce(ctx.tx);
      const ids = await peopleWithDifferences(ctx.tx, { scope, rules, after, limit: PAGE });
      await settle(ctx, permit, rules, ids, 'runId' in scope ? scope.runId : undefined);
      return ids;
    });
    const last = done.at(-1);
    if (last === undefined) return;
    after = last;
  }
}

async function settle(
  ctx: Ctx,
  permit: Permit,
  rules: readonly BirthrightRule[],
  identityIds: readonly string[],
  runId: string | undefined,
): Promise<void> {
  if (identityIds.length === 0) return;
  await holdIdentities(ctx.tx, identityIds);
  const receipts = await receiptsOf(ctx.tx, identityIds, runId);
  const byId = new Map(rules.map((r) => [r.id, r]));
  const items: ReceiptItem[] = [];
  for (const d of await differencesOf(ctx.tx, rules, identityIds)) {
    const receiptId = receipts.get(d.identityId);
    const note = (item: Omit<ReceiptItem, 'receiptId' | 'name'>): void => {
      if (receiptId !== undefined) items.push({ receiptId, name: d.name, ...item });
    };
    if (d.grantId === null) {
      const rule = byId.get(d.ruleId);
      if (rule === undefined) continue;
      const blocked = await blockedBecause(ctx, d.identityId, rule);
      if (blocked !== undefined) {
        await ctx.record(permit, {
          event: birthrightBlocked,
          subject: d.identityId,
          data: { ruleId: rule.id, identityId: d.identityId, because: blocked },
        });
        note({ what: 'grant_blocked', subjectId: rule.id, problem: blocked });
        continue;
      }
      const grant = await startGrant(ctx, permit, {
        identityId: d.identityId,
        entitlementId: rule.entitlementId ?? undefined,
        roleId: rule.roleId ?? undefined,
        origin: 'birthright',
        originId: rule.id,
        reason: `birthright: ${rule.name}`,
      });
      note({ what: 'grant_started', subjectId: grant.id, dueAt: ctx.now, doneAt: ctx.now });
    } else if (d.graceDays === 0) {
      await endGrant(ctx, permit, { grantId: d.grantId, because: NOT_DUE });
      note({ what: 'grant_ended', subjectId: d.grantId, dueAt: ctx.now, doneAt: ctx.now });
    } else {
      const validTo = new Date(ctx.now.getTime() + d.graceDays * DAY_MS);
      await changeGrantEnd(ctx, permit, { grantId: d.grantId, validTo, because: NOT_DUE });
      note({ what: 'grant_ends_later', subjectId: d.grantId, dueAt: validTo });
    }
  }
  const ending = items.filter((i) => i.what === 'grant_ended' || i.what === 'grant_ends_later').map((i) => i.subjectId);
  await ctx.tx.run(sql`
    delete from receipt_item where what = 'grant_kept' and subject_id = any(${ending}::uuid[])
       and receipt_id = any(${[...receipts.values()]}::uuid[])`);
  await addItems(ctx.tx, items);
}

/** Separation of duties says the same to a rule as to a request. */
async function blockedBecause(ctx: Ctx, identityId: string, rule: BirthrightRule): Promise<string | undefined> {
  const given = { entitlementId: rule.entitlementId ?? undefined, roleId: rule.roleId ?? undefined };
  const verdict = await sodVerdict(ctx.tx, identityId, [{ ...given, validFrom: ctx.now, validTo: null }]);
  const conflict = verdict.conflicts.find((c) => c.rule.mode === 'enforce');
  return conflict === undefined ? undefined : describeConflict(conflict);
}

/** The receipts that what follows now belongs to: those of the run, else those of the last hour. */
async function receiptsOf(
  tx: Tx,
  identityIds: readonly string[],
  runId: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.many<{ identityId: string; id: string }>(sql`
    select distinct on (identity_id) identity_id, id from lifecycle_receipt
     where identity_id = any(${[...identityIds]}::uuid[]) and what in ('joined', 'moved', 'returned')
       and ${runId === undefined ? sql`at > ${tx.now}::timestamptz - interval '1 hour'` : sql`run_id = ${runId}`}
     order by identity_id, id desc`);
  return new Map(rows.map((r) => [r.identityId, r.id]));
}
