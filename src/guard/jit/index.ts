import type { Log } from '#kit/log/index.ts';
import { describeConflict, recordVerdicts, sodVerdict } from '#spine/decide/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import {
  beginGrant,
  endGrant,
  grantsDueToStart,
  holdIdentities,
  lapsedGrants,
  type Grant,
} from '#spine/graph/index.ts';
import type { Ctx, JobCtx, Module } from '#spine/operations/index.ts';
import { eligibilityEnds, lookForIneligible } from './end-ineligible.ts';
import { eligibilityFollows } from './follow-targets.ts';

const policies = `
@id("jit.reeve_carries_out_begin_and_lapse")
permit (principal == Reeve::Component::"jit", action in [Reeve::Action::"grant.begin", Reeve::Action::"grant.lapse"], resource);

@id("jit.reeve_keeps_eligibilities_like_what_they_are_for")
permit (principal == Reeve::Component::"jit", action == Reeve::Action::"eligibility.follow", resource);
`;

/** Just-in-time access: what was given for a time begins when it is due and lapses when it is over. */
export const jitModule: Module = {
  name: 'jit',
  jobs: [lookForIneligible],
  reactions: [...eligibilityEnds, ...eligibilityFollows],
  policies,
};

const AT_ONCE = 100;

/**
 * Carries out what has come due: planned grants begin, grants whose end has passed lapse. Safe on several nodes: the
 * rows are locked and those another node has in hand are skipped. Returns how many changed.
 */
export async function carryOutDue(job: JobCtx): Promise<number> {
  const now = job.clock.now();
  const begun = await job.act({ action: 'grant.begin' }, async (ctx, permit) => {
    const due = await grantsDueToStart(ctx.tx, now, AT_ONCE);
    await holdIdentities(ctx.tx, [...new Set(due.map((grant) => grant.identityId))]);
    for (const grant of due) await activate(ctx, permit, grant);
    return due.length;
  });
  const ended = await job.act({ action: 'grant.lapse' }, async (ctx, permit) => {
    const lapsed = await lapsedGrants(ctx.tx, now, AT_ONCE);
    for (const grant of lapsed) await endGrant(ctx, permit, { grantId: grant.id, because: 'its time was over' });
    return lapsed.length;
  });
  return begun + ended;
}

/** Begins a planned grant, or ends it where by now separation of duties does not let it be: judged as if it came now. */
async function activate(ctx: Ctx, permit: Permit, grant: Grant): Promise<void> {
  const { id, identityId, entitlementId, roleId, validTo } = grant;
  const what = roleId === null ? { entitlementId: entitlementId ?? undefined } : { roleId };
  const proposed = [{ ...what, validFrom: ctx.now, validTo }];
  const verdict = await sodVerdict(ctx.tx, identityId, proposed, { apart: { grantIds: [id] } });
  await recordVerdicts(ctx, permit, [{ identityId, way: 'activation', verdict }]);
  const blocking = verdict.conflicts.find(({ rule }) => rule.mode === 'enforce');
  if (blocking === undefined) await beginGrant(ctx, permit, id);
  else await endGrant(ctx, permit, { grantId: id, because: describeConflict(blocking) });
}

/** Looks twice a second for what has come due. Returns a stop that waits for the look in hand. */
export function startLapsing(parts: {
  readonly job: () => JobCtx;
  readonly log: Log;
  readonly everyMs?: number;
}): () => Promise<void> {
  let running: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    running ??= carryOutDue(parts.job())
      .catch((error: unknown) => parts.log.error('grants that came due could not be carried out', { error }))
      .finally(() => {
        running = undefined;
      });
  }, parts.everyMs ?? 500);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
