import { sql, type Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { linkAccount } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { correlationOpened } from '../events.ts';
import { findOwners, orphanAccounts, type OrphanAccount, type OrphanScope } from './find-owners.ts';
import { readRules } from './rules.ts';
import { becauseOf, type Candidate } from './score.ts';

export const CORRELATE = 'lifecycle.correlate';

/** Candidates a case names at most. */
const NAMED = 10;

/**
 * Finds whose the accounts without an owner are, on one system or on all. One sure candidate is linked with the
 * reason; several, or none sure, open a case for a person. Accounts of services, shared ones, those of uid 0 and
 * those somebody has decided about are left alone. What was learnt on one system may settle another, so links on one
 * make it look at all. Safe to repeat. Returns how many were linked.
 */
export async function correlateAccounts(job: JobCtx, scope: OrphanScope): Promise<number> {
  let [after, linked] = ['00000000-0000-0000-0000-000000000000', 0];
  for (;;) {
    const page = await job.act({ action: 'lifecycle.apply' }, async (ctx, permit) => {
      const orphans = await orphanAccounts(ctx.tx, scope, after);
      let found = 0;
      for (const { orphan, ranked, link } of await findOwners(ctx.tx, orphans, await readRules(ctx.tx))) {
        const [best] = ranked;
        if (best === undefined) continue;
        if (link) {
          await linkAccount(ctx, permit, {
            accountId: orphan.id,
            identityId: best.identityId,
            because: becauseOf(best),
          });
          await closeCase(ctx.tx, orphan.id);
          found += 1;
        } else if (await openCase(ctx.tx, orphan, ranked.slice(0, NAMED))) {
          await ctx.record(permit, {
            event: correlationOpened,
            data: { accountId: orphan.id, systemId: orphan.systemId, candidates: Math.min(ranked.length, NAMED) },
          });
        }
      }
      return { last: orphans.at(-1)?.id, found };
    });
    linked += page.found;
    if (page.last === undefined) {
      if (linked > 0) await job.db.tx((tx) => enqueue(tx, CORRELATE, {}, { key: CORRELATE }));
      return linked;
    }
    after = page.last;
  }
}

/** Opens a case, or brings the candidates of an open one up to date; true when it was opened now. */
async function openCase(tx: Tx, account: OrphanAccount, candidates: readonly Candidate[]): Promise<boolean> {
  const row = await tx.maybe<{ fresh: boolean }>(sql`
    insert into correlation_case (id, account_id, system_id, state, candidates, opened_at)
    values (${newId(tx.now.getTime())}, ${account.id}, ${account.systemId}, 'open', ${sql.json(candidates)}::jsonb, ${tx.now})
    on conflict on constraint correlation_case_is_one_an_account do update
       set candidates = excluded.candidates, state = 'open', resolved_at = null, resolved_by = null, identity_id = null
     where correlation_case.state <> 'nobody'
    returning opened_at = ${tx.now} as fresh`);
  return row?.fresh === true;
}

const closeCase = async (tx: Tx, accountId: string): Promise<void> => {
  await tx.run(sql`
    update correlation_case set state = 'closed', resolved_at = ${tx.now} where account_id = ${accountId} and state = 'open'`);
};
