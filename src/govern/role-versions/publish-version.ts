import { sql, type Tx } from '#kit/db/index.ts';
import { conflict, denied } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { judgeMassEffect, type EffectCount, type OverLimit } from '#spine/mass-changes/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { putPatterns } from '#govern/role-parameters/index.ts';
import { applyVersion } from './apply-version.ts';
import { sessionsEndingBy, type VersionChange } from './as-if-version.ts';
import { changesOf } from './change-of-version.ts';
import { inState, named, personOf, staleReport } from './draft-version.ts';
import type { Edges } from './edges.ts';
import { versionPublished } from './events.ts';
import { freshness, type FreshImpact } from './freshness.ts';
import type { ImpactNumbers, RoleVersion } from './model.ts';
import { isNamed, requireVersion } from './store.ts';

/** How many people could gain or lose something on each system: those who have an account there. */
const population = async (tx: Tx): Promise<ReadonlyMap<string | null, number>> =>
  new Map(
    (
      await tx.many<{ systemId: string; n: number }>(sql`
        select system_id, count(distinct identity_id)::int as n from account
         where valid_to is null and identity_id is not null group by system_id`)
    ).map(({ systemId, n }) => [systemId, n]),
  );

/** Limits publishing would be over. */
export const overLimits = async (tx: Tx, numbers: ImpactNumbers): Promise<readonly OverLimit[]> => {
  const counts: EffectCount[] = numbers.onSystems.flatMap(({ systemId, gaining, losing }) => [
    { effect: 'create', systemId, n: gaining },
    { effect: 'delete', systemId, n: losing },
  ]);
  return await judgeMassEffect(tx, { kind: 'role_version', population }, counts);
};

/**
 * Makes a role, and all that is bound to it, what a version says, approved by somebody who did not write on it and gains nothing by it. Refused
 * where the report is not of the data as it is now: who has what, what keeps duties apart and what is nested stand still
 * from here to the end of the transaction. What follows on targets and of sessions follows from `role.changed`.
 */
export async function publishVersion(
  ctx: Ctx,
  permit: Permit<'role_version.publish'>,
  edges: Edges,
  input: { readonly id: string; readonly because: string; readonly acceptLimits: boolean },
): Promise<RoleVersion> {
  const by = personOf(ctx);
  const version = await inState(ctx, input.id, ['awaiting'], 'publish');
  if (version.editedBy.includes(by))
    throw denied(
      'role_version.four_eyes',
      'whoever wrote on a version does not publish it',
      'have the owner of the role, or another administrator, look at it',
    );
  await ctx.tx.run(sql`lock table role_content in share row exclusive mode`);
  const changes = await changesOf(ctx.tx, version);
  if (changes.some(({ assigned }) => assigned !== undefined))
    await ctx.tx.run(sql`lock table identity_facts in share mode`);
  await ctx.tx.run(
    sql`lock table access_grant, entitlement_edge, account_owner, sod_rule, sod_rule_function, sod_exception in share mode`,
  );
  const { stale, impact } = await freshness(ctx.tx, version);
  if (stale !== undefined) throw staleReport(stale);
  if (await isNamed(ctx.tx, version.id, by))
    throw denied(
      'role_version.own_benefit',
      'this gives something to yourself, and nobody decides about that themself',
      'ask another administrator',
    );
  const over = await refuseWhatMayNotBe(ctx, impact, input.acceptLimits);
  await refuseOtherSessions(ctx, changes, impact, edges);
  const assigned = await applyVersion(ctx, permit, edges.decide, changes);
  if (version.content.patterns !== undefined) await putPatterns(ctx.tx, version.roleId, version.content.patterns);
  await ctx.tx.run(
    sql`update role_version set state = 'superseded' where role_id = ${version.roleId} and state = 'published'`,
  );
  await ctx.tx.run(sql`
    update role_version set state = 'published', settled_by = ${by}, settled_at = ${ctx.now}, settled_because = ${input.because}
     where id = ${version.id}`);
  const { gaining, losing, sessionIds } = impact.numbers;
  await ctx.record(permit, {
    event: versionPublished,
    subject: by,
    data: {
      ...named(version),
      gaining,
      losing,
      ...assigned,
      sessions: sessionIds.length,
      bindings: changes.length - 1,
      acceptedLimits: over.length > 0,
      because: input.because,
    },
  });
  return await requireVersion(ctx.tx, version.id);
}

async function refuseWhatMayNotBe(
  ctx: Ctx,
  { numbers }: FreshImpact,
  accepted: boolean,
): Promise<readonly OverLimit[]> {
  const enforced = numbers.newConflicts.filter(({ mode }) => mode === 'enforce');
  const [first] = enforced;
  if (first !== undefined)
    throw conflict(
      'role_version.sod_conflict',
      `${first.people} people would come into conflict with "${first.name}"`,
      'leave one side out of the role, or take the other side from these people first',
    );
  const over = await overLimits(ctx.tx, numbers);
  if (over.length > 0 && !accepted)
    throw conflict(
      'role_version.over_limit',
      over.map(({ detail }) => detail).join('; '),
      'look at who it is, and accept the limits with it (acceptLimits)',
    );
  return over;
}

/** Sessions come and go without making a report stale; one that would end and is not in it does. */
async function refuseOtherSessions(
  ctx: Ctx,
  changes: readonly VersionChange[],
  { numbers }: FreshImpact,
  edges: Edges,
): Promise<void> {
  const known = new Set(numbers.sessionIds);
  const ending = await sessionsEndingBy(ctx.tx, changes, edges.sessionsEnding);
  if (ending.some((id) => !known.has(id))) throw staleReport('a session that would end began since its report');
}
