import { invalid } from '#kit/errors/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { accountMarked } from '../events.ts';
import type { Account, PrivilegeReason } from '../model.ts';
import { lockAccount } from './link-account.ts';

/**
 * Says why an account is privileged, in the name of `source` (for instance `discovery` or a person's id). Replaces
 * that source's earlier reasons; an empty list withdraws them. An account is privileged as long as anybody has a
 * reason; what the target itself shows (source `reading`) cannot be argued away here.
 */
export async function markPrivileged(
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly accountId: string;
    readonly source: string;
    readonly because: readonly { readonly reason: string; readonly evidence: string }[];
  },
): Promise<Account> {
  if (input.source === 'reading')
    throw invalid('/source', 'reasons of a reading come from the target', 'name who marks the account');
  const account = await lockAccount(ctx.tx, input.accountId);
  const mine: PrivilegeReason[] = input.because.map((b) => ({ source: input.source, ...b }));
  const others = account.privilegedBecause.filter((r) => r.source !== input.source);
  const [read, said] = [others.filter((r) => r.source === 'reading'), others.filter((r) => r.source !== 'reading')];
  const privilegedBecause = [...said, ...mine, ...read];
  const privileged = privilegedBecause.length > 0;
  await ctx.tx.run(sql`
    update account set privileged = ${privileged}, privileged_because = ${sql.json(privilegedBecause)}::jsonb
     where id = ${input.accountId}`);
  await ctx.record(permit, {
    event: accountMarked,
    data: {
      accountId: account.id,
      systemId: account.systemId,
      privileged,
      source: input.source,
      reasons: mine.map((r) => r.reason),
    },
  });
  return { ...account, privileged, privilegedBecause };
}
