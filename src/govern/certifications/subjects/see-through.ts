import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import { seeGrantsThrough } from '../ending/see-grants-through.ts';
import { endAccounts } from './end-accounts.ts';
import { endExceptions } from './end-exceptions.ts';
import { adoptKept, endHoldings } from './end-holdings.ts';
import { endRoleContent } from './end-role-content.ts';
import type { Ending } from './ending.ts';

/** Items taken in hand with one transaction. */
const TOGETHER = 200;

type End = (ctx: Ctx, permit: Permit<'campaign_item.end'>, items: readonly Ending[]) => Promise<void>;

const ENDS: readonly (readonly [subject: string, end: End])[] = [
  ['exception', endExceptions],
  ['account', endAccounts],
  ['holding', endHoldings],
  ['role_content', endRoleContent],
  ['grant', seeGrantsThrough],
];

/**
 * Goes on with every revocation that is under way, from wherever it is: begins what was not begun, closes what is proved
 * gone, and says of the rest what it waits for. What is done is found by looking, so it may run at any time, twice, and
 * after any crash. What goes wrong with some keeps nothing from the others.
 */
export async function seeThrough(job: JobCtx): Promise<void> {
  for (const [subject, end] of ENDS) {
    let after: string | undefined;
    do {
      const ids = await job.db.many<{ id: string }>(sql`
        select id from campaign_item
         where subject = ${subject} and state = 'revoking' ${after === undefined ? sql`` : sql`and id > ${after}::uuid`}
           and (subject <> 'grant' or effect_ms is not null or action = 'role')
         order by id limit ${TOGETHER}`);
      if (ids.length > 0)
        await endSome(
          job,
          end,
          ids.map((i) => i.id),
        );
      after = ids.length < TOGETHER ? undefined : ids.at(-1)?.id;
    } while (after !== undefined);
  }
  await adoptKept(job);
}

async function endSome(job: JobCtx, end: End, ids: readonly string[]): Promise<void> {
  try {
    await job.act({ action: 'campaign_item.end' }, async (ctx, permit) => {
      const items = await lockEndings(ctx, ids);
      if (items.length > 0) await end(ctx, permit, items);
    });
  } catch (error) {
    const [only] = ids;
    if (ids.length === 1 && only !== undefined) {
      const problem = error instanceof Error ? error.message : 'failed';
      job.log.warn('a revocation could not be seen through; trying again', { itemId: only, error });
      await job.db.tx((tx) =>
        tx.run(sql`update campaign_item set problem = ${problem} where id = ${only} and state = 'revoking'`),
      );
      return;
    }
    // One by one, so that only what cannot be ended waits.
    for (const id of ids) await endSome(job, end, [id]);
  }
}

const lockEndings = (ctx: Ctx, ids: readonly string[]): Promise<Ending[]> =>
  ctx.tx.many<Ending>(sql`
    select i.id, i.campaign_id, c.name as campaign_name, i.grant_id, i.identity_id, i.role_content_id, i.account_id, i.entitlement_id,
           i.exception_id, i.action, i.decided_by, coalesce(i.decided_by, c.created_by) as by, i.signed_at, i.problem
      from campaign_item i join campaign c on c.id = i.campaign_id
     where i.id = any(${sql.array(ids)}::uuid[]) and i.state = 'revoking' order by i.id for update of i`);
