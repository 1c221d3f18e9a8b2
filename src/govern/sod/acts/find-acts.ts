import { sql } from '#kit/db/index.ts';
import { askNotice } from '#spine/events/index.ts';
import { ADMIN_ROLES, whoCouldReach } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { actFound } from '../events.ts';
import { doneAgainst } from './done-acts.ts';
import { guardsOf } from './guards.ts';

export const FIND_ACTS = 'sod.find_acts';
/** As many are told of in one look; the others in the next. */
const AT_ONCE = 500;

/**
 * Looks for what was done against the rules that bind Reeve itself, and tells security officers of each once. Whoever did
 * it is not among those who are told, unless they are the only one there is.
 */
export async function findActs(job: JobCtx): Promise<void> {
  await job.act({ action: 'sod_violation.keep' }, async (ctx, permit) => {
    const rules = await ctx.tx.many<{ id: string; name: string; libraryId: string; ownerId: string | null }>(sql`
      select id, name, library_id, owner_id from sod_rule where counts = 'act' and valid_to is null order by library_id`);
    const told = new Set(
      (
        await ctx.tx.many<{ key: string }>(
          sql`
            select concat_ws(' ', data ->> 'ruleId', data ->> 'guard', data ->> 'resourceId', data ->> 'doneAt') as key
              from audit_event where type = ${actFound.type}`,
        )
      ).map(({ key }) => key),
    );
    const officers = (await whoCouldReach(ctx.tx, { entitlementId: ADMIN_ROLES.security_officer })).map(
      ({ identityId }) => identityId,
    );
    for (const rule of rules)
      for (const act of await doneAgainst(ctx.tx, guardsOf(rule.libraryId), AT_ONCE)) {
        const doneAt = act.at.toISOString();
        if (told.has(`${rule.id} ${act.guard} ${act.resourceId} ${doneAt}`)) continue;
        const { guard, what, resourceType, resourceId } = act;
        await ctx.record(permit, {
          event: actFound,
          subject: act.whoId,
          data: {
            ruleId: rule.id,
            identityId: act.whoId,
            guard,
            what,
            resourceType,
            resourceId,
            doneAt,
            actEventId: act.eventId ?? undefined,
          },
        });
        const all = [...new Set([...officers, ...(rule.ownerId === null ? [] : [rule.ownerId])])];
        const others = all.filter((one) => one !== act.whoId);
        await askNotice(ctx, permit, {
          to: others.length > 0 ? others : all,
          template: 'sod.act_found',
          path: `/sod?open=${rule.id}`,
          about: act.whoId,
          facts: { person: act.who, rule: rule.name, what: act.what, guard: act.guard },
        });
      }
  });
}
