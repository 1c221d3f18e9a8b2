import { sql } from '#kit/db/index.ts';
import { roleChanged } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';

/**
 * Says of each role that something in it began or ended since this was last looked at, so that targets and sessions
 * follow. What was missed while nothing ran is said when it runs again.
 */
export const followDates = (job: JobCtx): Promise<void> =>
  job.act({ action: 'role_version.follow_dates' }, async (ctx, permit) => {
    await ctx.tx.run(sql`insert into role_dates_looked (at) values (${ctx.now}) on conflict do nothing`);
    const { at } = await ctx.tx.one<{ at: Date }>(sql`select at from role_dates_looked for update`);
    const due = await ctx.tx.many<{ roleId: string; added: string[]; removed: string[] }>(sql`
      select role_id, coalesce(array_agg(coalesce(entitlement_id, child_role_id)) filter (where valid_to is null or valid_to > ${ctx.now}), '{}') as added,
             coalesce(array_agg(coalesce(entitlement_id, child_role_id)) filter (where valid_to <= ${ctx.now}), '{}') as removed
        from role_content
       where (valid_from > ${at} and valid_from <= ${ctx.now} and (valid_to is null or valid_to > valid_from))
          or (valid_to > ${at} and valid_to <= ${ctx.now})
       group by role_id order by role_id`);
    await ctx.recordAll(
      permit,
      due.map(({ roleId, added, removed }) => ({
        event: roleChanged,
        data: { roleId, changed: ['content'], added, removed },
      })),
    );
    await ctx.tx.run(sql`update role_dates_looked set at = ${ctx.now} where at < ${ctx.now}`);
  });
