import { newId } from '#kit/ids/index.ts';
import { enqueueMany } from '#kit/jobs/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { holdLiveGrants, type Entitlement } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { accessWanted } from './events.ts';
import { wantAllPresent } from './store.ts';
import { entitlementsOf, RUN_TASK } from './want-access.ts';

interface StartedGrant {
  readonly grantId: string;
  readonly entitlementId?: string | undefined;
  readonly roleId?: string | undefined;
}

/** As `wantPresent`, for several grants of one person that started together: with as many statements as for one. */
export async function wantSeveralPresent(
  ctx: Ctx,
  permit: Permit,
  started: { readonly identityId: string; readonly grants: readonly StartedGrant[]; readonly decidedAt: Date },
): Promise<void> {
  const { identityId, decidedAt } = started;
  const live = await holdLiveGrants(
    ctx.tx,
    started.grants.map((g) => g.grantId),
  );
  const grants = started.grants.filter((g) => live.has(g.grantId));
  const given = new Map<string, readonly Entitlement[]>();
  for (const grant of grants) {
    const what = grant.entitlementId ?? grant.roleId ?? '';
    if (!given.has(what)) given.set(what, await entitlementsOf(ctx, grant));
  }
  const wanted = grants.flatMap((grant) =>
    (given.get(grant.entitlementId ?? grant.roleId ?? '') ?? []).map((entitlement) => ({
      id: newId(ctx.now.getTime()),
      grantId: grant.grantId,
      entitlementId: entitlement.id,
      systemId: entitlement.systemId,
    })),
  );
  const news = await wantAllPresent(ctx.tx, { identityId, decidedAt, tasks: wanted });
  await enqueueMany(
    ctx.tx,
    news.map((task) => ({ name: RUN_TASK, payload: { taskId: task.id } })),
  );
  const targets = new Map<string, number>();
  for (const { grantId } of news) targets.set(grantId, (targets.get(grantId) ?? 0) + 1);
  await ctx.recordAll(
    permit,
    grants.map(({ grantId }) => ({
      event: accessWanted,
      subject: identityId,
      data: { grantId, wanted: 'present' as const, targets: targets.get(grantId) ?? 0 },
    })),
  );
}
