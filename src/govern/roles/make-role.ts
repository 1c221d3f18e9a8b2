import { sql, type Tx } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { createRole, getRole, setRoleContent, type Role } from '#spine/graph/index.ts';
import { judgeMassEffect, planMassChange, type MassChange, type OverLimit } from '#spine/mass-changes/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { candidateApplied, candidateDrafted } from './events.ts';
import { fitting, replaceGrants } from './replace-grants.ts';
import { splitCandidate } from './optimising/split-candidate.ts';
import { lockCandidate, requireDrafted } from './store.ts';
import { ON_DEMAND_SECONDS } from './optimising/split-by-use.ts';

/** The roles made of a candidate. */
export interface Drafted {
  readonly role: Role;
  /** What is better asked for when it is needed; undefined where all of it stays in the one role. */
  readonly onDemand: Role | undefined;
}

/**
 * Makes a role of a candidate, or two: with `split`, what few of its people used becomes a role of its own, to be asked
 * for once somebody made it requestable. Nobody has them and nobody may ask for them yet.
 */
export async function draftCandidate(
  ctx: Ctx,
  permit: Permit<'candidate_role.draft'>,
  input: {
    readonly id: string;
    readonly name?: string | undefined;
    readonly description?: string | undefined;
    readonly ownerId?: string | undefined;
    readonly split?: boolean | undefined;
  },
): Promise<Drafted> {
  const candidate = await lockCandidate(ctx.tx, input.id);
  if (candidate.roleId !== null)
    throw conflict(
      'candidate_role.drafted',
      'a role was made of this candidate already',
      `look at role ${candidate.roleId}`,
    );
  const gone = await ctx.tx.maybe<{ name: string }>(sql`
    select name from entitlement where id = any(${sql.array(candidate.entitlementIds)}::uuid[]) and valid_to is not null limit 1`);
  if (gone !== undefined)
    throw conflict('candidate_role.outdated', `${gone.name} is gone since this was mined`, 'mine again');
  const { standing, onDemand } =
    input.split === true ? splitCandidate(candidate) : { standing: candidate.entitlementIds, onDemand: [] };
  if (standing.length === 0)
    throw conflict(
      'candidate_role.all_on_demand',
      'few used any of it, so nothing of it would stand',
      'draft it whole',
    );
  const make = async (name: string, entitlementIds: readonly string[], maxSeconds?: number): Promise<Role> => {
    const { description, ownerId } = input;
    const role = await createRole(ctx, permit, { name, description, ownerId, maxSeconds });
    await setRoleContent(ctx, permit, { roleId: role.id, entitlementIds, roleIds: [] });
    return role;
  };
  const name = input.name ?? candidate.name;
  const role = await make(name, standing);
  const second = onDemand.length === 0 ? undefined : await make(`${name}, on demand`, onDemand, ON_DEMAND_SECONDS);
  await ctx.tx.run(sql`update candidate_role set role_id = ${role.id} where id = ${candidate.id}`);
  await ctx.record(permit, {
    event: candidateDrafted,
    data: { runId: candidate.runId, candidateId: candidate.id, roleId: role.id, onDemandRoleId: second?.id },
  });
  return { role, onDemand: second };
}

/** What applying a drafted candidate would do now. */
export interface ApplyPreview {
  readonly roleId: string;
  readonly people: number;
  /** Direct grants that would end. */
  readonly replaces: number;
  /** People of the candidate who are left as they are: the role would change what they can reach, or they have it. */
  readonly left: number;
  readonly over: readonly OverLimit[];
}

export async function previewApply(tx: Tx, id: string): Promise<ApplyPreview> {
  const candidate = await requireDrafted(tx, id);
  const identityIds = sql`${sql.array(candidate.identityIds)}::uuid[]`;
  const { people, replaces } = await tx.one<{ people: number; replaces: number }>(sql`
    select count(*)::int as people, coalesce(sum(grants), 0)::int as replaces
      from (${fitting({ roleId: candidate.roleId, identityIds, now: tx.now })}) f`);
  const over = await judgeMassEffect(tx, replaceGrants, [{ effect: 'update', systemId: null, n: people }]);
  return { roleId: candidate.roleId, people, replaces, left: candidate.identityIds.length - people, over };
}

/** Plans that a drafted candidate is given in place of direct grants. Throws `candidate_role.fits_nobody`. */
export async function applyCandidate(
  ctx: Ctx,
  permit: Permit<'candidate_role.apply'>,
  input: { readonly id: string; readonly because: string },
): Promise<MassChange> {
  const candidate = await requireDrafted(ctx.tx, input.id);
  const role = await getRole(ctx.tx, candidate.roleId);
  const name = role?.name ?? candidate.name;
  const identityIds = sql`${sql.array(candidate.identityIds)}::uuid[]`;
  const change = await planMassChange(ctx, permit, replaceGrants, {
    key: candidate.roleId,
    title: `role ${name} in place of direct grants`,
    items: sql`
      select 'update' as effect, null::uuid as system_id, f.identity_id,
             'role ' || ${name} || ' in place of ' || f.grants || ' direct grants' as what,
             jsonb_build_object('roleId', ${candidate.roleId}::text) as data
        from (${fitting({ roleId: candidate.roleId, identityIds, now: ctx.now })}) f order by f.identity_id`,
  });
  if (change === undefined)
    throw conflict(
      'candidate_role.fits_nobody',
      'nobody holds all this role gives by grants that last, other than by the role itself',
      'look at its matrix, or mine again',
    );
  await ctx.record(permit, {
    event: candidateApplied,
    subject: ctx.principal.kind === 'identity' ? ctx.principal.id : undefined,
    data: { candidateId: candidate.id, roleId: candidate.roleId, massChangeId: change.id, because: input.because },
  });
  return change;
}
