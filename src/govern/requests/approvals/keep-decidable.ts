import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { ApprovalRules } from '../approvers/approval-rules.ts';
import { canAllBeDecided, type Voice } from '../approvers/distinct-deciders.ts';
import { voicesOf } from '../approvers/find-approvers.ts';
import { askingFor, decidersOf, stillAsked } from '../approvers/still-asked.ts';
import type { Request, Step } from '../model.ts';
import { stepsOf } from '../store.ts';
import { escalate, reroute } from './reroute-step.ts';

/**
 * Sees to it that all open steps can be decided, by different people: whoever cannot decide one any more drops out,
 * others are asked where nobody is left, and others too where those left are too few for all of them. Returns the
 * open steps as they are then.
 */
export const keepDecidable = async (
  ctx: Ctx,
  permit: Permit,
  request: Request,
  steps: readonly Step[],
  rules: ApprovalRules,
): Promise<Step[]> => {
  const deciders = decidersOf(steps);
  const voices: Voice[][] = [];
  for (const step of steps.filter((s) => s.state === 'open')) {
    const asking = await askingFor(ctx.tx, request, step, deciders);
    const there = await stillAsked(ctx.tx, request, step, rules, deciders);
    if (there.length === 0) {
      await reroute(ctx, permit, request, step, rules, asking);
    } else {
      if (there.length < step.candidates.length)
        await ctx.tx.run(
          sql`update approval_step set candidates = ${there}::uuid[] where id = ${step.id} and state = 'open'`,
        );
      const mine = await voicesOf(ctx.tx, there, asking);
      if (!canAllBeDecided([...voices, mine]))
        await escalate(ctx, permit, request, { ...step, candidates: there }, rules, asking);
    }
    const after = (await stepsOf(ctx.tx, [request.id])).find((s) => s.id === step.id);
    voices.push(await voicesOf(ctx.tx, after?.candidates ?? [], asking));
  }
  return (await stepsOf(ctx.tx, [request.id])).filter((s) => s.state === 'open');
};
