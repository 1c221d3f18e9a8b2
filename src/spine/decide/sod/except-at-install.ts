import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Permit } from '../port.ts';
import { sodExceptionGranted } from './events.ts';
import { sodVerdict, type ProposedAccess } from './sod-verdict.ts';

/** How long a house that begins with one person may go on with one. */
export const ALONE_DAYS = 90;

const REASON = 'one person installed Reeve and runs it until there are others';
const CONTROL =
  'everything done in either role is in the log, which its key keeps unaltered; somebody else takes one of the roles before this ends';

/**
 * Tolerates, for `ALONE_DAYS`, what access would make of the person who installs Reeve: nobody else is there to except
 * them. Takes the permit of the one-time link that makes the first administrator and nothing else, so it cannot be had
 * later: from then on nobody excepts themself. Whoever installs answers for it: nobody else could, and they are told when
 * it ends and the conflict is open again. Returns the rules it is about.
 */
export const exceptAtInstall = async (
  ctx: Ctx,
  permit: Permit<'enrolment.use'>,
  identityId: string,
  proposed: readonly ProposedAccess[],
): Promise<readonly string[]> => {
  const { conflicts } = await sodVerdict(ctx.tx, identityId, proposed);
  const validTo = new Date(ctx.now.getTime() + ALONE_DAYS * 86_400_000);
  const ruleIds = [...new Set(conflicts.map(({ rule }) => rule.id))];
  for (const ruleId of ruleIds) {
    const exceptionId = newId();
    await ctx.tx.run(sql`
      insert into sod_exception (id, rule_id, identity_id, reason, control, control_owner_id, approved_by, valid_from, valid_to)
      values (${exceptionId}, ${ruleId}, ${identityId}, ${REASON}, ${CONTROL}, ${identityId}, 'component:signin', ${ctx.now}, ${validTo})`);
    await ctx.record(permit, {
      event: sodExceptionGranted,
      subject: identityId,
      data: {
        exceptionId,
        ruleId,
        identityId,
        validTo: validTo.toISOString(),
        control: CONTROL,
        controlOwnerId: identityId,
        reason: REASON,
      },
    });
  }
  return ruleIds;
};
