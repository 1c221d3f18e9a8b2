import { sql } from '#kit/db/index.ts';
import { stepUpRequired, type StepUp, type TakeStepUp } from '#spine/operations/index.ts';

/** The one place where a fresh proof is used up: a conditional update, so that two at the same instant get one. */
export const takeStepUp: TakeStepUp = async (ctx, wanted) => {
  const fitting = sql`
    identity_id = ${ctx.principal.id} and signin_id is not distinct from ${ctx.origin.signinId ?? null}::uuid
      and action = ${wanted.action} and resource_id = ${wanted.resourceId}
      and proved_at is not null and used_at is null and ends_at > ${ctx.now}`;
  const taken =
    wanted.keep === true
      ? await ctx.tx.maybe<StepUp>(
          sql`select method, proved_at as at from step_up where ${fitting} order by proved_at desc limit 1`,
        )
      : await ctx.tx.maybe<StepUp>(sql`
          update step_up set used_at = ${ctx.now}
           where id = (select id from step_up where ${fitting} order by proved_at desc limit 1 for update)
             and used_at is null
          returning method, proved_at as at`);
  if (taken === undefined) throw stepUpRequired(wanted);
  return taken;
};
