import { sql, type Queryable } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { keepScores } from './keep-scores.ts';
import { STATEMENT_MS } from './look-at-everybody.ts';
import { accountsAndOwners } from './whom-it-concerns.ts';

export const LOOK_AT_DUE = 'risk.look_at_due';
/** After all other jobs: what takes access away goes ahead of what says how risky somebody was. */
const LAST = 20;
/** Looked at with one statement. */
const BLOCK = 2000;

interface Due {
  readonly identityIds?: readonly string[];
  readonly accountIds?: readonly string[];
}

/** Asks for a look at these, together with all others who are due by then. An account is asked for with who owns it. */
export async function askAfter(db: Queryable, { identityIds = [], accountIds = [] }: Due): Promise<void> {
  if (identityIds.length + accountIds.length === 0) return;
  await db.run(
    sql.named(
      'risk.due',
      sql`insert into risk_due (identity_id, account_id)
          select id, null from unnest(${sql.array(identityIds)}::uuid[]) id
          union all select null, id from unnest(${sql.array(accountIds)}::uuid[]) id`,
    ),
  );
  await enqueue(db, LOOK_AT_DUE, {}, { key: LOOK_AT_DUE, maxAttempts: 5, priority: LAST });
}

/** Judges anew all who are due, each once; who becomes due meanwhile has asked for another look. */
export async function lookAtDue(job: JobCtx): Promise<void> {
  for (let taken = BLOCK; taken === BLOCK;)
    taken = await job.act({ action: 'identity_risk.keep', statementTimeoutMs: STATEMENT_MS }, async (ctx, permit) => {
      const due = await ctx.tx.one<{ taken: number; identityIds: string[]; accountIds: string[] }>(sql`
        with gone as (
          delete from risk_due where id in (select id from risk_due order by id limit ${BLOCK} for update skip locked)
          returning identity_id, account_id
        )
        select count(*)::int as taken,
               coalesce(array_agg(distinct identity_id::text) filter (where identity_id is not null), '{}') as identity_ids,
               coalesce(array_agg(distinct account_id::text) filter (where account_id is not null), '{}') as account_ids
          from gone`);
      if (due.taken > 0) await keepScores(ctx, permit, accountsAndOwners(due.accountIds, due.identityIds));
      return due.taken;
    });
}
