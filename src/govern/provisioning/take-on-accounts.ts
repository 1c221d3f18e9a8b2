import type { Permit } from '#spine/decide/port.ts';
import { accountCreated, linkAccounts } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { noteCreated } from './claims.ts';

/** An account that was read back for somebody. */
export interface AccountForPerson {
  readonly identityId: string;
  readonly accountId: string;
  /** A grant it is for. */
  readonly grantId: string;
  /** Made by Reeve, now or by a try that was cut off: whoever manages credentials hears of it. */
  readonly created: boolean;
  /** The graph does not know yet whose it is. */
  readonly free: boolean;
}

/** Makes accounts their people's in the graph, tells of those Reeve made, and forgets that they were about to be made. */
export async function takeOnAccounts(
  ctx: Ctx,
  permit: Permit,
  systemId: string,
  accounts: readonly AccountForPerson[],
): Promise<void> {
  const links = accounts.filter(({ free }) => free);
  await linkAccounts(ctx, permit, { systemId, links, because: 'created for a grant' });
  await ctx.recordAll(
    permit,
    accounts
      .filter(({ created }) => created)
      .map(({ accountId, identityId, grantId }) => ({
        event: accountCreated,
        subject: identityId,
        data: { accountId, systemId, identityId, grantId },
      })),
  );
  await noteCreated(ctx.tx, { systemId, identityIds: accounts.map(({ identityId }) => identityId) });
}
