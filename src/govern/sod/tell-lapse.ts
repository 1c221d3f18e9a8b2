import { sql } from '#kit/db/index.ts';
import { sodExceptionLapsed } from '#spine/decide/index.ts';
import { askNotice } from '#spine/events/index.ts';
import { ADMIN_ROLES, getIdentity, whoCouldReach } from '#spine/graph/index.ts';
import { defineReaction } from '#spine/operations/index.ts';

/** When an exception lapses, those who own the rule and the control are told; security officers where nobody does. */
export const tellLapse = defineReaction({
  on: sodExceptionLapsed,
  name: 'sod.tellLapse',
  run: (job, { data }) =>
    job.act(
      { action: 'sod_exception.tell', resource: { type: 'SodException', id: data.exceptionId } },
      async (ctx, permit) => {
        const found = await ctx.tx.maybe<{ rule: string; control: string }>(sql`
        select r.name as rule, x.control from sod_exception x join sod_rule r on r.id = x.rule_id where x.id = ${data.exceptionId}`);
        if (found === undefined) return;
        const owners = [data.ruleOwnerId, data.controlOwnerId].filter((id) => id !== undefined);
        const officers = async (): Promise<string[]> =>
          (await whoCouldReach(ctx.tx, { entitlementId: ADMIN_ROLES.security_officer })).map((a) => a.identityId);
        await askNotice(ctx, permit, {
          to: owners.length > 0 ? owners : await officers(),
          template: 'sod.exception_lapsed',
          path: '/sod/violations',
          about: data.identityId,
          facts: { person: (await getIdentity(ctx.tx, data.identityId))?.displayName ?? 'somebody', ...found },
        });
      },
    ),
});
