import type { Targets } from '#connectors/port.ts';
import { applyAccountReading, getAccount, getIdentity } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { needsPerson } from './needs-person.ts';
import { noteProblem, settleItems } from './receipts.ts';

export const UNLOCK_ACCOUNT = 'lifecycle.unlock_account';

/**
 * Opens an account that was locked because its owner left, when their leaving is taken back; on its target, proved by
 * reading back. Looks at the last moment: who has left again, or whose account it is no longer, is left alone. Safe to
 * repeat. Throws where a later try may succeed; what only a person can do is noted on the receipt.
 */
export async function unlockAccountOfReturned(
  targets: Targets,
  job: JobCtx,
  input: { readonly accountId: string; readonly receiptId: string },
): Promise<void> {
  const { account, owner } = await job.db.tx(async (tx) => {
    const found = await getAccount(tx, input.accountId);
    return { account: found, owner: found?.identityId == null ? undefined : await getIdentity(tx, found.identityId) };
  });
  if (account === undefined) return;
  const item = { what: ['account_opened'] as const, subjectId: account.id, receiptId: input.receiptId };
  const note = async (problem: string): Promise<void> =>
    await job.act({ action: 'lifecycle.apply' }, (ctx) =>
      noteProblem(ctx.tx, { receiptId: input.receiptId, what: 'account_opened', subjectId: account.id, problem }),
    );
  if (owner === undefined || owner.state === 'leaver') return await note('not unlocked: its owner has left');
  if (account.state === 'gone') return await note('not unlocked: it is there no more');
  try {
    const seen = await targets.use(account.systemId, async (connector, target) => {
      const before = await connector.readAccount(target, account.name);
      if (before?.account.state === 'locked')
        await connector.apply(target, { do: 'unlock_account', account: account.name });
      return await connector.readAccount(target, account.name);
    });
    if (seen?.account.state === 'locked') throw new Error(`${account.name} is still locked after it was unlocked`);
    await job.act({ action: 'lifecycle.apply' }, async (ctx, permit) => {
      await applyAccountReading(ctx, permit, { systemId: account.systemId, name: account.name, found: seen });
      await settleItems(ctx.tx, { ...item, proven: true });
    });
  } catch (error) {
    await note(error instanceof Error ? error.message : 'failed');
    if (!needsPerson(error)) throw error;
  }
}
