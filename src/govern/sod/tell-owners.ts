import { sql } from '#kit/db/index.ts';
import { sodEvidenceOverdue, sodExceptionLapsed, type Permit } from '#spine/decide/index.ts';
import { askNotice } from '#spine/events/index.ts';
import { ADMIN_ROLES, getIdentity, whoCouldReach } from '#spine/graph/index.ts';
import { defineReaction, type Ctx, type JobCtx } from '#spine/operations/index.ts';

/** What happened to an exception, and who answers for it. */
interface About {
  readonly exceptionId: string;
  readonly identityId: string;
  readonly ruleOwnerId?: string | undefined;
  readonly controlOwnerId?: string | undefined;
}

interface Told {
  readonly template: string;
  readonly path: string;
  readonly facts?: Readonly<Record<string, string>>;
}

/** Those who own the rule and the control are told; security officers where nobody does. */
export const askOwners = async (
  ctx: Ctx,
  permit: Permit<'sod_exception.tell'>,
  about: About,
  { template, path, facts }: Told,
): Promise<void> => {
  const found = await ctx.tx.maybe<{ rule: string; control: string }>(sql`
    select r.name as rule, x.control from sod_exception x join sod_rule r on r.id = x.rule_id where x.id = ${about.exceptionId}`);
  if (found === undefined) return;
  const owners = [about.ruleOwnerId, about.controlOwnerId].filter((id) => id !== undefined);
  const officers = async (): Promise<string[]> =>
    (await whoCouldReach(ctx.tx, { entitlementId: ADMIN_ROLES.security_officer })).map((a) => a.identityId);
  await askNotice(ctx, permit, {
    to: owners.length > 0 ? owners : await officers(),
    template,
    path,
    about: about.identityId,
    facts: { person: (await getIdentity(ctx.tx, about.identityId))?.displayName ?? 'somebody', ...found, ...facts },
  });
};

const tell = (job: JobCtx, about: About, told: Told): Promise<void> =>
  job.act({ action: 'sod_exception.tell', resource: { type: 'SodException', id: about.exceptionId } }, (ctx, permit) =>
    askOwners(ctx, permit, about, told),
  );

/** When an exception lapses, those who answer for it are told that the conflict counts again. */
export const tellLapse = defineReaction({
  on: sodExceptionLapsed,
  name: 'sod.tellLapse',
  run: (job, { data }) => tell(job, data, { template: 'sod.exception_lapsed', path: '/sod/violations' }),
});

/** When the control of an exception should have run again, those who answer for it are told. */
export const tellOverdueEvidence = defineReaction({
  on: sodEvidenceOverdue,
  name: 'sod.tellOverdueEvidence',
  run: (job, { data }) => tell(job, data, { template: 'sod.evidence_overdue', path: '/sod/exceptions' }),
});
