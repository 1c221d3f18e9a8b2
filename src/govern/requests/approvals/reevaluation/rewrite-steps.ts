import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Request } from '../../model.ts';
import { insertStep } from '../../store.ts';
import type { Anew, AnewStep } from './plan-anew.ts';

/** The steps as the new plan has them. What was decided and is asked for no more stays in the audit log and the timeline. */
export const rewriteSteps = async (ctx: Ctx, request: Request, steps: readonly AnewStep[]): Promise<void> => {
  const keptIds = steps.flatMap((s) => s.keeps?.id ?? []);
  await ctx.tx.run(
    sql`delete from approval_step where request_id = ${request.id} and not id = any (${keptIds}::uuid[])`,
  );
  // Places are each taken once, also on the way.
  await ctx.tx.run(sql`update approval_step set n = n + 1000 where request_id = ${request.id}`);
  for (const [i, step] of steps.entries()) {
    const { stage, lineIds } = step;
    if (step.keeps === undefined) await insertStep(ctx.tx, { ...step, id: newId(), requestId: request.id, n: i + 1 });
    else
      await ctx.tx.run(sql`
        update approval_step set n = ${i + 1}, stage = ${stage}, line_ids = ${lineIds}::uuid[] where id = ${step.keeps.id}`);
  }
};

/** Lines know the rule that decides about them from now on. */
export const keepRules = async (ctx: Ctx, rules: Anew['rules']): Promise<void> => {
  for (const { lineId, rule } of rules)
    await ctx.tx.run(sql`update request_line set rule = ${rule} where id = ${lineId}`);
};
