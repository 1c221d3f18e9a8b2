import type { Targets } from '#connectors/port.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { applyAccountReading, getAccount, getIdentity } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { needsPerson } from './needs-person.ts';
import { noteProblem, settleItems } from './receipts.ts';
import { UNLOCK_ACCOUNT } from './unlock-account.ts';

/**
 * Locks one account of somebody who left, on its target, and proves it by reading back. Looks at the last moment:
 * whoever came back meanwhile, or whose account it is no longer, is left alone. Safe to repeat. Throws where a later
 * try may succeed; what only a person can do is noted on the receipt.
 */
export async function lockAccountOfLeaver(
  targets: Targets,
  job: JobCtx,
  input: { readonly accountId: string; readonly receiptId: string },
): Promise<void> {
  const found = await job.db.tx(async (tx) => {
    const account = await getAccount(tx, input.accountId);
    const owner = account?.identityId == null ? undefined : await getIdentity(tx, account.identityId);
    return { account, owner };
  });
  const { account, owner } = found;
  if (account === undefined) return;
  const item = { what: ['account_locked'] as const, subjectId: account.id, receiptId: input.receiptId };
  if (account.state !== 'active') {
    await job.act({ action: 'lifecycle.apply' }, (ctx) => settleItems(ctx.tx, { ...item, proven: true }));
    return;
  }
  if (owner === undefined || owner.state !== 'leaver') {
    await note(job, input, 'not locked: its owner is not a leaver any more');
    return;
  }
  try {
    const seen = await targets.use(account.systemId, async (connector, target) => {
      if ((await connector.readAccount(target, account.name)) !== undefined)
        await connector.apply(target, { do: 'lock_account', account: account.name });
      return await connector.readAccount(target, account.name);
    });
    if (seen?.account.state === 'active') throw new Error(`${account.name} is still open after it was locked`);
    await job.act({ action: 'lifecycle.apply' }, async (ctx, permit) => {
      await applyAccountReading(ctx, permit, { systemId: account.systemId, name: account.name, found: seen });
      await settleItems(ctx.tx, { ...item, proven: true });
      // Whose leaving was taken back while the target was asked was found open then: it is looked at again.
      const still = await getIdentity(ctx.tx, owner.id);
      if (still?.state !== 'leaver') await enqueue(ctx.tx, UNLOCK_ACCOUNT, input);
    });
  } catch (error) {
    await note(job, input, error instanceof Error ? error.message : 'failed');
    if (!needsPerson(error)) throw error;
  }
}

const note = async (
  job: JobCtx,
  input: { readonly accountId: string; readonly receiptId: string },
  problem: string,
): Promise<void> =>
  await job.act({ action: 'lifecycle.apply' }, (ctx) =>
    noteProblem(ctx.tx, { receiptId: input.receiptId, what: 'account_locked', subjectId: input.accountId, problem }),
  );
